"""Tables of meetings: https://developers.zoom.us/docs/api/meetings/."""

from __future__ import annotations

from source_zoom.parents import MEETINGS
from source_zoom.streams.children import Answers, Details, Files, Questions, Registrants, ScheduledChild


class Meetings(Details):
    """GET /meetings/{meetingId} (operation ``meeting``)."""

    kind = MEETINGS
    primary_key = ["uuid"]
    endpoint = "meetings/{meeting_id}"


class MeetingRegistrants(Registrants):
    """GET /meetings/{meetingId}/registrants (operation ``meetingRegistrants``)."""

    kind = MEETINGS
    primary_key = ["id", "meeting_id"]
    endpoint = "meetings/{meeting_id}/registrants"


class MeetingPolls(ScheduledChild):
    """GET /meetings/{meetingId}/polls (operation ``meetingPolls``)."""

    kind = MEETINGS
    primary_key = ["id", "meeting_id"]
    endpoint = "meetings/{meeting_id}/polls"
    record_key = "polls"


class MeetingPollResults(Answers):
    """GET /past_meetings/{meetingId}/polls (operation ``listPastMeetingPolls``)."""

    kind = MEETINGS
    primary_key = ["meeting_uuid", "result_index"]
    endpoint = "past_meetings/{meeting_uuid}/polls"


class MeetingQuestions(Questions):
    """GET /meetings/{meetingId}/registrants/questions (operation ``meetingRegistrantsQuestionsGet``)."""

    kind = MEETINGS
    primary_key = ["meeting_id"]
    endpoint = "meetings/{meeting_id}/registrants/questions"


class MeetingFiles(Files):
    """GET /past_meetings/{meetingId}/files (operation ``listPastMeetingFiles``, deprecated)."""

    kind = MEETINGS
    primary_key = ["meeting_uuid", "file_name", "download_url"]
    endpoint = "past_meetings/{meeting_uuid}/files"
