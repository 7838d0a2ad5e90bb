"""Where past occurrences come from when a source is closed: every other one that shows them is read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from integration_tests.faulty import PLAIN, assert_true, assert_whole, sync
from integration_tests.losses import assert_told, failure_of, warnings_of
from integration_tests.sandbox import Sandbox

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
