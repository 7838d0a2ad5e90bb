"""The scenarios by what they are about, and what a pace must reach in each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING

from benchmarks.simulation.engine import Run, Scenario
from benchmarks.simulation.zoom import OtherApp, Window

if TYPE_CHECKING:
    from collections.abc import Iterator

WINDOWS: tuple[Window, ...] = ("fixed", "sliding")
HEAVY_LIMITS = (10.0, 40.0)
# How long the pace has to give way to another app, and to be full again after its end.
GIVES_WAY_SECONDS = 3.0
# Full pace: so much of the limit was answered in one second.
FULL = 0.9


@dataclass(frozen=True)
class Target:
    """The most that is accepted; None leaves a number open. Shares are of all requests."""

    factor: float | None = None
    """Of the bound, with `extra` seconds on top."""
    extra: float = 0.0
    refused: float | None = None
    refused_later: float | None = None
    """Beside another app, from 3 seconds after its beginning to its end."""
    recovery: float | None = None
    """Seconds after the other app's end."""
    least_share: float | None = None
    """Of what both connections get while both are busy."""

    @property
    def unknown_limit(self) -> Target:
        """The same for a connector that is not told the plan, which takes time and refusals to find its limit."""
        return replace(self, refused=None, **({} if self.factor is None else {"factor": 1.10, "extra": 5.0}))


@dataclass(frozen=True)
class Group:
    """Scenarios that are one row of the table."""

    name: str
    target: Target
    scenarios: tuple[Scenario, ...]
    for_auto: bool = False
    """Whether the target is only for a pace that finds the limit by itself."""


@dataclass(frozen=True)
class Outcome:
    """One scenario played; what does not apply is None."""

    ratio: float
    excess: float
    """Seconds beyond the target's, negative where it is reached."""
    refused: float
    refused_later: float | None = None
    recovery: float | None = None
    least_share: float | None = None

    def misses(self, target: Target) -> bool:
        pairs = (
            (self.refused, target.refused),
            (self.refused_later, target.refused_later),
            (self.recovery, target.recovery),
        )
        if any(value is not None and most is not None and value > most for value, most in pairs):
            return True
        if target.least_share is not None and self.least_share is not None and self.least_share < target.least_share:
            return True
        return target.factor is not None and self.excess > 0


def judge(scenario: Scenario, runs: list[Run], target: Target) -> Outcome:
    bound, ended = scenario.bound(), max(run.ended for run in runs)
    refused = sum(len(run.refused) for run in runs)
    later = recovery = least = None
    other = scenario.other
    if other and other.ends < bound and not other.burst_every:
        later = runs[0].refused_share(other.begins + GIVES_WAY_SECONDS, other.ends)
        recovery = _seconds_to_full(runs[0], scenario.limit, other.ends)
    if scenario.second_starts is not None:
        least = _least_share(runs, scenario.second_starts)
    return Outcome(
        ended / bound,
        ended - (target.factor or 0.0) * bound - target.extra,
        refused / (refused + sum(len(run.admitted) for run in runs)),
        later,
        recovery,
        least,
    )


def _seconds_to_full(run: Run, limit: float, since: float) -> float | None:
    """None where the work ends before."""
    moment = since
    while moment + 1 < run.ended:
        if run.admitted_in(moment, moment + 1) >= FULL * limit:
            return moment + 1 - since
        moment += 0.1
    return None


def _least_share(runs: list[Run], second_starts: float) -> float:
    """Of the weaker of two connections, from five seconds after the second's start until one has ended."""
    since, until = second_starts + 5, min(run.ended for run in runs) - 1
    counts = [run.admitted_in(since, until) for run in runs]
    return min(counts) / max(1, sum(counts))


def groups(*, quick: bool) -> Iterator[Group]:
    """`quick` leaves out latencies and limits that seldom decide."""
    alone = Target(factor=1.05, extra=2.5, refused=0.005)
    latencies = (0.125, 1.0) if quick else (0.05, 0.125, 0.4, 1.0)
    limits = HEAVY_LIMITS if quick else (*HEAVY_LIMITS, 20.0, 80.0)
    long = [
        Scenario(limit, window, seconds=40, latency=latency)
        for limit, window, latency in product(limits, WINDOWS, latencies)
    ]
    for jitter in (0.0, 0.025, 0.05):
        yield Group(f"alone, jitter {1000 * jitter:.0f} ms", alone, _each(long, jitter=jitter))
    short = [Scenario(limit, window) for limit, window in product(HEAVY_LIMITS, WINDOWS)]
    yield Group("alone, no headers", alone, _each(short, headers=False))
    for workers in (1, 4, 40):
        name = f"alone, {workers} worker{'' if workers == 1 else 's'}"
        yield Group(name, alone, _each(short, workers=workers, seconds=10 if workers == 1 else 25))
    yield Group("process stands still twice", Target(refused=0.005), _each(short, stalls=((8, 0.6), (15, 1.5))))
    yield from _beside_others(short, quick)
    halved = [replace(each, steps=((10, each.limit / 2), (30, each.limit)), headers=False) for each in short]
    yield Group("limit halves for 20 s", Target(), tuple(halved))
    yield from _two_connections(short)
    yield from _unknown_limits(quick)


def _beside_others(short: list[Scenario], quick: bool) -> Iterator[Group]:
    gives_way = Target(refused_later=0.10, recovery=5.0)
    latencies = (0.125,) if quick else (0.125, 0.4, 1.0)
    longer = [replace(each, seconds=28, latency=latency) for each, latency in product(short, latencies)]
    yield Group("another app at 10 %", Target(factor=1.15, extra=2.5), _each(short, other=OtherApp(0.1, 3)))
    for share in (0.25, 0.5, 0.9):
        target = gives_way if share == 0.5 else Target()
        yield Group(f"another app at {share:.0%} for 20 s", target, _each(longer, other=OtherApp(share, 10, 30)))
    yield Group("the same at 50 %, no headers", gives_way, _each(longer, other=OtherApp(0.5, 10, 30), headers=False))
    for share, every in ((0.5, 3.0), (0.9, 5.0)):
        name = f"bursts of {share:.0%} every {every:.0f} s"
        yield Group(name, Target(), _each(short, other=OtherApp(share, 3, burst_every=every)))


def _two_connections(short: list[Scenario]) -> Iterator[Group]:
    both = Target(refused=0.05, least_share=0.2)
    yield Group("two connections at once", both, _each(short, seconds=40, second_starts=0.0))
    yield Group("a second one after 10 s", both, _each(short, seconds=40, second_starts=10.0))


def _unknown_limits(quick: bool) -> Iterator[Group]:
    """The connector is set to Pro, or finds the limit by itself."""
    found = Target(factor=1.10, extra=5.0)
    plans: dict[str, tuple[tuple[float, float], ...]] = {
        "free": ((1, 10), (4, 30)),
        "pro": ((10, 10), (30, 30)),
        "business": ((40, 10), (80, 30)),
    }
    for (plan, limits), headers in product(plans.items(), (True, False)):
        scenarios = [
            Scenario(limit, window, seconds=40, setting=pro, headers=headers)
            for (limit, pro), window in product(limits[:1] if quick else limits, WINDOWS)
        ]
        name = f"set to pro, is {plan}{'' if headers else ', no headers'}"
        yield Group(name, found, tuple(scenarios), for_auto=True)


def _each(scenarios: list[Scenario], **changes: object) -> tuple[Scenario, ...]:
    return tuple(replace(each, **changes) for each in scenarios)  # type: ignore[arg-type]
