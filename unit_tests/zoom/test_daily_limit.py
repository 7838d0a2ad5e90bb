"""rate_limits.py: what a used-up daily limit does to its label."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any

import pytest
from airbyte_cdk.models import FailureType

from source_zoom.zoom.rate_limits import DailyLimitReached, RequestBudget, is_daily_limit, parse_retry_after
from unit_tests.zoom.budget import DAILY, HEAVY, LIGHT, MEDIUM, Account, headers


class TestDailyLimit:
    @staticmethod
    def later(**distance: float) -> str:
        return f"{datetime.now(timezone.utc) + timedelta(**distance):%Y-%m-%dT%H:%M:%SZ}"

    def test_closes_the_label_and_says_until_when(self) -> None:
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

    def test_holds_back_who_was_waiting_already(self) -> None:
        account = Account()

        def sleep(seconds: float) -> None:
            account.clock.sleep(seconds)
            with pytest.raises(DailyLimitReached):
                self.close(account)

        account.budget = RequestBudget("pro", clock=account.clock.monotonic, sleep=sleep)
        account.send(HEAVY)
        with pytest.raises(DailyLimitReached):
            account.send(HEAVY)

    def test_other_labels_go_on(self) -> None:
        account = Account()
        with pytest.raises(DailyLimitReached):
            self.close(account)
        assert len(account.send(LIGHT, 3) + account.send(MEDIUM, 3)) == 6

    @pytest.mark.parametrize("named", [{}, {"X_RateLimit_Type": "Daily-limit", "Retry_After": "tomorrow"}], ids=str)
    def test_closes_it_without_a_readable_time(self, named: dict[str, Any]) -> None:
        account = Account()
        with pytest.raises(DailyLimitReached, match="after its daily reset") as caught:
            account.refuse(HEAVY, DAILY, **named)
        assert caught.value.until is None

    def test_end_that_is_near_is_waited_for(self) -> None:
        account = Account()
        before = account.clock.monotonic()
        account.refuse(HEAVY, DAILY, Retry_After=self.later(seconds=60))
        assert account.send(HEAVY)[0] - before == pytest.approx(60, abs=2)

    def test_end_that_has_passed_is_waited_for_once(self) -> None:
        account = Account()
        before = account.clock.monotonic()
        account.refuse(HEAVY, DAILY, Retry_After=self.later(minutes=-3))
        sent = account.send(HEAVY)[0]
        assert sent - before == pytest.approx(60, abs=1)
        with pytest.raises(DailyLimitReached, match="after its daily reset"):
            account.refuse(HEAVY, DAILY, sent=sent, Retry_After=self.later(minutes=-4))

    @pytest.mark.parametrize("minutes", [-10, 10], ids=["fast", "slow"])
    def test_clock_of_this_machine_does_not_matter_where_zoom_tells_its_own(self, minutes: int) -> None:
        now = datetime.now(timezone.utc) + timedelta(minutes=minutes)
        named: dict[str, Any] = {"Date": format_datetime(now, usegmt=True)}
        near = Account()
        before = near.clock.monotonic()
        near.refuse(HEAVY, DAILY, Retry_After=f"{now + timedelta(seconds=60):%Y-%m-%dT%H:%M:%SZ}", **named)
        assert near.send(HEAVY)[0] - before == pytest.approx(60, abs=2)
        with pytest.raises(DailyLimitReached):
            Account().refuse(HEAVY, DAILY, Retry_After=f"{now + timedelta(hours=2):%Y-%m-%dT%H:%M:%SZ}", **named)

    @pytest.mark.parametrize(
        "date", ["", "yesterday", "Mon, 20 Jan 2025 00:00:00 -0000", f"Mon, 20 Jan {10**20} 00:00:00 GMT"]
    )
    def test_unreadable_or_zoneless_date_is_no_error(self, date: str) -> None:
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
def test_is_daily_limit(named: dict[str, str], body: bytes, daily: bool) -> None:
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
def test_parse_retry_after(value: str | None, moment: datetime | None) -> None:
    assert parse_retry_after(value) == moment
