"""A Zoom account in few lines, for tests of the pace: it counts requests by the second and refuses what is too much."""

from __future__ import annotations

import heapq
import random
from collections import deque
from collections.abc import Callable, Iterator

from source_zoom.zoom.pace import RETRY_SECONDS, Pace


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


def simulate(
    window: Window,
    clients: list[Client],
    seconds: float,
    *,
    others: Callable[[float], float] = lambda _: 0.0,
    latency: float = 0.125,
    jitter: float = 0.02,
    seed: int = 0,
) -> None:
    """Play it. ``others`` are the requests a second of other apps at a moment."""
    chance = random.Random(seed)
    events: list[tuple[float, int, Iterator[float]]] = []
    count = 0

    def spawn(begins: float, process: Iterator[float]) -> None:
        nonlocal count
        count += 1
        heapq.heappush(events, (begins, count, process))

    def other_apps() -> Iterator[float]:
        while True:
            rate = others(now)
            if rate:
                window.remaining(now)
            yield chance.uniform(0.5, 1.5) / rate if rate else 0.1

    def request(client: Client) -> Iterator[float]:
        yield 0.02 + chance.random() * jitter
        remaining = window.remaining(now)
        (client.refused if remaining is None else client.admitted).append(now)
        yield latency
        if remaining is None:
            client.pace.refused(now)
            yield RETRY_SECONDS
        else:
            client.pace.succeeded(now, remaining if client.headers else None)
        client.idle += 1

    def queue(client: Client) -> Iterator[float]:
        while True:
            wait = client.pace.take(now) if client.idle else 0.005
            if not wait:
                client.idle -= 1
                spawn(now, request(client))
            yield wait

    now = 0.0
    spawn(0.0, other_apps())
    for client in clients:
        spawn(client.starts, queue(client))
    while now < seconds:
        now, _, process = heapq.heappop(events)
        pause = next(process, None)
        if pause is not None:
            spawn(now + pause, process)
