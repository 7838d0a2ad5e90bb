"""Where past occurrences come from when a source is closed: every other one that shows them is read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from integration_tests.faulty import PLAIN, asked, assert_failed, assert_true, assert_whole, sync
from integration_tests.losses import assert_told, failure_of, warnings_of
from integration_tests.sandbox import Fault, Sandbox

pytestmark = pytest.mark.long

REPORTS = ("report:read:list_history_meetings:admin", "report:read:list_users:admin", "report:read:user:admin")
WITHOUT_REPORT_SCOPE = ["meeting_poll_results", "webinar_qna_results", "webinar_poll_results", "webinar_absentees"]


def test_without_reports_the_scheduled_ones_still_show_their_past(catalog: dict[str, Any]) -> None:
    shape = replace(PLAIN, users=3, personal_rooms=1)
    with Sandbox(shape, without_scopes=REPORTS) as zoom:
        output = sync(zoom, catalog, [*WITHOUT_REPORT_SCOPE, "report_meetings"])
        once = {o.uuid for o in zoom.account.occurrences.values() if o.meeting.listed and not o.meeting.recurring}
        shown = {row.get("webinar_uuid") or row["meeting_uuid"] for t in WITHOUT_REPORT_SCOPE for row in zoom.truth(t)}
        assert once & shown
        assert_true(output, zoom, WITHOUT_REPORT_SCOPE)
        for table in WITHOUT_REPORT_SCOPE:
            assert any("scheduled meetings and webinars only" in line for line in warnings_of(output, table)), table
        assert_told(output, zoom, ["report_meetings"])
        assert REPORTS[0] in failure_of(output, "report_meetings")


def test_personal_rooms_that_only_their_instances_show(catalog: dict[str, Any]) -> None:
    with Sandbox(replace(PLAIN, webinar_share=0, personal_rooms=2)) as zoom:
        rooms = {user.pmi for user in zoom.account.users}
        tables = ["report_meetings", "meeting_poll_results"]
        assert sum(row["meeting_id"] in rooms for row in zoom.truth("report_meetings")) >= 4
        assert_whole(sync(zoom, catalog, tables), zoom, tables)


def test_a_role_without_reports_fails_the_reports_alone(catalog: dict[str, Any]) -> None:
    reports = ["report_meetings", "report_meeting_participants", "report_webinars", "report_webinar_participants"]
    others = [*WITHOUT_REPORT_SCOPE, "meeting_files", "webinar_files"]
    with Sandbox(replace(PLAIN, personal_rooms=2), role_permissions=["User:Read"]) as zoom:
        output = sync(zoom, catalog, [*reports, *others])
        assert_failed(output, zoom, reports, others, "config_error", "UsageReport:Read")
        for table in others:
            assert any("scheduled meetings and webinars only" in line for line in warnings_of(output, table)), table


def test_personal_rooms_cost_one_request_each_whatever_else_is_refused(catalog: dict[str, Any]) -> None:
    tables = ["report_meetings", "meeting_poll_results", "users"]
    with Sandbox(replace(PLAIN, webinar_share=0, personal_rooms=2), history="refused") as zoom:
        assert_whole(sync(zoom, catalog, tables), zoom, tables)
        rooms = "|".join(str(user.pmi) for user in zoom.account.users if user.status == "active")
        requests = asked(zoom, f"^/v2/past_meetings/({rooms})/instances$")
        assert list(requests.values()) == [1] * len(zoom.account.users)


# Rows of the history that are written oddly


@pytest.mark.parametrize("start", ["0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59Z", "soon", "", None, 0])
def test_start_that_is_no_time_costs_no_row(catalog: dict[str, Any], start: Any) -> None:
    """The other rows of the window are read, and this one too."""
    with Sandbox(replace(PLAIN, recurring_share=0)) as zoom:
        recent = [o for o in zoom.account.history if not o.meeting.is_webinar][-3:]
        rows: list[dict[str, Any]] = [
            {"meeting_uuid": o.uuid, "meeting_id": o.meeting.id, "type": "Meeting", "start_time": o.start_time}
            for o in recent
        ]
        rows[0]["start_time"] = start
        zoom.faults.add(Fault("answer", "/history_meetings", body={"history_meetings": rows}))
        output = sync(zoom, catalog, ["report_meetings"])
        assert output.exit_code == 0, output.tail()
        read = {row["meeting_uuid"]: row["meeting_id"] for row in output.records["report_meetings"]}
        assert {o.uuid: o.meeting.id for o in recent}.items() <= read.items()


def test_row_without_a_uuid_is_a_warning_with_its_number(catalog: dict[str, Any]) -> None:
    row = {"meeting_id": 85012345678, "type": "Meeting", "start_time": "2026-01-01T00:00:00Z"}
    fault = Fault("answer", "/history_meetings", body={"history_meetings": [row]})
    with Sandbox(PLAIN, faults=[fault]) as zoom:
        output = sync(zoom, catalog, ["report_meetings"])
        (line,) = warnings_of(output, "past meetings and webinars")
        assert "Zoom sent no UUID" in line
        assert "for example 85012345678" in line


# Windows


@pytest.mark.parametrize("hours", [-11, 14])
def test_reports_that_count_days_in_another_time_zone(catalog: dict[str, Any], hours: int) -> None:
    tables = ["report_meetings", "report_webinars"]
    with Sandbox(replace(PLAIN, users=6, unlisted_per_user=12), report_zone_hours=hours) as zoom:
        assert_whole(sync(zoom, catalog, tables), zoom, tables)


def test_reports_whose_longest_window_is_four_weeks(catalog: dict[str, Any]) -> None:
    with Sandbox(PLAIN, report_window_days=28) as zoom:
        assert_whole(sync(zoom, catalog, ["report_meetings"]), zoom, ["report_meetings"])
