"""Lists of every kind whose later page says that there is nothing: no part of a list passes for the whole."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from integration_tests.faulty import PLAIN, assert_whole, met, sync
from integration_tests.losses import assert_told, failure_of, missing
from integration_tests.sandbox import REGULAR, AccountShape, Fault, Sandbox

pytestmark = pytest.mark.long

BIG = replace(PLAIN, users=2, big_lists=1, big_list_size=700, registration_share=1)
# One user with more meetings and webinars than a page holds.
LONG = replace(
    REGULAR,
    users=1,
    webinar_share=1,
    meetings_per_user=310,
    webinars_per_user=310,
    recurring_share=0,
    occurrences_per_recurring=0,
    unlisted_per_user=0,
    unlisted_webinars_per_user=0,
)
LATER_PAGE = ".*(next_page_token|page_number)="
# Lists of rows and lists of parents: path, a table that needs the list, the account, its knobs.
LISTS: dict[str, tuple[str, str, AccountShape, dict[str, Any]]] = {
    "registrants": (r"^/v2/webinars/\d+/registrants\?", "webinar_registrants", BIG, {}),
    "absentees": (r"/absentees\?", "webinar_absentees", BIG, {}),
    "users": (r"^/v2/users\?", "users", PLAIN, {"users_page_cap": 1}),
    "users as parents": (r"^/v2/users\?", "meetings", PLAIN, {"users_page_cap": 1}),
    "meetings of a user": (r"^/v2/users/[^/]+/meetings\?", "meetings", LONG, {}),
    "webinars by number": (r"^/v2/users/[^/]+/webinars\?", "webinars", LONG, {"webinar_list_token": False}),
    "history": (r"^/v2/report/history_meetings\?", "report_meetings", PLAIN, {"history_page_cap": 2}),
}
# What Zoom says, as status, code and message, where it skips a parent as the first answer.
SKIPS: dict[str, tuple[int, int, str]] = {
    "user gone": (404, 1001, "User does not exist: x."),
    "registration off": (400, 300, "Registration has not been enabled for this webinar: 1."),
    "polls off": (400, 4400, "Webinar polls disabled."),
}


def gone(path: str, **which: Any) -> Fault:
    return Fault("vanish", path + LATER_PAGE, message="Meeting x not found or has expired.", **which)


@pytest.mark.parametrize("name", LISTS)
def test_list_that_breaks_off_once_is_read_again(catalog: dict[str, Any], name: str) -> None:
    path, table, shape, knobs = LISTS[name]
    with Sandbox(shape, faults=[gone(path, first=1)], **knobs) as zoom:
        output = sync(zoom, catalog, [table])
        assert met(zoom)
        assert_whole(output, zoom, [table])


@pytest.mark.parametrize("name", LISTS)
def test_list_that_breaks_off_each_time_fails_its_tables(catalog: dict[str, Any], name: str) -> None:
    path, table, shape, knobs = LISTS[name]
    with Sandbox(shape, faults=[gone(path)], **knobs) as zoom:
        output = sync(zoom, catalog, [table])
        assert missing(output, zoom, table)
        assert failure_of(output, table)
        assert_told(output, zoom, [table])


@pytest.mark.parametrize("skip", SKIPS)
def test_no_kind_of_skip_ends_a_list_that_has_begun(catalog: dict[str, Any], skip: str) -> None:
    status, code, message = SKIPS[skip]
    fault = Fault("answer", f"/registrants.*{LATER_PAGE}", status=status, code=code, message=message)
    with Sandbox(BIG, faults=[fault]) as zoom:
        output = sync(zoom, catalog, ["webinar_registrants"])
        assert "on a later one said twice" in failure_of(output, "webinar_registrants")
        assert_told(output, zoom, ["webinar_registrants"])


def test_webinar_lists_without_tokens_and_counts_are_read_to_their_end(catalog: dict[str, Any]) -> None:
    with Sandbox(LONG, webinar_list_token=False, webinar_list_counts=False) as zoom:
        assert_whole(sync(zoom, catalog, ["webinars"]), zoom, ["webinars"])
