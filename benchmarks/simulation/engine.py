"""An event simulation of one label: connections of this connector, their network, Zoom's limit, and other apps."""

from __future__ import annotations

import heapq
import random
from bisect import bisect_left
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from benchmarks.simulation.zoom import Limit, OtherApp, Window

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.simulation.lanes import Lane

# Seconds of a request's way to Zoom, of the CPU for the handshake of a new connection, and of the rest of that.
WAY, HANDSHAKE_CPU, HANDSHAKE = 0.02, 0.008, 0.06
# Zoom refuses before it looks anything up: seconds until a 429 is back, at most.
REFUSAL = 0.05
# Threads wake up late: by so many seconds on average, and a few of them by up to so many more.
LATE, VERY_LATE, VERY_LATE_SHARE = 0.001, 0.015, 0.01
# Seconds of a worker between an answer and its next request.
BETWEEN = 0.001
# What takes this many times its bound is cut off there.
LONGEST = 6


@dataclass(frozen=True)
class Scenario:
    """One label of one account, in seconds and requests a second."""

    limit: float = 10.0
    window: Window = "fixed"
    seconds: float = 25.0
    """The work of a connection: what the limit allows in so many seconds."""
    latency: float = 0.125
    jitter: float = 0.025
    """Spread of a request's way to Zoom."""
    workers: int | None = None
    """Requests at once; None for as many as the limit needs."""
    headers: bool = True
    setting: float | None = None
    """The limit that the connector is set to, where it is not the account's."""
    other: OtherApp | None = None
    steps: tuple[tuple[float, float], ...] = ()
    """(moment, limit) where the limit changes."""
    stalls: tuple[tuple[float, float], ...] = ()
    """(moment, seconds) in which the connector's process stands still."""
    second_starts: float | None = None
    """When a second connection of this connector starts, with as much work."""

    @property
    def requests(self) -> int:
        """Of each connection."""
        return round(self.seconds * self.limit)

    @property
    def enough_workers(self) -> int:
        return self.workers or round(self.limit * self.latency * 1.3) + 3

    @property
    def all_steps(self) -> tuple[tuple[float, float], ...]:
        return ((0.0, self.limit), *self.steps)

    def bound(self) -> float:
        """The least seconds that this takes, for the limit less what other apps take, and for the workers."""
        left = float(self.requests * (1 if self.second_starts is None else 2))
        limit, moment, step = Limit("fixed", self.all_steps, 0.0), 0.0, 0.05
        while left > 0:
            now = limit.at(moment)
            left -= step * (now - (self.other.taken(moment, now) if self.other else 0.0))
            moment += step
        each = self.latency + self.jitter / 2 + BETWEEN
        return max(moment, self.requests * each / self.enough_workers)


@dataclass
class Run:
    """Moments at which Zoom admitted and refused the requests of one connection, and when its last answer came."""

    admitted: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    ended: float = 0.0

    def admitted_in(self, since: float, until: float) -> int:
        return bisect_left(self.admitted, until) - bisect_left(self.admitted, since)

    def refused_share(self, since: float = 0.0, until: float = float("inf")) -> float:
        refused = bisect_left(self.refused, until) - bisect_left(self.refused, since)
        return refused / max(1, refused + self.admitted_in(since, until))


class _Connection:
    """A lane with its workers, each of which sends one request after the other."""

    def __init__(self, simulation: _Simulation, lane: Lane, starts: float) -> None:
        self._simulation = simulation
        self._lane = lane
        self._left = simulation.scenario.requests
        workers = simulation.scenario.enough_workers
        self._queue: deque[int] = deque()
        self._is_connected = [False] * workers
        self._remaining = [0.0] * workers
        self._cpu_is_free = 0.0
        self.run = Run()
        for worker in range(workers):
            simulation.at(starts + worker * 0.0005, self._begin, worker)

    def _begin(self, worker: int) -> None:
        if self._left > 0:
            self._left -= 1
            self._queue_up(worker)

    def _queue_up(self, worker: int) -> None:
        now = self._simulation.client_now()
        if self._lane.books_ahead:
            self._simulation.at(now + self._lane.take(now) + self._simulation.lateness(), self._leave, worker)
            return
        self._queue.append(worker)
        if len(self._queue) == 1:
            self._take_turn(worker)

    def _take_turn(self, _: int) -> None:
        """The first in the queue leaves, or waits for its moment."""
        now = self._simulation.client_now()
        while self._queue:
            pause = self._lane.take(now)
            if pause > 0:
                self._simulation.at(now + pause + self._simulation.lateness(), self._take_turn, 0)
                return
            self._leave(self._queue.popleft())

    def _leave(self, worker: int) -> None:
        now = self._simulation.client_now()
        if not self._is_connected[worker]:
            self._is_connected[worker] = True
            self._cpu_is_free = max(self._cpu_is_free, now) + HANDSHAKE_CPU
            now = self._cpu_is_free + HANDSHAKE
        jitter = self._simulation.chance.random() * self._simulation.scenario.jitter
        self._simulation.at(now + WAY + jitter, self._arrive, worker)

    def _arrive(self, worker: int) -> None:
        simulation = self._simulation
        now = simulation.now
        rest = max(0.01, simulation.scenario.latency * simulation.chance.uniform(0.8, 1.2) - WAY)
        remaining = simulation.limit.admit(now)
        if remaining is None:
            self.run.refused.append(now)
            simulation.at(now + min(rest, REFUSAL), self._refused, worker)
            return
        self.run.admitted.append(now)
        self._remaining[worker] = remaining
        simulation.at(now + rest, self._succeeded, worker)

    def _succeeded(self, worker: int) -> None:
        now = self._simulation.client_now()
        remaining = self._remaining[worker] if self._simulation.scenario.headers else None
        self._lane.succeeded(now, self._header(), remaining)
        self.run.ended = now
        self._simulation.at(now + BETWEEN, self._begin, worker)

    def _refused(self, worker: int) -> None:
        now = self._simulation.client_now()
        reset = self._simulation.limit.reset(now) if self._simulation.scenario.headers else None
        self._simulation.at(now + self._lane.refused(now, self._header(), reset), self._queue_up, worker)

    def _header(self) -> float | None:
        return self._simulation.limit.at(self._simulation.now) if self._simulation.scenario.headers else None


class _Simulation:
    def __init__(self, scenario: Scenario, lane: Callable[[float], Lane], seed: int) -> None:
        self.scenario = scenario
        self.chance = random.Random(f"{scenario} {seed}")
        self.limit = Limit(scenario.window, scenario.all_steps, self.chance.random())
        self.now = 0.0
        self._events: list[tuple[float, int, Callable[[int], None], int]] = []
        self._count = 0
        starts = [0.0] if scenario.second_starts is None else [0.0, scenario.second_starts]
        self.connections = [_Connection(self, lane(scenario.setting or scenario.limit), start) for start in starts]
        if scenario.other:
            self._others = scenario.other.arrivals(scenario.limit, self.chance)
            self.at(next(self._others), self._other_arrives, 0)

    def at(self, moment: float, action: Callable[[int], None], worker: int) -> None:
        self._count += 1
        heapq.heappush(self._events, (moment, self._count, action, worker))

    def client_now(self) -> float:
        """When the connector's process gets to what is due now: later, where it stands still."""
        for begins, seconds in self.scenario.stalls:
            if begins <= self.now < begins + seconds:
                return begins + seconds
        return self.now

    def lateness(self) -> float:
        late = self.chance.expovariate(1 / LATE)
        return late + VERY_LATE * self.chance.random() if self.chance.random() < VERY_LATE_SHARE else late

    def play(self) -> list[Run]:
        longest = LONGEST * self.scenario.bound() + 10
        unfinished = self.connections
        while self._events and unfinished:
            self.now, _, action, worker = heapq.heappop(self._events)
            if self.now > longest:
                break
            action(worker)
            if len(unfinished[0].run.admitted) == self.scenario.requests:
                unfinished = [each for each in unfinished if len(each.run.admitted) < self.scenario.requests]
        for each in self.connections:
            each.run.ended = longest if each in unfinished else each.run.admitted[-1] + self.scenario.latency
        return [each.run for each in self.connections]

    def _other_arrives(self, _: int) -> None:
        self.limit.admit(self.now)
        moment = next(self._others, None)
        if moment is not None:
            self.at(moment, self._other_arrives, 0)


def play(scenario: Scenario, lane: Callable[[float], Lane], seed: int = 0) -> list[Run]:
    """The run of each connection, each with a lane of its own."""
    return _Simulation(scenario, lane, seed).play()
