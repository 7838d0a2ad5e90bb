"""tokens.py: what refusals of the token endpoint mean, and which of its faults are retried."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import requests
from airbyte_cdk.models import FailureType

from source_zoom.zoom.auth import LOGIN_RETRIES
from source_zoom.zoom.retry import CHECK_LOGIN_RETRIES, LONGEST_BACKOFF
from unit_tests.integration.request_builder import TOKEN_URL
from unit_tests.zoom.login import LOST, NEVER_SENT, REFUSED_GRANT, SERVER, USER, failure, last_request, login, token

if TYPE_CHECKING:
    import requests_mock

    from unit_tests.conftest import Clock

# Refusals


@pytest.mark.parametrize("status", [400, 401])
@pytest.mark.parametrize(
    ("credentials", "body", "words"),
    [
        (
            SERVER,
            {"reason": "Invalid client_id or client_secret", "error": "invalid_client"},
            "client ID and client se",
        ),
        (
            USER,
            {"reason": "Invalid client_id or client_secret", "error": "invalid_client"},
            "client ID and client secr",
        ),
        (SERVER, {"reason": "Bad Request", "error": "invalid_request"}, "does not know this account ID"),
        (SERVER, {"reason": "Account does not exist", "error": "invalid_request"}, "does not know this account ID"),
        (SERVER, {"reason": "The app has been disabled", "error": "invalid_request"}, "The Zoom app is not active."),
        (USER, {"reason": "The app has been disabled", "error": "invalid_request"}, "The Zoom app is not active."),
        (
            SERVER,
            {"reason": "Account does not enabled the OAuth app type", "error": "invalid_request"},
            "choose OAuth for a general app",
        ),
        (
            USER,
            {"reason": "Unsupported grant type", "error": "unsupported_grant_type"},
            "choose OAuth for a general app",
        ),
        (USER, REFUSED_GRANT, "Authenticate again"),
        (USER, {"reason": "x" * 500, "error": "server_mood"}, "Zoom refused the login (server_mood: xxx"),
        (SERVER, {"reason": None, "error": "odd"}, "Zoom refused the login (odd: no reason given)"),
    ],
)
def test_each_refusal_says_what_to_do_and_is_not_repeated(
    api: requests_mock.Mocker, credentials: dict[str, Any], body: dict[str, Any], words: str, status: int
) -> None:
    api.post(TOKEN_URL, status_code=status, json=body)
    authenticator = login(credentials)
    error = failure(authenticator)
    assert error.failure_type is FailureType.config_error
    assert words in str(error)
    assert len(str(error)) < 500
    assert str(failure(authenticator)) == str(error)
    assert api.call_count == 1


# Faults


@pytest.mark.parametrize("fault", [*NEVER_SENT, *LOST], ids=repr)
def test_a_server_login_is_tried_again_after_any_fault(api: requests_mock.Mocker, fault: Any, clock: Clock) -> None:
    api.post(TOKEN_URL, [{"exc": fault}, {"exc": fault}, {"status_code": 503}, {"status_code": 429}, token()])
    assert login().get_auth_header()
    assert len(clock.slept) == 4
    assert sorted(clock.slept) == clock.slept


LASTING: list[dict[str, Any]] = [
    *({"exc": fault} for fault in (*NEVER_SENT, *LOST)),
    {"status_code": 500},
    {"text": "<html>"},
    {"json": []},
]


@pytest.mark.parametrize("fault", LASTING, ids=repr)
def test_faults_that_last_end_in_a_transient_error_after_all_attempts(
    api: requests_mock.Mocker, fault: dict[str, Any], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The shortest pauses, so that the attempts run out before the time does.
    monkeypatch.setattr("source_zoom.zoom.retry.random.uniform", lambda low, high: low)
    api.post(TOKEN_URL, [fault])
    error = failure(login())
    assert error.failure_type is FailureType.transient_error
    assert re.search(rf"\b{LOGIN_RETRIES.max_attempts} \w+", str(error))
    assert api.call_count == LOGIN_RETRIES.max_attempts
    assert max(clock.slept) <= LONGEST_BACKOFF


def test_faults_that_last_end_when_the_time_is_up(
    api: requests_mock.Mocker, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("source_zoom.zoom.retry.random.uniform", lambda low, high: high)
    api.post(TOKEN_URL, status_code=503)
    failure(login())
    assert 1 < api.call_count < LOGIN_RETRIES.max_attempts
    assert sum(clock.slept) <= LOGIN_RETRIES.max_seconds


def test_a_check_is_less_patient(api: requests_mock.Mocker) -> None:
    api.post(TOKEN_URL, exc=requests.exceptions.ReadTimeout)
    failure(login(retries=CHECK_LOGIN_RETRIES))
    assert api.call_count == 2
    assert last_request(api).timeout == CHECK_LOGIN_RETRIES.timeout


def test_an_untrusted_certificate_is_told_at_once(api: requests_mock.Mocker) -> None:
    api.post(TOKEN_URL, exc=requests.exceptions.SSLError("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed"))
    error = failure(login())
    assert error.failure_type is FailureType.config_error
    assert "REQUESTS_CA_BUNDLE" in str(error)
    assert api.call_count == 1


def test_threads_that_waited_share_a_failure_and_later_ones_try_again(api: requests_mock.Mocker, clock: Clock) -> None:
    api.post(TOKEN_URL, [{"status_code": 404}, {"status_code": 404}, token()])
    authenticator = login()
    errors = [failure(authenticator) for _ in range(20)]
    assert api.call_count == 1
    assert {error.failure_type for error in errors} == {FailureType.transient_error}
    clock.sleep(10)
    failure(authenticator)
    clock.sleep(10)
    assert authenticator.get_auth_header()
    assert api.call_count == 3
