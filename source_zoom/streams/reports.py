"""Tables of reports on what took place: https://developers.zoom.us/docs/api/meetings/#tag/reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from source_zoom.parents.sources import HISTORY_WINDOWS, PAST_MEETINGS, PAST_WEBINARS
from source_zoom.streams.ledger import SETTLE_DAYS
from source_zoom.streams.past import Participants, Report
from source_zoom.streams.windows import SharedWindowTable
from source_zoom.zoom.labels import Label
from source_zoom.zoom.parsing import as_int, as_utc
from source_zoom.zoom.scopes import granular

if TYPE_CHECKING:
    from collections.abc import Mapping


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


class ReportHistoryMeetings(SharedWindowTable):
    """GET /report/history_meetings (operation ``Gethistorymeetingandwebinarlist``).

    The rows in which past meetings and webinars are found, so the table has no request of its own.
    """

    parent = HISTORY_WINDOWS
    primary_key = ["meeting_uuid"]
    endpoint = "report/history_meetings"
    scope = granular("report:read:list_history_meetings:admin")
    label = Label.HEAVY
    rows_at = "history_meetings"
    # As far back as the tables of past occurrences look for late ones.
    lookback_days = SETTLE_DAYS

    def record(self, row: dict[str, Any], ids: Mapping[str, Any]) -> dict[str, Any]:
        # Zoom may write the number in groups of digits, and times without their zone.
        number = as_int(row.get("meeting_id"))
        if number is not None:
            row["meeting_id"] = number
        for column in ("start_time", "end_time", "create_time"):
            moment = as_utc(row.get(column))
            if moment:
                row[column] = f"{moment:%Y-%m-%dT%H:%M:%SZ}"
        return super().record(row, ids)
