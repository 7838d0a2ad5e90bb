"""Nights without trouble: what a schedule requests, and when what Zoom lists late is found."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from integration_tests.night_accounts import (
    EMPTY,
    MEETING_TABLES,
    NIGHT,
    empty_account,
    requests_about,
    sync_at,
    take_place,
)
from integration_tests.night_rules import INCREMENTAL
from integration_tests.nights import Connection
from integration_tests.sandbox import Clock, Growth, Sandbox

if TYPE_CHECKING:
    from integration_tests.sandbox.entities import Occurrence

DAY = timedelta(days=1)


def moments_of(connection: Connection, occurrence: Occurrence) -> list[datetime]:
    """When it was requested."""
    return [night.began for night in connection.nights for _ in night.about(occurrence.uuid)]


def test_nothing_new_costs_no_request_and_changes_no_state() -> None:
    with empty_account() as zoom:
        old = [take_place(zoom, hours_ago=24 * 20, webinar=webinar) for webinar in (False, True)]
        young = [take_place(zoom, hours_ago=30, webinar=webinar) for webinar in (False, True)]
        connection = Connection(zoom)
        sync_at(connection, 0, 1)
        assert [requests_about(connection, occurrence) for occurrence in (*old, *young)] == [
            [4, 0],
            [6, 0],
            [4, 4],
            [6, 6],
        ]
        states = {table: connection.state(table) for table in INCREMENTAL}
        assert {state["complete_until"] for state in states.values()} == {"2026-05-21"}
        zoom.advance(hours=5)
        assert not connection.sync().of_occurrences
        assert {table: connection.state(table) for table in INCREMENTAL} == states
        sync_at(connection, 2)
        assert not connection.nights[-1].of_occurrences
        for table in INCREMENTAL:
            assert connection.state(table) == {**states[table], "complete_until": "2026-05-22"}
        connection.assert_exact()


def test_each_new_one_is_requested_on_two_nights() -> None:
    with Sandbox(EMPTY, clock=Clock.standing_at(NIGHT), growth=Growth(per_day=4, days=7, slow_share=0)) as zoom:
        connection = Connection(zoom)
        for night in range(7):
            sync_at(connection, night)
            connection.assert_exact()
            # After the first load the walk covers 16 days.
            assert len(connection.nights[-1].paths("report/history_meetings")) == (1 if night else 7)
        checked, nights = 0, [NIGHT + night * DAY for night in range(8)]
        for webinars in (False, True):
            tables = len([table for table in INCREMENTAL if ("webinar" in table) is webinars])
            for occurrence in zoom.occurrences(webinars=webinars):
                first_night = next(night for night in nights if night.timestamp() >= occurrence.end)
                if first_night <= NIGHT + 4 * DAY:
                    # What may still go on is not remembered.
                    is_young = first_night.timestamp() - occurrence.start < 6 * 3600
                    assert sum(requests_about(connection, occurrence)) == tables * (3 if is_young else 2)
                    checked += 1
        assert checked > 15


@pytest.mark.parametrize(("days", "requests"), [(2, [0, 2, 2, 0]), (12, [0, 2, 2, 0]), (13, [0, 2, 0, 0])])
def test_one_that_is_listed_late_is_read_then(days: int, requests: list[int]) -> None:
    with empty_account() as zoom:
        late = take_place(zoom, history_delay_days=days, instance_delay_days=days)
        connection = Connection(zoom, MEETING_TABLES)
        sync_at(connection, 0, *range(days, days + 3))
        assert requests_about(connection, late) == requests
        connection.assert_exact()


def test_one_that_is_listed_after_two_weeks_comes_with_a_refresh() -> None:
    with empty_account() as zoom:
        late = take_place(zoom, history_delay_days=15, instance_delay_days=15)
        known = take_place(zoom, hours_ago=12)
        connection = Connection(zoom, MEETING_TABLES)
        sync_at(connection, 0, 1, 14, 15, 16)
        assert not sum(requests_about(connection, late))
        assert connection.misses("report_meetings") == [(late.uuid,)]
        connection.states.clear()
        sync_at(connection, 17, 18)
        assert requests_about(connection, late)[-2:] == [2, 0]
        assert sum(requests_about(connection, known)) == 6
        connection.assert_exact()


def test_hourly_syncs_repeat_what_is_young_and_leave_the_settled_alone() -> None:
    with empty_account() as zoom:
        connection = Connection(zoom, ("report_meetings",))
        held = [take_place(zoom, hours_ago=-hours) for hours in (0.2, 7.2, 15.2, 22.2)]
        sync_at(connection, *(hour / 24 for hour in range(72)))
        assert len(connection.nights) == 72
        for occurrence in held:
            moments = moments_of(connection, occurrence)
            assert 2 <= len(moments) <= 9
            assert moments[-1] - moments[-2] >= timedelta(hours=22)
            assert moments[-1].timestamp() - occurrence.start < 72 * 3600
        connection.assert_exact()


@pytest.mark.parametrize("days", [(0, 7, 14, 21), (0, 1 - 20 / 1440, 2, 3 - 20 / 1440, 4)])
def test_weekly_syncs_and_nights_that_begin_early_send_two_requests(days: tuple[float, ...]) -> None:
    with empty_account() as zoom:
        connection = Connection(zoom, ("report_meetings",))
        occurrence = take_place(zoom, hours_ago=8)
        sync_at(connection, *days)
        assert sum(requests_about(connection, occurrence)) == 2
        connection.assert_exact()


@pytest.mark.parametrize(
    ("lookback", "requests"), [(0, [1, 0, 0, 0, 0]), (1, [1, 1, 0, 0, 0]), (2, [1, 1, 0, 0, 0]), (4, [1, 1, 1, 1, 0])]
)
def test_lookback(lookback: int, requests: list[int]) -> None:
    with empty_account() as zoom:
        connection = Connection(zoom, ("report_meetings",), settings={"lookback_window_days": lookback})
        occurrence = take_place(zoom, hours_ago=8)
        sync_at(connection, *range(5))
        assert requests_about(connection, occurrence) == requests
        connection.assert_exact()


def test_the_longest_lookback_of_a_table_that_is_three_weeks_behind() -> None:
    with empty_account() as zoom:
        connection = Connection(zoom, ("report_meetings",), settings={"lookback_window_days": 14})
        before = take_place(zoom, hours_ago=8)
        sync_at(connection, 0)
        between = [take_place(zoom, hours_ago=-24 * day) for day in (1, 7, 13)]
        sync_at(connection, 20, 21)
        # Of two weeks before: they are settled by the first request after the pause.
        assert requests_about(connection, before) == [1, 1, 0]
        assert [requests_about(connection, occurrence) for occurrence in between] == [[0, 1, 0], [0, 1, 1], [0, 1, 1]]
        sync_at(connection, *range(22, 35))
        assert not connection.nights[-1].of_occurrences
        connection.assert_exact()
