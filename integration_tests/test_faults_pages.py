"""Page tokens that expire or lead to themselves, in lists of every kind."""

from __future__ import annotations

from typing import Any

import pytest

from integration_tests.compare import differences
from integration_tests.faulty import PLAIN, asked, assert_failed, assert_true, assert_whole, met, sync
from integration_tests.sandbox import AccountShape, Fault, Sandbox

BIG = AccountShape(users=2, inactive_users=0, pending_users=0, special_cases=False, big_lists=1, big_list_size=1000)
SECOND_PAGE = r".*next_page_token="
PAST = ["report_meetings", "report_webinars"]
# Lists: (path, table, knobs that make it long).
LISTS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "users": (r"^/v2/users\?", "users", {"users_page_cap": 1}),
    "history": (r"^/v2/report/history_meetings\?", "report_meetings", {"history_page_cap": 2}),
    "participants": (r"^/v2/report/meetings/[^/]+/participants\?", "report_meeting_participants", {}),
    "registrants": (r"^/v2/webinars/\d+/registrants\?", "webinar_registrants", {}),
}


def shape_of(knobs: dict[str, Any]) -> AccountShape:
    return PLAIN if knobs else BIG


def first_page(url: str) -> str:
    """URL of the list's first page, from that of any of its pages."""
    path, _, query = url.partition("?")
    kept = [part for part in query.split("&") if not part.startswith("next_page_token=")]
    return f"{path}?{'&'.join(kept)}"


@pytest.mark.parametrize("name", LISTS)
def test_list_is_read_again_and_no_row_comes_twice(catalog: dict[str, Any], name: str) -> None:
    path, table, knobs = LISTS[name]
    # The second page that is asked for by token: rows of the list are out already.
    with Sandbox(shape_of(knobs), faults=[Fault("page_token_expired", path + SECOND_PAGE, at=(1,))], **knobs) as zoom:
        output = sync(zoom, catalog, [table])
        assert_whole(output, zoom, [table])
        (expired,) = met(zoom)
        again = asked(zoom)
        assert again[first_page(expired)] == 2
        assert again[expired] == 2
        assert max(again.values()) == 2


def test_page_tokens_that_never_live_long_enough(catalog: dict[str, Any]) -> None:
    with Sandbox(BIG, page_token_seconds=0.001, faults=[Fault("slow", "/participants", first=1, seconds=0.1)]) as zoom:
        output = sync(zoom, catalog, ["report_meeting_participants", "meetings"])
        failed = "report_meeting_participants"
        words = ("Zoom's page tokens expired 5 times before the list was read to its end", "Run the sync again")
        assert_failed(output, zoom, [failed], ["meetings"], "transient_error", *words)
        # What could be read of it came, and none of it twice.
        problems = differences(output.records[failed], zoom.truth(failed))
        assert [problem for problem in problems if not problem.startswith("missing: ")] == []
        assert max(asked(zoom).values()) == 5


@pytest.mark.parametrize("name", LISTS)
def test_page_that_leads_to_itself_is_an_error(catalog: dict[str, Any], name: str) -> None:
    path, table, knobs = LISTS[name]
    with Sandbox(shape_of(knobs), faults=[Fault("page_token_loop", path)], **knobs) as zoom:
        output = sync(zoom, catalog, [table])
        assert_failed(output, zoom, [table], [], "transient_error", "Zoom sent the same page token twice")
        assert len(output.records[table]) == len({str(record) for record in output.records[table]})
        assert max(asked(zoom).values()) == 1


def test_loop_in_one_list_leaves_the_other_tables_alone(catalog: dict[str, Any]) -> None:
    with Sandbox(BIG, faults=[Fault("page_token_loop", "/registrants")]) as zoom:
        tables, others = ["meeting_registrants", "webinar_registrants"], ["meetings", "webinars", "meeting_polls"]
        output = sync(zoom, catalog, [*tables, *others])
        assert_failed(output, zoom, tables, others, "transient_error", "same page token twice")


def test_webinar_lists_without_tokens_go_on_by_number(catalog: dict[str, Any]) -> None:
    shape = AccountShape(users=1, webinars_per_user=310, special_cases=False, occurrences_per_recurring=0)
    with Sandbox(shape, webinar_list_token=False) as zoom:
        assert_whole(sync(zoom, catalog, ["webinars"]), zoom, ["webinars"])
        pages = [r.query.get("page_number") for r in zoom.requests if r.path.endswith("/webinars")]
        assert pages == [None, "2"]


# Answers that hold something else than they should


BODIES = {
    "a list of something else": {"polls": ["no object"]},
    "no list": {"polls": "none"},
}


@pytest.mark.parametrize("name", BODIES)
def test_answer_of_another_shape_is_an_error(catalog: dict[str, Any], name: str) -> None:
    with Sandbox(PLAIN, faults=[Fault("answer", r"/polls$", at=(2,), body=BODIES[name])]) as zoom:
        output = sync(zoom, catalog, ["webinar_polls", "webinars"])
        words = ("Zoom's answer has no list of objects under 'polls'", "report it")
        assert_failed(output, zoom, ["webinar_polls"], ["webinars"], "system_error", *words)


def test_empty_object_is_an_empty_list_and_never_an_empty_record(catalog: dict[str, Any]) -> None:
    tables = ["meetings", "meeting_polls", "meeting_questions", "webinars"]
    with Sandbox(PLAIN, faults=[Fault("answer", r"^/v2/meetings/", body={})]) as zoom:
        output = sync(zoom, catalog, tables)
        assert output.exit_code == 0, output.tail()
        assert_true(output, zoom, ["webinars"])
        numbers = sorted(meeting.id for meeting in zoom.account.listed_meetings())
        assert output.records["meeting_polls"] == []
        assert sorted(record["id"] for record in output.records["meetings"]) == numbers
        assert sorted(record["meeting_id"] for record in output.records["meeting_questions"]) == numbers
        assert output.statuses["meetings"][-1] == "COMPLETE"
