"""Windows of dates that Zoom accepts, and the rows of one window."""

from __future__ import annotations

import logging
import threading
from datetime import date, datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING, Any

from airbyte_cdk.models import FailureType

from source_zoom.base.clock import utc_today
from source_zoom.base.exceptions import ConnectorError
from source_zoom.parents.parallel import in_parallel
from source_zoom.zoom.errors import Meaning, ZoomRequestFailed
from source_zoom.zoom.labels import Label
from source_zoom.zoom.pagination import ListRequest, paginate
from source_zoom.zoom.severity import ends_table

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence

    from source_zoom.zoom.client import RequestSubject, ZoomClient

logger = logging.getLogger("airbyte")

# How far back Zoom's reports reach: https://developers.zoom.us/docs/api/meetings/#tag/reports.
REPORT_MONTHS = 6
PAST_KEPT = (
    "Zoom reports past meetings and webinars since %s only. Earlier ones are found for recurring meetings and webinars "
    "that are still listed, up to 15 months back."
)
# The API allows one month per request; 28 days is safe in every month.
WINDOW = timedelta(days=28)
# Zoom's six-month limit can be up to 5 days shorter than that of the calendar.
EDGE_DAYS = 5

# Threads that read the windows of one list.
WINDOW_THREADS = 8

Window = tuple[date, date]


def windows_between(first: date, last: date) -> list[Window]:
    """Windows from ``last`` back to ``first``, newest first.

    Neighbours share a day, so it does not matter whether Zoom includes the last day of a window.
    """
    found = []
    while True:
        begin = max(first, last - WINDOW)
        found.append((begin, last))
        if begin <= first:
            return found
        last = begin


def recent_windows(start: date) -> list[Window]:
    """Windows from tomorrow (UTC) back to the day before the start, so that no time zone matters; oldest first."""
    tomorrow = utc_today() + timedelta(days=1)
    return windows_between(min(start - timedelta(days=1), tomorrow), tomorrow)[::-1]


class SharedDays:
    """Tells the rows that two windows list, because neighbours share a day. Safe for all threads."""

    def __init__(self, windows: Sequence[Window]) -> None:
        shared = {last.toordinal() for _, last in windows} & {first.toordinal() for first, _ in windows}
        # In another time zone the row may have the date before or after.
        self._days = {day + shift for day in shared for shift in (-1, 0, 1)}
        self._seen: set[Hashable] = set()
        self._lock = threading.Lock()

    def is_repeated(self, key: Hashable, moment: datetime | None) -> bool:
        """Whether a row with this key came before; only keys of shared days, or of no known day, are remembered."""
        if moment is not None and moment.toordinal() not in self._days:
            return False
        with self._lock:
            if key in self._seen:
                return True
            self._seen.add(key)
        return False


# Refusals of a list of the whole account after which the lists of its users are worth trying.
LIST_REFUSED = frozenset(
    {
        Meaning.SCOPE_MISSING,
        Meaning.ROLE_MISSING,
        Meaning.ACCESS_DENIED,
        # Sent where an app has no right to the list. A dead token fails the lists of the users too.
        Meaning.TOKEN_REJECTED,
        Meaning.ENDPOINT_GONE,
    }
)


class ListRefused(ConnectorError):
    """Zoom refuses a list of the whole account, as its first window has shown."""

    def __init__(self, refusal: ZoomRequestFailed) -> None:
        super().__init__(str(refusal), FailureType.config_error)


def read_windows(
    windows: Sequence[Window], read: Callable[[Window], None], refused: Collection[Meaning] = frozenset()
) -> None:
    """Read the windows of one list: the first one alone, because it shows whether the list may be read at all.

    :param refused: what the first window may say of the whole list
    :raises ListRefused: it says so
    :raises ConnectorError: a window could not be read to its end
    """
    failure: ZoomRequestFailed | None = None
    try:
        read(windows[0])
    except ZoomRequestFailed as error:
        if error.meaning in refused:
            raise ListRefused(error) from None
        if ends_table(error):
            raise
        failure = error
    in_parallel(windows[1:], read, WINDOW_THREADS)
    if failure:
        raise failure


def begun(rows: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The same rows, once the first request has been answered.

    :raises ZoomRequestFailed: the first request was refused
    """
    first = next(rows, None)
    return rows if first is None else chain([first], rows)


class ReportWindows:
    """The windows of one sync, newest first, from tomorrow (UTC) back to the start date or as far as Zoom reports.

    They begin a day before the start, so it does not matter in which time zone Zoom counts.
    """

    def __init__(self, start: date | None, kept: str = PAST_KEPT) -> None:
        """:param start: the first day (UTC) of interest, None for all that Zoom reports
        :param kept: what the log says where the start is earlier than Zoom reports, with %s for the first day
        """
        self._kept = kept
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
            logger.info(self._kept, self._oldest)
        return iter(self.listed())

    def listed(self) -> list[Window]:
        """The windows, without a word in the log."""
        return windows_between(self.first_day, max(self._newest, self.first_day))

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
