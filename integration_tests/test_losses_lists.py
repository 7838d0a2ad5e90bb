"""Lists that break off or change while they are read: no part of a list passes for the whole."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from integration_tests.faulty import PLAIN, assert_failed, assert_whole, met, sync
from integration_tests.losses import assert_nothing_is_lost_in_silence
from integration_tests.sandbox import AccountShape, Fault, Sandbox

BIG = replace(PLAIN, users=2, big_lists=1, big_list_size=700, registration_share=1)
# One user with more meetings and webinars than a page holds.
LONG = AccountShape(
    users=1,
    inactive_users=0,
    pending_users=0,
    basic_share=0,
    webinar_share=1,
    meetings_per_user=310,
    webinars_per_user=310,
    recurring_share=0,
    occurrences_per_recurring=0,
    unlisted_per_user=0,
    unlisted_webinars_per_user=0,
    big_lists=0,
    special_cases=False,
)
# Answers that skip a parent when they are the first of a list: what Zoom says, as status, code and message.
SKIPS: dict[str, tuple[int, int, str]] = {
    "gone": (404, 3001, "Meeting x not found or has expired."),
    "too old": (400, 12702, "Can not access meeting a year ago."),
    "no licence": (200, 200, "Webinar plan subscription is missing."),
    "user gone": (404, 1001, "User does not exist: x."),
    "registration off": (400, 300, "Registration has not been enabled for this meeting: 1."),
}
LATER_PAGE = ".*(next_page_token|page_number)="
PARTICIPANTS = r"^/v2/report/meetings/[^/]+/participants\?"
# Lists of rows and lists of parents: path, a table that needs the list, the account, its knobs.
LISTS: dict[str, tuple[str, str, AccountShape, dict[str, Any]]] = {
    "participants": (PARTICIPANTS, "report_meeting_participants", BIG, {}),
    "registrants": (r"^/v2/webinars/\d+/registrants\?", "webinar_registrants", BIG, {}),
    "absentees": (r"/absentees\?", "webinar_absentees", BIG, {}),
    "users": (r"^/v2/users\?", "users", PLAIN, {"users_page_cap": 1}),
    "users as parents": (r"^/v2/users\?", "meetings", PLAIN, {"users_page_cap": 1}),
    "meetings of a user": (r"^/v2/users/[^/]+/meetings\?", "meetings", LONG, {}),
    "webinars by number": (r"^/v2/users/[^/]+/webinars\?", "webinars", LONG, {"webinar_list_token": False}),
    "history": (r"^/v2/report/history_meetings\?", "report_meetings", PLAIN, {"history_page_cap": 2}),
}


def skip_on_a_later_page(path: str, skip: str, **which: Any) -> Fault:
    status, code, message = SKIPS[skip]
    return Fault("answer", path + LATER_PAGE, status=status, code=code, message=message, **which)


@pytest.mark.parametrize("name", LISTS)
def test_skip_on_a_later_page_that_passes_costs_no_row(catalog: dict[str, Any], name: str) -> None:
    path, table, shape, knobs = LISTS[name]
    with Sandbox(shape, faults=[skip_on_a_later_page(path, "gone", first=1)], **knobs) as zoom:
        output = sync(zoom, catalog, [table])
        assert met(zoom)
        assert_whole(output, zoom, [table])


@pytest.mark.parametrize("name", LISTS)
def test_skip_on_a_later_page_that_stays_fails_the_table(catalog: dict[str, Any], name: str) -> None:
    path, table, shape, knobs = LISTS[name]
    with Sandbox(shape, faults=[skip_on_a_later_page(path, "gone")], **knobs) as zoom:
        output = sync(zoom, catalog, [table])
        assert output.statuses[table][-1] == "INCOMPLETE"
        assert output.exit_code == 1
        assert_nothing_is_lost_in_silence(output, zoom, [table])


@pytest.mark.parametrize("skip", SKIPS)
def test_no_kind_of_skip_ends_a_list_that_has_begun(catalog: dict[str, Any], skip: str) -> None:
    with Sandbox(BIG, faults=[skip_on_a_later_page(PARTICIPANTS, skip)]) as zoom:
        tables, others = ["report_meeting_participants"], ["report_meetings", "users"]
        output = sync(zoom, catalog, [*tables, *others])
        words = ("Cannot read report_meeting_participants of ", "to its end", "on a later one said twice")
        assert_failed(output, zoom, tables, others, "transient_error", *words)
        assert_nothing_is_lost_in_silence(output, zoom, tables)


def test_firewall_on_a_later_page_fails_the_table(catalog: dict[str, Any]) -> None:
    with Sandbox(BIG, faults=[Fault("waf_403", PARTICIPANTS + LATER_PAGE)]) as zoom:
        output = sync(zoom, catalog, ["report_meeting_participants"])
        assert output.exit_code == 1
        assert_nothing_is_lost_in_silence(output, zoom, ["report_meeting_participants"])


def test_skip_in_one_of_several_lists_of_a_parent_fails_the_table(catalog: dict[str, Any]) -> None:
    """Registrants come in a list a status: one that answers proves that there is registration."""
    path = r"/registrants\?.*status=denied"
    fault = Fault("answer", path, status=400, code=300, message="Registration has not been enabled for this meeting.")
    with Sandbox(PLAIN, faults=[fault]) as zoom:
        output = sync(zoom, catalog, ["meeting_registrants", "meetings"])
        assert output.statuses["meeting_registrants"][-1] == "INCOMPLETE"
        assert_nothing_is_lost_in_silence(output, zoom, ["meeting_registrants", "meetings"])


def test_webinar_lists_without_tokens_and_counts_are_read_to_their_end(catalog: dict[str, Any]) -> None:
    with Sandbox(LONG, webinar_list_token=False, webinar_list_counts=False) as zoom:
        assert_whole(sync(zoom, catalog, ["webinars"]), zoom, ["webinars"])


def test_row_that_changes_while_its_list_is_read_again_comes_once(catalog: dict[str, Any]) -> None:
    with Sandbox(PLAIN, users_page_cap=1) as zoom:
        first = next(row for row in zoom.truth("users") if row["status"] == "active")
        before = {**first, "last_login_time": "2020-01-01T00:00:00Z"}
        # The token of this page is one that Zoom does not know, so the list starts over.
        page = {"users": [before], "next_page_token": "expired", "page_size": 1, "total_records": 3}
        zoom.faults.add(Fault("answer", r"^/v2/users\?.*status=active", first=1, body=page))
        output = sync(zoom, catalog, ["users"])
        assert output.exit_code == 0, output.tail()
        ids = sorted(row["id"] for row in output.records["users"])
        assert ids == sorted(row["id"] for row in zoom.truth("users"))
