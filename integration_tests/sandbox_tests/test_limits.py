"""The simulated Zoom: rate limits by plan and label, their headers, and changing them while it runs."""

from __future__ import annotations

import contextlib
import time
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from integration_tests.sandbox import HEAVY, LIGHT, MEDIUM, AccountShape, Clock, Sandbox
from integration_tests.sandbox.errors import ZoomError
from integration_tests.sandbox.limits import PLANS, RateLimits
from integration_tests.sandbox_tests.client import Client

if TYPE_CHECKING:
    from integration_tests.sandbox.limits import Plan, Window
    from integration_tests.sandbox.routes import Label

SMALL = AccountShape(users=2)


def _window() -> dict[str, str]:
    day = datetime.now(timezone.utc).date().isoformat()
    return {"from_": day, "to": day}


def _standing_clock() -> Clock:
    """0.9 of a second past a whole one."""
    return Clock.standing_at(datetime.fromtimestamp(1_800_000_000.9, timezone.utc))


def _wait(clock: Clock, seconds: float) -> None:
    clock.advance(hours=seconds / 3600)


def _burst(limits: RateLimits, label: Label, count: int = 200) -> int:
    """How many of `count` requests at one moment are let through."""
    passed = 0
    for _ in range(count):
        with contextlib.suppress(ZoomError):
            limits.admit(label)
            passed += 1
    return passed


@pytest.mark.parametrize("plan", list(PLANS))
@pytest.mark.parametrize("window", ["fixed", "sliding"])
def test_each_label_has_its_own_limit_a_second(plan: Plan, window: Window) -> None:
    clock = _standing_clock()
    limits = RateLimits(plan, window, clock)
    for _ in range(2):
        for label, number in PLANS[plan].per_second.items():
            assert _burst(limits, label) == number
        _wait(clock, 1)


def test_a_fixed_window_ends_with_the_clock_and_a_sliding_one_a_second_later() -> None:
    clock = _standing_clock()
    fixed, sliding = RateLimits("pro", clock=clock), RateLimits("pro", "sliding", clock)
    assert [_burst(limits, HEAVY) for limits in (fixed, sliding)] == [10, 10]
    _wait(clock, 0.2)
    assert [_burst(limits, HEAVY) for limits in (fixed, sliding)] == [10, 0]
    _wait(clock, 0.81)
    assert [_burst(limits, HEAVY) for limits in (fixed, sliding)] == [0, 10]


def test_a_day_ends_at_midnight_utc() -> None:
    clock = _standing_clock()
    limits = RateLimits("free", clock=clock)
    limits.set(per_day={HEAVY: 2})
    for expected in (1, 1, 0):
        assert _burst(limits, HEAVY) == expected
        _wait(clock, 1)
    with pytest.raises(ZoomError, match="daily") as refused:
        limits.admit(HEAVY)
    again = datetime.strptime(refused.value.headers["Retry-After"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
    _wait(clock, again.timestamp() - 1 - clock())
    assert _burst(limits, HEAVY) == 0
    _wait(clock, 1)
    assert _burst(limits, HEAVY) == 1


def test_headers_come_with_every_answer_and_the_429_says_when() -> None:
    with Sandbox(SMALL, plan="free") as zoom, Client(zoom) as client:
        good = client.get("report/history_meetings", **_window())
        while (bad := client.get("report/history_meetings", **_window())).status_code == 200:
            pass
        assert good.headers["X-RateLimit-Category"] == "Heavy"
        assert good.headers["X-RateLimit-Limit"] == "1"
        assert good.headers["X-RateLimit-Remaining"] == "0"
        assert bad.status_code == 429
        assert bad.json() == {
            "code": 429,
            "message": "You have reached the maximum per-second rate limit for this API. Try again later.",
        }
        assert bad.headers["X-RateLimit-Type"] == "QPS"
        assert 0 < int(bad.headers["X-RateLimit-Reset"]) - time.time() <= 1
        assert "Retry-After" not in bad.headers
        assert client.get("users").headers["X-RateLimit-Category"] == "Medium"


def test_the_daily_limit_says_the_date_of_the_next_chance() -> None:
    with Sandbox(SMALL, plan="business", per_day={HEAVY: 2}) as zoom, Client(zoom) as client:
        answers = [client.get("report/history_meetings", **_window()) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        bad = answers[2]
        assert "daily rate limit" in bad.json()["message"]
        assert bad.headers["X-RateLimit-Type"] == "Daily-limit"
        again = datetime.strptime(bad.headers["Retry-After"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
        assert (again.hour, again.minute, again.second) == (0, 0, 0)
        assert timedelta() < again - datetime.now(timezone.utc) <= timedelta(days=1)
        assert client.get("users").status_code == 200
        zoom.set_limits(per_day={HEAVY: 3})
        assert client.get("report/history_meetings", **_window()).status_code == 200


def test_limits_change_while_it_runs() -> None:
    clock = _standing_clock()
    limits = RateLimits("business", clock=clock)

    def next_second(label: Label) -> int:
        _wait(clock, 1)
        return _burst(limits, label)

    limits.set(scale=0.5)
    assert [next_second(label) for label in (HEAVY, MEDIUM, LIGHT)] == [20, 30, 40]
    limits.set(per_second={MEDIUM: 7})
    assert [next_second(label) for label in (HEAVY, MEDIUM, LIGHT)] == [20, 7, 40]
    limits.set("pro")
    assert [next_second(label) for label in (HEAVY, MEDIUM, LIGHT)] == [10, 20, 30]
    limits.set(None)
    assert [next_second(label) for label in (HEAVY, MEDIUM, LIGHT)] == [200, 200, 200]


def test_no_plan_no_headers() -> None:
    with Sandbox(SMALL) as zoom, Client(zoom) as client:
        assert not [name for name in client.get("users").headers if name.lower().startswith("x-ratelimit")]


def test_latency_is_waited_for() -> None:
    with Sandbox(SMALL, latency=0.2, latency_jitter=0.05) as zoom, Client(zoom) as client:
        started = time.monotonic()
        client.get("users")
        assert 0.14 < time.monotonic() - started < 0.6
        seconds = zoom.requests[-1].seconds
        assert seconds is not None
        assert seconds > 0.14
        zoom.set_latency(0)
        started = time.monotonic()
        client.get("users")
        assert time.monotonic() - started < 0.14


def test_unknown_plans_are_refused() -> None:
    with pytest.raises(ValueError, match="plan is one of"):
        Sandbox(plan="gold")
