"""Tables of webinars: https://developers.zoom.us/docs/api/meetings/#tag/webinars."""

from __future__ import annotations

from source_zoom.parents.sources import PAST_WEBINARS, SCHEDULED_WEBINARS
from source_zoom.streams.past import Absentees, Files, IndexedResults, PastParticipants
from source_zoom.streams.scheduled import Details, Questions, Registrants, ScheduledTable
from source_zoom.zoom.labels import Label
from source_zoom.zoom.scopes import WEBINAR, granular, withdrawn


class Webinars(Details):
    """GET /webinars/{webinarId} (operation ``webinar``)."""

    parent = SCHEDULED_WEBINARS
    primary_key = ["uuid"]
    endpoint = "webinars/{webinar_id}"
    scope = granular("webinar:read:webinar:admin")


class WebinarPanelists(ScheduledTable):
    """GET /webinars/{webinarId}/panelists (operation ``webinarPanelists``)."""

    parent = SCHEDULED_WEBINARS
    primary_key = ["id", "webinar_id"]
    endpoint = "webinars/{webinar_id}/panelists"
    scope = granular("webinar:read:list_panelists:admin")
    label = Label.MEDIUM
    rows_at = "panelists"


class WebinarRegistrants(Registrants):
    """GET /webinars/{webinarId}/registrants (operation ``webinarRegistrants``)."""

    parent = SCHEDULED_WEBINARS
    primary_key = ["id", "webinar_id"]
    endpoint = "webinars/{webinar_id}/registrants"
    scope = granular("webinar:read:list_registrants:admin")


class WebinarAbsentees(Absentees):
    """GET /past_webinars/{webinarUUID}/absentees (operation ``webinarAbsentees``)."""

    parent = PAST_WEBINARS
    primary_key = ["webinar_uuid", "id"]
    endpoint = "past_webinars/{webinar_uuid}/absentees"
    scope = granular("webinar:read:list_absentees:admin")


class WebinarPolls(ScheduledTable):
    """GET /webinars/{webinarId}/polls (operation ``webinarPolls``)."""

    parent = SCHEDULED_WEBINARS
    primary_key = ["id", "webinar_id"]
    endpoint = "webinars/{webinar_id}/polls"
    scope = granular("webinar:read:list_polls:admin")
    label = Label.LIGHT
    rows_at = "polls"


class WebinarPollResults(IndexedResults):
    """GET /past_webinars/{webinarId}/polls (operation ``listPastWebinarPollResults``)."""

    parent = PAST_WEBINARS
    primary_key = ["webinar_uuid", "result_index"]
    endpoint = "past_webinars/{webinar_uuid}/polls"
    scope = granular("webinar:read:list_past_polls:admin")


class WebinarQnaResults(IndexedResults):
    """GET /past_webinars/{webinarId}/qa (operation ``listPastWebinarQA``)."""

    parent = PAST_WEBINARS
    primary_key = ["webinar_uuid", "result_index"]
    endpoint = "past_webinars/{webinar_uuid}/qa"
    scope = granular("webinar:read:past_qa:admin")


class PastWebinarParticipants(PastParticipants):
    """GET /past_webinars/{webinarId}/participants (operation ``webinarParticipants``)."""

    parent = PAST_WEBINARS
    primary_key = ["webinar_uuid", "user_id", "join_time", "leave_time"]
    endpoint = "past_webinars/{webinar_uuid}/participants"
    scope = granular("webinar:read:list_past_participants:admin")


class WebinarQuestions(Questions):
    """GET /webinars/{webinarId}/registrants/questions (operation ``webinarRegistrantsQuestionsGet``)."""

    parent = SCHEDULED_WEBINARS
    primary_key = ["webinar_id"]
    endpoint = "webinars/{webinar_id}/registrants/questions"
    scope = granular("webinar:read:list_registration_questions:admin")


class WebinarFiles(Files):
    """GET /past_webinars/{webinarId}/files (operation ``listPastWebinarFiles``, deprecated)."""

    parent = PAST_WEBINARS
    primary_key = ["webinar_uuid", "file_name", "download_url"]
    endpoint = "past_webinars/{webinar_uuid}/files"
    scope = withdrawn(WEBINAR)
    cursor_field = "webinar_start_time"


class WebinarTrackingSources(ScheduledTable):
    """GET /webinars/{webinarId}/tracking_sources (operation ``getTrackingSources``)."""

    parent = SCHEDULED_WEBINARS
    primary_key = ["id", "webinar_id"]
    endpoint = "webinars/{webinar_id}/tracking_sources"
    scope = granular("webinar:read:list_tracking_sources:admin")
    label = Label.MEDIUM
    rows_at = "tracking_sources"
