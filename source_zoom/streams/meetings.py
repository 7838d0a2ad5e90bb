"""Tables of meetings: https://developers.zoom.us/docs/api/meetings/."""

from __future__ import annotations

from source_zoom.parents.sources import PAST_MEETINGS, SCHEDULED_MEETINGS
from source_zoom.streams.past import Files, IndexedResults, PastParticipants
from source_zoom.streams.scheduled import Details, Questions, Registrants, ScheduledTable
from source_zoom.zoom.labels import Label
from source_zoom.zoom.scopes import MEETING, granular, withdrawn


class Meetings(Details):
    """GET /meetings/{meetingId} (operation ``meeting``)."""

    parent = SCHEDULED_MEETINGS
    primary_key = ["uuid"]
    endpoint = "meetings/{meeting_id}"
    scope = granular("meeting:read:meeting:admin")


class MeetingRegistrants(Registrants):
    """GET /meetings/{meetingId}/registrants (operation ``meetingRegistrants``)."""

    parent = SCHEDULED_MEETINGS
    primary_key = ["id", "meeting_id"]
    endpoint = "meetings/{meeting_id}/registrants"
    scope = granular("meeting:read:list_registrants:admin")


class MeetingPolls(ScheduledTable):
    """GET /meetings/{meetingId}/polls (operation ``meetingPolls``)."""

    parent = SCHEDULED_MEETINGS
    primary_key = ["id", "meeting_id"]
    endpoint = "meetings/{meeting_id}/polls"
    scope = granular("meeting:read:list_polls:admin")
    label = Label.LIGHT
    rows_at = "polls"


class MeetingPollResults(IndexedResults):
    """GET /past_meetings/{meetingId}/polls (operation ``listPastMeetingPolls``)."""

    parent = PAST_MEETINGS
    primary_key = ["meeting_uuid", "result_index"]
    endpoint = "past_meetings/{meeting_uuid}/polls"
    scope = granular("meeting:read:list_poll_results:admin")


class PastMeetingParticipants(PastParticipants):
    """GET /past_meetings/{meetingId}/participants (operation ``pastMeetingParticipants``)."""

    parent = PAST_MEETINGS
    primary_key = ["meeting_uuid", "user_id", "join_time", "leave_time"]
    endpoint = "past_meetings/{meeting_uuid}/participants"
    scope = granular("meeting:read:list_past_participants:admin")


class MeetingQuestions(Questions):
    """GET /meetings/{meetingId}/registrants/questions (operation ``meetingRegistrantsQuestionsGet``)."""

    parent = SCHEDULED_MEETINGS
    primary_key = ["meeting_id"]
    endpoint = "meetings/{meeting_id}/registrants/questions"
    scope = granular("meeting:read:list_registration_questions:admin")


class MeetingFiles(Files):
    """GET /past_meetings/{meetingId}/files (operation ``listPastMeetingFiles``, deprecated)."""

    parent = PAST_MEETINGS
    primary_key = ["meeting_uuid", "file_name", "download_url"]
    endpoint = "past_meetings/{meeting_uuid}/files"
    scope = withdrawn(MEETING)
    cursor_field = "meeting_start_time"
