"""The simulated Zoom: other apps of the account use its limits too, and nothing in the headers says so."""

from __future__ import annotations

import contextlib
import time
from datetime import datetime, timezone
from typing import TYPE_CHECKING

import pytest

from integration_tests.sandbox import HEAVY, LIGHT, AccountShape, Clock, OtherApp, Sandbox
from integration_tests.sandbox.errors import ZoomError
from integration_tests.sandbox.limits import RateLimits
from integration_tests.sandbox_tests.client import Client

if TYPE_CHECKING:
    from integration_tests.sandbox.limits import Plan, Window
    from integration_tests.sandbox.routes import Label


def _limits(window: Window = "fixed", plan: Plan = "pro") -> tuple[Clock, RateLimits]:
    clock = Clock.standing_at(datetime.fromtimestamp(1_800_000_000, timezone.utc))
    return clock, RateLimits(plan, window, clock)


def _wait(clock: Clock, seconds: float) -> None:
    clock.advance(hours=seconds / 3600)


def _passed(clock: Clock, limits: RateLimits, seconds: int, label: Label = HEAVY) -> int:
    """How many of requests that come ten times too fast get through in so many seconds."""
    passed = 0
    for _ in range(seconds * 100):
        with contextlib.suppress(ZoomError):
            limits.admit(label)
            passed += 1
        _wait(clock, 0.01)
    return passed


@pytest.mark.parametrize("window", ["fixed", "sliding"])
def test_a_constant_rate_leaves_the_rest(window: Window) -> None:
    clock, limits = _limits(window)
    assert _passed(clock, limits, 10) == pytest.approx(100, abs=5)
    traffic = limits.share_with(OtherApp(HEAVY, per_second=7))
    mine = _passed(clock, limits, 10)
    # Both want more than there is: together they use it up.
    assert mine + traffic.passed == pytest.approx(100, abs=8)
    assert traffic.passed + traffic.refused == pytest.approx(70, abs=2)
    assert 25 < mine < 100


def test_bursts_between_two_moments() -> None:
    clock, limits = _limits()
    traffic = limits.share_with(OtherApp(HEAVY, per_second=2, burst=8, since=4, until=12))
    seconds = [_passed(clock, limits, 1) for _ in range(16)]
    assert traffic.passed + traffic.refused == 3 * 8
    assert [at for at, passed in enumerate(seconds) if passed < 10] == [4, 8, 12]


def test_the_header_keeps_its_limit_and_other_labels_are_left_alone() -> None:
    clock, limits = _limits()
    limits.share_with(OtherApp(HEAVY, per_second=1000))
    _wait(clock, 0.5)
    with pytest.raises(ZoomError) as refused:
        limits.admit(HEAVY)
    assert refused.value.headers["X-RateLimit-Limit"] == "10"
    assert limits.admit(LIGHT)["X-RateLimit-Remaining"] == "29"


def test_the_day_is_used_up_by_others() -> None:
    clock, limits = _limits()
    limits.set(per_day={HEAVY: 20})
    traffic = limits.share_with(OtherApp(HEAVY, per_second=4))
    for _ in range(5):
        with contextlib.suppress(ZoomError):
            limits.admit(HEAVY)
        _wait(clock, 1)
    with pytest.raises(ZoomError, match="daily"):
        limits.admit(HEAVY)
    assert traffic.passed > 10


def _meets_the_limit(client: Client, **window: str) -> bool:
    """Whether one of a few requests is refused: the first may come before others have used its second up."""
    for _ in range(10):
        if client.get("report/history_meetings", **window).status_code == 429:
            return True
        time.sleep(0.25)
    return False


def test_over_the_wire() -> None:
    apps = [OtherApp(HEAVY, per_second=200)]
    day = datetime.now(timezone.utc).date().isoformat()
    window = {"from_": day, "to": day}
    with Sandbox(AccountShape(users=2), plan="business", other_apps=apps) as zoom, Client(zoom) as client:
        time.sleep(0.6)
        assert _meets_the_limit(client, **window)
        zoom.clear_other_apps()
        time.sleep(1.1)
        assert client.get("report/history_meetings", **window).status_code == 200
        assert zoom.requests[-1].path.endswith("history_meetings"), "other apps are not in the log"
        assert {request.path for request in zoom.requests} == {"/oauth/token", zoom.requests[-1].path}
        # Evenly spaced, they would leave room for ten a second.
        zoom.add_other_app(label="Heavy", per_second=30, burst=50)
        assert _meets_the_limit(client, **window)


def test_nonsense_is_refused() -> None:
    with pytest.raises(ValueError, match="label"):
        OtherApp("Feather", per_second=1)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="more than no"):
        OtherApp(HEAVY, per_second=0)
