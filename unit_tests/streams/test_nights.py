"""Nights of reading: whatever goes wrong on the way, nothing is left out, and little is requested twice."""

from __future__ import annotations

from statistics import fmean
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unit_tests.streams.nights import DAY, HOUR, Table, Trouble, start_at, world

WORLDS = 6
DAYS = 40


def read_worlds(
    step: int, *, worlds: int = WORLDS, days: int = DAYS, first: int = DAY + 2 * HOUR, **settings: Any
) -> list[Table]:
    tables = []
    for seed in range(worlds):
        table = Table(world(seed, days), seed, **settings)
        tables.append(table.sync_until((days + 40) * DAY, step, first))
    return tables


def requests(tables: list[Table]) -> list[int]:
    return [count for table in tables for count in table.requests.values()]


def never_read(tables: list[Table]) -> int:
    return sum(len(table.never_read) for table in tables)


def not_ready(tables: list[Table]) -> int:
    return sum(len(table.not_ready) for table in tables)


class TestSchedules:
    def test_nightly_nothing_is_missed_and_most_is_requested_twice(self) -> None:
        tables = read_worlds(DAY)
        assert never_read(tables) == 0
        assert not_ready(tables) <= 2
        assert 2.0 <= fmean(requests(tables)) <= 2.25
        assert max(requests(tables)) == 3

    @pytest.mark.parametrize(
        ("step", "lookback", "most", "mean"),
        [(DAY, 0, 1, 1.0), (DAY, 1, 3, 2.1), (DAY, 3, 4, 2.8), (6 * HOUR, 2, 5, 3.1), (7 * DAY, 2, 3, 2.05)],
    )
    def test_other_schedules_and_lookbacks(self, step: int, lookback: int, most: int, mean: float) -> None:
        tables = read_worlds(step, lookback=lookback, worlds=3)
        assert never_read(tables) == 0
        assert max(requests(tables)) <= most + (1 if lookback == 0 else 0)
        assert fmean(requests(tables)) <= mean + 0.2

    def test_hourly_nothing_is_missed_and_the_settled_is_left_alone(self) -> None:
        tables = read_worlds(HOUR, worlds=1, days=12)
        assert never_read(tables) == not_ready(tables) == 0
        assert max(requests(tables)) <= 9

    def test_a_second_sync_on_the_same_day_requests_nothing(self) -> None:
        table = Table(world(1, 10), trouble=Trouble(partial_walk=0))
        table.sync(20 * DAY)
        sent, state = table.requests.total(), table.state
        table.sync(20 * DAY + 3 * HOUR)
        assert table.requests.total() == sent > 0
        assert table.state == state

    def test_lookback_of_14_days_on_a_table_that_is_20_days_behind(self) -> None:
        table = Table(world(2, 40), lookback=14, trouble=Trouble(partial_walk=0))
        table.sync_until(20 * DAY, DAY)
        table.sync_until(70 * DAY, DAY, first=40 * DAY + HOUR)
        assert table.never_read == table.not_ready == []

    def test_reports_that_are_late_by_days_are_read_while_participants_are_counted(self) -> None:
        tables = [
            Table(
                world(seed, 20, late_days=1, slow_hours=9 * 24),
                expects_rows=expects_rows,
                trouble=Trouble(partial_walk=0),
            )
            for seed in range(3)
            for expects_rows in (True, False)
        ]
        for table in tables:
            table.sync_until(60 * DAY, DAY)
        open_, closed = tables[::2], tables[1::2]
        # Even starts are those with participants.
        assert not [uuid for table in open_ for uuid in table.not_ready if table._by_uuid[uuid].start % 2 == 0]
        assert not_ready(closed) > not_ready(open_)
        assert max(requests(open_)) <= 14


class TestTrouble:
    def test_killed_at_any_request_it_goes_on_from_the_last_state(self) -> None:
        tables = read_worlds(DAY, trouble=Trouble(kill=0.02))
        assert never_read(tables) == 0
        assert fmean(requests(tables)) < 2.5

    def test_killed_most_nights(self) -> None:
        tables = read_worlds(DAY, worlds=3, every=2, trouble=Trouble(kill=0.1))
        assert never_read(tables) == 0

    def test_walks_that_fail_every_other_night(self) -> None:
        tables = read_worlds(DAY, worlds=3, trouble=Trouble(partial_walk=0.5))
        assert never_read(tables) == 0
        assert max(requests(tables)) <= 3

    def test_a_first_load_under_a_daily_limit_requests_each_once(self) -> None:
        days = 50
        tables = [
            Table(world(seed, days - 15, late_days=2), seed, trouble=Trouble(cap=24, partial_walk=0))
            for seed in range(3)
        ]
        for table in tables:
            until: list[str] = []
            for night in range(20):
                table.sync((days + night) * DAY + 2 * HOUR)
                until.append(table.state["complete_until"])
                # Syncs on the same day send nothing, as the limit is known.
                sent = table.requests.total()
                table.sync((days + night) * DAY + 5 * HOUR)
                assert table.requests.total() == sent
            count = len(table.world)
            nights = -(-count // 24)
            assert table.never_read == []
            assert table.requests.total() == count
            assert until[:nights] == sorted(set(until[:nights]))
            assert until[nights - 2] < until[nights - 1]

    def test_one_that_cannot_be_read_for_weeks_stops_nothing_and_comes_when_it_can(self) -> None:
        tables = []
        for seed in range(3):
            occurrences = world(seed, DAYS)
            poison = occurrences[seed * 40 + 5].uuid
            table = Table(occurrences, seed, trouble=Trouble(poison={poison: 35 * DAY}))
            table.sync_until(30 * DAY, DAY)
            assert [entry["uuid"] for entry in table.state["again"]] == [poison]
            assert table.state["complete_until"] >= "2026-01-27"
            table.sync_until((DAYS + 40) * DAY, DAY, first=30 * DAY + 2 * HOUR)
            assert table.state["again"] == []
            assert table.requests[poison] >= 20
            tables.append(table)
        assert never_read(tables) == 0

    def test_many_that_cannot_be_read_take_turns(self) -> None:
        occurrences = world(3, 20)
        poison = {held.uuid: 60 * DAY for held in occurrences[:12]}
        table = Table(occurrences, trouble=Trouble(poison=poison, partial_walk=0)).sync_until(59 * DAY, DAY)
        assert sorted(table.never_read) == sorted(poison)
        tries = [entry["tries"] for entry in table.state["again"]]
        assert len(tries) == 12
        assert max(tries) - min(tries) <= 1
        # Three in a row end it for the night, and what was under way by then.
        assert sum(table.requests[uuid] for uuid in poison) <= 59 * 6 + 12
        table.sync_until(70 * DAY, DAY, first=60 * DAY + 2 * HOUR)
        assert table.never_read == []
        assert table.state["again"] == []

    def test_what_is_listed_more_than_14_days_late_is_the_known_gap(self) -> None:
        tables = read_worlds(DAY, worlds=3)
        assert never_read(tables) == 0
        late = [Table(world(seed, DAYS, late_days=25), seed).sync_until((DAYS + 40) * DAY, DAY) for seed in range(3)]
        missed = [table._by_uuid[uuid] for table in late for uuid in table.never_read]
        assert missed
        assert all(held.listed > (held.day + 14) * DAY for held in missed)


class TestStartDate:
    def test_moved_later_and_back_all_since_the_earliest_start_is_read(self) -> None:
        table = Table(world(4, 60), trouble=Trouble(partial_walk=0), start=start_at(20))
        table.sync_until(45 * DAY, DAY)
        assert {table._by_uuid[uuid].day for uuid in table.rows} >= set(range(20, 40))
        for night, start in ((45, start_at(44)), (55, start_at(20)), (65, start_at(10)), (75, None)):
            table.reopen(start)
            table.sync_until((night + 10) * DAY, DAY, first=night * DAY + 2 * HOUR)
            first = 0 if start is None else (start - start_at(0)).days
            if start != start_at(44):
                left = [table._by_uuid[uuid] for uuid in table.never_read]
                assert not [held for held in left if held.day >= first and held.listed <= (night + 9) * DAY]
        assert table.never_read == []


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    seed=st.integers(0, 10**6),
    lookback=st.sampled_from([0, 1, 2, 5, 14]),
    steps=st.lists(st.sampled_from([HOUR, 5 * HOUR, DAY, DAY + 40 * 60, 2 * DAY, 7 * DAY]), min_size=1, max_size=12),
    kill=st.sampled_from([0, 0.02, 0.2]),
    partial_walk=st.sampled_from([0, 0.05, 0.5]),
    cap=st.sampled_from([20, 200, 10**9]),
    every=st.sampled_from([1, 5, 50]),
    poisoned=st.integers(0, 5),
)
def test_any_schedule_and_trouble_leaves_nothing_unread(
    seed: int,
    lookback: int,
    steps: list[int],
    kill: float,
    partial_walk: float,
    cap: int,
    every: int,
    poisoned: int,
) -> None:
    days = 20
    occurrences = world(seed, days, a_day=4, late_days=12)
    poison = {held.uuid: 30 * DAY for held in occurrences[:: max(1, len(occurrences) // (poisoned or 1))][:poisoned]}
    table = Table(occurrences, seed, lookback, Trouble(kill, partial_walk, cap, poison), every)
    now = DAY + 2 * HOUR
    for turn in range(60):
        table.sync(now)
        now += steps[turn % len(steps)]
    # However it went so far, a week of quiet nights is enough.
    table.trouble = Trouble(partial_walk=0)
    table.sync_until(max(now, 40 * DAY) + 8 * DAY, DAY, first=max(now, 40 * DAY))
    assert table.never_read == []
    assert table.state["again"] == []
