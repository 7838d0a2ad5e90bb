"""Faults that last: what fails is named with its cause, and everything else comes through."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from integration_tests.compare import differences
from integration_tests.faulty import PLAIN, asked, assert_failed, assert_whole, at_once, met, repeated, sent_again, sync
from integration_tests.sandbox import Fault, Sandbox

if TYPE_CHECKING:
    from integration_tests.connector import Output

pytestmark = pytest.mark.long

# Tries of one request that keeps failing.
TRIES = 10
PAST = ["report_meetings", "report_webinars"]


@dataclass
class Case:
    """A sync of some tables of an account of its own, on which one thing goes wrong."""

    fault: Fault
    tables: list[str]
    zoom: Sandbox = field(init=False)
    output: Output = field(init=False)


@pytest.fixture(scope="module")
def cases(catalog: dict[str, Any]) -> dict[str, Case]:
    """All of them side by side: each waits for minutes, so together they take no longer than one."""
    meeting = Sandbox(PLAIN).account.listed_meetings()[3].id
    user = Sandbox(PLAIN).account.users[1].id
    found = {
        "hang": Case(Fault("hang", "/absentees", first=1), ["webinar_absentees", "webinars"]),
        "parent": Case(Fault("status_500", rf"^/v2/meetings/{meeting}\?"), ["meetings", "meeting_polls", "users"]),
        "table": Case(Fault("status_503", r"^/v2/webinars/\d+/polls"), ["webinar_polls", "webinars"]),
        "list": Case(
            Fault("status_502_html", rf"^/v2/users/{user}/webinars"), ["webinars", "webinar_polls", "meetings"]
        ),
        "history": Case(Fault("cut", "/history_meetings", first=TRIES), [*PAST, "meeting_questions"]),
        "users": Case(Fault("html_200", r"^/v2/users\?"), ["users", "meetings"]),
        "redirect": Case(Fault("redirect", "/panelists"), ["webinar_panelists", "webinars"]),
        "token": Case(Fault("status_503", "^/oauth/token"), ["users", "meetings"]),
    }

    def read(case: Case) -> None:
        with Sandbox(PLAIN, faults=[case.fault]) as case.zoom:
            case.output = sync(case.zoom, catalog, case.tables)

    at_once({name: partial(read, case) for name, case in found.items()})
    return found


def tries(case: Case) -> Counter[int]:
    """How many URLs were asked how often."""
    return Counter(asked(case.zoom).values())


def test_hang_ends_by_the_read_timeout(cases: dict[str, Case]) -> None:
    case = cases["hang"]
    assert_whole(case.output, case.zoom, case.tables)
    assert repeated(case.zoom) == met(case.zoom)
    assert sent_again(case.output) == {"ReadTimeout": 1}
    (hung,) = [request for request in case.zoom.requests if request.fault]
    assert hung.seconds is not None
    assert 55 < hung.seconds < 90


def test_one_meeting_that_never_recovers_fails_its_table_alone(cases: dict[str, Case]) -> None:
    case = cases["parent"]
    (url,) = met(case.zoom)
    number = url.partition("?")[0].rpartition("/")[2]
    cause = f"Cannot read meetings of {number}: Zoom gave no usable answer in 10 attempts, the last time HTTP 500."
    assert_failed(case.output, case.zoom, ["meetings"], ["meeting_polls", "users"], "transient_error", cause)
    owed = [record for record in case.zoom.truth("meetings") if str(record["id"]) != number]
    assert differences(case.output.records["meetings"], owed) == []
    assert met(case.zoom) == {url: TRIES}
    assert sent_again(case.output) == {"HTTP 500": TRIES - 1}


def test_endpoint_that_never_recovers_fails_its_table_alone(cases: dict[str, Case]) -> None:
    case = cases["table"]
    cause = "usable answer in 10 attempts, the last time HTTP 503. Run the sync again. See https://status.zoom.us"
    assert_failed(case.output, case.zoom, ["webinar_polls"], ["webinars"], "transient_error", cause)
    assert case.output.records["webinar_polls"] == []
    # All of its parents were under way at once when the first one was given up.
    assert set(met(case.zoom).values()) == {TRIES}
    assert tries(case)[TRIES] == len(list(case.zoom.truth("webinars")))


def test_list_of_one_user_that_never_recovers_fails_the_tables_below_it(cases: dict[str, Case]) -> None:
    case = cases["list"]
    user = case.zoom.account.users[1]
    cause = f"Cannot read the list of webinars of user {user.id}: Zoom gave no usable answer in 10 attempts"
    below = ["webinars", "webinar_polls"]
    assert_failed(case.output, case.zoom, below, ["meetings"], "transient_error", cause, "502 with an HTML page")
    owed = {webinar.id for webinar in case.zoom.account.listed_webinars() if webinar.host is not user}
    for table in below:
        found = [record for record in case.zoom.truth(table) if record.get("webinar_id", record["id"]) in owed]
        assert differences(case.output.records[table], found) == []
    assert list(met(case.zoom).values()) == [TRIES]


def test_history_that_never_recovers_is_not_replaced_by_something_less(cases: dict[str, Case]) -> None:
    case = cases["history"]
    cause = "Cannot read past meetings and webinars: Zoom gave no usable answer in 10 attempts, the last time "
    assert_failed(case.output, case.zoom, PAST, ["meeting_questions"], "transient_error", cause, "ChunkedEncodingError")
    assert list(met(case.zoom).values()) == [TRIES]
    assert not asked(case.zoom, "^/v2/report/users")
    # The other months are read all the same, and nothing comes twice.
    assert len(asked(case.zoom, "/history_meetings$")) > 5
    for table in PAST:
        assert case.output.records[table]
        problems = differences(case.output.records[table], case.zoom.truth(table))
        assert [problem for problem in problems if not problem.startswith("missing: ")] == []


def test_users_that_never_come_fail_everything_once(cases: dict[str, Case]) -> None:
    case = cases["users"]
    cause = "Cannot read users: Zoom gave no usable answer in 10 attempts, the last time HTTP 200 with an HTML page."
    assert_failed(case.output, case.zoom, case.tables, [], "transient_error", cause)
    assert case.output.errors[-1]["message"].count(cause) == 1


def test_redirect_is_never_followed(cases: dict[str, Case]) -> None:
    case = cases["redirect"]
    assert_failed(case.output, case.zoom, ["webinar_panelists"], ["webinars"], "transient_error", "HTTP 302")
    assert case.zoom.refused_hosts == []
    assert {request.host for request in case.zoom.requests} == {"zoom.us", "api.zoom.us"}


def test_token_endpoint_that_never_recovers_fails_everything(cases: dict[str, Case]) -> None:
    case = cases["token"]
    assert_failed(
        case.output, case.zoom, case.tables, [], "transient_error", "token endpoint could not be used (HTTP 503"
    )
    assert not asked(case.zoom)
    assert len(met(case.zoom)) == 1
