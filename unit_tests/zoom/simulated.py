"""A Zoom account in few lines, for tests of the pace: it counts requests by the second and refuses what is too much."""

from __future__ import annotations

import heapq
import random
from collections import deque
from typing import TYPE_CHECKING

from source_zoom.zoom.pace import RETRY_SECONDS, Pace

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Window:
    """Admits so many requests in a second: of the clock, or in any second's span."""

    def __init__(self, limit: float, *, sliding: bool) -> None:
        self.limit = limit
        self._sliding = sliding
        self._recent: deque[float] = deque()

    def remaining(self, now: float) -> int | None:
        """Counts a request; what remains after it, or None for a refusal."""
        begins = now - 1 if self._sliding else float(int(now))
        while self._recent and (self._recent[0] <= begins if self._sliding else self._recent[0] < begins):
            self._recent.popleft()
        if len(self._recent) >= self.limit:
            return None
        self._recent.append(now)
        return int(self.limit) - len(self._recent)


class Client:
    """Sends requests at its pace for as long as the simulation goes on."""

    def __init__(self, pace: Pace, *, workers: int = 50, headers: bool = True, starts: float = 0.0) -> None:
        self.pace = pace
        self.idle = workers
        self.headers = headers
        self.starts = starts
        self.admitted: list[float] = []
        self.refused: list[float] = []

    def count(self, since: float, until: float) -> int:
        return sum(since <= moment < until for moment in self.admitted)

    def refused_share(self, since: float, until: float) -> float:
        refused = sum(since <= moment < until for moment in self.refused)
        return refused / max(1, refused + self.count(since, until))


class _Simulation:
    def __init__(self, window: Window, others: Sequence[tuple[float, float]], latency: float, jitter: float) -> None:
        self._window = window
        self._others = others
        self._latency = latency
        self._jitter = jitter
        self._chance = random.Random(0)
        self._now = 0.0
        self._count = 0
        self._events: list[tuple[float, int, Iterator[float]]] = []

    def play(self, clients: list[Client], seconds: float) -> None:
        self._spawn(0.0, self._other_apps())
        for client in clients:
            self._spawn(client.starts, self._queue(client))
        while self._now < seconds:
            self._now, _, process = heapq.heappop(self._events)
            pause = next(process, None)
            if pause is not None:
                self._spawn(self._now + pause, process)

    def _spawn(self, moment: float, process: Iterator[float]) -> None:
        self._count += 1
        heapq.heappush(self._events, (moment, self._count, process))

    def _other_apps(self) -> Iterator[float]:
        while True:
            rate = next((rate for begins, rate in reversed(self._others) if begins <= self._now), 0.0)
            if rate:
                self._window.remaining(self._now)
            yield self._chance.uniform(0.5, 1.5) / rate if rate else 0.1

    def _queue(self, client: Client) -> Iterator[float]:
        while True:
            wait = client.pace.take(self._now) if client.idle else 0.005
            if not wait:
                client.idle -= 1
                self._spawn(self._now, self._request(client))
            yield wait

    def _request(self, client: Client) -> Iterator[float]:
        yield 0.02 + self._chance.random() * self._jitter
        remaining = self._window.remaining(self._now)
        (client.refused if remaining is None else client.admitted).append(self._now)
        yield self._latency
        if remaining is None:
            client.pace.refused(self._now)
            yield RETRY_SECONDS
        else:
            client.pace.succeeded(self._now, remaining if client.headers else None)
        client.idle += 1


def simulate(
    window: Window,
    clients: list[Client],
    seconds: float,
    *,
    others: Sequence[tuple[float, float]] = (),
    jitter: float = 0.02,
) -> None:
    """Play it. ``others``: from a moment on, so many requests a second of other apps."""
    _Simulation(window, others, 0.125, jitter).play(clients, seconds)
