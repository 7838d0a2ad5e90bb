"""The check of a connection: what makes it fail, what it only warns of, and how little it asks."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
import requests
import requests_mock
from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from requests_mock.mocker import Mocker

from source_zoom import check as module
from source_zoom.account import Account
from source_zoom.check import check, scope_lines
from source_zoom.config import Config
from source_zoom.errors import ZoomRefused
from source_zoom.patience import CHECK_LOGIN_PATIENCE, CHECK_PATIENCE
from source_zoom.scopes import OWN, USER_REPORTS, USERS, consent_scopes, past_tables
from source_zoom.source import SourceZoom
from unit_tests.integration.config import ACCESS_TOKEN, ConfigBuilder

API = "https://api.zoom.us/v2"
TOKEN_URL = "https://zoom.us/oauth/token"
ALL = frozenset(consent_scopes())
NO_PLAN = {"code": 200, "message": "Webinar plan is missing. You must subscribe to the webinar plan."}
NO_PERMISSION = {"code": 200, "message": "No permission."}
FOUND = [{"id": "basic", "type": 1}, {"id": "one", "type": 2}, {"id": "two", "type": 2}, {"id": "three", "type": 2}]


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch):
    monkeypatch.setattr("source_zoom.client.time.sleep", lambda seconds: None)


@pytest.fixture
def zoom():
    """A healthy account whose app has all scopes."""
    with requests_mock.Mocker(case_sensitive=True) as mocker:
        log_in(mocker, ALL)
        mocker.get(f"{API}/users", json={"users": FOUND})
        for user in FOUND:
            mocker.get(f"{API}/users/{user['id']}/meetings", json={"meetings": []})
            mocker.get(f"{API}/users/{user['id']}/webinars", json={"webinars": []})
        mocker.get(f"{API}/report/history_meetings", json={"history_meetings": []})
        mocker.get(f"{API}/report/users", json={"users": []})
        yield mocker


def log_in(zoom: Mocker, scopes: frozenset[str]) -> None:
    answer = {"access_token": ACCESS_TOKEN, "expires_in": 3599, "scope": " ".join(sorted(scopes))}
    zoom.post(TOKEN_URL, json=answer)


def missing_scope(code: int, *scopes: str) -> dict[str, Any]:
    detail = f":[{', '.join(scopes)}]" if scopes else ""
    return {
        "status_code": 400,
        "json": {"code": code, "message": f"Invalid access token, does not contain scopes{detail}."},
    }


def run(credentials: dict[str, Any] | None = None) -> None:
    form = ConfigBuilder().build() if credentials is None else {"credentials": credentials}
    check(Account(Config.parse(form), patience=CHECK_PATIENCE, login_patience=CHECK_LOGIN_PATIENCE))


def failure() -> AirbyteTracedException:
    with pytest.raises(AirbyteTracedException) as raised:
        run()
    return raised.value


def asked(zoom: Mocker) -> list[str]:
    return [request.path for request in zoom.request_history]


@pytest.fixture
def warned(caplog) -> Callable[[], list[str]]:
    """What was logged as a warning."""
    return lambda: [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


def stored_token() -> dict[str, Any]:
    """A login whose token came with the form, so that nobody told its scopes."""
    return {
        "auth_type": "oauth2.0",
        "client_id": "client-id-for-tests",
        "client_secret": "client-secret-for-tests",
        "refresh_token": "refresh-token-for-tests",
        "access_token": ACCESS_TOKEN,
        "token_expiry_date": "2100-01-01T00:00:00Z",
    }


def test_a_healthy_account_is_asked_four_things_and_warned_of_nothing(zoom, warned):
    run()
    assert asked(zoom) == ["/oauth/token", "/v2/users", "/v2/users/one/webinars", "/v2/report/history_meetings"]
    assert warned() == []


def test_each_request_is_less_patient_than_in_a_sync_and_the_login_is_waited_for_longest(zoom):
    assert SourceZoom().check_connection(logging.getLogger(), ConfigBuilder().build()) == (True, None)
    login, *requests_ = [request.timeout for request in zoom.request_history]
    assert login == (4.0, 12.0)
    assert set(requests_) == {(4.0, 6.0)}


# Failures


@pytest.mark.parametrize("code", [4711, 4700])
def test_without_the_scope_for_users_nothing_can_be_read(zoom, code, warned):
    log_in(zoom, ALL - {USERS.granular, "meeting:read:list_polls:admin"})
    zoom.get(f"{API}/users", **missing_scope(code))
    error = failure()
    assert error.failure_type is FailureType.config_error
    assert "No table can be read" in error.message
    assert "user:read:list_users:admin (classic apps: user:read:admin)" in error.message
    assert "These are missing too: meeting:read:list_polls:admin." in error.message
    assert warned()[0].startswith("21 of 21 tables")


def test_without_the_role_for_users_the_check_fails(zoom):
    zoom.get(f"{API}/users", status_code=400, json=NO_PERMISSION)
    error = failure()
    assert error.failure_type is FailureType.config_error
    assert "User:Read" in error.message


def test_a_refused_login_fails_the_check(zoom):
    zoom.post(
        TOKEN_URL, status_code=400, json={"reason": "Invalid client_id or client_secret", "error": "invalid_client"}
    )
    assert "client ID and client secret" in failure().message
    assert asked(zoom) == ["/oauth/token"]


def test_a_fault_of_zoom_is_transient(zoom):
    zoom.get(f"{API}/users", status_code=503)
    error = failure()
    assert error.failure_type is FailureType.transient_error
    assert asked(zoom).count("/v2/users") == 2


def test_a_redirect_is_not_followed(zoom):
    zoom.get(f"{API}/users", status_code=302, headers={"Location": "https://example.com/v2/users"})
    failure()
    assert {request.hostname for request in zoom.request_history} == {"zoom.us", "api.zoom.us"}


def test_a_server_that_never_ends_its_answer_is_given_up(zoom, monkeypatch):
    monkeypatch.setattr(module, "CHECK_SECONDS", 0.2)
    released = threading.Event()
    zoom.get(f"{API}/users", json=lambda request, context: released.wait(10) and {})
    started = time.monotonic()
    error = failure()
    released.set()
    assert time.monotonic() - started < 5
    assert error.failure_type is FailureType.transient_error
    assert "did not answer within" in error.message


def test_advice_that_takes_too_long_is_left_out(zoom, monkeypatch, caplog):
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(module, "CHECK_SECONDS", 0.5)
    released = threading.Event()
    zoom.get(f"{API}/users/one/webinars", json=lambda request, context: released.wait(10) and {})
    run()
    released.set()
    assert any("could not find out" in message for message in caplog.messages)


# Scopes


@pytest.mark.parametrize("table", [table for table, scope in OWN.items() if scope.granular and table != "users"])
def test_a_table_without_its_scope_is_named_with_it(zoom, table, warned):
    log_in(zoom, ALL - {OWN[table].granular})
    run()
    heading, columns, row = warned()
    assert heading.startswith("1 of 21 tables cannot be read in full")
    assert columns.split() == ["Table", "Scopes", "to", "add"]
    assert row.split()[:2] == [table, OWN[table].granular]
    assert OWN[table].classic in row


def test_columns_line_up():
    _, *lines = (line for _, line in scope_lines(frozenset({"user:read:admin"})))
    lines = [line for line in lines if "withdrawn" not in line]
    start = lines[0].index("Scopes to add")
    assert {line[start - 1] for line in lines} == {" "}
    assert " " not in {line[start] for line in lines}


def test_files_are_told_apart_because_no_scope_would_help(zoom, caplog):
    caplog.set_level(logging.INFO)
    run()
    (line,) = [message for message in caplog.messages if "meeting_files" in message]
    assert "withdrawn" in line
    assert "webinar_files" in line


def test_classic_scopes_are_enough(zoom, caplog):
    caplog.set_level(logging.INFO)
    log_in(zoom, frozenset({"user:read:admin", "meeting:read:admin", "webinar:read:admin", "report:read:admin"}))
    run()
    assert [message for message in caplog.messages if "scope" in message] == []


def test_no_probe_is_sent_that_the_scopes_rule_out(zoom):
    log_in(zoom, frozenset({"user:read:admin", "meeting:read:admin"}))
    run()
    assert asked(zoom) == ["/oauth/token", "/v2/users"]


def test_scopes_that_nobody_told_are_not_guessed_at(zoom, warned):
    run(stored_token())
    assert warned() == []
    assert asked(zoom) == [
        "/v2/users",
        "/v2/users/one/meetings",
        "/v2/users/one/webinars",
        "/v2/report/history_meetings",
    ]


def test_scopes_that_nobody_told_show_in_the_probes(zoom, warned):
    for path, scope in (
        ("users/one/meetings", "meeting:read:list_meetings:admin"),
        ("users/one/webinars", "webinar:read:list_webinars:admin"),
        ("report/history_meetings", "report:read:list_history_meetings:admin"),
        ("report/users", "report:read:list_users:admin"),
    ):
        zoom.get(f"{API}/{path}", **missing_scope(4711, scope))
    run(stored_token())
    meetings, webinars, reports = warned()
    assert "lacks the scope meeting:read:list_meetings:admin" in meetings
    assert "lacks the scope webinar:read:list_webinars:admin" in webinars
    assert "lacks the scope report:read:list_history_meetings:admin" in reports


# What is not in the scopes


def test_a_missing_webinar_add_on_is_told_after_a_few_licensed_users(zoom, warned):
    for user in FOUND:
        zoom.get(f"{API}/users/{user['id']}/webinars", status_code=400, json=NO_PLAN)
    run()
    (warning,) = warned()
    assert warning.startswith("Webinar add-on missing: none of the 3 users")
    assert [path for path in asked(zoom) if "webinars" in path] == [
        f"/v2/users/{user}/webinars" for user in ("one", "two", "three")
    ]


def test_one_user_with_the_add_on_is_enough(zoom, warned):
    zoom.get(f"{API}/users/one/webinars", status_code=400, json=NO_PLAN)
    run()
    assert warned() == []


def test_an_account_without_active_users_is_not_asked_for_webinars(zoom, warned):
    zoom.get(f"{API}/users", json={"users": []})
    run()
    assert warned() == []
    assert not [path for path in asked(zoom) if "webinars" in path]


def test_a_role_without_reports_is_told_with_its_tables(zoom, warned):
    for path in ("report/history_meetings", "report/users"):
        zoom.get(f"{API}/{path}", status_code=400, json=NO_PERMISSION)
    run()
    (warning,) = warned()
    assert "role of the app's owner lacks the permission UsageReport:Read" in warning
    assert all(table in warning for table in past_tables())


def test_reports_of_users_stand_in_for_the_history(zoom, warned):
    log_in(zoom, ALL | {scope.granular for scope in USER_REPORTS})
    zoom.get(f"{API}/report/history_meetings", status_code=404, json={"code": 2300, "message": "not recognized"})
    run()
    assert warned() == []
    assert asked(zoom)[-1] == "/v2/report/users"


@pytest.mark.parametrize("fault", [{"status_code": 500}, {"exc": requests.exceptions.ReadTimeout}], ids=repr)
def test_faults_of_the_advice_do_not_fail_the_check(zoom, fault, warned):
    zoom.get(f"{API}/users/one/webinars", **fault)
    zoom.get(f"{API}/report/history_meetings", **fault)
    run()
    assert warned() == []


def test_an_answer_of_another_shape_fails_the_check(zoom):
    zoom.get(f"{API}/users", json={"users": "many"})
    error = failure()
    assert isinstance(error, ZoomRefused)
    assert "no list of objects" in error.message
