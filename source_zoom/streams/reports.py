"""Tables of reports on what took place: https://developers.zoom.us/docs/api/meetings/#tag/reports."""

from __future__ import annotations

from source_zoom.parents.sources import PAST_MEETINGS, PAST_WEBINARS
from source_zoom.streams.past import Participants, Report
from source_zoom.zoom.scopes import granular


class ReportMeetings(Report):
    """GET /report/meetings/{meetingId} (operation ``reportMeetingDetails``)."""

    parent = PAST_MEETINGS
    primary_key = ["meeting_uuid"]
    endpoint = "report/meetings/{meeting_uuid}"
    scope = granular("report:read:meeting:admin")


class ReportMeetingParticipants(Participants):
    """GET /report/meetings/{meetingId}/participants (operation ``reportMeetingParticipants``)."""

    parent = PAST_MEETINGS
    primary_key = ["meeting_uuid", "user_id", "join_time", "leave_time"]
    endpoint = "report/meetings/{meeting_uuid}/participants"
    scope = granular("report:read:list_meeting_participants:admin")


class ReportWebinars(Report):
    """GET /report/webinars/{webinarId} (operation ``reportWebinarDetails``)."""

    parent = PAST_WEBINARS
    primary_key = ["webinar_uuid"]
    endpoint = "report/webinars/{webinar_uuid}"
    scope = granular("report:read:webinar:admin")


class ReportWebinarParticipants(Participants):
    """GET /report/webinars/{webinarId}/participants (operation ``reportWebinarParticipants``)."""

    parent = PAST_WEBINARS
    primary_key = ["webinar_uuid", "user_id", "join_time", "leave_time"]
    endpoint = "report/webinars/{webinar_uuid}/participants"
    scope = granular("report:read:list_webinar_participants:admin")
