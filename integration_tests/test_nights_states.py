"""The states of a sync: their order among records and statuses, their counts, size and content."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import pairwise
from typing import Any
from unittest import mock

import pytest

from integration_tests.night_accounts import EMPTY, NIGHT, days_later, empty_account, sync_at, take_place
from integration_tests.night_rules import INCREMENTAL, prints_of, records_by_state
from integration_tests.nights import Connection
from integration_tests.sandbox import Clock, Fault, Growth, Sandbox
from source_zoom.parents.occurrence import EPOCH_DAY
from source_zoom.streams.ledger_state import SETTLED, LedgerState, fingerprint

pytestmark = pytest.mark.long

REPORTS = ("report_meetings",)


def states_of(connection: Connection, table: str) -> list[dict[str, Any]]:
    """The states of a table's last sync, in order."""
    return [
        message["state"]["stream"]["stream_state"]
        for message in connection.nights[-1].output.of_type("STATE")
        if message["state"]["stream"]["stream_descriptor"]["name"] == table
    ]


@pytest.mark.parametrize("workers", [1, 2, 40])
def test_states_grow_and_count_their_records(workers: int) -> None:
    """Of slow and fast workers alike; the order among records and statuses is checked in every sync."""
    with Sandbox(EMPTY, clock=Clock.standing_at(NIGHT), growth=Growth(per_day=12, webinars_per_day=4)) as zoom:
        days_later(zoom, 3)
        zoom.set_latency(0.01, jitter=0.01)
        connection = Connection(zoom, states_every=0, settings={"num_workers": workers})
        night = connection.sync()
        assert night.output.exit_code == 0
        assert records_by_state(night.output) == {t: len(rows) for t, rows in night.output.records.items()}
        for table in INCREMENTAL:
            states = states_of(connection, table)
            assert len(states) > 5
            for earlier, later in pairwise(states):
                assert prints_of(earlier).keys() <= prints_of(later).keys()
        connection.assert_exact()


def test_incomplete_table_ends_with_a_state_that_counts_its_records() -> None:
    with empty_account() as zoom:
        held = [zoom.occur(start=zoom.now.timestamp() - (100 - n) * 3600, minutes=30, rows=5) for n in range(40)]
        zoom.faults.add(Fault("status_500", "/participants", at=tuple(range(20, 5_000))))
        connection = Connection(zoom, ("report_meetings", "report_meeting_participants"), states_every=0)
        night = connection.sync()
        assert night.tables == {"report_meetings": "COMPLETE", "report_meeting_participants": "INCOMPLETE"}
        assert 0 < len(night.output.records["report_meeting_participants"]) < 5 * len(held)
        assert records_by_state(night.output) == {t: len(rows) for t, rows in night.output.records.items()}
        zoom.clear_faults()
        sync_at(connection, 1)
        connection.assert_exact()
        assert len(held) == len(connection.rows["report_meetings"])


def test_stopped_partitions_are_in_no_state() -> None:
    """The CDK closes every partition of a stopped table as if it had been read."""
    with empty_account() as zoom:
        held = [zoom.occur(start=zoom.now.timestamp() - (100 - n) * 3600, minutes=30, rows=5) for n in range(60)]
        zoom.faults.add(Fault("answer", "^/v2/report/meetings/", at=tuple(range(10, 1000)), status=400, code=4711))
        connection = Connection(zoom, REPORTS, states_every=0)
        night = connection.sync()
        assert night.tables == {"report_meetings": "INCOMPLETE"}
        assert night.output.errors[-1]["failure_type"] == "config_error"
        read = {row["uuid"] for row in night.output.records["report_meetings"]}
        assert len(read) == 10
        assert {print_ for _, print_ in prints_of(connection.state("report_meetings"))} == set(map(fingerprint, read))
        zoom.clear_faults()
        night = connection.sync()
        assert [len(night.about(occurrence.uuid)) for occurrence in held] == [o.uuid not in read for o in held]
        connection.assert_exact()


def test_clock_of_the_machine_that_was_a_day_ahead() -> None:
    """The connector's clock alone: Zoom's is right."""
    with empty_account() as zoom:
        take_place(zoom)
        connection = Connection(zoom, REPORTS)
        connection.machine_ahead = timedelta(days=1)
        sync_at(connection, 0, 0.1)
        assert connection.state("report_meetings")["complete_until"] == "2026-05-21"
        connection.machine_ahead = timedelta()
        for day in range(1, 6):
            take_place(zoom, hours_ago=3)
            sync_at(connection, day / 2)
        sync_at(connection, 4, 5)
        connection.assert_exact()


def test_size_of_the_largest_states() -> None:
    """Of an account with 200,000 past occurrences, 1,111 a day."""
    hours = int((NIGHT.timestamp()) // 3600)
    today = NIGHT.date().toordinal()
    asked = {
        today - age: {
            fingerprint(f"{age}|{number}=="): SETTLED if age > 2 else hours - 24 * age for number in range(1_111)
        }
        for age in range(16)
    }
    state = LedgerState(complete_until=today, asked=asked)
    assert today > EPOCH_DAY
    size = len(json.dumps(state.to_json()))
    assert size < 200_000
    # Four tables are about meetings; of webinars there are a hundredth.
    assert 4 * size + 6 * size / 100 < 1_000_000


def test_states_keep_their_place_behind_a_reader_that_lets_one_message_wait() -> None:
    with Sandbox(EMPTY, clock=Clock.standing_at(NIGHT), growth=Growth(per_day=8, webinars_per_day=2)) as zoom:
        days_later(zoom, 2)
        connection = Connection(zoom, states_every=0)
        with mock.patch("source_zoom.source.QUEUE_SIZE", 1):
            assert connection.sync().output.exit_code == 0
        connection.assert_exact()
