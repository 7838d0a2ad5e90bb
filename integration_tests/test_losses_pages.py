"""Lists that break off: a later page says that there is nothing, or a list that is read again has changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from integration_tests.faulty import PLAIN, asked, assert_true, assert_whole, sync
from integration_tests.losses import assert_told, failure_of, is_complete, missing
from integration_tests.sandbox import Fault, Sandbox

pytestmark = pytest.mark.long

LONG = replace(PLAIN, users=2, webinar_share=0, meetings_per_user=2, big_lists=1, big_list_size=700)
PARTICIPANTS = "report_meeting_participants"
SECOND_PAGE = r"/report/meetings/[^/]+/participants\?.*next_page_token="
GONE = "Meeting does not exist or has expired."
ANSWERS = {
    "gone": Fault("vanish", SECOND_PAGE),
    "too old": Fault("answer", SECOND_PAGE, status=400, code=12702, message="Can not access a meeting a year ago."),
    "plan under 200": Fault("error_in_200", SECOND_PAGE),
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_list_that_breaks_off_once_is_read_again(catalog: dict[str, Any], answer: str) -> None:
    with Sandbox(LONG, faults=[replace(ANSWERS[answer], first=1)]) as zoom:
        assert_whole(sync(zoom, catalog, [PARTICIPANTS]), zoom, [PARTICIPANTS])
        # Only the list that broke off starts over.
        assert sum(count > 1 for count in asked(zoom, "/participants$").values()) <= 2


@pytest.mark.parametrize("answer", ANSWERS)
def test_list_that_breaks_off_each_time_fails_its_table(catalog: dict[str, Any], answer: str) -> None:
    with Sandbox(LONG, faults=[ANSWERS[answer]]) as zoom:
        output = sync(zoom, catalog, [PARTICIPANTS, "report_meetings"])
        assert_true(output, zoom, ["report_meetings"])
        assert_told(output, zoom, [PARTICIPANTS])
        assert not is_complete(output, PARTICIPANTS)
        assert "on a later one said twice that there is nothing to read" in failure_of(output, PARTICIPANTS)
        cut = {row["meeting_uuid"] for row in missing(output, zoom, PARTICIPANTS)}
        assert len(cut) == 1
        assert sum(row["meeting_uuid"] in cut for row in output.records[PARTICIPANTS]) == 300


def test_firewall_on_a_later_page_is_told(catalog: dict[str, Any]) -> None:
    with Sandbox(LONG, faults=[Fault("waf_403", SECOND_PAGE)]) as zoom:
        output = sync(zoom, catalog, [PARTICIPANTS])
        assert_told(output, zoom, [PARTICIPANTS])
        assert missing(output, zoom, PARTICIPANTS)
        assert "allow list" in failure_of(output, PARTICIPANTS)


def test_list_of_a_users_meetings_that_breaks_off_fails_the_tables_below_it(catalog: dict[str, Any]) -> None:
    shape = replace(PLAIN, users=2, webinar_share=0, meetings_per_user=320, recurring_share=0, registration_share=0)
    shape = replace(shape, occurrences_per_recurring=0, unlisted_per_user=0)
    fault = Fault("vanish", r"^/v2/users/[^/]+/meetings\?.*next_page_token=")
    with Sandbox(shape, faults=[fault]) as zoom:
        output = sync(zoom, catalog, ["meetings", "users"])
        assert_true(output, zoom, ["users"])
        assert_told(output, zoom, ["meetings"])
        assert missing(output, zoom, "meetings")
        assert "said twice that there is nothing to read" in failure_of(output, "meetings")


def test_odd_answers_of_long_lists_do_not_end_the_table(catalog: dict[str, Any]) -> None:
    """Zoom contradicts itself about several meetings in a row: one request each, so the others are still read."""
    shape = replace(LONG, users=3, meetings_per_user=4, big_lists=5, big_list_size=320, recurring_share=0)
    with Sandbox(shape, faults=[Fault("vanish", SECOND_PAGE)]) as zoom:
        output = sync(zoom, catalog, [PARTICIPANTS])
        assert_told(output, zoom, [PARTICIPANTS])
        lost = missing(output, zoom, PARTICIPANTS)
        assert len({row["meeting_uuid"] for row in lost}) > 3
        assert len(lost) == 20 * len({row["meeting_uuid"] for row in lost})
        assert "was stopped" not in failure_of(output, PARTICIPANTS)


def test_second_status_of_registrants_that_is_refused_fails_the_table(catalog: dict[str, Any]) -> None:
    shape = replace(PLAIN, users=2, webinar_share=0, registration_share=1)
    fault = Fault("vanish", r"^/v2/meetings/\d+/registrants\?.*status=pending")
    with Sandbox(shape, faults=[fault]) as zoom:
        output = sync(zoom, catalog, ["meeting_registrants"])
        assert_told(output, zoom, ["meeting_registrants"])
        assert {row["status"] for row in output.records["meeting_registrants"]} == {"approved"}
        assert "of another said that there is nothing to read" in failure_of(output, "meeting_registrants")


def test_row_that_changed_while_its_list_was_read_again_comes_once(catalog: dict[str, Any]) -> None:
    """The first page comes with older rows and a token that has expired, so the list is read from its start."""
    rows = [dict(row) for row in Sandbox(PLAIN).truth("users")]
    older = [{**row, "last_login_time": "2020-01-01T00:00:00Z"} for row in rows]
    first = Fault(
        "answer", r"^/v2/users\?.*status=active", first=1, body={"users": older, "next_page_token": "expired"}
    )
    with Sandbox(PLAIN, faults=[first]) as zoom:
        output = sync(zoom, catalog, ["users"])
        assert output.exit_code == 0, output.tail()
        ids = [row["id"] for row in output.records["users"]]
        assert sorted(ids) == sorted({row["id"] for row in zoom.truth("users")})
        assert sum(row.get("last_login_time") == "2020-01-01T00:00:00Z" for row in output.records["users"]) == len(rows)


@pytest.mark.parametrize("code", [3001, 12702, 404])
def test_list_of_a_user_that_answers_as_a_meeting_does_fails_the_tables_below_it(
    catalog: dict[str, Any], code: int
) -> None:
    shape = replace(PLAIN, users=2, webinar_share=0)
    user = Sandbox(shape).account.users[1]
    fault = Fault("answer", f"^/v2/users/{user.id}/meetings", status=404, code=code, message="Not found.")
    with Sandbox(shape, faults=[fault]) as zoom:
        output = sync(zoom, catalog, ["meetings"])
        assert_told(output, zoom, ["meetings"])
        assert {row["host_id"] for row in missing(output, zoom, "meetings")} == {user.id}
        assert "what no list of a user can have" in failure_of(output, "meetings")
