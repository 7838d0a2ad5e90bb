"""How far back Zoom keeps what a table reads: what its "too old" answers prove, and which day to read next."""

from __future__ import annotations

import threading
from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Sequence

# One "too old" may be wrong: it counts for others once so many different meetings have got it.
WITNESSES = 3


class AgeLimit:
    """The age limit of one table in one sync, for all threads. Days are proleptic ordinals.

    Reading goes oldest day first, so a "too old" answer by itself would only speak of what has been requested already.
    After one, the days between it and the oldest that had rows are halved until they meet.
    """

    def __init__(self, believed_before: int) -> None:
        """:param believed_before: no day from this one on is ever spared, for Zoom keeps every report for longer"""
        self._believed_before = believed_before
        self._lock = threading.Lock()
        self._refused: dict[Hashable, int] = {}
        self._youngest_refused: int | None = None
        self._limit = 0
        self._oldest_served = believed_before

    def refused(self, meeting: Hashable, day: int) -> None:
        """Zoom called an occurrence of this day too old. ``meeting`` tells its series from others."""
        if day >= self._believed_before:
            return
        with self._lock:
            self._refused[meeting] = max(day, self._refused.get(meeting, 0))
            self._youngest_refused = max(day, self._youngest_refused or 0)
            if len(self._refused) >= WITNESSES:
                self._limit = sorted(self._refused.values())[-WITNESSES]

    def served(self, day: int) -> None:
        """Zoom had rows of this day, so it has what is younger, too."""
        with self._lock:
            self._oldest_served = min(self._oldest_served, day)

    def is_too_old(self, day: int) -> bool:
        """Whether other answers prove that Zoom has nothing of this day."""
        with self._lock:
            return day < min(self._limit, self._oldest_served)

    def choose(self, days: Sequence[int]) -> int:
        """The day to read next, of those in ascending order that have something unread."""
        with self._lock:
            refused, served = self._youngest_refused, self._oldest_served
        if refused is None or served - refused <= 1:
            return days[0]
        middle = bisect_left(days, (refused + served + 1) // 2)
        if middle < len(days) and days[middle] < served:
            return days[middle]
        # Nothing is left in the younger half: the youngest day of the older one.
        if middle > bisect_right(days, refused):
            return days[middle - 1]
        return days[0]
