"""Meeting summaries of AI Companion: https://developers.zoom.us/docs/api/meetings/#tag/summaries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from source_zoom.parents.sources import SUMMARIES, SUMMARY_LIST, SUMMARY_WINDOWS
from source_zoom.streams.occurrences import OccurrenceTable
from source_zoom.streams.windows import SharedWindowTable
from source_zoom.zoom.labels import Label
from source_zoom.zoom.scopes import SUMMARY, granular

if TYPE_CHECKING:
    from collections.abc import Mapping

    from source_zoom.parents.day_walk import DayWalk
    from source_zoom.parents.forecast import Forecast
    from source_zoom.parents.occurrence import Occurrence


class MeetingSummaries(SharedWindowTable):
    """GET /meetings/meeting_summaries (operation ``Listmeetingsummaries``)."""

    parent = SUMMARY_WINDOWS
    primary_key = ["meeting_uuid", "summary_created_time"]
    endpoint = "meetings/meeting_summaries"
    scope = SUMMARY_LIST
    label = Label.MEDIUM
    rows_at = "summaries"
    cursor_field = "summary_created_time"


class MeetingSummaryContents(OccurrenceTable):
    """GET /meetings/{meetingId}/meeting_summary (operation ``Getameetingsummary``): the latest summary of a meeting.

    Its occurrences are the meetings that have a summary, by the day on which the latest was made.
    """

    parent = SUMMARIES
    primary_key = ["meeting_uuid"]
    endpoint = "meetings/{meeting_uuid}/meeting_summary"
    scope = granular("meeting:read:summary:admin", SUMMARY)
    label = Label.LIGHT
    proof_keys = ("meeting_uuid", "summary_created_time", "summary_content")
    cursor_field = "summary_last_modified_time"
    lookback_days = 7

    @property
    def walk(self) -> DayWalk[Occurrence]:
        return self._resources.parents.summaries

    def expected_parents(self, forecast: Forecast) -> float:
        """Summaries that are due, going by those that the list has shown."""
        return self.plan.expected(len(self.walk))

    def record(self, row: dict[str, Any], ids: Mapping[str, Any]) -> dict[str, Any]:
        # Both are Zoom's own columns.
        return super().record({**ids, **row}, {})
