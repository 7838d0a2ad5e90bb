"""Reports that Zoom completes late, occurrences at odd times, and what a destination that deduplicates holds then."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Literal

import pytest

from integration_tests.night_accounts import MEETING_TABLES, NIGHT, empty_account, requests_about, sync_at, take_place
from integration_tests.night_rules import INCREMENTAL, uuid_of
from integration_tests.nights import Connection
from integration_tests.sandbox import Fault, path_of

pytestmark = pytest.mark.long

Unready = Literal["not_found", "empty", "partial"]


@pytest.mark.parametrize("unready", ["not_found", "empty", "partial"])
def test_report_that_is_ready_on_the_second_night(unready: Unready) -> None:
    with empty_account() as zoom:
        for webinar in (False, True):
            take_place(zoom, webinar=webinar, report_delay_hours=20, unready=unready, registration=webinar)
        connection = Connection(zoom)
        sync_at(connection, 0)
        few = {table: len(rows) for table, rows in connection.rows.items()}
        sync_at(connection, 1, 2)
        assert sum(few.values()) < sum(len(rows) for rows in connection.rows.values())
        # Someone who counted as absent at first stays: nothing says that a row is gone.
        stays = {"webinar_absentees"} if unready == "partial" else set()
        connection.assert_whole()
        connection.assert_exact(*(set(INCREMENTAL) - stays))
        if stays:
            (uuid,) = {uuid_of(row) for row in zoom.truth("webinar_absentees")}
            owed = [row for row in zoom.truth("webinar_absentees") if uuid_of(row) == uuid]
            assert len(connection.rows["webinar_absentees"]) == len(owed) + 1


@pytest.mark.parametrize("unready", ["not_found", "empty"])
def test_report_that_stays_empty_for_nine_days_while_the_history_counts_participants(unready: Unready) -> None:
    with empty_account() as zoom:
        late = take_place(zoom, report_delay_hours=9 * 24, unready=unready)
        connection = Connection(zoom, MEETING_TABLES)
        sync_at(connection, *range(13))
        assert sum(requests_about(connection, late)[10:]) == 0
        connection.assert_exact()
        assert connection.rows["report_meetings"][late.uuid,]["participants_count"] == 5


def test_meeting_with_one_participant_has_no_report_and_two_requests() -> None:
    with empty_account() as zoom:
        lone = take_place(zoom, rows=1)
        connection = Connection(zoom, ("report_meeting_participants",))
        sync_at(connection, *range(4))
        assert requests_about(connection, lone) == [1, 1, 0, 0]
        assert connection.rows == {}


def test_odd_times() -> None:
    """Over midnight, of thirty hours, begun a second before midnight: all are found and requested twice."""
    with empty_account() as zoom:
        midnight = NIGHT.replace(hour=0) + timedelta(days=1)
        over = take_place(zoom, start=midnight - timedelta(minutes=30), minutes=60)
        long = take_place(zoom, start=midnight - timedelta(hours=18), minutes=30 * 60)
        last = take_place(zoom, start=midnight - timedelta(seconds=1), minutes=30)
        connection = Connection(zoom, MEETING_TABLES)
        sync_at(connection, *range(5))
        # Those that began less than six hours before a sync are not remembered by it.
        assert requests_about(connection, over) == requests_about(connection, last) == [0, 2, 2, 2, 0]
        assert requests_about(connection, long) == [0, 0, 2, 2, 0]
        connection.assert_exact()


@pytest.mark.parametrize("zone", [-12, 14])
def test_account_that_counts_its_days_far_from_utc(zone: float) -> None:
    with empty_account(report_zone_hours=zone) as zoom:
        # Only the history shows a meeting that was not scheduled.
        held = [
            zoom.occur(start=zoom.now + timedelta(hours=hours), minutes=30, rows=5)
            for hours in (-25, -15, -13, -11, -9, -1, 3, 9, 11, 13)
        ]
        connection = Connection(zoom, MEETING_TABLES)
        sync_at(connection, *range(5))
        connection.assert_exact()
        assert {sum(requests_about(connection, occurrence)) for occurrence in held} <= {4, 6}
        assert len(connection.rows["report_meetings"]) == len(held)


def test_occurrence_without_a_start_is_read_by_every_sync_and_in_no_state() -> None:
    with empty_account() as zoom:
        connection = Connection(zoom)
        blank = take_place(zoom, startless=True)
        sync_at(connection, *range(3))
        assert requests_about(connection, blank) == [4, 4, 4]
        for table in MEETING_TABLES:
            assert connection.state(table)["asked"] == {}
            assert connection.state(table)["again"] == []
            for night in connection.nights:
                (line,) = [line for line in night.output.logs if f"{table}: " in line and "start time" in line]
                assert line.startswith(f"INFO {table}: 1 ")
        connection.assert_exact()


@pytest.mark.parametrize("shift", [5, -5, 86_400, -86_400])
def test_two_lists_that_disagree_about_the_start(shift: int) -> None:
    with empty_account() as zoom:
        both = take_place(zoom, hours_ago=30, instance_shift=shift)
        late = take_place(zoom, hours_ago=40, instance_shift=shift, history_delay_days=1)
        # Files, too, would do: but their start is that of the list that came first.
        connection = Connection(zoom, (*MEETING_TABLES, "meeting_poll_results"))
        sync_at(connection, *range(20))
        for occurrence in (both, late):
            # Once or twice for each day that it may be filed under.
            assert 6 <= sum(requests_about(connection, occurrence)) <= (6 if abs(shift) == 5 else 12)
        connection.assert_exact()


@pytest.mark.parametrize(
    "refusal",
    [{"code": 3161, "status": 400}, {"code": 200, "status": 400, "message": "Only available for paid account"}],
)
def test_host_who_may_do_it_a_day_later(refusal: dict[str, Any]) -> None:
    with empty_account() as zoom:
        held = [take_place(zoom, hours_ago=hours) for hours in (10, 20, 30)]
        zoom.faults.add(Fault("answer", path_of(*(occurrence.uuid for occurrence in held)), **refusal))
        connection = Connection(zoom, MEETING_TABLES, unproved=frozenset(MEETING_TABLES))
        sync_at(connection, 0)
        assert connection.rows == {}
        zoom.clear_faults()
        connection.unproved = frozenset()
        sync_at(connection, 1)
        connection.assert_exact()
        sync_at(connection, 2, 3)
        assert not connection.nights[-1].of_occurrences
