"""Sync modes side by side, states of all kinds, and start dates that move."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from integration_tests.night_accounts import MEETING_TABLES, empty_account, requests_about, sync_at, take_place
from integration_tests.night_rules import INCREMENTAL, by_key
from integration_tests.nights import Connection

if TYPE_CHECKING:
    from integration_tests.sandbox import Sandbox

REPORTS = ("report_meetings",)


def state_of(table: str, **state: Any) -> dict[str, Any]:
    """A state as Airbyte gives it."""
    return {"type": "STREAM", "stream": {"stream_descriptor": {"name": table}, "stream_state": state}}


def spread(zoom: Sandbox, *days_ago: int) -> list[Any]:
    return [take_place(zoom, hours_ago=24 * days + 5) for days in days_ago]


def test_tables_that_are_weeks_apart_share_one_walk_and_read_what_is_theirs() -> None:
    with empty_account() as zoom:
        held = spread(zoom, 3, 30, 80, 150)
        connection = Connection(zoom, ("report_meetings", "report_meeting_participants", "meeting_poll_results"))
        files = [
            state_of("report_meetings", version=1, complete_until="2026-05-19"),
            state_of("report_meeting_participants", version=1, complete_until="2026-02-08"),
        ]
        night = connection.sync(state_file=files)
        pages = night.paths("report/history_meetings")
        assert len([r.target for r in night.requests if r.path in pages]) == len(
            {r.target for r in night.requests if r.path in pages}
        )
        about = {
            occurrence.uuid: [path.rpartition("/")[2] for path in night.about(occurrence.uuid)] for occurrence in held
        }
        young, month, quarter, old = (sorted(about[occurrence.uuid]) for occurrence in held)
        assert len(young) == 3
        assert month == quarter == ["participants", "polls"]
        assert old == ["polls"]


def test_table_that_is_selected_later_costs_the_others_no_request() -> None:
    with empty_account() as zoom:
        held = spread(zoom, 3, 30, 80)
        connection = Connection(zoom, REPORTS)
        sync_at(connection, 0, 1, 2)
        state = connection.state("report_meetings")
        connection.tables = MEETING_TABLES
        sync_at(connection, 3)
        assert [requests_about(connection, occurrence)[-1] for occurrence in held] == [1, 1, 1]
        assert all("participants" in path for path in connection.nights[-1].of_occurrences)
        assert connection.state("report_meetings") == {**state, "complete_until": "2026-05-23"}
        connection.assert_exact()


def test_full_refresh_reads_everything_whatever_state_there_is() -> None:
    with empty_account() as zoom:
        spread(zoom, 3, 30, 80)
        connection = Connection(zoom)
        sync_at(connection, 0, 1, 2)
        full = Connection(zoom, ("meeting_files",), full_refresh=tuple(set(INCREMENTAL) - {"meeting_files"}))
        nights = []
        for _ in range(2):
            full.states = dict(connection.states)
            nights.append(full.sync())
        for table in full.full_refresh:
            owed = by_key(table, zoom.truth(table))
            for night in nights:
                assert by_key(table, night.output.records[table]).keys() == owed.keys()
                (state,) = (
                    message["state"]["stream"]["stream_state"]
                    for message in night.output.of_type("STATE")
                    if message["state"]["stream"]["stream_descriptor"]["name"] == table
                )
                assert state == {"__ab_no_cursor_state_message": True}
        assert not any(night.output.records["meeting_files"] for night in nights)


@pytest.mark.parametrize(
    "state",
    [
        None,
        {},
        {"__ab_no_cursor_state_message": True},
        {"version": 99, "complete_until": "2026-05-20"},
        {"version": 1, "complete_until": 20260520},
        {"version": 1, "asked": [1, 2]},
        {"version": 1, "asked": {"2026-05-19": {"": "short"}}},
        {"start_time": "2026-05-20T00:00:00Z"},
        {"version": "1", "again": "none"},
    ],
    ids=str,
)
def test_state_that_says_nothing_is_a_whole_load(state: Any) -> None:
    with empty_account() as zoom:
        spread(zoom, 3, 150)
        connection = Connection(zoom, REPORTS)
        stream = {"stream_descriptor": {"name": "report_meetings"}, "stream_state": state}
        night = connection.sync(state_file=[{"type": "STREAM", "stream": stream}])
        assert night.output.exit_code == 0
        connection.assert_exact()
        told = [line for line in night.output.logs if "cannot be used" in line]
        is_garbage = bool(state) and "__ab_no_cursor_state_message" not in state
        assert len(told) == is_garbage
        assert all(line.startswith("INFO The state of report_meetings") for line in told)


def test_state_of_a_global_kind_is_read_by_its_streams() -> None:
    with empty_account() as zoom:
        young, old = spread(zoom, 3, 150)
        stream = {"stream_descriptor": {"name": "report_meetings"}, "stream_state": SHORT}
        connection = Connection(zoom, REPORTS)
        night = connection.sync(state_file=[{"type": "GLOBAL", "global": {"stream_states": [stream]}}])
        assert night.output.exit_code == 0
        assert (len(night.about(young.uuid)), len(night.about(old.uuid))) == (1, 0)


SHORT = {"version": 1, "complete_until": "2026-05-01"}


def test_state_that_a_person_has_written_counts_from_two_weeks_before() -> None:
    with empty_account() as zoom:
        held = spread(zoom, 3, 32, 34)
        connection = Connection(zoom, REPORTS)
        night = connection.sync(state_file=[state_of("report_meetings", **SHORT)])
        assert [len(night.about(occurrence.uuid)) for occurrence in held] == [1, 1, 0]
        assert connection.state("report_meetings")["complete_until"] == "2026-05-20"


def test_start_date_that_moves() -> None:
    with empty_account() as zoom:
        held = spread(zoom, 2, 40, 70, 100)
        connection = Connection(zoom, MEETING_TABLES)

        def sync(day: float, days_ago: int | None) -> list[int]:
            """Requests about each, with a start date so many days before the first night."""
            start = zoom.dawn - timedelta(days=days_ago or 0)
            connection.settings = {} if days_ago is None else {"start_date": f"{start:%Y-%m-%d}"}
            sync_at(connection, day)
            return [requests_about(connection, occurrence)[-1] for occurrence in held]

        assert sync(0, 60) == [2, 2, 0, 0]
        assert sync(1, 60) == [2, 0, 0, 0]
        # Later: nothing is deleted, and nothing is requested.
        assert sync(2, 20) == [0, 0, 0, 0]
        # Earlier than ever: the whole time is read once more.
        assert sync(3, 90) == [2, 2, 2, 0]
        assert sync(4, 90) == [2, 0, 0, 0]
        # Away: as far back as Zoom goes.
        assert sync(5, None) == [2, 2, 2, 2]
        assert sync(6, None) == [2, 0, 0, 0]
        connection.assert_exact()


def test_start_date_that_moves_over_what_was_not_read_and_back() -> None:
    with empty_account() as zoom:
        (first,) = spread(zoom, 2)
        connection = Connection(zoom, REPORTS, settings={"start_date": "2026-05-01"})
        sync_at(connection, 0)
        between = take_place(zoom, hours_ago=-40)
        connection.settings = {"start_date": "2026-05-25"}
        sync_at(connection, 6, 20)
        assert requests_about(connection, between) == [0, 0, 0]
        connection.settings = {"start_date": "2026-05-01"}
        sync_at(connection, 21)
        assert [requests_about(connection, occurrence)[-1] for occurrence in (first, between)] == [1, 1]
        connection.assert_exact(start=datetime.fromisoformat("2026-05-01T00:00:00+00:00"))
