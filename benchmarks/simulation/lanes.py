"""The candidates: ways to pace one label, all driven alike."""

from __future__ import annotations

from typing import ClassVar, Protocol

from source_zoom.zoom.limit_finder import LimitFinder
from source_zoom.zoom.pace import Pace

# The limits of one label in the plans, lowest first.
LADDERS = ((1, 10, 40), (2, 20, 60), (4, 30, 80))


class Lane(Protocol):
    """A pace as the simulation drives it. Limits and resets come from headers, and are None without them."""

    books_ahead: ClassVar[bool]
    """Whether take() gives each request its moment once, as it queues, and not to the first in the queue."""

    def take(self, now: float) -> float:
        """Seconds until the request may leave."""

    def succeeded(self, now: float, limit: float | None, remaining: float | None) -> None: ...

    def refused(self, now: float, limit: float | None, reset: float | None) -> float:
        """Seconds until the request queues again; ``reset`` is how many remain of the clock's second."""


class FirstPace:
    """The pace of version 0.1: a refusal stops the label until the reset, and the first one takes a tenth."""

    books_ahead: ClassVar[bool] = True

    def __init__(self, limit: float) -> None:
        self._plan = limit
        self._ceiling = self._rate = limit * 0.97
        self._next = 0.0
        self._last_change = 0.0

    def take(self, now: float) -> float:
        if self._rate < self._ceiling:
            self._rate = min(self._ceiling, self._rate + (now - self._last_change) * self._ceiling / 100)
            self._last_change = now
        moment = max(now, self._next)
        self._next = moment + 1 / self._rate
        return moment - now

    def succeeded(self, now: float, limit: float | None, remaining: float | None) -> None:
        self._learn(limit)

    def refused(self, now: float, limit: float | None, reset: float | None) -> float:
        self._learn(limit)
        self._next = max(self._next, now + (1.0 if reset is None else max(0.2, reset)))
        if self._may_cut(now):
            self._rate = max(self._rate * 0.9, self._ceiling / 10)
            self._last_change = now
        return 0.0

    def _learn(self, limit: float | None) -> None:
        if limit is not None:
            self._ceiling = min(self._plan, limit) * 0.97
            self._rate = min(self._rate, self._ceiling)

    def _may_cut(self, now: float) -> bool:
        return now - self._last_change >= 1 or self._rate == self._ceiling


class CutEverySecond(FirstPace):
    """The first pace as it was meant: a refusal takes a tenth, once a second."""

    _last_cut = -1.0

    def _may_cut(self, now: float) -> bool:
        if now - self._last_cut < 1:
            return False
        self._last_cut = now
        return True


class Sawtooth:
    """Additive increase, multiplicative decrease: a refusal takes 30 %, every second gives back 15 % of the limit."""

    books_ahead: ClassVar[bool] = False

    def __init__(self, limit: float) -> None:
        self._plan = limit
        self._ceiling = limit * 0.96
        self._rate = self._ceiling * 0.4
        self._next = self._last_cut = self._last = 0.0

    def take(self, now: float) -> float:
        if now < self._next:
            return self._next - now
        self._rate = min(self._ceiling, self._rate + (now - self._last) * self._ceiling * 0.15)
        self._last = now
        self._next = max(self._next, now - 0.02) + 1 / self._rate
        return 0.0

    def succeeded(self, now: float, limit: float | None, remaining: float | None) -> None:
        self._learn(limit)

    def refused(self, now: float, limit: float | None, reset: float | None) -> float:
        self._learn(limit)
        if now - self._last_cut >= 0.5:
            self._rate = max(self._rate * 0.7, self._ceiling / 50)
            self._last_cut = now
        return 0.25

    def _learn(self, limit: float | None) -> None:
        if limit is not None:
            self._ceiling = min(self._plan, limit) * 0.96
            self._rate = min(self._rate, self._ceiling)


class AdaptivePace:
    """source_zoom's pace, set to a plan."""

    books_ahead: ClassVar[bool] = False

    def __init__(self, limit: float) -> None:
        self._finder = self._make_finder(limit)
        self.pace = Pace(self._finder.limit)

    def _make_finder(self, limit: float) -> LimitFinder:
        return LimitFinder([limit])

    def take(self, now: float) -> float:
        return self.pace.take(now)

    def succeeded(self, now: float, limit: float | None, remaining: float | None) -> None:
        self._find(now, limit)
        self.pace.succeeded(now, remaining)
        self._find(now, None)

    def refused(self, now: float, limit: float | None, reset: float | None) -> float:
        self._find(now, limit)
        self._find(now, None, has_dropped=self.pace.refused(now))
        return 0.25

    def _find(self, now: float, limit: float | None, has_dropped: bool = False) -> None:
        if limit is not None:
            self._finder.read_header(limit)
        else:
            self._finder.update(now, self.pace, has_dropped=has_dropped)
        if self._finder.limit != self.pace.limit:
            self.pace.learn(self._finder.limit, now)


class AdaptivePaceAuto(AdaptivePace):
    """source_zoom's pace without a setting: it begins with Pro's limit and finds the account's."""

    def _make_finder(self, limit: float) -> LimitFinder:
        return LimitFinder(next(ladder for ladder in LADDERS if limit in ladder), 1)


AUTO = "auto"
CANDIDATES: dict[str, type[Lane]] = {
    "first": FirstPace,
    "cut a second": CutEverySecond,
    "sawtooth": Sawtooth,
    "adaptive": AdaptivePace,
    AUTO: AdaptivePaceAuto,
}
