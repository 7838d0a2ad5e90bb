"""How far back Zoom keeps what a table reads: what its "too old" answers prove, and which day to read next."""

from __future__ import annotations

import threading
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from source_zoom.parents.occurrence import EPOCH_DAY, SECONDS_A_DAY

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

# One "too old" may be wrong: it counts for others once so many different meetings have got it.
WITNESSES = 3


class AgeLimit:
    """The age limit of one table in one sync, for all threads.

    Starts are in seconds since 1970, days are proleptic ordinals. Reading goes oldest day first, so a "too old" answer
    by itself would only speak of what has been requested already. After one, the days between it and the oldest that
    had rows are halved until they meet.
    """

    def __init__(self, believed_before: int) -> None:
        """:param believed_before: no day from this one on is ever spared, for Zoom keeps every report for longer"""
        self._believed_before = (believed_before - EPOCH_DAY) * SECONDS_A_DAY
        self._lock = threading.Lock()
        # The youngest start of each meeting that was too old.
        self._refused: dict[Hashable, int] = {}
        self._youngest_refused = -1
        self._limit = 0
        self._oldest_served = self._believed_before

    def refused(self, meeting: Hashable, start: int) -> None:
        """Zoom called an occurrence too old. ``meeting`` tells its series from others."""
        if start >= self._believed_before:
            return
        with self._lock:
            self._refused[meeting] = max(start, self._refused.get(meeting, 0))
            self._youngest_refused = max(start, self._youngest_refused)
            if len(self._refused) >= WITNESSES:
                self._limit = sorted(self._refused.values())[-WITNESSES]

    def served(self, start: int) -> None:
        """Zoom had rows of this start, so it has what is younger, too."""
        with self._lock:
            self._oldest_served = min(self._oldest_served, start)

    def is_too_old(self, start: int | None) -> bool:
        """Whether other answers prove that Zoom has nothing of this start."""
        with self._lock:
            return start is not None and start < min(self._limit, self._oldest_served)

    def choose(self, days: Sequence[int]) -> int:
        """The day to read next, of those in ascending order that have something unread."""
        with self._lock:
            if self._youngest_refused < 0 or self._oldest_served < self._youngest_refused:
                # Nothing was too old, or rows of something older prove that wrong.
                return days[0]
            refused, served, limit = map(_day_of, (self._youngest_refused, self._oldest_served, self._limit))
        middle, older = bisect_left(days, (refused + served + 1) // 2), bisect_right(days, refused)
        if middle < len(days) and days[middle] < served:
            return days[middle]
        if middle > older:
            # Nothing is left in the younger half: the youngest day of the older one.
            return days[middle - 1]
        # They have met. More witnesses next to the limit prove more than those of the oldest days.
        return days[older - 1] if older and days[older - 1] > limit else days[0]


def _day_of(start: int) -> int:
    return start // SECONDS_A_DAY + EPOCH_DAY
