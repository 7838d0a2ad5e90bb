"""rate_limits.py: the budget that all requests of a sync go through."""

from __future__ import annotations

import logging
import threading
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from airbyte_cdk.models import FailureType
from requests.structures import CaseInsensitiveDict

from source_zoom.zoom.errors import LabelClosed
from source_zoom.zoom.labels import REQUESTS_PER_SECOND, Label
from source_zoom.zoom.rate_limits import DailyLimitReached, RequestBudget, is_daily_limit, parse_retry_after
from unit_tests.conftest import Clock

if TYPE_CHECKING:
    from collections.abc import Mapping

    from source_zoom.config import AccountPlan

HEAVY, MEDIUM, LIGHT = Label.HEAVY, Label.MEDIUM, Label.LIGHT
PER_SECOND = b'{"code":429,"message":"You have reached the maximum per-second rate limit for this API."}'
DAILY = b'{"code":429,"message":"You have reached the maximum daily rate limit for this API. Refer to the header."}'


def headers(**named: str) -> Mapping[str, str]:
    return CaseInsensitiveDict({name.replace("_", "-"): value for name, value in named.items()})


class Account:
    """Sends requests through a budget one after the other; each is answered after 0.1 s."""

    def __init__(self, plan: AccountPlan = "pro", share: int = 100) -> None:
        self.clock = Clock()
        self.budget = RequestBudget(plan, share, clock=self.clock.monotonic, sleep=self.clock.sleep)

    def send(self, label: Label, times: int = 1) -> list[float]:
        """Moments at which so many requests leave, without answers."""
        return [self.budget.acquire(label) for _ in range(times)]

    def settle(self, label: Label) -> None:
        """Past the ramp."""
        self.send(label)
        self.clock.sleep(10)
        self.send(label, 2)

    def rate(self, label: Label, times: int = 200) -> float:
        """Requests a second at full pace."""
        self.settle(label)
        moments = self.send(label, times)
        return (times - 1) / (moments[-1] - moments[0])

    def answer(self, label: Label, **named: str) -> None:
        self.budget.answered(label, headers(**named), self.clock.monotonic() - 0.1)

    def refuse(self, label: Label, body: bytes = PER_SECOND, *, sent: float | None = None, **named: str) -> None:
        self.budget.refused(label, headers(**named), body, self.clock.monotonic() if sent is None else sent)

    def use(self, label: Label, seconds: float, limit: float, **named: str) -> int:
        """Send as fast as the budget allows to a Zoom that counts by the clock's second; how many it refused."""
        until, second, used, refused = self.clock.monotonic() + seconds, 0, 0, 0
        while self.clock.monotonic() < until:
            sent = self.budget.acquire(label)
            if int(sent) != second:
                second, used = int(sent), 0
            used += 1
            if used > limit:
                refused += 1
                self.budget.refused(label, headers(**named), PER_SECOND, sent)
            else:
                self.budget.answered(label, headers(**named), sent)
        return refused


class TestPlans:
    @pytest.mark.parametrize(
        ("plan", "label", "limit"),
        [(plan, label, limit) for plan, limits in REQUESTS_PER_SECOND.items() for label, limit in limits.items()],
    )
    def test_plan_of_the_settings_is_kept(self, plan: AccountPlan, label: Label, limit: float):
        assert 0.95 * limit < Account(plan).rate(label) < limit

    def test_share_of_it_is_kept(self):
        assert 0.95 * 5 < Account("pro", 25).rate(MEDIUM) < 5

    @pytest.mark.parametrize(("label", "limit"), [(LIGHT, 30), (MEDIUM, 20), (HEAVY, 10)])
    def test_unknown_plan_begins_with_pro(self, label: Label, limit: int):
        assert 0.95 * limit < Account("auto").rate(label) < limit

    def test_every_plan_has_a_limit_for_every_label(self):
        assert {plan: set(limits) for plan, limits in REQUESTS_PER_SECOND.items()} == {
            plan: set(Label) for plan in ("free", "pro", "business")
        }


class TestTurns:
    def test_labels_do_not_hold_each_other_up(self):
        account = Account()
        account.send(HEAVY)
        before = account.clock.monotonic()
        account.send(LIGHT)
        account.send(MEDIUM)
        assert account.clock.monotonic() == before

    def test_threads_leave_one_after_the_other(self):
        account = Account("business")
        account.settle(HEAVY)
        moments: list[float] = []

        def send() -> None:
            moments.extend(account.budget.acquire(HEAVY) for _ in range(5))

        threads = [threading.Thread(target=send) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        gaps = [after - before for before, after in pairwise(sorted(moments))]
        assert len(moments) == 40
        assert min(gaps) == pytest.approx(max(gaps))

    def test_only_the_next_one_of_a_label_waits_by_the_clock(self):
        """The others wait for their turn, so that they take no CPU and none overtakes."""
        clock, sleepers, most = Clock(), 0, 0

        def sleep(seconds: float) -> None:
            nonlocal sleepers, most
            sleepers += 1
            most = max(most, sleepers)
            threading.Event().wait(0.002)
            clock.sleep(seconds)
            sleepers -= 1

        budget = RequestBudget("pro", clock=clock.monotonic, sleep=sleep)
        threads = [threading.Thread(target=budget.acquire, args=(HEAVY,)) for _ in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert most == 1

    def test_refused_request_waits_a_moment_and_the_others_do_not(self):
        account = Account("business")
        account.settle(HEAVY)
        account.clock.slept.clear()
        account.refuse(HEAVY)
        assert account.clock.slept == [0.25]
        before = account.clock.monotonic()
        assert account.send(HEAVY) == [before]

    def test_parents_in_flight_follow_the_latency(self):
        account = Account("business")
        fast = account.budget.needed_in_flight(HEAVY)
        for _ in range(200):
            account.budget.answered(HEAVY, {}, account.clock.monotonic() - 1.0)
        assert fast < 20
        assert account.budget.needed_in_flight(HEAVY) >= 40
        assert account.budget.needed_in_flight(LIGHT) < 40


class TestHeaders:
    def test_lower_limit_than_the_plan_is_taken_and_logged_once(self, caplog: pytest.LogCaptureFixture):
        caplog.set_level(logging.INFO, logger="airbyte")
        account = Account()
        for _ in range(3):
            account.answer(HEAVY, X_RateLimit_Type="QPS", X_RateLimit_Limit="4")
        assert 3.8 < account.rate(HEAVY) < 4
        assert caplog.text.count("4 heavy requests a second, less than the account plan of the settings allows") == 1

    def test_limit_of_the_plan_is_not_worth_a_line(self, caplog: pytest.LogCaptureFixture):
        caplog.set_level(logging.INFO, logger="airbyte")
        Account().answer(HEAVY, X_RateLimit_Type="QPS", X_RateLimit_Limit="10")
        assert caplog.text == ""

    def test_found_limit_is_logged_once_a_label(self, caplog: pytest.LogCaptureFixture):
        caplog.set_level(logging.INFO, logger="airbyte")
        account = Account("auto")
        for _ in range(3):
            account.answer(HEAVY, X_RateLimit_Limit="40")
            account.answer(LIGHT, X_RateLimit_Limit="80")
        assert [record.getMessage() for record in caplog.records] == [
            "Zoom lets this account make 40 heavy requests a second.",
            "Zoom lets this account make 80 light requests a second.",
        ]
        assert 38 < account.rate(HEAVY) < 40

    def test_lower_limit_is_of_its_label_only(self):
        account = Account()
        account.answer(HEAVY, X_RateLimit_Limit="4")
        assert account.rate(MEDIUM) > 19

    def test_share_applies_to_it_too(self):
        account = Account(share=50)
        account.answer(HEAVY, X_RateLimit_Limit="4")
        assert 1.9 < account.rate(HEAVY) < 2

    def test_higher_limit_than_the_plan_is_not_used(self):
        account = Account()
        account.answer(HEAVY, X_RateLimit_Limit="80")
        assert account.rate(HEAVY) < 10

    def test_limit_may_rise_again_to_that_of_the_plan(self):
        account = Account()
        account.answer(HEAVY, X_RateLimit_Limit="2")
        account.answer(HEAVY, X_RateLimit_Limit="10")
        assert account.rate(HEAVY) > 9.5

    def test_refusal_names_the_limit_too(self):
        account = Account()
        account.refuse(HEAVY, X_RateLimit_Type="QPS", X_RateLimit_Limit="4")
        assert 3.8 < account.rate(HEAVY) < 4

    @pytest.mark.parametrize(
        "named",
        [
            {},
            *({"X_RateLimit_Limit": value} for value in ("", "many", "0", "-3", "nan", "1e-5", "1e-300")),
            {"X_RateLimit_Limit": "1", "X_RateLimit_Remaining": "0", "X_RateLimit_Type": "Daily-limit"},
        ],
        ids=str,
    )
    def test_headers_that_name_no_limit_a_second_change_nothing(self, named: dict[str, str]):
        account = Account()
        account.answer(HEAVY, **named)
        assert account.rate(HEAVY) > 9.5


class TestUnknownPlan:
    """Without headers the budget finds the account's limits by trying."""

    def test_business_is_found_within_seconds_and_for_all_labels(self, caplog: pytest.LogCaptureFixture):
        caplog.set_level(logging.INFO, logger="airbyte")
        account = Account("auto")
        account.use(HEAVY, 12, 40)
        assert 38 < account.rate(HEAVY) < 40
        assert 76 < account.rate(LIGHT) < 80
        assert "40 heavy requests a second" in caplog.text
        assert "80 light requests a second" in caplog.text

    def test_pro_is_found_and_kept(self):
        account = Account("auto")
        assert account.use(HEAVY, 10, 10) <= 12
        assert 9.5 < account.rate(HEAVY) < 10

    def test_free_is_found_and_kept(self):
        account = Account("auto")
        assert account.use(MEDIUM, 12, 2) <= 16
        assert 1.9 < account.rate(MEDIUM) < 2

    def test_plan_of_the_settings_is_never_exceeded(self):
        account = Account("pro")
        account.use(HEAVY, 60, 40)
        assert 9.5 < account.rate(HEAVY) < 10


class TestPerSecondLimit:
    def test_lasting_refusals_slow_it_down(self):
        account = Account("business")
        account.use(HEAVY, 30, 15)
        refused = account.use(HEAVY, 60, 15)
        assert refused <= 0.15 * 60 * 15

    def test_remaining_requests_are_taken_from_the_answer(self):
        """Where an answer says that nothing remains, the pace does not rise into the limit."""
        refusals = {}
        for remaining in ("0", "7"):
            account = Account("business")
            account.use(HEAVY, 30, 20)
            refusals[remaining] = account.use(HEAVY, 60, 20, X_RateLimit_Remaining=remaining)
        assert refusals["0"] < 0.7 * refusals["7"]

    @pytest.mark.parametrize("reset", [None, "1", "99999999999", "inf", "soon"])
    def test_reset_decides_nothing(self, reset: str | None):
        """It names the clock's second, and nobody knows whether Zoom counts by that."""
        account = Account("business")
        account.settle(HEAVY)
        before = account.clock.monotonic()
        account.refuse(HEAVY, **({"X_RateLimit_Reset": reset} if reset else {}))
        assert account.send(HEAVY)[0] - before <= 0.3

    def test_a_quarter_of_an_hour_of_nothing_else_closes_the_label(self):
        account = Account()
        started = account.clock.monotonic()
        with pytest.raises(LabelClosed, match="every heavy API request for 15 minutes") as caught:
            account.use(HEAVY, 2000, 0)
        assert 900 <= account.clock.monotonic() - started < 1000
        assert caught.value.failure_type is FailureType.transient_error
        with pytest.raises(LabelClosed):
            account.send(HEAVY)
        account.send(LIGHT)

    def test_success_now_and_then_keeps_it_open(self):
        account = Account()
        for _ in range(300):
            account.send(HEAVY)
            account.refuse(HEAVY)
            account.clock.sleep(10)
            if _ % 50 == 0:
                account.answer(HEAVY)
        assert account.send(HEAVY)


class TestDailyLimit:
    @staticmethod
    def later(**distance: float) -> str:
        return f"{datetime.now(timezone.utc) + timedelta(**distance):%Y-%m-%dT%H:%M:%SZ}"

    def test_closes_the_label_and_says_until_when(self):
        account = Account()
        for attempt in (lambda: self.close(account), lambda: account.send(HEAVY)):
            with pytest.raises(DailyLimitReached, match="2099-01-20 00:00 UTC") as caught:
                attempt()
            assert caught.value.failure_type is FailureType.transient_error
            assert caught.value.label is HEAVY
            assert caught.value.until == datetime(2099, 1, 20, tzinfo=timezone.utc)
        assert account.clock.slept == []

    @staticmethod
    def close(account: Account) -> None:
        account.refuse(HEAVY, DAILY, X_RateLimit_Type="Daily-limit", Retry_After="2099-01-20T00:00:00Z")

    def test_holds_back_who_was_waiting_already(self):
        account = Account()

        def sleep(seconds: float) -> None:
            account.clock.sleep(seconds)
            with pytest.raises(DailyLimitReached):
                self.close(account)

        account.budget = RequestBudget("pro", clock=account.clock.monotonic, sleep=sleep)
        account.send(HEAVY)
        with pytest.raises(DailyLimitReached):
            account.send(HEAVY)

    def test_other_labels_go_on(self):
        account = Account()
        with pytest.raises(DailyLimitReached):
            self.close(account)
        assert len(account.send(LIGHT, 3) + account.send(MEDIUM, 3)) == 6

    @pytest.mark.parametrize("named", [{}, {"X_RateLimit_Type": "Daily-limit", "Retry_After": "tomorrow"}], ids=str)
    def test_closes_it_without_a_readable_time(self, named: dict[str, str]):
        account = Account()
        with pytest.raises(DailyLimitReached, match="after its daily reset") as caught:
            account.refuse(HEAVY, DAILY, **named)
        assert caught.value.until is None

    def test_end_that_is_near_is_waited_for(self):
        account = Account()
        before = account.clock.monotonic()
        account.refuse(HEAVY, DAILY, Retry_After=self.later(seconds=60))
        assert account.send(HEAVY)[0] - before == pytest.approx(60, abs=2)

    def test_end_that_has_passed_is_waited_for_once(self):
        account = Account()
        before = account.clock.monotonic()
        account.refuse(HEAVY, DAILY, Retry_After=self.later(minutes=-3))
        sent = account.send(HEAVY)[0]
        assert sent - before == pytest.approx(60, abs=1)
        with pytest.raises(DailyLimitReached, match="after its daily reset"):
            account.refuse(HEAVY, DAILY, sent=sent, Retry_After=self.later(minutes=-4))

    @pytest.mark.parametrize("minutes", [-10, 10], ids=["fast", "slow"])
    def test_clock_of_this_machine_does_not_matter_where_zoom_tells_its_own(self, minutes: int):
        now = datetime.now(timezone.utc) + timedelta(minutes=minutes)
        named = {"Date": format_datetime(now, usegmt=True)}
        near = Account()
        before = near.clock.monotonic()
        near.refuse(HEAVY, DAILY, Retry_After=f"{now + timedelta(seconds=60):%Y-%m-%dT%H:%M:%SZ}", **named)
        assert near.send(HEAVY)[0] - before == pytest.approx(60, abs=2)
        with pytest.raises(DailyLimitReached):
            Account().refuse(HEAVY, DAILY, Retry_After=f"{now + timedelta(hours=2):%Y-%m-%dT%H:%M:%SZ}", **named)

    @pytest.mark.parametrize("date", ["", "yesterday", "Mon, 20 Jan 2025 00:00:00 -0000"])
    def test_unreadable_or_zoneless_date_is_no_error(self, date: str):
        account = Account()
        with pytest.raises(DailyLimitReached):
            account.refuse(HEAVY, DAILY, Retry_After="2099-01-20T00:00:00Z", Date=date)


@pytest.mark.parametrize(
    ("named", "body", "daily"),
    [
        ({"X_RateLimit_Type": "Daily-limit"}, b"", True),
        ({"X_RateLimit_Type": "daily-limit"}, b"per-second rate limit", True),
        ({"X_RateLimit_Type": "QPS"}, b"daily rate limit", False),
        ({}, b"maximum daily rate limit", True),
        ({}, b"maximum per-second rate limit", False),
        ({}, b"", False),
    ],
)
def test_is_daily_limit(named: dict[str, str], body: bytes, daily: bool):
    assert is_daily_limit(headers(**named), body) is daily


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
