"""Where past meetings and webinars come from when Zoom's history cannot be used, and files that Zoom has retired."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from integration_tests.faulty import (
    PLAIN,
    asked,
    assert_true,
    assert_whole,
    at_once,
    repeated,
    skips,
    sync,
    tables_named,
)
from integration_tests.losses import assert_told, is_complete, missing, warnings_of
from integration_tests.sandbox import Sandbox

if TYPE_CHECKING:
    from integration_tests.connector import Output

PAST = ["report_meetings", "report_webinars", "meeting_poll_results", "webinar_absentees"]
USED = "INFO Past meetings and webinars come from Zoom's meeting history since "
NOT_USED = (
    "WARN Zoom's meeting history cannot be used, so past meetings and webinars come from the reports of each user, "
    "which leave out users without a report. "
)
# Knob: words of Zoom's refusal that the log passes on.
WITHOUT_HISTORY = {
    "refused": "the Zoom app lacks the scope report:read:list_history_meetings:admin.",
    "unknown": "code 2300",
    "paid_only": "Zoom offers this on paid plans only",
}


def sources(zoom: Sandbox) -> dict[str, int]:
    """How many requests asked which source of past meetings and webinars."""
    paths = {"history": "report/history_meetings$", "users": "report/users$", "reports": "report/users/.+/meetings$"}
    return {name: sum(asked(zoom, f"^/v2/{path}").values()) for name, path in paths.items()}


def told(output: Output) -> list[str]:
    return [line for line in output.logs if line.startswith((USED, NOT_USED))]


@pytest.fixture(scope="module")
def reads(catalog: dict[str, Any]) -> dict[str, tuple[Sandbox, Output]]:
    """A read of each kind of account, all side by side."""

    def read(knobs: dict[str, Any]) -> tuple[Sandbox, Output]:
        with Sandbox(PLAIN, **knobs) as zoom:
            return zoom, sync(zoom, catalog, PAST)

    accounts: dict[str, dict[str, Any]] = {name: {"history": name} for name in ("served", *WITHOUT_HISTORY)}
    accounts["unknown under 400"] = {"history": "unknown", "unknown_path_status": 400}
    return at_once({name: partial(read, knobs) for name, knobs in accounts.items()})


def test_history_is_used_where_it_is_served(reads: dict[str, tuple[Sandbox, Output]]) -> None:
    zoom, output = reads["served"]
    assert_whole(output, zoom, PAST)
    # Six months in windows of four weeks.
    found = sources(zoom)
    assert 6 <= found.pop("history") <= 7
    assert found == {"users": 0, "reports": 0}
    (line,) = told(output)
    assert line.startswith(USED)


@pytest.mark.parametrize("history", WITHOUT_HISTORY)
def test_reports_of_the_users_stand_in(reads: dict[str, tuple[Sandbox, Output]], history: str) -> None:
    zoom, output = reads[history]
    assert_whole(output, zoom, PAST)
    found = sources(zoom)
    # Asked once, and never again.
    assert found["history"] == 1
    assert 6 <= found["users"] <= 7
    # Both kinds of report of each user, month by month.
    assert 0 < found["reports"] <= 2 * len(zoom.account.users) * found["users"]
    assert not repeated(zoom)
    (line,) = told(output)
    assert line.startswith(NOT_USED)
    assert WITHOUT_HISTORY[history] in line


def test_endpoint_that_zoom_does_not_know_under_either_status(reads: dict[str, tuple[Sandbox, Output]]) -> None:
    for name, status in (("unknown", 404), ("unknown under 400", 400)):
        zoom, output = reads[name]
        assert_whole(output, zoom, PAST)
        assert [r.status for r in zoom.requests if r.path.endswith("/history_meetings")] == [status]


def test_without_either_source_the_scope_is_named(catalog: dict[str, Any]) -> None:
    """The reports fail; tables that need no report keep what the instances show, and a warning says so."""
    scopes = ["report:read:list_history_meetings:admin", "report:read:list_users:admin"]
    reports, others = PAST[:2], PAST[2:]
    with Sandbox(PLAIN, without_scopes=scopes) as zoom:
        output = sync(zoom, catalog, [*PAST, "meetings"])
        assert output.exit_code == 1, output.tail()
        assert_true(output, zoom, ["meetings"])
        assert {table: output.statuses[table][-1] for table in reports} == dict.fromkeys(reports, "INCOMPLETE")
        ending = output.errors[-1]
        assert ending["failure_type"] == "config_error"
        assert tables_named(ending["message"]) == set(reports)
        # The one that would be enough is named.
        words = f"Cannot read past meetings and webinars: the Zoom app lacks the scope {scopes[0]}"
        assert words in ending["message"]
        assert_told(output, zoom, PAST)
        for table in others:
            assert is_complete(output, table)
            assert missing(output, zoom, table)
            assert any("scheduled meetings and webinars only" in line for line in warnings_of(output, table)), table
        assert len(told(output)) == 1


# Files

FILES = ["meeting_files", "webinar_files"]
EMPTY = "stays empty: Zoom no longer serves its deprecated endpoint."
GONE = "none there, or the meeting was deleted or has not ended"
PATH = "/files$"


def test_files_are_read_where_they_are_served(catalog: dict[str, Any]) -> None:
    with Sandbox(PLAIN) as zoom:
        output = sync(zoom, catalog, FILES)
        assert_whole(output, zoom, FILES)
        assert {table for table, _ in skips(output)} & set(FILES) == set()
        assert [line for line in output.logs if EMPTY in line] == []


@pytest.mark.parametrize("files", ["unrecognized", "scope", "forbidden"])
def test_retired_endpoint_is_asked_a_few_times_and_told_once_a_table(catalog: dict[str, Any], files: str) -> None:
    with Sandbox(PLAIN, files=files) as zoom:
        output = sync(zoom, catalog, [*FILES, "meeting_poll_results"], num_workers=6)
        assert_whole(output, zoom, [*FILES, "meeting_poll_results"])
        assert [output.records[table] for table in FILES] == [[], []]
        told = [line for line in output.logs if EMPTY in line]
        assert sorted(line.split()[:2] for line in told) == [["WARN", table] for table in FILES]
        # Three different meetings, and three webinars, must say so; others may be under way meanwhile.
        assert 6 <= sum(asked(zoom, PATH).values()) <= 18
        assert not repeated(zoom)


@pytest.mark.parametrize(("files", "reason"), [("gone", GONE), ("bad_request", "the user left the account")])
def test_files_that_zoom_does_not_have_are_skips(catalog: dict[str, Any], files: str, reason: str) -> None:
    with Sandbox(PLAIN, files=files) as zoom:
        output = sync(zoom, catalog, FILES)
        assert_whole(output, zoom, FILES)
        assert [output.records[table] for table in FILES] == [[], []]
        requests = {table: sum(asked(zoom, f"^/v2/past_{table[:-6]}s/.*{PATH}").values()) for table in FILES}
        found = {key: count for key, count in skips(output).items() if key[0] in FILES}
        assert found == {(table, reason): count for table, count in requests.items()}
