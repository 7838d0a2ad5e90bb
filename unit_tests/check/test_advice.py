"""check.py: what a check that succeeds warns about: tables, their scopes, and what is not in the scopes."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any

import pytest
import requests

from source_zoom.check import scope_lines
from unit_tests.check.account import (
    ALL,
    API,
    NO_PERMISSION,
    USER_RECORDINGS,
    USER_REPORTS,
    USER_TYPES,
    Log,
    Patch,
    Warnings,
    log_in,
    missing_scope,
    needing,
    paths,
    run,
    stored_token,
)
from unit_tests.resource.facts import LISTS, TABLES

if TYPE_CHECKING:
    from requests_mock.mocker import Mocker

NO_PLAN = {"code": 200, "message": "Webinar plan is missing. You must subscribe to the webinar plan."}
# Tables of past occurrences that are reports themselves, and the others.
REPORTS = sorted(table for table in TABLES if table.startswith("report_"))
PAST_REPORTS = sorted(table for table in REPORTS if TABLES[table].is_past)
NO_REPORTS = sorted(table for table, facts in TABLES.items() if facts.is_past and table not in REPORTS)
PARTLY = "These have past occurrences of scheduled meetings and webinars only: "


def test_advice_that_takes_too_long_is_left_out(zoom: Mocker, monkeypatch: Patch, caplog: Log) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setattr("source_zoom.check.CHECK_SECONDS", 0.5)
    released = threading.Event()
    zoom.get(f"{API}/users/one/webinars", json=lambda request, context: released.wait(10) and {})
    run()
    released.set()
    assert any("Could not check" in message for message in caplog.messages)


# Scopes


@pytest.mark.parametrize("table", [table for table, facts in TABLES.items() if facts.scope and table != "users"])
def test_a_table_without_its_scope_is_named_with_it(zoom: Mocker, table: str, warned: Warnings) -> None:
    scope = TABLES[table].scope
    log_in(zoom, ALL - {scope} - USER_RECORDINGS)
    run()
    heading, columns, *rows = warned()
    named = {row.split()[0]: row for row in rows if row.split()[0] in TABLES}
    assert heading.startswith(f"{len(named)} of {len(TABLES)} tables cannot be read in full")
    assert columns.split() == ["Table", "Scopes", "to", "add"]
    assert sorted(named) == needing(scope)
    assert {row.split()[1] for row in named.values()} == {scope}
    assert TABLES[table].classic in named[table]


def test_columns_line_up() -> None:
    _, *lines = (line for _, line in scope_lines(frozenset({"user:read:admin"})))
    lines = [line for line in lines if "withdrawn" not in line and not line.startswith("Without ")]
    start = lines[0].index("Scopes to add")
    assert {line[start - 1] for line in lines} == {" "}
    assert " " not in {line[start] for line in lines}


def test_files_are_listed_apart_because_no_scope_would_help(zoom: Mocker, caplog: Log) -> None:
    caplog.set_level(logging.INFO)
    run()
    (line,) = [message for message in caplog.messages if "meeting_files" in message]
    assert "withdrawn" in line
    assert "webinar_files" in line


def test_classic_scopes_are_enough(zoom: Mocker, caplog: Log) -> None:
    caplog.set_level(logging.INFO)
    log_in(zoom, frozenset(facts.classic for facts in TABLES.values()))
    run()
    assert [message for message in caplog.messages if "scope" in message] == []


def test_no_probe_is_sent_that_the_scopes_rule_out(zoom: Mocker) -> None:
    log_in(zoom, frozenset({"user:read:admin", "meeting:read:admin"}))
    run()
    assert paths(zoom) == ["/oauth/token", "/v2/users"]


def test_unknown_scopes_are_not_guessed(zoom: Mocker, warned: Warnings) -> None:
    run(stored_token())
    assert warned() == []
    of_user = ["/v2/users/one/meetings", "/v2/users/one/webinars"]
    assert paths(zoom) == ["/v2/users", *of_user, "/v2/report/history_meetings"]


def test_unknown_scopes_show_in_the_probes(zoom: Mocker, warned: Warnings) -> None:
    for name in ("user_meetings", "user_webinars", "history", "report_users"):
        path = LISTS[name].path.format(user_id="one")
        zoom.get(f"{API}/{path}", **missing_scope(4711, LISTS[name].scope))
    run(stored_token())
    for name, warning in zip(("user_meetings", "user_webinars", "history"), warned(), strict=True):
        assert f"lacks the scope {LISTS[name].scope}" in warning


# What is not in the scopes


def test_a_missing_webinar_add_on_is_reported_after_a_few_licensed_users(zoom: Mocker, warned: Warnings) -> None:
    for user in USER_TYPES:
        zoom.get(f"{API}/users/{user}/webinars", status_code=400, json=NO_PLAN)
    run()
    (warning,) = warned()
    assert warning.startswith("Webinar add-on missing: none of the 3 users")
    licensed = [f"/v2/users/{user}/webinars" for user in ("one", "two", "three")]
    assert [path for path in paths(zoom) if "webinars" in path] == licensed


def test_one_user_with_the_add_on_is_enough(zoom: Mocker, warned: Warnings) -> None:
    zoom.get(f"{API}/users/one/webinars", status_code=400, json=NO_PLAN)
    run()
    assert warned() == []


def test_an_account_without_active_users_costs_no_request_for_webinars(zoom: Mocker, warned: Warnings) -> None:
    zoom.get(f"{API}/users", json={"users": []})
    run()
    assert warned() == []
    assert not [path for path in paths(zoom) if "webinars" in path]


def test_a_role_without_reports_is_reported_with_its_tables(zoom: Mocker, warned: Warnings) -> None:
    for path in ("report/history_meetings", "report/users"):
        zoom.get(f"{API}/{path}", status_code=400, json=NO_PERMISSION)
    run()
    (warning,) = warned()
    assert "role of the app's owner lacks the permission UsageReport:Read" in warning
    failing, partly = warning.split("These tables cannot be read in full: ")[1].split(PARTLY)
    assert (sorted(failing.strip(" .").split(", ")), sorted(partly.strip(" .").split(", "))) == (REPORTS, NO_REPORTS)


def test_without_scopes_of_reports_some_tables_have_less_and_do_not_fail(zoom: Mocker, warned: Warnings) -> None:
    log_in(zoom, ALL - {LISTS["history"].scope})
    run()
    heading, _, *rows, last = warned()
    assert heading.startswith(f"{len(rows)} of {len(TABLES)} tables cannot be read in full")
    assert sorted(row.split()[0] for row in rows) == sorted([*PAST_REPORTS, *NO_REPORTS, "report_history_meetings"])
    assert last.startswith(f"Without {LISTS['history'].scope}, only the tables of reports fail. {PARTLY}")
    assert sorted(last.split(PARTLY)[1].strip(" .").split(", ")) == NO_REPORTS


def test_tables_that_lack_more_than_reports_are_not_called_readable(zoom: Mocker, warned: Warnings) -> None:
    log_in(zoom, ALL - {LISTS["history"].scope, TABLES["webinar_absentees"].scope})
    run()
    *_, last = warned()
    assert "webinar_absentees" not in last
    assert "webinar_qna_results" in last


def test_reports_of_users_replace_the_history(zoom: Mocker, warned: Warnings) -> None:
    log_in(zoom, ALL | USER_REPORTS)
    zoom.get(f"{API}/report/history_meetings", status_code=404, json={"code": 2300, "message": "not recognized"})
    run()
    assert warned() == []
    assert paths(zoom)[-1] == "/v2/report/users"


@pytest.mark.parametrize("fault", [{"status_code": 500}, {"exc": requests.exceptions.ReadTimeout}], ids=repr)
def test_faults_of_the_advice_do_not_fail_the_check(zoom: Mocker, fault: dict[str, Any], warned: Warnings) -> None:
    zoom.get(f"{API}/users/one/webinars", **fault)
    zoom.get(f"{API}/report/history_meetings", **fault)
    run()
    assert warned() == []
