"""Daily limits: a first load that takes days, and what a connection does until Zoom answers again."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from math import ceil

import pytest

from integration_tests.night_accounts import MEETING_TABLES, empty_account, sync_at, take_place
from integration_tests.nights import Connection
from integration_tests.sandbox import HEAVY, Fault, Sandbox

pytestmark = pytest.mark.long

POLLS = "meeting_poll_results"


def fill(zoom: Sandbox, count: int, *, days_ago: int = 1) -> None:
    """Let so many meetings have taken place, one every three hours until so many days ago."""
    for number in range(count):
        take_place(zoom, hours_ago=24 * days_ago + 6 + 3 * number)


def heavy(connection: Connection) -> Counter[str]:
    """Heavy requests about occurrences of all nights that Zoom has answered, by path."""
    return Counter(
        request.path
        for night in connection.nights
        for request in night.requests
        if request.label == HEAVY and request.status == 200 and request.path in night.of_occurrences
    )


def test_first_load_under_a_daily_limit_takes_days_and_repeats_nothing() -> None:
    occurrences, cap = 100, 60
    with empty_account(per_day={HEAVY: cap}) as zoom:
        # Old enough to be settled by one request.
        fill(zoom, occurrences, days_ago=14)
        connection = Connection(zoom, (*MEETING_TABLES, POLLS))
        until = []
        days = ceil(2 * occurrences / (cap - 7))
        for day in range(days + 1):
            sync_at(connection, day)
            night = connection.nights[-1]
            assert night.tables == dict.fromkeys(connection.tables, "COMPLETE")
            until.append([connection.state(table)["complete_until"] for table in MEETING_TABLES])
            left = [len({key[0] for key in connection.misses(table)}) for table in MEETING_TABLES]
            for table, count in zip(MEETING_TABLES, left, strict=True):
                stopped = [line for line in night.warnings(table) if "daily limit" in line]
                assert len(stopped) == (count > 0)
                if count:
                    assert f" {count:,} of " in stopped[0]
                    assert f"{zoom.now + timedelta(days=1):%Y-%m-%d} 00:00 UTC" in stopped[0]
            # The medium table does not wait for it.
            connection.assert_whole(POLLS)
            if not any(left):
                break
        assert left == [0, 0]
        assert len(connection.nights) <= days
        for number in range(len(MEETING_TABLES)):
            fronts = [moment[number] for moment in until]
            assert fronts == sorted(set(fronts))
        assert set(heavy(connection).values()) == {1}
        connection.assert_exact()


def test_limit_that_is_used_up_before_the_sync() -> None:
    with empty_account() as zoom:
        take_place(zoom)
        connection = Connection(zoom, (*MEETING_TABLES, POLLS))
        sync_at(connection, 0, 1, 2)
        take_place(zoom)
        states = {table: connection.state(table) for table in MEETING_TABLES}
        zoom.set_limits(per_day={HEAVY: 0})
        night = connection.sync()
        assert night.output.exit_code == 1
        # The instances have shown some of the polls, which cost no heavy request.
        assert night.tables == dict.fromkeys(MEETING_TABLES, "INCOMPLETE") | {POLLS: "COMPLETE"}
        assert {error["failure_type"] for error in night.output.errors[-1:]} == {"transient_error"}
        assert {table: connection.state(table) for table in MEETING_TABLES} == states
        (line,) = [line for line in night.output.logs if line.startswith(f"WARN {POLLS}: Zoom's daily limit for heavy")]
        assert "those that Zoom's lists have not shown yet, are left" in line
        zoom.set_limits(None)
        sync_at(connection, 3)
        connection.assert_exact()


def test_after_a_stop_no_request_is_sent_until_zoom_answers_again() -> None:
    with empty_account(per_day={HEAVY: 30}) as zoom:
        fill(zoom, 40)
        connection = Connection(zoom, (*MEETING_TABLES, POLLS), full_refresh=("users",))
        sync_at(connection, 0)
        states = {table: connection.state(table) for table in connection.tables}
        assert states["report_meetings"]["limit_until"] == "2026-05-21T00:00:00Z"
        zoom.advance(hours=3)
        night = connection.sync()
        assert (night.output.exit_code, set(night.tables.values())) == (0, {"COMPLETE"})
        assert {path.split("?")[0] for path in night.paths()} == {"/v2/users"}
        assert {table: connection.state(table) for table in connection.tables} == states
        for table in connection.tables:
            assert len([line for line in night.warnings(table) if "2026-05-21 00:00 UTC" in line]) == 1
        zoom.set_limits(None)
        sync_at(connection, 1)
        assert "limit_until" not in connection.state("report_meetings")
        connection.assert_exact()


def test_table_that_is_selected_on_the_day_of_a_stop_waits_too() -> None:
    with empty_account(per_day={HEAVY: 30}) as zoom:
        fill(zoom, 40)
        connection = Connection(zoom, ("report_meetings",))
        sync_at(connection, 0)
        connection.tables = MEETING_TABLES
        zoom.advance(hours=1)
        night = connection.sync()
        assert (night.output.exit_code, night.paths()) == (0, [])
        assert connection.state("report_meeting_participants")["complete_until"] is None
        zoom.set_limits(None)
        zoom.advance(days=1)
        assert connection.sync().output.exit_code == 0
        connection.assert_exact()


@pytest.mark.parametrize("retry_after", ["2999-01-01T00:00:00Z", "soon"])
def test_absurd_moment_of_the_next_answer(retry_after: str) -> None:
    with empty_account() as zoom:
        fill(zoom, 40)
        path = "^/v2/report/meetings/"
        zoom.faults.add(Fault("daily_429", path, at=tuple(range(20, 500)), retry_after=retry_after))
        connection = Connection(zoom, MEETING_TABLES)
        sync_at(connection, 0)
        limits = {connection.state(table)["limit_until"] for table in MEETING_TABLES}
        # Zoom's next reset, or where it names no moment, an hour later.
        latest = zoom.now + timedelta(hours=22 if "2999" in retry_after else 1)
        assert limits == {f"{latest:%Y-%m-%dT%H:%M:%SZ}"}
        assert connection.sync().paths() == []
        zoom.clear_faults()
        sync_at(connection, 1.1)
        connection.assert_exact()
