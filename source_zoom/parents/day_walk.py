"""DayWalk: a list of parents that is read once in a sync, and iterated oldest day first among what is known so far."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Generic, Protocol, TypeVar

from source_zoom.parents.occurrence import UNKNOWN_DAY
from source_zoom.parents.walk import Packed, Walk


class HasDay(Protocol):
    """An item of a day. ``day`` is an ordinal, or UNKNOWN_DAY."""

    @property
    def day(self) -> int:
        """The ordinal of the day."""


D = TypeVar("D", bound=HasDay)
# Picks one of the days, given in ascending order, from which the next item is taken.
ChooseDay = Callable[[Sequence[int]], int]


def oldest(days: Sequence[int]) -> int:
    """The day to read first where nothing speaks against it: what is oldest expires first."""
    return days[0]


class DayWalk(Walk[D]):
    """A walk whose items have a day. Its readers take from the lowest day in which they have something unread.

    A reader keeps one position a day, so ten readers of 200,000 items cost no memory worth counting. Two items with
    the same key become one, as ``merge`` says.
    """

    def __init__(
        self,
        name: str,
        pack: Callable[[D], Packed],
        unpack: Callable[[Any, Any], D],
        merge: Callable[[D, D], D] = lambda first, _: first,
    ) -> None:
        super().__init__(name, pack, unpack)
        self._merge = merge
        self._buckets: dict[int, list[Any]] = {}
        # The day of each item in the order of arrival, by which a reader learns where something new is.
        self._arrivals = array("i")

    def publish(self, item: D) -> bool:
        """Add an item for all readers; of a known key, only what is new about it. Returns whether it is new."""
        key, rest = self._pack(item)
        with self._changed:
            if key not in self._rests:
                self._rests[key] = rest
                self._file(key, item.day)
                return True
            if self._rests[key] != rest:
                known = self._unpack(key, self._rests[key])
                merged = self._merge(known, item)
                self._rests[key] = self._pack(merged)[1]
                if merged.day != known.day:
                    # Readers skip it where it stood before.
                    self._file(key, merged.day)
            return False

    def _file(self, key: Any, day: int) -> None:
        self._buckets.setdefault(day, []).append(key)
        self._arrivals.append(day)
        self._changed.notify_all()

    def __len__(self) -> int:
        return len(self._rests)

    @property
    def has_succeeded(self) -> bool:
        """Whether all producers have ended and none of them failed, so that nothing is missing."""
        with self._changed:
            return self._running <= 0 and self._error is None

    def reader(self) -> DayReader[D]:
        """A new reader, which starts the producers if it is the first."""
        self._start()
        return DayReader(self)

    def __iter__(self) -> Iterator[D]:
        """:raises BaseException: a producer's failure, after the items"""
        reader = self.reader()
        while reader.wait():
            item = reader.take()
            if item is not None:
                yield item


class DayReader(Generic[D]):
    """One reader's place in a DayWalk. One thread waits and takes; others may ask for the lowest day under a lock.

    Waiting and taking are two steps, so that the taking can be done under a lock of the caller's.
    """

    def __init__(self, walk: DayWalk[D]) -> None:
        self._walk = walk
        self._seen = 0
        self._days: list[int] = []
        self._positions: dict[int, int] = {}

    def wait(self) -> bool:
        """Wait until something is unread; False at the end.

        :raises BaseException: a producer's failure, after the items
        """
        walk = self._walk
        with walk._changed:
            while not self._days and self._seen >= len(walk._arrivals) and walk._running > 0:
                walk._changed.wait()
            if self._days or self._seen < len(walk._arrivals):
                return True
        if walk._error is not None:
            raise walk._error.with_traceback(None)
        return False

    def take(self, choose: ChooseDay = oldest) -> D | None:
        """The next item of the chosen day. None where nothing is unread, or it is to be read under another day."""
        walk = self._walk
        with walk._changed:
            self._note_arrivals()
            if not self._days:
                return None
            day = choose(self._days)
            bucket, position = walk._buckets[day], self._positions.get(day, 0)
            key = bucket[position]
            self._positions[day] = position + 1
            if position + 1 >= len(bucket):
                del self._days[bisect_left(self._days, day)]
            item = walk._unpack(key, walk._rests[key])
        return item if item.day == day else None

    def lowest_unread(self) -> int:
        """The lowest day with something unread, UNKNOWN_DAY without any."""
        with self._walk._changed:
            self._note_arrivals()
            return self._days[0] if self._days else UNKNOWN_DAY

    def _note_arrivals(self) -> None:
        arrivals = self._walk._arrivals
        for day in arrivals[self._seen :]:
            place = bisect_left(self._days, day)
            if place == len(self._days) or self._days[place] != day:
                self._days.insert(place, day)
        self._seen = len(arrivals)
