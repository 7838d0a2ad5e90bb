"""Clock: what time it is in the simulated account, and the span of time that a question is about."""

from __future__ import annotations

import math
import time
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from .draw import DAY, day_of, midnight, months_back

if TYPE_CHECKING:
    from collections.abc import Callable


class Clock:
    """Unix seconds. It runs with the machine's clock, `offset` seconds apart, and `advance` moves it forward.

    With another `source` than the machine's clock it shows what that shows, so a test can share it with a client. A
    `shared` clock is the client's too, although it runs with the machine's.
    """

    def __init__(self, source: Callable[[], float] = time.time, offset: float = 0.0, *, shared: bool = False) -> None:
        self._source = source
        self._offset = offset
        self._shared = shared or source is not time.time

    @classmethod
    def starting_at(cls, now: datetime) -> Clock:
        """Runs with the machine's clock from `now` on."""
        # Whole seconds apart, so that both clocks begin their seconds together.
        return cls(offset=math.ceil(now.timestamp() - time.time()))

    @classmethod
    def on(cls, day: date) -> Clock:
        """The machine's time of day, on another day."""
        return cls(offset=midnight(day) - int(time.time()) // DAY * DAY)

    @classmethod
    def standing_at(cls, now: datetime) -> Clock:
        """Stands still until it is advanced."""
        moment = now.timestamp()
        return cls(lambda: moment)

    def __call__(self) -> float:
        return self._source() + self._offset

    @property
    def today(self) -> date:
        """The date in UTC."""
        return day_of(int(self()))

    @property
    def now(self) -> datetime:
        """The moment in UTC."""
        return datetime.fromtimestamp(self(), timezone.utc)

    def advance(self, *, days: float = 0, hours: float = 0) -> None:
        """Raises ValueError for a step back: what has been seen would be unseen again."""
        step = timedelta(days=days, hours=hours).total_seconds()
        if step < 0:
            raise ValueError("the clock of the simulated account goes forward only")
        self._offset += step

    def for_the_client(self, moment: float) -> float:
        """The moment on the client's own clock: the machine's, or this one where the client shares it."""
        return moment if self._shared else moment - self._offset


class Span(NamedTuple):
    """From `first` to `last`, Unix seconds: something is visible in a span if it is at any moment of it."""

    first: float
    last: float

    def reached(self, moment: float) -> bool:
        """Whether the moment has come."""
        return moment <= self.last

    def keeps(self, start: float, months: int, *, since: float = 0.0, zone_hours: float = 0.0) -> bool:
        """Whether what took place at `start` and appeared at `since` is within the last so many calendar months.

        Days are those of a time zone `zone_hours` east of UTC.
        """
        shift = zone_hours * 3600
        return start + shift >= _oldest(int(max(self.first, since) + shift) // DAY, months)


@lru_cache(maxsize=4096)
def _oldest(day: int, months: int) -> int:
    return midnight(months_back(day_of(day * DAY), months))
