"""Occurrences and lists that cannot be read: the next sync goes on with them, and nothing waits for them."""

from __future__ import annotations

from typing import Any

import pytest

from integration_tests.night_accounts import MEETING_TABLES, empty_account, requests_about, sync_at, take_place
from integration_tests.nights import Connection, Night
from integration_tests.sandbox import Fault, path_of

pytestmark = pytest.mark.long

REPORTS = ("report_meetings",)


def failing(connection: Connection, table: str = "report_meetings") -> list[tuple[str, int]]:
    """UUID and tries of what the state calls failed."""
    return [(entry["uuid"], entry["tries"]) for entry in connection.state(table)["again"]]


def failed(night: Night, failure_type: str = "transient_error") -> list[str]:
    """The incomplete tables of a sync that failed like this."""
    assert night.output.exit_code == 1
    assert night.output.errors[-1]["failure_type"] == failure_type
    return [table for table, status in night.tables.items() if status == "INCOMPLETE"]


def test_poison_occurrence_fails_the_table_once_and_is_repeated_until_it_can_be_read() -> None:
    with empty_account() as zoom:
        old = take_place(zoom, hours_ago=50)
        poison = take_place(zoom, hours_ago=30, poison_days=6)
        connection = Connection(zoom, REPORTS)
        assert failed(connection.sync()) == ["report_meetings"]
        assert failing(connection) == [(poison.uuid, 1)]
        assert connection.state("report_meetings")["complete_until"] == "2026-05-20"
        # Airbyte's next attempt requests it alone.
        second = connection.sync()
        assert second.output.exit_code == 0
        assert set(second.of_occurrences) == set(second.about(poison.uuid))
        assert failing(connection) == [(poison.uuid, 2)]
        (warning,) = second.warnings("report_meetings")
        assert poison.uuid in warning
        for day in range(1, 8):
            sync_at(connection, day)
            healed = day >= 5
            assert connection.state("report_meetings")["complete_until"] == f"2026-05-{20 + day}"
            assert failing(connection) == ([] if healed else [(poison.uuid, 2 + day)])
            assert len(connection.nights[-1].warnings("report_meetings")) == (not healed)
        assert requests_about(connection, old) == [1, 0, 1, *[0] * 6]
        connection.assert_exact()


def test_poison_occurrence_that_becomes_too_old_is_reported_as_lost() -> None:
    with empty_account() as zoom:
        poison = take_place(zoom)
        fault = zoom.faults.add(Fault("status_500", path_of(poison.uuid)))
        connection = Connection(zoom, REPORTS)
        connection.sync()
        sync_at(connection, 1, 2)
        zoom.faults.remove(fault)
        zoom.faults.add(Fault("answer", path_of(poison.uuid), status=400, code=12702, message="Can not access."))
        connection.unproved = frozenset(REPORTS)
        sync_at(connection, 3)
        (warning,) = connection.nights[-1].warnings("report_meetings")
        assert "lost" in warning
        assert failing(connection) == []


def test_firewall_that_refuses_one_url_for_good() -> None:
    with empty_account() as zoom:
        others = [take_place(zoom, hours_ago=20 + hours) for hours in range(3)]
        refused = take_place(zoom, hours_ago=40)
        fault = zoom.faults.add(Fault("waf_403", path_of(refused.uuid)))
        connection = Connection(zoom, REPORTS)
        sync_at(connection, *range(4))
        for tries, night in enumerate(connection.nights, 1):
            assert len(night.warnings("report_meetings")) == 1
            assert night.about(refused.uuid)
            assert tries == 1 or night.tables == {"report_meetings": "COMPLETE"}
        assert failing(connection) == [(refused.uuid, 4)]
        assert connection.misses("report_meetings") == [(refused.uuid,)]
        assert [sum(requests_about(connection, other)) for other in others] == [2, 2, 2]
        zoom.faults.remove(fault)
        sync_at(connection, 4)
        assert failing(connection) == []
        connection.assert_exact()


def test_outage_stops_the_table_and_writes_down_nothing_of_the_rest() -> None:
    with empty_account() as zoom:
        # The three that fail are meetings of their own: those of one series would count as one.
        held = [zoom.occur(start=zoom.now.timestamp() - (100 - n) * 3600, minutes=30, rows=5) for n in range(60)]
        fault = zoom.faults.add(Fault("status_500", "^/v2/report/meetings/"))
        connection = Connection(zoom, REPORTS, settings={"num_workers": 2})
        night = connection.sync()
        assert failed(night) == ["report_meetings"]
        assert "stopped after 3 failures in a row" in night.output.errors[-1]["message"]
        requested = {o.uuid for o in held if night.about(o.uuid)}
        assert len(requested) < 20
        assert {uuid for uuid, _ in failing(connection)} <= requested
        assert connection.state("report_meetings")["asked"] == {}
        zoom.faults.remove(fault)
        night = connection.sync()
        assert night.output.exit_code == 0
        assert [len(night.about(occurrence.uuid)) for occurrence in held] == [1] * 60
        connection.assert_exact()


@pytest.mark.parametrize(
    "path",
    [r"^/v2/report/history_meetings\?.*from=2026-0[12]", r"^/v2/users/[^/]+/meetings"],
    ids=["a window of the history", "the list of a user"],
)
def test_list_that_cannot_be_read_keeps_all_tables_open(path: str) -> None:
    with empty_account() as zoom:
        old = zoom.occur(start=zoom.now.timestamp() - 90 * 86_400, minutes=30, rows=5)
        young = zoom.occur(start=zoom.now.timestamp() - 5 * 86_400, minutes=30, rows=5)
        fault = zoom.faults.add(Fault("status_500", path))
        connection = Connection(zoom, MEETING_TABLES)
        assert failed(connection.sync()) == list(MEETING_TABLES)
        assert {connection.state(table)["complete_until"] for table in MEETING_TABLES} == {None}
        zoom.faults.remove(fault)
        sync_at(connection, 1)
        assert {connection.state(table)["complete_until"] for table in MEETING_TABLES} == {"2026-05-21"}
        # What had been read is not requested again, but for the second look at what is young.
        assert sum(requests_about(connection, old)) == 2
        assert sum(requests_about(connection, young)) == 4
        connection.assert_exact()


@pytest.mark.parametrize("missing", [["report/history_meetings"], ["report/history_meetings", "report/users"]])
def test_account_whose_history_may_not_be_read(missing: list[str]) -> None:
    scopes: dict[str, Any] = {
        "report/history_meetings": "report:read:list_history_meetings:admin",
        "report/users": "report:read:list_users:admin",
    }
    with empty_account(without_scopes=tuple(scopes[path] for path in missing)) as zoom:
        held = [take_place(zoom, hours_ago=24 * days) for days in (3, 100)]
        connection = Connection(zoom, ("report_meetings", "meeting_poll_results"))
        night = connection.sync()
        if len(missing) == 1:
            assert night.output.exit_code == 0
            sync_at(connection, 1, 2)
            assert [sum(requests_about(connection, occurrence)) for occurrence in held] == [4, 2]
            assert not connection.nights[-1].of_occurrences
            connection.assert_exact()
        else:
            # The instances have shown both, but not that nothing else took place.
            assert failed(night, "config_error") == ["report_meetings"]
            assert {connection.state(table)["complete_until"] for table in connection.tables} == {None}
            connection.assert_whole()
