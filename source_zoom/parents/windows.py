"""Windows of dates that Zoom's reports accept, and the rows of one window."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from source_zoom.clock import utc_today
from source_zoom.zoom.client import RequestSubject, ZoomClient
from source_zoom.zoom.errors import Meaning, ZoomRequestFailed
from source_zoom.zoom.labels import Label
from source_zoom.zoom.pagination import ListRequest, paginate

logger = logging.getLogger("airbyte")

# How far back Zoom's reports reach: https://developers.zoom.us/docs/api/meetings/#tag/reports.
REPORT_MONTHS = 6
# The API allows one month per request; 28 days is safe in every month.
WINDOW = timedelta(days=28)
# Zoom's six-month limit can be up to 5 days shorter than that of the calendar.
EDGE_DAYS = 5

Window = tuple[date, date]


class ReportWindows:
    """The windows of one sync, newest first, from tomorrow (UTC) back to the start date or as far as Zoom reports.

    Neighbours share a day, so it does not matter whether Zoom includes the last day of a window. They begin a day
    before the start, so it does not matter in which time zone Zoom counts.
    """

    def __init__(self, start: date | None) -> None:
        """:param start: the first day (UTC) of interest, None for all that Zoom reports"""
        self._oldest = months_back(utc_today(), REPORT_MONTHS)
        self._start = start - timedelta(days=1) if start else None
        self._edge_days = 0
        # Where it is past midnight already, today's meetings have tomorrow's date in UTC.
        self._newest = utc_today() + timedelta(days=1)

    @property
    def first_day(self) -> date:
        """The first day of the oldest window."""
        return max(self._oldest, self._start) if self._start else self._oldest

    def __iter__(self) -> Iterator[Window]:
        if self._start is None or self._start < self._oldest:
            logger.info(
                "Zoom reports past meetings and webinars since %s only. Earlier ones are found for recurring meetings "
                "and webinars that are still listed, up to 15 months back.",
                self._oldest,
            )
        last = self._newest
        while True:
            begin = max(self.first_day, last - WINDOW)
            yield begin, last
            if begin <= self.first_day:
                return
            last = begin

    def rows(
        self,
        client: ZoomClient,
        window: Window,
        path: str,
        query: Mapping[str, str],
        rows_at: str,
        subject: RequestSubject,
    ) -> Iterator[dict[str, Any]]:
        """Rows of a heavy list between two days. Where Zoom finds the oldest day too early, the window gets shorter.

        :raises ZoomRequestFailed: the list cannot be read, or its dates are refused
        """
        begin, end = window
        while True:
            first = begin + timedelta(days=self._edge_days if begin == self._oldest else 0)
            last = min(end, self._newest)
            dates = {"from": first.isoformat(), "to": last.isoformat()}
            try:
                yield from paginate(client, ListRequest(path, {**query, **dates}, rows_at, Label.HEAVY), subject)
                return
            except ZoomRequestFailed as error:
                if error.meaning is not Meaning.WINDOW_REFUSED or not self._shorten(begin, first, last):
                    raise

    def _shorten(self, begin: date, first: date, last: date) -> bool:
        """Leave out a day that Zoom may not accept, of this and all later requests. False where there is none."""
        if last > utc_today():
            self._newest = utc_today()
            return True
        days = (first - begin).days
        if begin != self._oldest or days >= EDGE_DAYS:
            return False
        self._edge_days = max(self._edge_days, days + 1)
        return True


def months_back(day: date, months: int) -> date:
    """The same day of an earlier month, or that month's last day where it is shorter."""
    count = day.year * 12 + day.month - 1 - months
    first = date(count // 12, count % 12 + 1, 1)
    next_month = date((count + 1) // 12, (count + 1) % 12 + 1, 1)
    return min(first + timedelta(days=day.day - 1), next_month - timedelta(days=1))
