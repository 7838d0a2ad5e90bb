"""The simulated Zoom's clock: it can be set apart from the machine's, moves forward, and everything goes by it."""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest

from integration_tests.sandbox import HEAVY, AccountShape, Clock, Sandbox
from integration_tests.sandbox_tests.client import Client, Walk, canonical

SMALL = AccountShape(users=4)
NOON = datetime(2026, 5, 20, 12, tzinfo=timezone.utc)


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)


def _window(zoom: Sandbox, days_back: int = 0) -> dict[str, str]:
    day = zoom.account.today - timedelta(days=days_back)
    return {"from_": day.isoformat(), "to": day.isoformat()}


def test_four_ways_to_say_what_time_it_is() -> None:
    real = datetime.now(timezone.utc)
    assert abs(Sandbox(SMALL).now - real) < timedelta(seconds=5)
    assert Sandbox(SMALL, today=date(2026, 5, 20)).account.today == date(2026, 5, 20)
    assert timedelta() <= Sandbox(SMALL, now=NOON).now - NOON < timedelta(seconds=5)
    behind = Sandbox(SMALL, behind_days=5)
    assert abs(real - timedelta(days=5) - behind.now) < timedelta(seconds=5)
    assert behind.account.first_day == behind.now.date()
    assert Sandbox(SMALL, clock=Clock.standing_at(NOON)).now == NOON
    with pytest.raises(ValueError, match="exclude each other"):
        Sandbox(SMALL, now=NOON, behind_days=1)


def test_it_runs_on_and_moves_forward_only() -> None:
    zoom = Sandbox(SMALL, now=NOON)
    before = zoom.now
    time.sleep(0.02)
    assert zoom.now > before
    zoom.advance(days=2, hours=3)
    assert timedelta(days=2, hours=3) <= zoom.now - before < timedelta(days=2, hours=3, seconds=5)
    assert zoom.dawn < zoom.now
    with pytest.raises(ValueError, match="forward only"):
        zoom.advance(days=-1)


def test_a_standing_clock_can_be_shared() -> None:
    clock = Clock.standing_at(NOON)
    zoom = Sandbox(SMALL, clock=clock)
    clock.advance(hours=1)
    assert zoom.now == NOON + timedelta(hours=1)
    mine = [NOON.timestamp()]
    zoom = Sandbox(SMALL, clock=Clock(lambda: mine[0]))
    mine[0] += 86_400
    assert zoom.account.today == date(2026, 5, 21)


def test_tokens_and_page_tokens_age_with_it() -> None:
    with Sandbox(SMALL, now=NOON) as zoom, Client(zoom) as client:
        token = client.get("users", page_size=1).json()["next_page_token"]
        zoom.advance(hours=0.3)
        assert client.error("users", page_size=1, next_page_token=token)[:2] == (400, 300)
        zoom.advance(hours=1)
        assert client.error("users") == (401, 124, "Access token is expired.")


def test_what_was_built_stays_the_same_and_what_is_kept_moves() -> None:
    zoom = Sandbox(AccountShape(seed=7), now=NOON)
    users = canonical(zoom.truth("users"))
    before = {r["uuid"]: r for r in zoom.truth("report_meetings")}
    listed = {m.id for m in zoom.account.listed_meetings()}
    zoom.advance(days=31)
    assert canonical(zoom.truth("users")) == users
    after = {r["uuid"]: r for r in zoom.truth("report_meetings")}
    assert after.keys() < before.keys()
    assert all(after[uuid] == before[uuid] for uuid in after)
    # A one-time meeting is kept for thirty days; then its number has expired.
    expired = listed - {m.id for m in zoom.account.listed_meetings()}
    assert expired
    assert all(zoom.account.meetings[number].type == 2 for number in expired)
    assert not expired & {row["id"] for row in zoom.truth("meetings")}
    with zoom, Client(zoom) as client:
        number = expired.pop()
        assert client.error(f"meetings/{number}")[:2] == (404, 3001)
        assert client.error(f"past_meetings/{number}/instances")[:2] == (404, 3001)


@pytest.mark.parametrize("days", [1, 40])
def test_a_walk_finds_the_truth_of_every_day(days: int) -> None:
    with Sandbox(AccountShape(users=6, seed=7), now=NOON) as zoom:
        zoom.advance(days=days)
        with Client(zoom) as client:
            found = Walk(client, zoom.account.today).run()
        for table in found:
            assert canonical(found[table]) == canonical(zoom.truth(table)), table


def test_the_history_window_moves() -> None:
    with Sandbox(SMALL, now=NOON) as zoom, Client(zoom) as client:
        edge = {"from_": "2025-11-20", "to": "2025-11-21"}
        assert client.get("report/history_meetings", **edge).status_code == 200
        zoom.advance(hours=12.5)
        client.login()
        assert client.error("report/history_meetings", **edge)[:2] == (400, 300)


@pytest.mark.parametrize("settings", [{"now": NOON}, {"behind_days": 5}, {"clock": Clock.standing_at(NOON)}])
def test_a_daily_limit_ends_at_its_midnight(settings: dict[str, Any]) -> None:
    with Sandbox(SMALL, per_day={HEAVY: 2}, **settings) as zoom, Client(zoom) as client:
        answers = [client.get("report/history_meetings", **_window(zoom)) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        # A client of another process goes by the machine's clock, one that shares the clock by that.
        shared = "clock" in settings
        now = zoom.now if shared else datetime.now(timezone.utc)
        midnight = (zoom.now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        left = _moment(answers[2].headers["Retry-After"]) - now
        assert abs(left - (midnight - zoom.now)) < timedelta(seconds=5)
        zoom.advance(days=1)
        client.login()
        assert client.get("report/history_meetings", **_window(zoom)).status_code == 200


def test_retry_after_can_be_off() -> None:
    knobs = {"retry_after_shift": -2 * 86_400}
    with Sandbox(SMALL, per_day={HEAVY: 0}, **knobs) as zoom, Client(zoom) as client:
        answer = client.get("report/history_meetings", **_window(zoom))
        assert answer.status_code == 429
        assert _moment(answer.headers["Retry-After"]) < datetime.now(timezone.utc)


def test_shared_clock_is_the_clients_too() -> None:
    behind = -5 * 86_400
    moments = [clock.for_the_client(1000.0) for clock in (Clock(offset=behind), Clock(offset=behind, shared=True))]
    assert moments == [1000.0 - behind, 1000.0]
    assert Clock.standing_at(NOON).for_the_client(1000.0) == 1000.0
