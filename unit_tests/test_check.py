"""check.py: what makes the check of a connection fail, what it only warns of, and how few requests it sends."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
import requests
import requests_mock
from airbyte_cdk.models import FailureType

from source_zoom.base.config import Config
from source_zoom.base.exceptions import ConnectorError
from source_zoom.check import check, scope_lines
from source_zoom.source import SourceZoom
from source_zoom.streams.scopes import consent_scopes
from source_zoom.sync.sync import Sync
from source_zoom.zoom.errors import ZoomRequestFailed
from source_zoom.zoom.retry import CHECK_LOGIN_RETRIES, CHECK_RETRIES
from unit_tests.integration.config import ACCESS_TOKEN, ConfigBuilder
from unit_tests.resource.facts import LISTS, TABLES

if TYPE_CHECKING:
    from requests_mock.mocker import Mocker

API = "https://api.zoom.us/v2"
TOKEN_URL = "https://zoom.us/oauth/token"
ALL = frozenset(consent_scopes())
USERS = TABLES["users"].scope
USER_RECORDINGS = frozenset({LISTS["user_recordings"].scope})
USER_REPORTS = frozenset({LISTS["report_users"].scope, LISTS["report_user_meetings"].scope})
NO_PLAN = {"code": 200, "message": "Webinar plan is missing. You must subscribe to the webinar plan."}
NO_PERMISSION = {"code": 200, "message": "No permission."}
USER_TYPES = {"basic": 1, "one": 2, "two": 2, "three": 2}
# Tables of past occurrences that are reports themselves, and the others.
REPORTS = sorted(table for table in TABLES if table.startswith("report_"))
PAST_REPORTS = sorted(table for table in REPORTS if TABLES[table].is_past)
NO_REPORTS = sorted(table for table, facts in TABLES.items() if facts.is_past and table not in REPORTS)
PARTLY = "These have past occurrences of scheduled meetings and webinars only: "
FOUND: list[dict[str, Any]] = [{"id": user, "type": kind} for user, kind in USER_TYPES.items()]
Warnings = Callable[[], list[str]]
Log = pytest.LogCaptureFixture
Patch = pytest.MonkeyPatch


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: Patch) -> None:
    monkeypatch.setattr("source_zoom.zoom.client.time.sleep", lambda seconds: None)


@pytest.fixture
def zoom() -> Iterator[Mocker]:
    """A healthy account whose app has all scopes."""
    with requests_mock.Mocker(case_sensitive=True) as mocker:
        log_in(mocker, ALL)
        mocker.get(f"{API}/users", json={"users": FOUND})
        for user in USER_TYPES:
            mocker.get(f"{API}/users/{user}/meetings", json={"meetings": []})
            mocker.get(f"{API}/users/{user}/webinars", json={"webinars": []})
        mocker.get(f"{API}/report/history_meetings", json={"history_meetings": []})
        mocker.get(f"{API}/report/users", json={"users": []})
        yield mocker


def log_in(zoom: Mocker, scopes: frozenset[str]) -> None:
    zoom.post(TOKEN_URL, json={"access_token": ACCESS_TOKEN, "expires_in": 3599, "scope": " ".join(sorted(scopes))})


def missing_scope(code: int, *scopes: str) -> dict[str, Any]:
    detail = f":[{', '.join(scopes)}]" if scopes else ""
    message = f"Invalid access token, does not contain scopes{detail}."
    return {"status_code": 400, "json": {"code": code, "message": message}}


def run(credentials: dict[str, Any] | None = None) -> None:
    form = ConfigBuilder().build() if credentials is None else {"credentials": credentials}
    check(Sync(Config.parse(form), retries=CHECK_RETRIES, login_retries=CHECK_LOGIN_RETRIES))


def failure() -> ConnectorError:
    with pytest.raises(ConnectorError) as raised:
        run()
    return raised.value


def paths(zoom: Mocker) -> list[str]:
    return [request.path for request in zoom.request_history]


@pytest.fixture
def warned(caplog: Log) -> Warnings:
    """What was logged as a warning."""
    return lambda: [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


def stored_token() -> dict[str, Any]:
    """A login whose token came with the form, so that its scopes are unknown."""
    return {
        "auth_type": "oauth2.0",
        "client_id": "client-id-for-tests",
        "client_secret": "client-secret-for-tests",
        "refresh_token": "refresh-token-for-tests",
        "access_token": ACCESS_TOKEN,
        "token_expiry_date": "2100-01-01T00:00:00Z",
    }


def test_a_healthy_account_costs_four_requests_and_no_warning(zoom: Mocker, warned: Warnings) -> None:
    run()
    assert paths(zoom) == ["/oauth/token", "/v2/users", "/v2/users/one/webinars", "/v2/report/history_meetings"]
    assert warned() == []


def test_requests_have_shorter_timeouts_than_in_a_sync_and_the_login_the_longest(zoom: Mocker) -> None:
    assert SourceZoom().check_connection(logging.getLogger(), ConfigBuilder().build()) == (True, None)
    history: list[Any] = zoom.request_history
    login, *others = ((request.path, request.timeout) for request in history)
    assert login == ("/oauth/token", (3.0, 11.0))
    assert {timeout for _, timeout in others} == {(4.0, 6.0)}


# Failures


@pytest.mark.parametrize("code", [4711, 4700])
def test_without_the_scope_for_users_the_check_fails(zoom: Mocker, code: int, warned: Warnings) -> None:
    log_in(zoom, ALL - {USERS, "meeting:read:list_polls:admin"})
    zoom.get(f"{API}/users", **missing_scope(code))
    error = failure()
    assert error.failure_type is FailureType.config_error
    assert "No user can be read" in str(error)
    assert "user:read:list_users:admin (classic apps: user:read:admin)" in str(error)
    assert "These are missing too: meeting:read:list_polls:admin." in str(error)
    assert warned()[0].startswith(f"{len(needing(USERS))} of {len(TABLES)} tables")
    assert f"which {len(needing(USERS))} of {len(TABLES)} tables need" in str(error)


def test_without_the_role_for_users_the_check_fails(zoom: Mocker) -> None:
    zoom.get(f"{API}/users", status_code=400, json=NO_PERMISSION)
    error = failure()
    assert error.failure_type is FailureType.config_error
    assert "User:Read" in str(error)


def test_a_refused_login_fails_the_check(zoom: Mocker) -> None:
    zoom.post(
        TOKEN_URL, status_code=400, json={"reason": "Invalid client_id or client_secret", "error": "invalid_client"}
    )
    assert "client ID and client secret" in str(failure())
    assert paths(zoom) == ["/oauth/token"]


def test_a_fault_of_zoom_is_transient(zoom: Mocker) -> None:
    zoom.get(f"{API}/users", status_code=503)
    error = failure()
    assert error.failure_type is FailureType.transient_error
    assert paths(zoom).count("/v2/users") == 2


def test_a_redirect_is_not_followed(zoom: Mocker) -> None:
    zoom.get(f"{API}/users", status_code=302, headers={"Location": "https://example.com/v2/users"})
    failure()
    assert {request.hostname for request in zoom.request_history} == {"zoom.us", "api.zoom.us"}


def test_a_server_that_never_ends_its_answer_is_given_up(zoom: Mocker, monkeypatch: Patch) -> None:
    monkeypatch.setattr("source_zoom.check.CHECK_SECONDS", 0.2)
    released = threading.Event()
    zoom.get(f"{API}/users", json=lambda request, context: released.wait(10) and {})
    started = time.monotonic()
    error = failure()
    released.set()
    assert time.monotonic() - started < 5
    assert error.failure_type is FailureType.transient_error
    assert "did not answer within" in str(error)


def test_advice_that_takes_too_long_is_left_out(zoom: Mocker, monkeypatch: Patch, caplog: Log) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setattr("source_zoom.check.CHECK_SECONDS", 0.5)
    released = threading.Event()
    zoom.get(f"{API}/users/one/webinars", json=lambda request, context: released.wait(10) and {})
    run()
    released.set()
    assert any("Could not check" in message for message in caplog.messages)


# Scopes


def needing(scope: str) -> list[str]:
    """Tables that need the scope for themselves or for their lists."""
    return sorted(
        name for name, facts in TABLES.items() if scope in {endpoint.scope for endpoint in (*facts.lists, facts)}
    )


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


def test_an_answer_of_another_shape_fails_the_check(zoom: Mocker) -> None:
    zoom.get(f"{API}/users", json={"users": "many"})
    error = failure()
    assert isinstance(error, ZoomRequestFailed)
    assert "no list of objects" in str(error)
