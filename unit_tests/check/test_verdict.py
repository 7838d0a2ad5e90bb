"""check.py: what a check costs, and what makes it fail."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from airbyte_cdk.models import FailureType

from source_zoom.source import SourceZoom
from source_zoom.zoom.errors import ZoomRequestFailed
from unit_tests.check.account import (
    ALL,
    API,
    NO_PERMISSION,
    TOKEN_URL,
    USERS,
    Patch,
    Warnings,
    failure,
    log_in,
    missing_scope,
    needing,
    paths,
    run,
)
from unit_tests.integration.config import ConfigBuilder
from unit_tests.resource.facts import TABLES

if TYPE_CHECKING:
    from requests_mock.mocker import Mocker


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


def test_an_answer_of_another_shape_fails_the_check(zoom: Mocker) -> None:
    zoom.get(f"{API}/users", json={"users": "many"})
    error = failure()
    assert isinstance(error, ZoomRequestFailed)
    assert "no list of objects" in str(error)
