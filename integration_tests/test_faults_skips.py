"""Parents that have nothing to read: skipped, counted, told once a table and reason, and the rest is the truth."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from integration_tests.compare import differences
from integration_tests.faulty import PLAIN, assert_failed, assert_true, assert_whole, met, repeated, skips, sync
from integration_tests.sandbox import REGULAR, TABLES, Fault, LoggedRequest, Sandbox
from unit_tests.resource import facts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from integration_tests.connector import Output

# With a parent of every kind that Zoom refuses.
SPECIAL = replace(REGULAR, users=8, special_cases=True)
GONE = "it has expired, was deleted or has not ended"
NO_LICENCE = "the host has no webinar licence"
OTHER_KIND = "the number is a webinar's, not a meeting's, or the reverse"
TOO_OLD = "Zoom keeps reports for one year"
# The path and query of a request for a meeting itself.
DETAILS = r"^/v2/meetings/\d+\?"
# Code 3001 means that there is nothing of a kind, or that the meeting itself is gone, depending on the endpoint.
NOTHING_OF_IT = {
    "/participants$": "no participant report: it had one participant, has not ended or was deleted",
    "^/v2/past_.*/(polls|qa|files|absentees)$": "none there, or the meeting was deleted or has not ended",
}
# Otherwise the log names the reason by Zoom's code. Codes 200 and 300 have several.
REASONS = {
    200: NO_LICENCE,
    300: "registration is off",
    404: "it has no polls",
    3000: "registration is off",
    3001: GONE,
    2305: "the summary is in the trash",
    3322: "it has no transcript",
    3161: "the host may not schedule meetings",
    4130: "the group was deleted",
    4400: "polls are switched off",
    12702: TOO_OLD,
}
# Reasons that hold for other parents of a table, too: of the same host or series, or of an earlier day.
SHARED = {TOO_OLD, NO_LICENCE, "the host may not schedule meetings"}
# Tables of what took place, and one of the same kind that Zoom serves for any age.
OF_ANY_AGE = {
    **dict.fromkeys(("meeting_poll_results", "report_meetings", "report_meeting_participants"), "meeting_files"),
    **dict.fromkeys(("report_webinars", "report_webinar_participants"), "webinar_files"),
}


def parents_asked(zoom: Sandbox, table: str) -> int:
    """How many parents a table has asked for."""
    return len({request.path for request in zoom.requests if facts.TABLES[table].pattern.match(request.path)})


def counted_under(request: LoggedRequest) -> str:
    """The table, or the list of parents, under which a refusal of this request is counted."""
    table = facts.table_of(request.path)
    if table:
        return table.name
    kind = "webinars" if "webinars" in request.path else "meetings"
    return f"instances of {kind}" if request.path.endswith("/instances") else f"the list of {kind}"


def reason_of(request: LoggedRequest) -> str:
    """The words by which the log names a refusal of this request."""
    assert request.code is not None
    nothing = [words for path, words in NOTHING_OF_IT.items() if re.search(path, request.path)]
    return nothing[0] if nothing and request.code == 3001 else REASONS[request.code]


@pytest.fixture(scope="module")
def special(catalog: dict[str, Any]) -> Iterator[tuple[Sandbox, Output]]:
    """The special account, read once."""
    with Sandbox(SPECIAL) as zoom:
        yield zoom, sync(zoom, catalog)


def test_every_refusal_is_counted_in_one_line_of_its_table_and_reason(special: tuple[Sandbox, Output]) -> None:
    zoom, output = special
    assert_whole(output, zoom, TABLES)
    refused = Counter((counted_under(r), reason_of(r)) for r in zoom.requests if r.code is not None)
    told = skips(output)
    assert set(refused) <= set(told)
    every = {*REASONS.values(), *NOTHING_OF_IT.values()}
    assert {reason for _, reason in told} == {reason for _, reason in refused} == every
    for (table, reason), count in told.items():
        # Where one refusal is enough, the other parents are counted with it and not requested.
        assert count >= refused[table, reason], (table, reason)
        if reason not in SHARED:
            assert count == refused[table, reason], (table, reason)
    for table, other in OF_ANY_AGE.items():
        not_asked = parents_asked(zoom, other) - parents_asked(zoom, table)
        assert told[table, TOO_OLD] == refused[table, TOO_OLD] + not_asked, table
    assert not repeated(zoom)


def test_too_old_is_asked_for_a_few_times_only(catalog: dict[str, Any]) -> None:
    shape = replace(PLAIN, users=2, webinar_share=0, recurring_share=1, occurrences_per_recurring=40)
    with Sandbox(shape) as zoom:
        tables = ["report_meetings", "meeting_files"]
        output = sync(zoom, catalog, tables)
        assert_whole(output, zoom, tables)
        refused = sum(request.code == 12702 for request in zoom.requests)
        told = skips(output)["report_meetings", TOO_OLD]
        assert told == refused + parents_asked(zoom, "meeting_files") - parents_asked(zoom, "report_meetings")
        assert told > 30
        assert 0 < refused < told / 2


def test_example_of_a_skip_is_one_of_those_refused(special: tuple[Sandbox, Output]) -> None:
    zoom, output = special
    told = r"Skipped \d+: polls are switched off \(.*; for example (\d+)\)"
    (example,) = re.findall(told, "\n".join(output.logs))
    refused = [request.path.split("/")[3] for request in zoom.requests if request.code == 4400]
    assert example in refused


def test_skips_of_what_zoom_has_are_warnings(special: tuple[Sandbox, Output]) -> None:
    _, output = special
    levels = {line.partition(" ")[0] for line in output.logs if NO_LICENCE in line or "may not schedule" in line}
    assert levels == {"WARN"}
    assert {line.partition(" ")[0] for line in output.logs if GONE in line} == {"INFO"}


@pytest.mark.parametrize(("status", "code"), [(400, 300), (404, 404), (400, 3000)])
def test_registration_is_off_by_its_words(catalog: dict[str, Any], status: int, code: int) -> None:
    tables = ["meetings", "meeting_registrants", "meeting_questions"]
    with Sandbox(PLAIN, registration_off=(status, code)) as zoom:
        output = sync(zoom, catalog, tables)
        assert_whole(output, zoom, tables)
        off = [meeting for meeting in zoom.account.listed_meetings() if not meeting.registration]
        assert skips(output) == {(table, "registration is off"): len(off) for table in tables[1:]}
        # Each table finds it out for itself, by one request; registrants of the other two statuses are not requested.
        for meeting in off:
            path = f"/v2/meetings/{meeting.id}/registrants"
            requests = [request for request in zoom.requests if request.path.startswith(path)]
            assert sorted((request.path, request.query.get("status")) for request in requests) == [
                (path, "approved"),
                (f"{path}/questions", None),
            ]


def test_hosts_on_the_free_plan(catalog: dict[str, Any]) -> None:
    with Sandbox(replace(REGULAR, users=4, basic_share=0.5)) as zoom:
        output = sync(zoom, catalog, ["meeting_polls", "meetings"])
        assert_whole(output, zoom, ["meeting_polls", "meetings"])
        basic = [meeting for meeting in zoom.account.listed_meetings() if meeting.host.type == 1]
        assert skips(output)["meeting_polls", "the host is not on a paid plan"] == len(basic) > 0


# One parent of which something is wrong


def skipped_one(
    catalog: dict[str, Any], fault: Fault, table: str, others: list[str], reason: str, owner: str
) -> tuple[Sandbox, Output]:
    """Read with a fault that one parent of the table meets; its records are missing, and nothing else."""
    with Sandbox(PLAIN, faults=[fault]) as zoom:
        output = sync(zoom, catalog, [table, *others])
        assert output.exit_code == 0, output.tail()
        assert output.errors == []
        assert_true(output, zoom, others)
        assert output.statuses[table][-1] == "COMPLETE"
        assert skips(output) == {(table, reason): 1}
        (url,) = met(zoom)
        assert not repeated(zoom)
        kept = [record for record in zoom.truth(table) if str(record[owner]) not in url]
        assert kept
        assert differences(output.records[table], kept) == []
        return zoom, output


def test_meeting_that_vanishes_after_it_was_listed(catalog: dict[str, Any]) -> None:
    skipped_one(catalog, Fault("vanish", DETAILS, first=1), "meetings", ["meeting_polls"], GONE, "id")


def test_webinar_that_vanishes_after_it_was_listed(catalog: dict[str, Any]) -> None:
    fault = Fault("vanish", r"^/v2/webinars/\d+/panelists", first=1)
    skipped_one(catalog, fault, "webinar_panelists", ["webinars"], GONE, "webinar_id")


def test_webinar_number_on_a_meeting_endpoint(catalog: dict[str, Any]) -> None:
    fault = Fault("answer", DETAILS, first=1, status=400, code=3000, message="Cannot access webinar info.")
    skipped_one(catalog, fault, "meetings", ["meeting_polls"], OTHER_KIND, "id")


def test_meeting_number_on_a_webinar_endpoint(catalog: dict[str, Any]) -> None:
    fault = Fault("answer", "/panelists", first=1, status=400, code=300, message="Invalid webinar ID.")
    skipped_one(catalog, fault, "webinar_panelists", ["webinars"], OTHER_KIND, "webinar_id")


def test_error_under_http_200_skips_the_host(catalog: dict[str, Any]) -> None:
    fault = Fault("error_in_200", "/panelists", first=1)
    _, output = skipped_one(catalog, fault, "webinar_panelists", ["webinars"], NO_LICENCE, "webinar_id")
    assert [line for line in output.logs if NO_LICENCE in line and not line.startswith("WARN")] == []


def test_user_who_leaves_after_the_users_were_read(catalog: dict[str, Any]) -> None:
    user = Sandbox(PLAIN).account.users[1]
    path = rf"^/v2/users/{user.id}/"
    words = f"User does not exist: {user.id}."
    with Sandbox(PLAIN, faults=[Fault("answer", path, status=404, code=1001, message=words)]) as zoom:
        tables = ["meetings", "meeting_polls", "webinars", "users"]
        output = sync(zoom, catalog, tables)
        assert output.exit_code == 0, output.tail()
        assert_true(output, zoom, ["users"])
        # Two lists of the user, each asked once.
        lists = ("the list of meetings", "the list of webinars")
        assert skips(output) == {(name, "the user left the account"): 1 for name in lists}
        assert list(met(zoom).values()) == [1, 1]
        gone = {m.id for m in zoom.account.meetings.values() if m.host.id == user.id}
        for table in tables[:3]:
            kept = [r for r in zoom.truth(table) if r.get("meeting_id", r["id"]) not in gone]
            assert differences(output.records[table], kept) == []


def test_parents_that_two_lists_and_two_windows_show_are_read_once(catalog: dict[str, Any]) -> None:
    """An alternative host lists the meeting too; history and instances show the same occurrence."""
    with Sandbox(SPECIAL) as zoom:
        account = zoom.account
        rows = sum(len(user.meeting_rows) for user in account.users)
        assert rows > len(account.listed_meetings())
        both = [o for o in account.history if o.meeting.listed and o.meeting.recurring]
        assert len(both) > 5
        tables = ["meetings", "report_meetings", "report_webinars"]
        assert_whole(sync(zoom, catalog, tables), zoom, tables)
        assert not repeated(zoom)


def test_unknown_error_under_http_200_fails_the_table(catalog: dict[str, Any]) -> None:
    fault = Fault("error_in_200", DETAILS, at=(4,), code=9999, message="Something new for a@example.com.")
    with Sandbox(PLAIN, faults=[fault]) as zoom:
        output = sync(zoom, catalog, ["meetings", "meeting_polls"])
        words = (
            "Zoom gave an answer that this connector does not know.",
            "Zoom said: HTTP 200, code 9999, ",
            "'Something new for (email)'",
        )
        assert_failed(output, zoom, ["meetings"], ["meeting_polls"], "system_error", *words)
        assert all(record["uuid"] for record in output.records["meetings"])
        assert not repeated(zoom)
