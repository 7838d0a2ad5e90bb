"""The token endpoint: what its refusals mean, and what comes of its faults."""

from __future__ import annotations

import time

import pytest
import requests
from airbyte_cdk.models import FailureType

from source_zoom import auth
from source_zoom.auth import LOGIN_PATIENCE
from source_zoom.patience import CHECK_LOGIN_PATIENCE
from source_zoom.tokens import LONGEST_PAUSE
from unit_tests.login.support import LOST, NEVER_SENT, REFUSED_GRANT, SERVER, TOKEN_URL, USER, failure, login, token

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
def test_each_refusal_says_what_to_do_and_is_not_repeated(zoom, credentials, body, words, status):
    zoom.post(TOKEN_URL, status_code=status, json=body)
    authenticator = login(credentials)
    error = failure(authenticator)
    assert error.failure_type is FailureType.config_error
    assert words in error.message
    assert len(error.message) < 500
    assert str(failure(authenticator)) == str(error)
    assert zoom.call_count == 1


# Faults


@pytest.mark.parametrize("fault", [*NEVER_SENT, *LOST], ids=repr)
def test_a_server_login_is_tried_again_after_any_fault(zoom, fault, pauses):
    zoom.post(TOKEN_URL, [{"exc": fault}, {"exc": fault}, {"status_code": 503}, {"status_code": 429}, token()])
    assert login().get_auth_header()
    assert len(pauses) == 4
    assert sorted(pauses) == pauses


@pytest.mark.parametrize(
    "fault",
    [*({"exc": fault} for fault in (*NEVER_SENT, *LOST)), {"status_code": 500}, {"text": "<html>"}, {"json": []}],
    ids=repr,
)
def test_faults_that_last_are_transient_and_bounded(zoom, fault, pauses):
    zoom.post(TOKEN_URL, [fault])
    error = failure(login())
    assert error.failure_type is FailureType.transient_error
    assert f"asked {LOGIN_PATIENCE.tries} times" in error.message
    assert zoom.call_count == LOGIN_PATIENCE.tries
    assert max(pauses) <= LONGEST_PAUSE


def test_a_check_is_less_patient(zoom):
    zoom.post(TOKEN_URL, exc=requests.exceptions.ReadTimeout)
    assert "asked 2 times" in failure(login(patience=CHECK_LOGIN_PATIENCE)).message
    assert zoom.last_request.timeout == (4.0, 12.0)


def test_an_untrusted_certificate_is_told_at_once(zoom):
    zoom.post(TOKEN_URL, exc=requests.exceptions.SSLError("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed"))
    error = failure(login())
    assert error.failure_type is FailureType.config_error
    assert "REQUESTS_CA_BUNDLE" in error.message
    assert zoom.call_count == 1


def test_threads_that_waited_share_a_failure_and_later_ones_ask_again(zoom, monkeypatch):
    zoom.post(TOKEN_URL, [{"status_code": 404}, {"status_code": 404}, token()])
    authenticator = login()
    errors = [failure(authenticator) for _ in range(20)]
    assert zoom.call_count == 1
    assert {error.failure_type for error in errors} == {FailureType.transient_error}
    now = time.monotonic()
    monkeypatch.setattr(auth.time, "monotonic", lambda: now + 10)
    failure(authenticator)
    monkeypatch.setattr(auth.time, "monotonic", lambda: now + 20)
    assert authenticator.get_auth_header()
    assert zoom.call_count == 3
