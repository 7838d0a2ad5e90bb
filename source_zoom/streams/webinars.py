"""Tables of webinars: https://developers.zoom.us/docs/api/meetings/#tag/webinars."""

from __future__ import annotations

from source_zoom.parents import WEBINARS
from source_zoom.streams.children import Absentees, Answers, Details, Files, Questions, Registrants, ScheduledChild


class Webinars(Details):
    """GET /webinars/{webinarId} (operation ``webinar``)."""

    kind = WEBINARS
    primary_key = ["uuid"]
    endpoint = "webinars/{webinar_id}"


class WebinarPanelists(ScheduledChild):
    """GET /webinars/{webinarId}/panelists (operation ``webinarPanelists``)."""

    kind = WEBINARS
    primary_key = ["id", "webinar_id"]
    endpoint = "webinars/{webinar_id}/panelists"
    record_key = "panelists"


class WebinarRegistrants(Registrants):
    """GET /webinars/{webinarId}/registrants (operation ``webinarRegistrants``)."""

    kind = WEBINARS
    primary_key = ["id", "webinar_id"]
    endpoint = "webinars/{webinar_id}/registrants"


class WebinarAbsentees(Absentees):
    """GET /past_webinars/{webinarUUID}/absentees (operation ``webinarAbsentees``)."""

    kind = WEBINARS
    primary_key = ["webinar_uuid", "id"]
    endpoint = "past_webinars/{webinar_uuid}/absentees"


class WebinarPolls(ScheduledChild):
    """GET /webinars/{webinarId}/polls (operation ``webinarPolls``)."""

    kind = WEBINARS
    primary_key = ["id", "webinar_id"]
    endpoint = "webinars/{webinar_id}/polls"
    record_key = "polls"


class WebinarPollResults(Answers):
    """GET /past_webinars/{webinarId}/polls (operation ``listPastWebinarPollResults``)."""

    kind = WEBINARS
    primary_key = ["webinar_uuid", "result_index"]
    endpoint = "past_webinars/{webinar_uuid}/polls"


class WebinarQnaResults(Answers):
    """GET /past_webinars/{webinarId}/qa (operation ``listPastWebinarQA``)."""

    kind = WEBINARS
    primary_key = ["webinar_uuid", "result_index"]
    endpoint = "past_webinars/{webinar_uuid}/qa"


class WebinarQuestions(Questions):
    """GET /webinars/{webinarId}/registrants/questions (operation ``webinarRegistrantsQuestionsGet``)."""

    kind = WEBINARS
    primary_key = ["webinar_id"]
    endpoint = "webinars/{webinar_id}/registrants/questions"


class WebinarFiles(Files):
    """GET /past_webinars/{webinarId}/files (operation ``listPastWebinarFiles``, deprecated)."""

    kind = WEBINARS
    primary_key = ["webinar_uuid", "file_name", "download_url"]
    endpoint = "past_webinars/{webinar_uuid}/files"


class WebinarTrackingSources(ScheduledChild):
    """GET /webinars/{webinarId}/tracking_sources (operation ``getTrackingSources``)."""

    kind = WEBINARS
    primary_key = ["id", "webinar_id"]
    endpoint = "webinars/{webinar_id}/tracking_sources"
    record_key = "tracking_sources"
