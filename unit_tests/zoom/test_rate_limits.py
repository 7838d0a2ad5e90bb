"""rate_limits.py: the pace that keeps requests under Zoom's limits, and what closes a label."""

from __future__ import annotations

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from typing import Any

import pytest
from airbyte_cdk.models import FailureType
from requests.structures import CaseInsensitiveDict

from source_zoom.zoom.labels import Label
from source_zoom.zoom.rate_limits import DailyLimitReached, RequestBudget, is_daily_limit, parse_retry_after
from unit_tests.conftest import Clock

LIGHT, MEDIUM, HEAVY = Label.LIGHT, Label.MEDIUM, Label.HEAVY


class Pace:
    """Sends requests through a budget and remembers when each left."""

    def __init__(self, plan: Any = "pro", share: int = 100) -> None:
        self.clock = Clock()
        self.budget = RequestBudget(plan, share, clock=self.clock.monotonic, sleep=self.clock.sleep)

    def send(self, label: Label, times: int) -> list[float]:
        moments = []
        for _ in range(times):
            self.budget.acquire(label)
            moments.append(self.clock.monotonic())
        return moments

    def rate(self, label: Label, times: int = 200) -> float:
        """Requests a second, over many requests."""
        moments = self.send(label, times)
        return (times - 1) / (moments[-1] - moments[0])

    def learn(self, label: Label, **headers: str) -> None:
        """An answer with these headers, whose underscores are hyphens."""
        self.budget.learn(label, _headers(headers))

    def refuse(self, label: Label, body: bytes, **headers: str) -> None:
        """A 429 with these headers, whose underscores are hyphens."""
        self.budget.refused(label, _headers(headers), body)


def _headers(named: dict[str, str]) -> CaseInsensitiveDict[str]:
    return CaseInsensitiveDict({name.replace("_", "-"): value for name, value in named.items()})


class TestPace:
    @pytest.mark.parametrize(
        ("plan", "label", "limit"),
        [
            ("free", LIGHT, 4),
            ("free", MEDIUM, 2),
            ("free", HEAVY, 1),
            ("pro", LIGHT, 30),
            ("pro", MEDIUM, 20),
            ("pro", HEAVY, 10),
            ("business", LIGHT, 80),
            ("business", MEDIUM, 60),
            ("business", HEAVY, 40),
        ],
    )
    def test_stays_just_under_the_plans_limit(self, plan: str, label: Label, limit: int) -> None:
        assert 0.95 * limit < Pace(plan).rate(label) < limit

    def test_share_of_the_limit_is_kept(self) -> None:
        assert 0.95 * 5 < Pace("pro", 25).rate(MEDIUM) < 5

    def test_requests_are_evenly_spaced(self) -> None:
        moments = Pace().send(MEDIUM, 50)
        gaps = [after - before for before, after in pairwise(moments)]
        assert max(gaps) == pytest.approx(min(gaps))

    def test_labels_do_not_hold_each_other_up(self) -> None:
        pace = Pace()
        pace.send(HEAVY, 1)
        before = pace.clock.monotonic()
        pace.send(LIGHT, 1)
        pace.send(MEDIUM, 1)
        assert pace.clock.monotonic() == before

    def test_idle_time_is_not_saved_up(self) -> None:
        pace = Pace()
        pace.send(HEAVY, 1)
        pace.clock.sleep(60)
        first, second = pace.send(HEAVY, 2)
        assert second - first == pytest.approx(1 / (10 * 0.97))

    def test_threads_get_moments_of_their_own(self) -> None:
        slept: list[float] = []
        budget = RequestBudget("pro", clock=lambda: 0.0, sleep=slept.append)
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda _: budget.acquire(HEAVY), range(40)))
        # The clock stands still, so what each thread has to wait is its moment.
        assert sorted(slept) == pytest.approx([number / 9.7 for number in range(1, 40)])


class TestHeaders:
    def test_lower_limit_of_the_account_is_learned_and_logged_once(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.INFO, logger="airbyte")
        pace = Pace()
        for _ in range(3):
            pace.learn(HEAVY, X_RateLimit_Type="QPS", X_RateLimit_Limit="4")
        assert 3.8 < pace.rate(HEAVY) < 4
        assert caplog.text.count("4 heavy requests a second") == 1

    def test_lower_limit_is_of_its_label_only(self) -> None:
        pace = Pace()
        pace.learn(HEAVY, X_RateLimit_Limit="4")
        assert pace.rate(MEDIUM) > 19

    def test_share_applies_to_the_learned_limit_too(self) -> None:
        pace = Pace(share=50)
        pace.learn(HEAVY, X_RateLimit_Limit="4")
        assert 1.9 < pace.rate(HEAVY) < 2

    def test_higher_limit_than_the_plan_is_not_used(self) -> None:
        pace = Pace()
        pace.learn(HEAVY, X_RateLimit_Limit="80")
        assert pace.rate(HEAVY) < 10

    def test_limit_may_rise_again_to_that_of_the_plan(self) -> None:
        pace = Pace()
        pace.learn(HEAVY, X_RateLimit_Limit="2")
        pace.learn(HEAVY, X_RateLimit_Limit="10")
        pace.clock.sleep(200)
        pace.send(HEAVY, 1)
        assert pace.rate(HEAVY) > 9.5

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"X_RateLimit_Limit": ""},
            {"X_RateLimit_Limit": "many"},
            {"X_RateLimit_Limit": "0"},
            {"X_RateLimit_Limit": "-3"},
            {"X_RateLimit_Limit": "nan"},
            {"X_RateLimit_Limit": "1", "X_RateLimit_Type": "Daily-limit"},
        ],
        ids=str,
    )
    def test_headers_that_name_no_limit_a_second_change_nothing(self, headers: dict[str, str]) -> None:
        pace = Pace()
        pace.learn(HEAVY, **headers)
        assert pace.rate(HEAVY) > 9.5


class TestPerSecondLimit:
    BODY = b'{"code":429,"message":"You have reached the maximum per-second rate limit for this API."}'

    def refused(self, pace: Pace, **headers: str) -> float:
        """Seconds until the next request after a 429."""
        before = pace.clock.monotonic()
        pace.refuse(HEAVY, self.BODY, X_RateLimit_Type="QPS", **headers)
        return pace.send(HEAVY, 1)[0] - before

    def test_waits_a_second_where_no_reset_is_named(self) -> None:
        assert self.refused(Pace()) == pytest.approx(1.0)

    def test_waits_until_the_reset(self) -> None:
        assert self.refused(Pace(), X_RateLimit_Reset=str(time.time() + 0.6)) == pytest.approx(0.6, abs=0.1)

    @pytest.mark.parametrize("reset", ["1", "99999999999", "inf"])
    def test_reset_far_off_is_not_believed(self, reset: str) -> None:
        assert 0.2 <= self.refused(Pace(), X_RateLimit_Reset=reset) <= 2.0

    def test_goes_on_a_little_slower_and_comes_back_to_its_pace(self) -> None:
        pace = Pace()
        full = pace.rate(HEAVY)
        self.refused(pace)
        assert 0.85 * full < pace.rate(HEAVY, 10) < 0.95 * full
        pace.clock.sleep(30)
        pace.send(HEAVY, 1)
        assert pace.rate(HEAVY) == pytest.approx(full, rel=0.02)

    def test_many_refusals_at_once_slow_down_once(self) -> None:
        pace = Pace()
        full = pace.rate(HEAVY)
        for _ in range(20):
            pace.refuse(HEAVY, self.BODY, X_RateLimit_Type="QPS")
        pace.send(HEAVY, 1)
        assert pace.rate(HEAVY, 10) > 0.85 * full

    def test_refusals_that_go_on_never_stop_the_label(self) -> None:
        pace = Pace()
        for _ in range(200):
            self.refused(pace)
        assert pace.rate(HEAVY, 10) > 0.9


class TestDailyLimit:
    BODY = b'{"code":429,"message":"You have reached the maximum daily rate limit for this API. Refer to the header."}'

    @staticmethod
    def later(**distance: float) -> str:
        return f"{datetime.now(timezone.utc) + timedelta(**distance):%Y-%m-%dT%H:%M:%SZ}"

    def close(self, pace: Pace, body: bytes = BODY, **headers: str) -> DailyLimitReached:
        """The error of a 429 that closes the heavy label."""
        with pytest.raises(DailyLimitReached) as caught:
            pace.refuse(HEAVY, body, **headers)
        return caught.value

    def test_is_raised_at_once_and_says_until_when(self) -> None:
        pace = Pace()
        error = self.close(pace, X_RateLimit_Type="Daily-limit", Retry_After="2099-01-20T00:00:00Z")
        assert "2099-01-20 00:00 UTC" in str(error)
        assert error.failure_type is FailureType.transient_error
        assert error.label is Label.HEAVY
        assert error.until == datetime(2099, 1, 20, tzinfo=timezone.utc)
        assert pace.clock.slept == []

    def test_closes_the_label_for_every_later_request(self) -> None:
        pace = Pace()
        error = self.close(pace, Retry_After="2099-01-20T00:00:00Z")
        for _ in range(3):
            with pytest.raises(DailyLimitReached) as caught:
                pace.send(HEAVY, 1)
            assert caught.value is error
        assert pace.clock.slept == []

    def test_is_reported_in_utc(self) -> None:
        error = self.close(Pace(), Retry_After="2099-01-20T02:00:00+02:00")
        assert "2099-01-20 00:00 UTC" in str(error)

    def test_holds_back_who_was_waiting_already(self) -> None:
        pace = Pace()

        def sleep(seconds: float) -> None:
            pace.clock.sleep(seconds)
            self.close(pace, Retry_After="2099-01-20T00:00:00Z")

        pace.budget = RequestBudget("pro", clock=pace.clock.monotonic, sleep=sleep)
        pace.send(HEAVY, 1)
        with pytest.raises(DailyLimitReached):
            pace.send(HEAVY, 1)

    def test_other_labels_go_on(self) -> None:
        pace = Pace()
        self.close(pace, Retry_After="2099-01-20T00:00:00Z")
        assert len(pace.send(LIGHT, 3) + pace.send(MEDIUM, 3)) == 6

    def test_is_recognized_by_its_words_where_headers_are_missing(self) -> None:
        assert "after its daily reset" in str(self.close(Pace()))

    def test_unreadable_date_closes_it_all_the_same(self) -> None:
        self.close(Pace(), X_RateLimit_Type="Daily-limit", Retry_After="tomorrow")

    def test_end_that_is_near_is_waited_for(self) -> None:
        pace = Pace()
        before = pace.clock.monotonic()
        pace.refuse(HEAVY, self.BODY, Retry_After=self.later(seconds=60))
        assert pace.send(HEAVY, 1)[0] - before == pytest.approx(60, abs=2)

    def test_end_that_has_passed_is_no_reason_to_stop(self) -> None:
        pace = Pace()
        pace.refuse(HEAVY, self.BODY, Retry_After=self.later(hours=-1))
        assert len(pace.send(HEAVY, 1)) == 1


@pytest.mark.parametrize(
    ("headers", "body", "daily"),
    [
        ({"X-RateLimit-Type": "Daily-limit"}, b"", True),
        ({"X-RateLimit-Type": "daily-limit"}, b"per-second rate limit", True),
        ({"X-RateLimit-Type": "QPS"}, b"daily rate limit", False),
        ({}, b"maximum daily rate limit", True),
        ({}, b"maximum per-second rate limit", False),
        ({}, b"", False),
    ],
)
def test_is_daily_limit(headers: dict[str, str], body: bytes, daily: bool) -> None:
    assert is_daily_limit(headers, body) is daily


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2025-01-20T00:00:00Z", datetime(2025, 1, 20, tzinfo=timezone.utc)),
        ("2025-01-20T01:30:00+01:30", datetime(2025, 1, 20, tzinfo=timezone.utc)),
        ("2025-01-20T00:00:00", datetime(2025, 1, 20, tzinfo=timezone.utc)),
        ("Mon, 20 Jan 2025 00:00:00 GMT", None),
        ("120", None),
        ("", None),
        (None, None),
    ],
)
def test_parse_retry_after(value: str | None, moment: datetime | None) -> None:
    found = parse_retry_after(value)
    assert found == moment
    assert found is None or found.tzinfo is timezone.utc
