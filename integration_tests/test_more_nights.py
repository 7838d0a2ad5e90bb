"""Incremental syncs, night by night, of recordings, summaries, transcripts, logs and past participants."""

from __future__ import annotations

import signal
from datetime import date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from integration_tests.compare import differences
from integration_tests.fixtures import configured_catalog
from integration_tests.night_accounts import NIGHT, days_later
from integration_tests.nights import Connection
from integration_tests.sandbox import ACCOUNT_TABLES, AccountShape, Clock, Fault, Growth, Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterable

    from integration_tests.nights import Night

pytestmark = pytest.mark.long

TABLES = tuple(
    entry["stream"]["name"]
    for entry in configured_catalog(incremental=True)["streams"]
    if entry["stream"]["name"] in ACCOUNT_TABLES
)
WINDOWED = {
    "recordings": 7,
    "recording_files": 7,
    "meeting_summaries": 7,
    "report_history_meetings": 14,
    "report_operation_logs": 2,
    "report_activities": 2,
}
PATHS = {
    "recordings": "accounts/me/recordings",
    "meeting_summaries": "meetings/meeting_summaries",
    "report_operation_logs": "report/operationlogs",
    "report_activities": "report/activities",
    "report_history_meetings": "report/history_meetings",
}
SHAPE = AccountShape(users=4, basic_share=0, webinar_share=1, webinars_per_user=1)


def growing(**settings: Any) -> Sandbox:
    """An account in which meetings are recorded and summarized every day."""
    return Sandbox(SHAPE, clock=Clock.standing_at(NIGHT), growth=Growth(per_day=6, days=12, slow_share=0), **settings)


def days_between(night: Night, path: str) -> tuple[date, date]:
    """The first and last day of the windows that a sync requested."""
    asked = [urlsplit(request.url).query for request in night.requests if request.path == f"/v2/{path}"]
    firsts, lasts = ([date.fromisoformat(dict(parse_qsl(query))[name]) for query in asked] for name in ("from", "to"))
    return min(firsts), max(lasts)


def emitted(night: Night, tables: Iterable[str]) -> dict[str, int]:
    return {table: len(night.output.records.get(table, ())) for table in tables}


def test_nights_bring_everything_and_read_only_the_last_days_again() -> None:
    with growing() as zoom:
        connection = Connection(zoom, TABLES, settings={"start_date": "2026-01-01"})
        for night in range(4):
            days_later(zoom, night)
            assert connection.sync().output.exit_code == 0
            assert {connection.state(table)["complete_until"] for table in TABLES} == {zoom.now.date().isoformat()}
        # Placeholders become files, and transcripts ready, on the second day after the start.
        connection.assert_exact(start=datetime(2026, 1, 1, tzinfo=timezone.utc))
        last, today = connection.nights[-1], zoom.now.date()
        for table, path in PATHS.items():
            yesterday = today - timedelta(days=1)
            first, end = days_between(last, path)
            # The contents look for late summaries as long as the tables of occurrences. And one more day, whatever
            # time zone Zoom counts in.
            days = 14 if table == "meeting_summaries" else WINDOWED[table]
            assert first == yesterday - timedelta(days=days + 1), table
            assert end == today + timedelta(days=1), table
        for table, count in emitted(last, TABLES).items():
            assert 0 < count < len(connection.rows[table]), table


def test_contents_of_summaries_come_with_every_new_one() -> None:
    with growing() as zoom:
        connection = Connection(zoom, ("meeting_summary_contents",))
        for night in (0, 1, 2):
            days_later(zoom, night)
            assert connection.sync().output.exit_code == 0
        connection.assert_exact()
        # Each is read again for a week, once a day.
        requested = [path for path in connection.nights[-1].paths("meetings/") if path.endswith("/meeting_summary")]
        assert len(requested) == len(set(requested))
        old = [key for key, row in connection.rows["meeting_summary_contents"].items() if _age(row, zoom) > 15]
        assert old
        assert len(requested) < len(connection.rows["meeting_summary_contents"]) + len(zoom.account.occurrences) / 10


def _age(row: dict[str, Any], zoom: Sandbox) -> int:
    return (zoom.now.date() - date.fromisoformat(row["summary_created_time"][:10])).days


def test_a_full_refresh_beside_it_reads_everything_and_leaves_the_others_alone() -> None:
    with growing() as zoom:
        connection = Connection(zoom, ("recordings",))
        assert connection.sync().output.exit_code == 0
        days_later(zoom, 1)
        beside = Connection(
            zoom, ("recordings",), full_refresh=("recording_files", "meeting_summaries"), states=connection.states
        )
        night = beside.sync()
        assert night.output.exit_code == 0
        for table in ("recording_files", "meeting_summaries"):
            assert differences(night.output.records[table], zoom.truth(table)) == []
        week = [row for row in zoom.truth("recordings") if row["start_time"][:10] >= "2026-05-13"]
        assert differences(night.output.records["recordings"], week) == []


def test_a_daily_limit_after_some_windows_ends_the_table_as_complete_and_the_next_day_goes_on() -> None:
    with growing() as zoom:
        zoom.faults.add(Fault("daily_429", path="^/v2/report/activities", at=tuple(range(3, 99))))
        connection = Connection(zoom, ("report_activities",), settings={"num_workers": 1})
        night = connection.sync()
        assert night.output.exit_code == 0
        assert night.tables == {"report_activities": "COMPLETE"}
        assert any("daily limit for heavy requests is used up" in line for line in night.warnings("report_activities"))
        assert connection.misses("report_activities")
        read = len(connection.rows["report_activities"])
        assert not connection.sync().paths("report")
        zoom.clear_faults()
        days_later(zoom, 1)
        assert connection.sync().output.exit_code == 0
        connection.assert_whole()
        assert 0 < read < len(connection.rows["report_activities"])


def test_a_daily_limit_at_the_first_window_is_a_failure() -> None:
    with growing() as zoom:
        zoom.faults.add(Fault("daily_429", path="^/v2/(report/activities|accounts)"))
        connection = Connection(zoom, ("report_activities", "recordings"))
        night = connection.sync()
        assert night.tables == {"report_activities": "INCOMPLETE", "recordings": "INCOMPLETE"}
        assert night.output.errors[-1]["failure_type"] == "transient_error"


def test_a_failed_window_is_read_in_the_next_sync() -> None:
    with growing() as zoom:
        zoom.faults.add(Fault("answer", path="^/v2/report/activities", at=(3,), status=400, code=9999, message="Odd."))
        connection = Connection(zoom, ("report_activities", "report_operation_logs"))
        first = connection.sync()
        assert first.tables == {"report_activities": "INCOMPLETE", "report_operation_logs": "COMPLETE"}
        assert connection.misses("report_activities")
        assert (connection.state("report_activities")["complete_until"] or "") < "2026-05-01"
        second = connection.sync()
        assert second.output.exit_code == 0
        connection.assert_exact()


@pytest.mark.parametrize("kill_after", [30, 400])
def test_a_killed_sync_loses_nothing(kill_after: int) -> None:
    with growing() as zoom:
        connection = Connection(zoom, TABLES, states_every=0.0)
        connection.sync(interrupt=lambda printed: signal.SIGKILL if printed.count(b"\n") >= kill_after else None)
        assert connection.sync().output.exit_code == 0
        connection.assert_exact(*WINDOWED)


def test_a_state_of_long_from_now_has_no_rows() -> None:
    with growing() as zoom:
        connection = Connection(zoom, TABLES)
        for table in TABLES:
            connection.states[table] = {
                "stream": {
                    "stream_descriptor": {"name": table},
                    "stream_state": {"version": 1, "complete_until": "2999-01-01"},
                }
            }
        night = connection.sync()
        assert night.output.exit_code == 0
        assert emitted(night, TABLES) == dict.fromkeys(TABLES, 0)


def test_a_start_date_moved_back_reads_what_was_left_out() -> None:
    with growing() as zoom:
        connection = Connection(zoom, tuple(WINDOWED), settings={"start_date": "2026-05-01"})
        assert connection.sync().output.exit_code == 0
        connection.assert_exact(start=NIGHT.replace(day=1, hour=0))
        connection.settings["start_date"] = "2026-03-01"
        assert connection.sync().output.exit_code == 0
        connection.assert_exact(start=NIGHT.replace(month=3, day=1, hour=0))
