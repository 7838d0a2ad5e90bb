"""Meeting summaries of AI Companion by windows of dates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from source_zoom.parents.known import Known, SkipKey
from source_zoom.parents.windows import SharedDays, Window, begun, read_windows
from source_zoom.zoom.client import RequestSubject, ZoomClient
from source_zoom.zoom.labels import Label
from source_zoom.zoom.pagination import ListRequest, paginate
from source_zoom.zoom.parsing import as_int, as_text, as_utc

if TYPE_CHECKING:
    from source_zoom.parents.shared import SharedRows

SUMMARIES = "meeting_summaries"
# Zoom names no age from which on it deletes summaries, and there are none from before this year.
FIRST_DAY = date(2023, 1, 1)

# (UUID, number or None, creation or None) of a meeting with a summary.
PublishSummary = Callable[[str, int | None, datetime | None], object]


@dataclass
class SummaryLists:
    """GET /meetings/meeting_summaries window by window.

    The meetings that have a summary are published, and the rows are kept for the table that is made of them.
    """

    _client: ZoomClient
    _known: Known
    _windows: list[Window]  # oldest first
    _rows: SharedRows
    _publish: PublishSummary

    def __post_init__(self) -> None:
        self._repeats = SharedDays(self._windows)

    def __call__(self) -> None:
        """:raises ConnectorError: the list is refused, or a window could not be read to its end"""
        read_windows(self._windows, self._read)

    def _read(self, window: Window) -> None:
        first, last = window
        # By the start of the meeting Zoom leaves out summaries that name none.
        query = {"from": first.isoformat(), "to": last.isoformat(), "time_filter_field": "summary_created_time"}
        request = ListRequest("meetings/meeting_summaries", query, "summaries", Label.MEDIUM)
        rows = begun(paginate(self._client, request, RequestSubject(SUMMARIES)))
        with self._rows.part(window) as write:
            for row in rows:
                uuid, number = as_text(row.get("meeting_uuid")), as_int(row.get("meeting_id"))
                created = as_utc(row.get("summary_created_time"))
                if uuid:
                    self._publish(uuid, number, created)
                else:
                    key = SkipKey("the list of summaries", "Zoom sent no UUID", warn=True)
                    self._known.count(key, str(number or "a row without a number"))
                if not (uuid and self._repeats.is_repeated((uuid, created), created)):
                    write(row)
