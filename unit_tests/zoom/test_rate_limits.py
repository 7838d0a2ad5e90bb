"""rate_limits.py: the budget that all requests of a sync go through."""

from __future__ import annotations

import logging
import threading
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from airbyte_cdk.models import FailureType

from source_zoom.zoom.errors import LabelClosed
from source_zoom.zoom.in_flight import needed
from source_zoom.zoom.labels import REQUESTS_PER_SECOND, Label
from source_zoom.zoom.rate_limits import RequestBudget
from unit_tests.conftest import Clock
from unit_tests.zoom.budget import HEAVY, LIGHT, MEDIUM, Account

if TYPE_CHECKING:
    from source_zoom.base.config import AccountPlan


class TestPlans:
    @pytest.mark.parametrize(
        ("plan", "label", "limit"),
        [(plan, label, limit) for plan, limits in REQUESTS_PER_SECOND.items() for label, limit in limits.items()],
    )
    def test_plan_of_the_settings_is_kept(self, plan: AccountPlan, label: Label, limit: float) -> None:
        assert 0.95 * limit < Account(plan).rate(label) < limit

    def test_share_of_it_is_kept(self) -> None:
        assert 0.95 * 5 < Account("pro", 25).rate(MEDIUM) < 5

    @pytest.mark.parametrize(("label", "limit"), [(LIGHT, 30), (MEDIUM, 20), (HEAVY, 10)])
    def test_unknown_plan_begins_with_pro(self, label: Label, limit: int) -> None:
        assert 0.95 * limit < Account("auto").rate(label) < limit

    def test_every_plan_has_a_limit_for_every_label(self) -> None:
        assert {plan: set(limits) for plan, limits in REQUESTS_PER_SECOND.items()} == {
            plan: set(Label) for plan in ("free", "pro", "business")
        }


class TestTurns:
    def test_labels_do_not_hold_each_other_up(self) -> None:
        account = Account()
        account.send(HEAVY)
        before = account.clock.monotonic()
        account.send(LIGHT)
        account.send(MEDIUM)
        assert account.clock.monotonic() == before

    def test_threads_leave_one_after_the_other(self) -> None:
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

    def test_only_the_next_one_of_a_label_waits_by_the_clock(self) -> None:
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

    def test_refused_request_waits_a_moment_and_the_others_do_not(self) -> None:
        account = Account("business")
        account.settle(HEAVY)
        account.clock.slept.clear()
        account.refuse(HEAVY)
        assert account.clock.slept == [0.25]
        before = account.clock.monotonic()
        assert account.send(HEAVY) == [before]

    def test_parents_in_flight_follow_the_latency(self) -> None:
        account = Account("business")
        fast = account.budget.needed_in_flight(HEAVY)
        for _ in range(200):
            account.budget.answered(HEAVY, {}, account.clock.monotonic() - 1.0)
        assert fast < 20
        assert account.budget.needed_in_flight(HEAVY) >= 40
        assert account.budget.needed_in_flight(LIGHT) < 40

    def test_parents_in_flight_follow_pauses_and_lost_answers(self) -> None:
        account = Account("business")
        for _ in range(200):
            account.budget.unanswered(HEAVY, account.clock.monotonic() - 0.5)
        lost = account.budget.needed_in_flight(HEAVY)
        assert lost == pytest.approx(needed(40 * 0.98, 0.5), abs=1)
        account.budget.pausing(HEAVY, 10.0)
        assert account.budget.needed_in_flight(HEAVY) > 1.5 * lost


class TestHeaders:
    def test_lower_limit_than_the_plan_is_taken_and_logged_once(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.INFO, logger="airbyte")
        account = Account()
        for _ in range(3):
            account.answer(HEAVY, X_RateLimit_Type="QPS", X_RateLimit_Limit="4")
        assert 3.8 < account.rate(HEAVY) < 4
        assert caplog.text.count("4 heavy requests a second, less than the account plan of the settings allows") == 1

    def test_limit_of_the_plan_is_not_worth_a_line(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.INFO, logger="airbyte")
        Account().answer(HEAVY, X_RateLimit_Type="QPS", X_RateLimit_Limit="10")
        assert caplog.text == ""

    def test_found_limit_is_logged_once_a_label(self, caplog: pytest.LogCaptureFixture) -> None:
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

    def test_presumed_limit_is_not_logged(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.INFO, logger="airbyte")
        account = Account("auto")
        for _ in range(3):
            account.answer(HEAVY)
        assert caplog.text == ""

    def test_lowest_limit_of_zoom_is_taken(self) -> None:
        # The free plan's of the heavy label.
        account = Account()
        account.answer(HEAVY, X_RateLimit_Limit="1")
        assert 0.9 < account.rate(HEAVY, 20) < 1

    def test_lower_limit_is_of_its_label_only(self) -> None:
        account = Account()
        account.answer(HEAVY, X_RateLimit_Limit="4")
        assert account.rate(MEDIUM) > 19

    def test_share_applies_to_it_too(self) -> None:
        account = Account(share=50)
        account.answer(HEAVY, X_RateLimit_Limit="4")
        assert 1.9 < account.rate(HEAVY) < 2

    def test_higher_limit_than_the_plan_is_not_used(self) -> None:
        account = Account()
        account.answer(HEAVY, X_RateLimit_Limit="80")
        assert account.rate(HEAVY) < 10

    def test_limit_may_rise_again_to_that_of_the_plan(self) -> None:
        account = Account()
        account.answer(HEAVY, X_RateLimit_Limit="2")
        account.answer(HEAVY, X_RateLimit_Limit="10")
        assert account.rate(HEAVY) > 9.5

    def test_refusal_names_the_limit_too(self) -> None:
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
    def test_headers_that_name_no_limit_a_second_change_nothing(self, named: dict[str, str]) -> None:
        account = Account()
        account.answer(HEAVY, **named)
        assert account.rate(HEAVY) > 9.5


class TestUnknownPlan:
    """Without headers the budget finds the account's limits by trying."""

    def test_business_is_found_within_seconds_and_for_all_labels(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.INFO, logger="airbyte")
        account = Account("auto")
        account.use(HEAVY, 12, 40)
        assert 38 < account.rate(HEAVY) < 40
        assert 76 < account.rate(LIGHT) < 80
        assert "40 heavy requests a second" in caplog.text
        assert "80 light requests a second" in caplog.text

    def test_pro_is_found_and_kept(self) -> None:
        account = Account("auto")
        assert account.use(HEAVY, 10, 10) <= 12
        assert 9.5 < account.rate(HEAVY) < 10

    def test_free_is_found_and_kept(self) -> None:
        account = Account("auto")
        assert account.use(MEDIUM, 12, 2) <= 16
        assert 1.9 < account.rate(MEDIUM) < 2

    def test_plan_of_the_settings_is_never_exceeded(self) -> None:
        account = Account("pro")
        account.use(HEAVY, 60, 40)
        assert 9.5 < account.rate(HEAVY) < 10


class TestPerSecondLimit:
    def test_lasting_refusals_slow_it_down(self) -> None:
        account = Account("business")
        account.use(HEAVY, 30, 15)
        refused = account.use(HEAVY, 60, 15)
        assert refused <= 0.15 * 60 * 15

    def test_remaining_requests_are_taken_from_the_answer(self) -> None:
        """Where an answer says that nothing remains, the pace does not rise into the limit."""
        refusals = {}
        for remaining in ("0", "7"):
            account = Account("business")
            account.use(HEAVY, 30, 20)
            refusals[remaining] = account.use(HEAVY, 60, 20, X_RateLimit_Remaining=remaining)
        assert refusals["0"] < 0.7 * refusals["7"]

    @pytest.mark.parametrize("reset", [None, "1", "99999999999", "inf", "soon"])
    def test_reset_decides_nothing(self, reset: str | None) -> None:
        """It names the clock's second, and nobody knows whether Zoom counts by that."""
        account = Account("business")
        account.settle(HEAVY)
        before = account.clock.monotonic()
        named: dict[str, Any] = {"X_RateLimit_Reset": reset} if reset else {}
        account.refuse(HEAVY, **named)
        assert account.send(HEAVY)[0] - before <= 0.3

    def test_a_quarter_of_an_hour_of_nothing_else_closes_the_label(self) -> None:
        account = Account()
        started = account.clock.monotonic()
        with pytest.raises(LabelClosed, match="every heavy API request for 15 minutes") as caught:
            account.use(HEAVY, 2000, 0)
        assert 900 <= account.clock.monotonic() - started < 1000
        assert caught.value.failure_type is FailureType.transient_error
        with pytest.raises(LabelClosed):
            account.send(HEAVY)
        account.send(LIGHT)

    def test_success_now_and_then_keeps_it_open(self) -> None:
        account = Account()
        for _ in range(300):
            account.send(HEAVY)
            account.refuse(HEAVY)
            account.clock.sleep(10)
            if _ % 50 == 0:
                account.answer(HEAVY)
        assert account.send(HEAVY)
