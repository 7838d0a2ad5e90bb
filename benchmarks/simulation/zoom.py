"""The account's limit of one label as Zoom might count it, and the other apps that use it too."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

Window = Literal["fixed", "sliding"]


@dataclass(frozen=True)
class OtherApp:
    """Takes this share of the limit between two moments: evenly, or a second's worth at once every few seconds."""

    share: float
    begins: float = 0.0
    ends: float = float("inf")
    burst_every: float | None = None

    def arrivals(self, limit: float, chance: random.Random) -> Iterator[float]:
        """Moments of its requests, in order."""
        moment = self.begins + chance.random() * 0.05
        while moment < self.ends:
            if self.burst_every is None:
                yield moment
                moment += chance.uniform(0.5, 1.5) / (self.share * limit)
            else:
                yield from (moment + number * 0.002 for number in range(round(self.share * limit)))
                moment += self.burst_every * chance.uniform(0.8, 1.2)

    def taken(self, moment: float, limit: float) -> float:
        """Requests a second that it takes on average at this moment."""
        if not self.begins <= moment < self.ends:
            return 0.0
        return self.share * limit / (self.burst_every or 1.0)


class Limit:
    """Admits or refuses requests in the order of arrival; a refused request costs nothing.

    ``steps`` are (moment, requests a second from then on); ``phase`` is where in a second the clock stands at 0.
    """

    def __init__(self, window: Window, steps: tuple[tuple[float, float], ...], phase: float) -> None:
        self._window = window
        self._steps = steps
        self._phase = phase
        self._second, self._used = 0, 0
        self._recent: deque[float] = deque()

    def at(self, moment: float) -> float:
        """Requests a second."""
        return next(limit for since, limit in reversed(self._steps) if since <= moment)

    def admit(self, now: float) -> float | None:
        """Requests that remain of this second, or None for a refusal."""
        limit = self.at(now)
        if self._window == "fixed":
            second = int(now + self._phase)
            if second != self._second:
                self._second, self._used = second, 0
            if self._used >= limit:
                return None
            self._used += 1
            return limit - self._used
        while self._recent and self._recent[0] <= now - 1:
            self._recent.popleft()
        if len(self._recent) >= limit:
            return None
        self._recent.append(now)
        return limit - len(self._recent)

    def reset(self, now: float) -> float:
        """Seconds until the clock's next second, which is what X-RateLimit-Reset names."""
        return 1.0 - (now + self._phase) % 1.0
