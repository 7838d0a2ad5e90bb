"""Which windows of dates a table reads in this sync, and which of them it has read."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from source_zoom.parents.windows import Window
    from source_zoom.streams.ledger import Ledger


def first_needed(ledger: Ledger | None, start: datetime | None, lookback_days: int) -> int | None:
    """Ordinal of the first day that a table needs, None for all that Zoom has.

    Of what earlier syncs have read, the last days are needed again: they may have been completed since.
    """
    days = [start.date().toordinal()] if start else []
    if ledger and ledger.complete_until is not None:
        days.append(max(ledger.complete_until - lookback_days, 1))
    return max(days, default=None)


class WindowPlan:
    """The work of one table in one sync, for all its threads.

    Without a ledger it is a full refresh, which is blind to what earlier syncs have read. A window counts as read once
    its rows are on the queue; the state is complete until the first day of those that are not.
    """

    def __init__(
        self,
        ledger: Ledger | None,
        start: datetime | None,
        lookback_days: int,
        clock: Callable[[], datetime],
    ) -> None:
        """:param clock: the present moment in UTC"""
        self._ledger = ledger
        self._start = start
        self._first = first_needed(ledger, start, lookback_days)
        self._clock = clock
        self._lock = threading.Lock()
        self._unread: set[Window] | None = None
        #: Windows that were read.
        self.answers = 0

    def excludes(self, moment: datetime | None) -> bool:
        """Whether a row of this moment is not needed: it lies before the start, or was read for good before."""
        if moment is None:
            return False
        is_before = self._start is not None and moment < self._start
        return is_before or (self._first is not None and moment.date().toordinal() < self._first)

    def open(self, windows: Iterable[Window]) -> None:
        """These are all the windows to read."""
        with self._lock:
            self._unread = set(windows)

    def answered(self, window: Window) -> None:
        """The window was read to its end, and all of its rows were taken."""
        with self._lock:
            if self._unread is not None:
                self._unread.discard(window)
            self.answers += 1

    @property
    def left(self) -> int:
        """Windows that are not read."""
        with self._lock:
            return len(self._unread or ())

    def limit(self, until: datetime | None) -> None:
        """A daily limit has stopped the table after some windows: no sync sends a request for it before ``until``."""
        with self._lock:
            if self._ledger:
                self._ledger.limit(until, self._clock())

    def state(self) -> dict[str, Any]:
        """The table's state as of now, {} in a full refresh."""
        with self._lock:
            if self._ledger is None:
                return {}
            if self._unread is not None:
                self._ledger.advance(first.toordinal() for first, _ in self._unread)
            return self._ledger.to_json(self._clock())
