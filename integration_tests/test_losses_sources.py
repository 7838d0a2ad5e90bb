"""Where past meetings are found when Zoom shows them in one place only, or writes their rows oddly."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from integration_tests.compare import differences
from integration_tests.faulty import PLAIN, asked, assert_failed, assert_whole, sync
from integration_tests.sandbox import Fault, Sandbox
from unit_tests.resource.facts import TABLES as FACTS

if TYPE_CHECKING:
    from integration_tests.connector import Output

REPORT_SCOPES = ["report:read:list_history_meetings:admin", "report:read:list_users:admin", "report:read:user:admin"]
PAST = [table for table, facts in FACTS.items() if facts.is_past]
OF_REPORTS = [table for table in PAST if table.startswith("report_")]
OTHERS = [table for table in PAST if table not in OF_REPORTS]
PARTLY = "has past occurrences of scheduled meetings and webinars only, because Zoom refuses its reports."


def partly(output: Output) -> list[str]:
    """Tables of which a warning says so."""
    return sorted(line.split()[1] for line in output.logs if line.startswith("WARN ") and PARTLY in line)


# Without reports


@pytest.mark.parametrize("refusal", ["scopes", "role"])
def test_without_reports_the_instances_of_everything_scheduled_are_read(catalog: dict[str, Any], refusal: str) -> None:
    knobs: dict[str, Any] = (
        {"without_scopes": REPORT_SCOPES} if refusal == "scopes" else {"role_permissions": ["User:Read"]}
    )
    with Sandbox(replace(PLAIN, users=6, personal_rooms=2), **knobs) as zoom:
        output = sync(zoom, catalog, [*PAST, "meetings"])
        once = [o for o in zoom.occurrences() if not o.meeting.recurring and o.meeting.listed]
        assert once
        named = "list_history_meetings" if refusal == "scopes" else "UsageReport:Read"
        assert_failed(output, zoom, OF_REPORTS, [*OTHERS, "meetings"], "config_error", named)
        assert partly(output) == sorted(OTHERS)


def test_tables_without_reports_succeed_where_no_report_is_selected(catalog: dict[str, Any]) -> None:
    with Sandbox(PLAIN, without_scopes=REPORT_SCOPES) as zoom:
        output = sync(zoom, catalog, OTHERS)
        assert_whole(output, zoom, OTHERS)
        assert partly(output) == sorted(OTHERS)


@pytest.mark.parametrize("history", ["served", "refused"])
def test_personal_rooms_are_found_by_their_instances_alone(catalog: dict[str, Any], history: str) -> None:
    tables = ["report_meetings", "report_meeting_participants", "meeting_poll_results", "users"]
    with Sandbox(replace(PLAIN, personal_rooms=2), history=history) as zoom:
        output = sync(zoom, catalog, tables)
        rooms = {row["pmi"] for row in zoom.truth("users") if "pmi" in row}
        assert [row for row in output.records["report_meetings"] if row["meeting_id"] in rooms]
        assert_whole(output, zoom, tables)
        # One request a user with such a room.
        active = [user.pmi for user in zoom.account.users if user.status == "active"]
        assert set(asked(zoom, f"^/v2/past_meetings/({'|'.join(map(str, active))})/instances$").values()) == {1}


# Rows that are written oddly


@pytest.mark.parametrize("numbers", ["text", "spaced", "missing"])
def test_history_rows_with_any_number_or_none(catalog: dict[str, Any], numbers: str) -> None:
    tables = ["report_meetings", "report_meeting_participants", "report_webinars", "webinar_absentees"]
    with Sandbox(PLAIN, history_numbers=numbers) as zoom:
        output = sync(zoom, catalog, tables)
        assert output.exit_code == 0, output.tail()
        for table in tables:
            # Where no list shows the number, its column is null.
            number = f"{FACTS[table].kind}_id"
            read, owed = (
                [{**row, number: None} for row in rows] for rows in (output.records[table], zoom.truth(table))
            )
            assert differences(read, owed) == []
            known = {row[number] for row in output.records[table]} - {None}
            assert known <= set(zoom.account.meetings)
            assert (None in {row[number] for row in output.records[table]}) == (numbers == "missing")


def test_times_of_the_history_without_a_zone(catalog: dict[str, Any]) -> None:
    with Sandbox(PLAIN, history_times="plain") as zoom:
        assert_whole(sync(zoom, catalog, PAST), zoom, PAST)


@pytest.mark.parametrize("start", ["0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59Z", "soon", "", None, 0])
def test_start_that_is_no_time_costs_no_row(catalog: dict[str, Any], start: Any) -> None:
    """The other rows of the window are read, and this one too."""
    with Sandbox(replace(PLAIN, recurring_share=0)) as zoom:
        recent = [o for o in zoom.account.history if not o.meeting.is_webinar][-3:]
        rows = [
            {"meeting_uuid": o.uuid, "meeting_id": o.meeting.id, "type": "Meeting", "start_time": o.start_time}
            for o in recent
        ]
        rows[0]["start_time"] = start
        body = {"history_meetings": rows, "next_page_token": ""}
        zoom.faults.add(Fault("answer", "/history_meetings", body=body))
        output = sync(zoom, catalog, ["report_meetings"])
        assert output.exit_code == 0, output.tail()
        read = {row["meeting_uuid"]: row["meeting_id"] for row in output.records["report_meetings"]}
        assert {o.uuid: o.meeting.id for o in recent}.items() <= read.items()


@pytest.mark.parametrize("hours", [-11, 14])
def test_reports_that_count_days_in_another_time_zone(catalog: dict[str, Any], hours: int) -> None:
    tables = ["report_meetings", "report_webinars"]
    with Sandbox(replace(PLAIN, users=6, unlisted_per_user=12), report_zone_hours=hours) as zoom:
        assert_whole(sync(zoom, catalog, tables), zoom, tables)


@pytest.mark.parametrize("days", [28, 30])
def test_windows_that_zoom_wants_shorter_than_a_month(catalog: dict[str, Any], days: int) -> None:
    with Sandbox(PLAIN, report_window_days=days) as zoom:
        assert_whole(sync(zoom, catalog, ["report_meetings"]), zoom, ["report_meetings"])


def test_rows_without_a_uuid_are_named(catalog: dict[str, Any]) -> None:
    with Sandbox(replace(PLAIN, recurring_share=0, unlisted_per_user=4)) as zoom:
        lost = [o for o in zoom.account.history if not o.meeting.is_webinar and not o.meeting.listed][-1]
        row = {"meeting_id": lost.meeting.id, "type": "Meeting", "start_time": lost.start_time}
        zoom.faults.add(Fault("answer", "/history_meetings", body={"history_meetings": [row]}))
        output = sync(zoom, catalog, ["report_meetings"])
        (line,) = {line for line in output.logs if "Zoom sent no UUID" in line}
        assert line.startswith("WARN Skipped ")
        assert "past meetings and webinars" in line
        assert str(lost.meeting.id) in line
