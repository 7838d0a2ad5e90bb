"""Paces past their ramp, and when requests leave by them."""

from __future__ import annotations

import pytest

from source_zoom.zoom.pace import Pace

WINDOWS = pytest.mark.parametrize("sliding", [False, True], ids=["clock's second", "any second"])
HEADERS = pytest.mark.parametrize("headers", [True, False], ids=["headers", "no headers"])
# Long enough for the ramp, and for the pace to rise after a drop.
SETTLED = 10.0


def leave(pace: Pace, now: float, times: int, *, late: float = 0.0) -> list[float]:
    """Moments at which so many requests leave, each ``late`` seconds after it might have."""
    moments: list[float] = []
    while len(moments) < times:
        wait = pace.take(now)
        if wait:
            now += wait
            if pace.take(now) == 0:
                now += late
                moments.append(now)
        else:
            moments.append(now)
    return moments


def rate(moments: list[float]) -> float:
    """Requests a second."""
    return (len(moments) - 1) / (moments[-1] - moments[0])


def settled(limit: float = 10, share: float = 1.0) -> tuple[Pace, float]:
    """A pace past its ramp, and the moment of its last request."""
    pace = Pace(limit, share)
    now = 0.0
    while now < SETTLED:
        now = leave(pace, now, 1)[0]
    return pace, now
