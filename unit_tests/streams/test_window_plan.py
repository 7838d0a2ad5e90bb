"""streams/window_plan.py: which days a table of windows needs, and what its state says of them."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest

from source_zoom.streams.ledger import Ledger
from source_zoom.streams.window_plan import WindowPlan, first_needed

NOW = datetime(2026, 11, 24, 2, tzinfo=timezone.utc)
OLD, NEW = (date(2026, 9, 1), date(2026, 9, 29)), (date(2026, 9, 29), date(2026, 10, 27))


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


def ledger(state: dict[str, Any] | None = None, start: datetime | None = None, now: datetime = NOW) -> Ledger:
    return Ledger.resume(state, start=start, lookback_days=7, now=now)


def complete_until(day: str, **more: Any) -> dict[str, Any]:
    return {"version": 1, "since": None, "complete_until": day, **more}


def plan(found: Ledger | None, start: datetime | None = None, now: datetime = NOW) -> WindowPlan:
    return WindowPlan(found, start, 7, lambda: now)


@pytest.mark.parametrize(
    ("state", "start", "first"),
    [
        (None, None, None),
        (None, "2026-05-01", "2026-05-01"),
        (complete_until("2026-11-23"), None, "2026-11-16"),
        (complete_until("2026-11-23", since="2026-05-01"), "2026-05-01", "2026-11-16"),
        (complete_until("2026-11-23", since="2026-05-01"), "2026-11-20", "2026-11-20"),
        # A start before what is covered opens the table again.
        (complete_until("2026-11-23", since="2026-05-01"), "2026-04-01", "2026-04-01"),
        (complete_until("2026-11-23", since="2026-05-01"), None, None),
        (complete_until("2999-01-01"), None, "2998-12-25"),
        (complete_until("0001-01-03"), None, "0001-01-01"),
    ],
)
def test_first_day(state: Any, start: str | None, first: str | None) -> None:
    begin = moment(start) if start else None
    found = first_needed(ledger(state, begin), begin, 7)
    assert (None if found is None else date.fromordinal(found).isoformat()) == first


def test_a_full_refresh_is_blind_to_earlier_syncs() -> None:
    assert first_needed(None, None, 7) is None
    assert first_needed(None, moment("2026-05-01"), 7) == date(2026, 5, 1).toordinal()
    assert plan(None).state() == {}


def test_rows_before_the_start_and_those_read_for_good_are_not_needed() -> None:
    start = moment("2026-05-01T10:30")
    first_load = plan(ledger(start=start), start)
    assert first_load.excludes(moment("2026-05-01T10:29"))
    assert not first_load.excludes(start)
    later = plan(ledger(complete_until("2026-11-23")))
    assert later.excludes(moment("2026-11-15T23:59"))
    assert not later.excludes(moment("2026-11-16"))
    assert not later.excludes(None)


def test_state_is_complete_until_the_first_window_that_is_not_read() -> None:
    table = plan(ledger())
    assert table.state()["complete_until"] is None
    table.open([OLD, NEW])
    table.answered(NEW)
    assert table.state()["complete_until"] == OLD[0].isoformat()
    assert (table.answers, table.left) == (1, 1)
    table.answered(OLD)
    assert table.state()["complete_until"] == NOW.date().isoformat()
    assert table.left == 0


def test_state_never_goes_back_nor_ahead_of_the_day_on_which_the_sync_began() -> None:
    given = complete_until("2026-11-20")
    table = plan(ledger(given))
    assert table.state() == {**given, "asked": {}, "again": []}
    table.open([OLD])
    assert table.state()["complete_until"] == "2026-11-20"
    table.answered(OLD)
    assert table.state()["complete_until"] == "2026-11-24"
    ahead = plan(ledger(complete_until("2999-01-01")))
    ahead.open([])
    assert ahead.state()["complete_until"] == "2999-01-01"


@pytest.mark.parametrize(
    ("until", "noted"),
    [
        ("2026-11-25T00:00", "2026-11-25T00:00:00Z"),
        ("2026-11-23T00:00", "2026-11-24T03:00:00Z"),
        (None, "2026-11-24T03:00:00Z"),
    ],
)
def test_a_daily_limit_is_noted_in_the_state(until: str | None, noted: str) -> None:
    table = plan(ledger())
    table.limit(moment(until) if until else None)
    assert table.state()["limit_until"] == noted
    later = plan(ledger(table.state(), now=NOW + timedelta(days=2)), now=NOW + timedelta(days=2))
    assert "limit_until" not in later.state()


def test_a_limit_of_a_full_refresh_is_noted_nowhere() -> None:
    table = plan(None)
    table.limit(None)
    assert table.state() == {}
