"""rate_limits.py: Zoom's labels and limits, and the pace that keeps under them."""

from __future__ import annotations

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest
from airbyte_cdk.models import FailureType
from requests.structures import CaseInsensitiveDict

from source_zoom.rate_limits import (
    REQUESTS_PER_SECOND,
    DailyLimitReached,
    Label,
    RequestBudget,
    is_daily_limit,
    label_of,
    parse_retry_after,
)
from unit_tests.conftest import Clock

HEAVY, MEDIUM, LIGHT = "report/meetings/a%2Fb%3D", "users", "meetings/85012345678"

# Zoom's label of every endpoint in use, as its documents have it.
LABELS = {
    "users": "medium",
    "users/pT4vLm9Q/meetings": "medium",
    "users/pT4vLm9Q/webinars": "medium",
    "meetings/85012345678": "light",
    "meetings/85012345678/registrants": "medium",
    "meetings/85012345678/polls": "light",
    "meetings/85012345678/registrants/questions": "light",
    "webinars/91098765432": "light",
    "webinars/91098765432/panelists": "medium",
    "webinars/91098765432/registrants": "medium",
    "webinars/91098765432/polls": "light",
    "webinars/91098765432/registrants/questions": "light",
    "webinars/91098765432/tracking_sources": "medium",
    "past_meetings/85012345678/instances": "medium",
    "past_meetings/mQ3%2Bf%3D%3D/polls": "medium",
    "past_meetings/mQ3%2Bf%3D%3D/files": "medium",
    "past_webinars/91098765432/instances": "light",
    "past_webinars/%252FaZ8%253D/absentees": "heavy",
    "past_webinars/mQ3%2Bf%3D%3D/polls": "medium",
    "past_webinars/mQ3%2Bf%3D%3D/qa": "medium",
    "past_webinars/mQ3%2Bf%3D%3D/files": "medium",
    "report/meetings/mQ3%2Bf%3D%3D": "heavy",
    "report/meetings/mQ3%2Bf%3D%3D/participants": "heavy",
    "report/webinars/mQ3%2Bf%3D%3D": "heavy",
    "report/webinars/mQ3%2Bf%3D%3D/participants": "heavy",
    "report/users": "heavy",
    "report/users/pT4vLm9Q/meetings": "heavy",
    "report/history_meetings": "heavy",
}


def request(path: str) -> Any:
    return SimpleNamespace(url=f"https://api.zoom.us/v2/{path}?page_size=300")


def response(status: int = 200, body: bytes = b"{}", **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return SimpleNamespace(status_code=status, headers=CaseInsensitiveDict(named), content=body)


class Pace:
    """Sends requests through a budget and remembers when each went out."""

    def __init__(self, plan: Any = "pro", share: int = 100) -> None:
        self.clock = Clock()
        self.budget = RequestBudget(plan, share, clock=self.clock.monotonic, sleep=self.clock.sleep)

    def send(self, path: str, times: int) -> list[float]:
        moments = []
        for _ in range(times):
            self.budget.acquire_call(request(path))
            moments.append(self.clock.monotonic())
        return moments

    def rate(self, path: str, times: int = 200) -> float:
        """Requests a second, over many requests."""
        moments = self.send(path, times)
        return (times - 1) / (moments[-1] - moments[0])

    def answer(self, path: str, *args: Any, **headers: str) -> None:
        self.budget.update_from_response(request(path), response(*args, **headers))


@pytest.mark.parametrize(("path", "label"), LABELS.items())
def test_label_of_endpoint(path: str, label: str):
    assert label_of(f"/v2/{path}").value == label


class TestPace:
    @pytest.mark.parametrize(
        ("plan", "path", "limit"),
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
    def test_stays_just_under_the_plans_limit(self, plan: str, path: str, limit: int):
        assert 0.95 * limit < Pace(plan).rate(path) < limit

    def test_share_of_the_limit_is_kept(self):
        assert 0.95 * 5 < Pace("pro", 25).rate(MEDIUM) < 5

    def test_requests_are_evenly_spaced(self):
        moments = Pace().send(MEDIUM, 50)
        gaps = [after - before for before, after in pairwise(moments)]
        assert max(gaps) == pytest.approx(min(gaps))

    def test_labels_do_not_hold_each_other_up(self):
        pace = Pace()
        pace.send(HEAVY, 1)
        before = pace.clock.monotonic()
        pace.send(LIGHT, 1)
        pace.send(MEDIUM, 1)
        assert pace.clock.monotonic() == before

    def test_idle_time_is_not_saved_up(self):
        pace = Pace()
        pace.send(HEAVY, 1)
        pace.clock.sleep(60)
        first, second = pace.send(HEAVY, 2)
        assert second - first == pytest.approx(1 / (10 * 0.97))

    def test_threads_get_moments_of_their_own(self):
        slept: list[float] = []
        budget = RequestBudget("pro", clock=lambda: 0.0, sleep=slept.append)
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda _: budget.acquire_call(request(HEAVY)), range(40)))
        # The clock stands still, so what each thread has to wait is its moment.
        assert sorted(slept) == pytest.approx([number / 9.7 for number in range(1, 40)])

    def test_there_are_no_policy_objects(self):
        assert Pace().budget.get_matching_policy(request(HEAVY)) is None


class TestHeaders:
    def test_lower_limit_of_the_account_is_learned_and_told_once(self, caplog: pytest.LogCaptureFixture):
        caplog.set_level(logging.INFO, logger="airbyte")
        pace = Pace()
        for _ in range(3):
            pace.answer(HEAVY, X_RateLimit_Type="QPS", X_RateLimit_Limit="4")
        assert 3.8 < pace.rate(HEAVY) < 4
        assert caplog.text.count("4 heavy requests a second") == 1

    def test_lower_limit_is_of_its_label_only(self):
        pace = Pace()
        pace.answer(HEAVY, X_RateLimit_Limit="4")
        assert pace.rate(MEDIUM) > 19

    def test_share_applies_to_the_learned_limit_too(self):
        pace = Pace(share=50)
        pace.answer(HEAVY, X_RateLimit_Limit="4")
        assert 1.9 < pace.rate(HEAVY) < 2

    def test_higher_limit_than_the_plan_is_not_used(self):
        pace = Pace()
        pace.answer(HEAVY, X_RateLimit_Limit="80")
        assert pace.rate(HEAVY) < 10

    def test_limit_may_rise_again_to_that_of_the_plan(self):
        pace = Pace()
        pace.answer(HEAVY, X_RateLimit_Limit="2")
        pace.answer(HEAVY, X_RateLimit_Limit="10")
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
    def test_headers_that_name_no_limit_a_second_change_nothing(self, headers: dict[str, str]):
        pace = Pace()
        pace.answer(HEAVY, **headers)
        assert pace.rate(HEAVY) > 9.5


class TestPerSecondLimit:
    BODY = b'{"code":429,"message":"You have reached the maximum per-second rate limit for this API."}'

    def refused(self, pace: Pace, **headers: str) -> float:
        """Seconds until the next request after a 429."""
        before = pace.clock.monotonic()
        pace.answer(HEAVY, 429, self.BODY, X_RateLimit_Type="QPS", **headers)
        return pace.send(HEAVY, 1)[0] - before

    def test_waits_a_second_where_no_reset_is_named(self):
        assert self.refused(Pace()) == pytest.approx(1.0)

    def test_waits_until_the_reset(self):
        assert self.refused(Pace(), X_RateLimit_Reset=str(time.time() + 0.6)) == pytest.approx(0.6, abs=0.1)

    @pytest.mark.parametrize("reset", ["1", "99999999999", "inf"])
    def test_reset_far_off_is_not_believed(self, reset: str):
        assert 0.2 <= self.refused(Pace(), X_RateLimit_Reset=reset) <= 2.0

    def test_goes_on_a_little_slower_and_comes_back_to_its_pace(self):
        pace = Pace()
        full = pace.rate(HEAVY)
        self.refused(pace)
        assert 0.85 * full < pace.rate(HEAVY, 10) < 0.95 * full
        pace.clock.sleep(30)
        pace.send(HEAVY, 1)
        assert pace.rate(HEAVY) == pytest.approx(full, rel=0.02)

    def test_many_refusals_at_once_slow_down_once(self):
        pace = Pace()
        full = pace.rate(HEAVY)
        for _ in range(20):
            pace.answer(HEAVY, 429, self.BODY, X_RateLimit_Type="QPS")
        pace.send(HEAVY, 1)
        assert pace.rate(HEAVY, 10) > 0.85 * full

    def test_refusals_that_go_on_never_stop_the_label(self):
        pace = Pace()
        for _ in range(200):
            self.refused(pace)
        assert pace.rate(HEAVY, 10) > 0.9


class TestDailyLimit:
    BODY = b'{"code":429,"message":"You have reached the maximum daily rate limit for this API. Refer to the header."}'

    @staticmethod
    def later(**distance: float) -> str:
        return f"{datetime.now(timezone.utc) + timedelta(**distance):%Y-%m-%dT%H:%M:%SZ}"

    def test_closes_the_label_and_says_until_when(self):
        pace = Pace()
        pace.answer(HEAVY, 429, self.BODY, X_RateLimit_Type="Daily-limit", Retry_After="2099-01-20T00:00:00Z")
        with pytest.raises(DailyLimitReached, match="2099-01-20 00:00 UTC") as caught:
            pace.send(HEAVY, 1)
        assert caught.value.failure_type is FailureType.transient_error
        assert caught.value.label is Label.HEAVY
        assert caught.value.until == datetime(2099, 1, 20, tzinfo=timezone.utc)
        assert pace.clock.slept == []

    def test_holds_back_who_was_waiting_already(self):
        pace = Pace()

        def sleep(seconds: float) -> None:
            pace.clock.sleep(seconds)
            pace.answer(HEAVY, 429, self.BODY, Retry_After="2099-01-20T00:00:00Z")

        pace.budget = RequestBudget("pro", clock=pace.clock.monotonic, sleep=sleep)
        pace.send(HEAVY, 1)
        with pytest.raises(DailyLimitReached):
            pace.send(HEAVY, 1)

    def test_other_labels_go_on(self):
        pace = Pace()
        pace.answer(HEAVY, 429, self.BODY, Retry_After="2099-01-20T00:00:00Z")
        assert len(pace.send(LIGHT, 3) + pace.send(MEDIUM, 3)) == 6

    def test_is_told_from_the_words_where_headers_are_missing(self):
        pace = Pace()
        pace.answer(HEAVY, 429, self.BODY)
        with pytest.raises(DailyLimitReached, match="after its daily reset"):
            pace.send(HEAVY, 1)

    def test_unreadable_date_closes_it_all_the_same(self):
        pace = Pace()
        pace.answer(HEAVY, 429, self.BODY, X_RateLimit_Type="Daily-limit", Retry_After="tomorrow")
        with pytest.raises(DailyLimitReached):
            pace.send(HEAVY, 1)

    def test_end_that_is_near_is_waited_for(self):
        pace = Pace()
        before = pace.clock.monotonic()
        pace.answer(HEAVY, 429, self.BODY, Retry_After=self.later(seconds=60))
        assert pace.send(HEAVY, 1)[0] - before == pytest.approx(60, abs=2)

    def test_end_that_has_passed_is_no_reason_to_stop(self):
        pace = Pace()
        pace.answer(HEAVY, 429, self.BODY, Retry_After=self.later(hours=-1))
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
def test_is_daily_limit(headers: dict[str, str], body: bytes, daily: bool):
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
def test_parse_retry_after(value: str | None, moment: datetime | None):
    assert parse_retry_after(value) == moment


def test_every_plan_has_a_limit_for_every_label():
    assert {plan: set(limits) for plan, limits in REQUESTS_PER_SECOND.items()} == {
        plan: set(Label) for plan in ("free", "pro", "business")
    }
