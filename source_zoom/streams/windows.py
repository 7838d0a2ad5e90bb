"""The base of tables that are read in windows of dates."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from source_zoom.base.clock import utc_now
from source_zoom.streams.base import ZoomStream
from source_zoom.streams.daily_limits import is_paused, log_rest
from source_zoom.streams.resources import Parent, Resources
from source_zoom.streams.window_plan import WindowPlan, first_needed
from source_zoom.zoom.client import RequestSubject
from source_zoom.zoom.parsing import as_utc
from source_zoom.zoom.rate_limits import DailyLimitReached

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from source_zoom.parents.forecast import Forecast
    from source_zoom.parents.windows import Window
    from source_zoom.streams.ledger import Ledger
    from source_zoom.zoom.errors import Rule


class WindowTable(ZoomStream, ABC):
    """Rows by windows of dates; a slice is a window, which is no column of the rows.

    An incremental sync reads the days that earlier ones have not read, and the ``lookback_days`` before them again.
    """

    paged = True
    # What Zoom answers here concerns the whole account, so it never stands for an empty window.
    skippable = False
    #: The column that says to which day a row belongs.
    cursor_field: ClassVar[str] = "start_time"
    lookback_days: ClassVar[int] = 7

    def __init__(self, resources: Resources) -> None:
        super().__init__(resources)
        self._ledger = resources.ledgers.get(self.name)
        self.plan: WindowPlan = WindowPlan(self._ledger, resources.start, self.lookback_days, utc_now)
        self._limit: DailyLimitReached | None = None

    @classmethod
    def reads_from(cls, ledger: Ledger | None, start: datetime | None) -> int | None:
        first = first_needed(ledger, start, cls.lookback_days)
        return min(first, utc_now().date().toordinal()) if first is not None else None

    @abstractmethod
    def windows(self) -> list[Window]:
        """The windows of this sync."""

    def parents(self) -> Iterator[Parent]:
        if is_paused(self.name, self.parent, self.label, self._resources):
            return
        self.plan.open(self.windows())
        try:
            for first, last in self.found_windows():
                yield self.parent_of({"from": first.isoformat(), "to": last.isoformat()})
        except DailyLimitReached as error:
            self.status.wait_until_read()
            if not self._continues_tomorrow(error):
                raise

    def found_windows(self) -> Iterable[Window]:
        """The windows of this sync, as they may be read."""
        return self.windows()

    def expected_parents(self, forecast: Forecast) -> float:
        """The windows of this sync."""
        return max(self.status.parents_found, self.plan.left + self.status.parents_read)

    def parent_of(self, ids: Mapping[str, Any]) -> Parent:
        return Parent(ids, (ids["from"], ids["to"]))

    def subject(self, parent: Parent) -> RequestSubject:
        return RequestSubject(self.name, f"{parent.ids['from']} to {parent.ids['to']}", self.skippable)

    def read_parent(self, parent: Parent) -> Iterator[dict[str, Any]]:
        for row in self.rows(window_of(parent.ids), parent):
            if not self.plan.excludes(as_utc(row.get(self.cursor_field))):
                yield self.record(row, {})

    @abstractmethod
    def rows(self, window: Window, parent: Parent) -> Iterator[dict[str, Any]]:
        """Rows of one window.

        :raises ConnectorError: the window cannot be read to its end
        """

    def answered(self, parent: Parent, rule: Rule | None, records: int) -> None:
        self.plan.answered(window_of(parent.ids))

    def postponed(self, error: Exception, parent: Parent) -> bool:
        is_postponed = isinstance(error, DailyLimitReached) and self._continues_tomorrow(error)
        if is_postponed:
            self.status.left_unread()
        return is_postponed

    def _continues_tomorrow(self, error: DailyLimitReached) -> bool:
        """Whether the daily limit ends this table as complete, because later syncs go on where it stopped."""
        if self._ledger is None or not self.plan.answers:
            return False
        self._limit = error
        self.plan.limit(error.until)
        self._failing.stop(count_rest=True)
        return True

    def end(self) -> None:
        if self._limit:
            log_rest(self.name, self._limit, f"{self.plan.left} windows of dates")


class SharedWindowTable(WindowTable, ABC):
    """Rows of windows that a list of parents has read, for this table and others."""

    sends_requests = False

    def __init__(self, resources: Resources) -> None:
        super().__init__(resources)
        self._incomplete: set[Window] = set()

    def windows(self) -> list[Window]:
        return self._resources.parents.windows[self.parent.shared]

    def found_windows(self) -> Iterator[Window]:
        for part in self._resources.parents.shared[self.parent.shared].parts:
            window: Any = part.key
            if not part.is_whole:
                self._incomplete.add(window)
            yield window

    def rows(self, window: Window, parent: Parent) -> Iterator[dict[str, Any]]:
        return self._resources.parents.shared[self.parent.shared].rows(window)

    def answered(self, parent: Parent, rule: Rule | None, records: int) -> None:
        if window_of(parent.ids) not in self._incomplete:
            super().answered(parent, rule, records)


def window_of(ids: Mapping[str, Any]) -> Window:
    """The window of a slice."""
    return date.fromisoformat(ids["from"]), date.fromisoformat(ids["to"])
