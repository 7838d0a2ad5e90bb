"""Tables of reports on what took place: https://developers.zoom.us/docs/api/meetings/#tag/reports."""

from __future__ import annotations

from source_zoom.parents import MEETINGS, WEBINARS
from source_zoom.streams.children import Participants, PastChild


class ReportMeetings(PastChild):
    """GET /report/meetings/{meetingId} (operation ``reportMeetingDetails``)."""

    kind = MEETINGS
    primary_key = ["meeting_id", "uuid"]
    endpoint = "report/meetings/{meeting_uuid}"


class ReportMeetingParticipants(Participants):
    """GET /report/meetings/{meetingId}/participants (operation ``reportMeetingParticipants``)."""

    kind = MEETINGS
    primary_key = ["meeting_uuid", "user_id", "join_time", "leave_time"]
    endpoint = "report/meetings/{meeting_uuid}/participants"


class ReportWebinars(PastChild):
    """GET /report/webinars/{webinarId} (operation ``reportWebinarDetails``)."""

    kind = WEBINARS
    primary_key = ["id", "uuid"]
    endpoint = "report/webinars/{webinar_uuid}"


class ReportWebinarParticipants(Participants):
    """GET /report/webinars/{webinarId}/participants (operation ``reportWebinarParticipants``)."""

    kind = WEBINARS
    primary_key = ["webinar_uuid", "user_id", "join_time", "leave_time"]
    endpoint = "report/webinars/{webinar_uuid}/participants"
