"""Both logins: what is sent to the token endpoint, what its faults and refusals mean, and tokens that rotate."""

from __future__ import annotations

import base64
import io
import json
import sys
import threading
import time
from copy import deepcopy
from http.client import RemoteDisconnected
from typing import Any
from urllib.parse import parse_qs

import pytest
import requests
import requests_mock
from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.airbyte_secrets_utils import filter_secrets, update_secrets
from requests_mock.mocker import Mocker
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError, ProtocolError, ProxyError

from source_zoom import auth, tokens
from source_zoom.auth import ZoomAuthenticator, authenticator_for, own_api_url
from source_zoom.config import Config
from source_zoom.patience import CHECK_LOGIN_PATIENCE, Patience
from source_zoom.tokens import LoginError

TOKEN_URL = "https://zoom.us/oauth/token"
# Long, because the CDK masks these wherever they occur.
SERVER = {
    "auth_type": "server_to_server",
    "account_id": "account-id-Zq3T8vLm",
    "client_id": "client-id-Kx7Rb2Nw",
    "client_secret": "client-secret-Pd5Hc9Ys",
}
USER = {
    "auth_type": "oauth2.0",
    "client_id": "client-id-Kx7Rb2Nw",
    "client_secret": "client-secret-Pd5Hc9Ys",
    "refresh_token": "refresh-token-0-Wf4Jg6Ub",
}
REFUSED_GRANT = {"reason": "Invalid Token!", "error": "invalid_grant"}
NEVER_SENT = [
    requests.exceptions.ConnectTimeout("timed out"),
    requests.exceptions.ConnectionError(
        MaxRetryError(None, "/", NewConnectionError(None, "Name or service not known"))
    ),
    requests.exceptions.ProxyError(
        MaxRetryError(None, "/", ProxyError("", OSError("Tunnel connection failed: 403 Forbidden")))
    ),
    requests.exceptions.ProxyError(MaxRetryError(None, "/", ProxyError("", NewConnectionError(None, "refused")))),
    requests.exceptions.ProxyError(MaxRetryError(None, "/", ProxyError("", ConnectTimeoutError()))),
]
LOST = [
    requests.exceptions.ConnectionError(ProtocolError("Connection aborted.", ConnectionResetError(104, "reset"))),
    requests.exceptions.ReadTimeout("read timed out"),
    requests.exceptions.ProxyError(MaxRetryError(None, "/", ProxyError("", RemoteDisconnected("no response")))),
    requests.exceptions.ChunkedEncodingError("cut"),
    requests.exceptions.SSLError("EOF occurred in violation of protocol"),
]


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Pauses between tries, which take no time here."""
    slept: list[float] = []
    monkeypatch.setattr(tokens.time, "sleep", slept.append)
    return slept


@pytest.fixture(autouse=True)
def _no_secrets_of_other_tests():
    update_secrets([])
    yield
    update_secrets([])


@pytest.fixture
def zoom():
    with requests_mock.Mocker(case_sensitive=True) as mocker:
        yield mocker


def token(number: int = 1, **more: Any) -> dict[str, Any]:
    """A good answer."""
    return {"json": {"access_token": f"access-token-{number}-Tn2Vk8Qe", "expires_in": 3599, **more}}


def rotated(number: int = 1, **more: Any) -> dict[str, Any]:
    return token(number, refresh_token=f"refresh-token-{number}-Wf4Jg6Ub", **more)


def login(credentials: dict[str, Any] = SERVER, patience: Patience | None = None, **settings: Any) -> ZoomAuthenticator:
    config = Config.parse({"credentials": deepcopy(credentials), **settings})
    return authenticator_for(config, patience) if patience else authenticator_for(config)


def failure(authenticator: ZoomAuthenticator) -> LoginError:
    with pytest.raises(LoginError) as raised:
        authenticator.get_auth_header()
    return raised.value


def sent(zoom: Mocker) -> list[dict[str, list[str]]]:
    return [parse_qs(request.text) for request in zoom.request_history]


# What is sent


def test_a_server_login_sends_its_account_id_and_keeps_the_secret_out_of_body_and_url(zoom):
    zoom.post(TOKEN_URL, **token())
    assert login().get_auth_header() == {"Authorization": "Bearer access-token-1-Tn2Vk8Qe"}
    (request,) = zoom.request_history
    assert sent(zoom) == [{"grant_type": ["account_credentials"], "account_id": [SERVER["account_id"]]}]
    credentials = base64.b64decode(request.headers["Authorization"].removeprefix("Basic ")).decode()
    assert credentials == f"{SERVER['client_id']}:{SERVER['client_secret']}"
    assert request.query == ""
    assert request.timeout == (10.0, 30.0)


def test_a_user_login_sends_its_refresh_token(zoom):
    zoom.post(TOKEN_URL, **rotated())
    login({**USER, "refresh_token": f" {USER['refresh_token']}\n"}).get_auth_header()
    assert sent(zoom) == [{"grant_type": ["refresh_token"], "refresh_token": [USER["refresh_token"]]}]


def test_government_accounts_log_in_at_their_own_host(zoom):
    zoom.post("https://zoomgov.com/oauth/token", **token())
    authenticator = login(environment="zoomgov.com")
    assert authenticator.api_url() == "https://api.zoomgov.com/v2/"


def test_a_netrc_file_does_not_replace_the_login(zoom, tmp_path, monkeypatch):
    (tmp_path / "netrc").write_text("machine zoom.us login someone password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    zoom.post(TOKEN_URL, **token())
    login().get_auth_header()
    assert base64.b64decode(zoom.last_request.headers["Authorization"].split()[1]).decode().startswith("client-id")


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_of_the_token_endpoint_is_not_followed(zoom, status):
    zoom.post(TOKEN_URL, status_code=status, headers={"Location": "https://example.com/oauth/token"})
    error = failure(login())
    assert error.failure_type is FailureType.transient_error
    assert f"HTTP {status} without a token" in error.message
    assert [request.hostname for request in zoom.request_history] == ["zoom.us"]


# Life of a token


def test_a_token_serves_until_shortly_before_it_expires(zoom):
    zoom.post(TOKEN_URL, [token(1), token(2)])
    authenticator = login()
    for _ in range(3):
        assert authenticator.get_auth_header() == {"Authorization": "Bearer access-token-1-Tn2Vk8Qe"}
    authenticator.set_token_expiry_date(auth.ab_datetime_now() + auth.timedelta(seconds=59))
    assert authenticator.get_auth_header() == {"Authorization": "Bearer access-token-2-Tn2Vk8Qe"}


@pytest.mark.parametrize("expires_in", [7, "3599", None, "soon", -5])
def test_an_odd_life_does_not_lead_to_a_login_at_every_request(zoom, expires_in):
    zoom.post(TOKEN_URL, **token(expires_in=expires_in))
    authenticator = login()
    authenticator.get_auth_header()
    authenticator.get_auth_header()
    assert zoom.call_count == 1


def test_a_rejected_token_is_replaced_once_however_many_threads_ask(zoom):
    zoom.post(TOKEN_URL, [token(1), token(2), token(3)])
    authenticator = login()
    rejected = authenticator.get_auth_header()["Authorization"]
    replaced: list[bool] = []
    threads = [threading.Thread(target=lambda: replaced.append(authenticator.replace(rejected))) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert zoom.call_count == 2
    assert sorted(replaced) == [False] * 19 + [True]
    assert authenticator.access_token == "access-token-2-Tn2Vk8Qe"


def test_many_threads_log_in_once(zoom):
    zoom.post(TOKEN_URL, [token(1), token(2)])
    authenticator = login()
    headers: list[Any] = []
    threads = [threading.Thread(target=lambda: headers.append(authenticator.get_auth_header())) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert zoom.call_count == 1
    assert headers == [{"Authorization": "Bearer access-token-1-Tn2Vk8Qe"}] * 20


# Scopes and region


def test_scopes_are_those_of_the_last_answer(zoom):
    zoom.post(TOKEN_URL, [token(1, scope="user:read:admin meeting:read:admin"), token(2)])
    authenticator = login()
    assert authenticator.granted_scopes == frozenset()
    authenticator.get_auth_header()
    assert authenticator.granted_scopes == {"user:read:admin", "meeting:read:admin"}
    for odd in (None, ["user:read:admin"], 5, ""):
        zoom.post(TOKEN_URL, **token(3, scope=odd))
        authenticator.refresh_and_set_access_token()
        assert authenticator.granted_scopes == frozenset()


@pytest.mark.parametrize(
    ("address", "environment", "base"),
    [
        ("https://api.zoom.us", "zoom.us", "https://api.zoom.us/v2/"),
        ("https://api.zoom.us/", "zoom.us", "https://api.zoom.us/v2/"),
        ("https://api-eu.zoom.us", "zoom.us", "https://api-eu.zoom.us/v2/"),
        ("https://api.zoomgov.com/", "zoomgov.com", "https://api.zoomgov.com/v2/"),
        ("https://api-us.zoomgov.com", "zoomgov.com", None),
        ("https://api-jp.zoom.us", "zoom.us", None),
        ("https://api-eu.zoom.us", "zoomgov.com", None),
        ("https://api.zoomgov.com", "zoom.us", None),
        ("http" + "://api-eu.zoom.us", "zoom.us", None),
        ("https://company.zoom.us", "zoom.us", None),
        ("https://zoom.us", "zoom.us", None),
        ("https://api-euro.zoom.us", "zoom.us", None),
        ("https://api-e1.zoom.us", "zoom.us", None),
        ("https://api.zoom.us:8443", "zoom.us", None),
        ("https://api.zoom.us@example.com", "zoom.us", None),
        ("https://api.zoom.us.example.com", "zoom.us", None),
        ("https://api-eu.zoom.us/v2/other", "zoom.us", None),
        ("https://example.com/api.zoom.us", "zoom.us", None),
        ("https://api.zoomXus", "zoom.us", None),
        ("api-eu.zoom.us", "zoom.us", None),
        (["https://api-eu.zoom.us"], "zoom.us", None),
        ({"url": "https://api-eu.zoom.us"}, "zoom.us", None),
    ],
)
def test_only_zooms_own_hosts_are_asked(address, environment, base, zoom, caplog):
    assert own_api_url(address, environment) == base
    zoom.post(f"https://{environment}/oauth/token", **token(api_url=address))
    authenticator = login(environment=environment)
    assert authenticator.api_url() == (base or f"https://api.{environment}/v2/")
    authenticator.refresh_and_set_access_token()
    assert len([message for message in caplog.messages if "not one of Zoom's own" in message]) == (base is None)


def test_an_answer_without_an_address_leaves_the_usual_host(zoom, caplog):
    zoom.post(TOKEN_URL, **token(api_url=""))
    assert login().api_url() == "https://api.zoom.us/v2/"
    assert caplog.messages == []


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
def test_faults_that_last_are_transient_and_bounded(zoom, fault):
    zoom.post(TOKEN_URL, [fault])
    error = failure(login())
    assert error.failure_type is FailureType.transient_error
    assert "asked 6 times" in error.message
    assert zoom.call_count == 6


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


# Refresh tokens that are good for one refresh


def controls(text: str) -> list[dict[str, Any]]:
    return [json.loads(line)["control"]["connectorConfig"]["config"] for line in text.splitlines()]


def test_each_rotation_is_announced_and_goes_on_from_the_new_token(zoom, capsys):
    zoom.post(TOKEN_URL, [rotated(1), rotated(2), rotated(3)])
    form = {"credentials": deepcopy(USER), "start_date": "2026-01-01", "unknown": {"kept": True}}
    authenticator = authenticator_for(Config.parse(form))
    for _ in range(2):
        authenticator.replace(authenticator.get_auth_header()["Authorization"])
    assert [body["refresh_token"] for body in sent(zoom)] == [
        [f"refresh-token-{number}-Wf4Jg6Ub"] for number in (0, 1, 2)
    ]
    announced = controls(capsys.readouterr().out)
    assert [config["credentials"]["refresh_token"] for config in announced] == [
        f"refresh-token-{number}-Wf4Jg6Ub" for number in (1, 2, 3)
    ]
    # The message is the whole form, and the form itself goes on from the new tokens.
    assert announced[-1] == form
    assert form["unknown"] == {"kept": True}
    assert form["start_date"] == "2026-01-01"
    assert form["credentials"]["access_token"] == "access-token-3-Tn2Vk8Qe"


def test_a_second_sync_of_the_process_uses_the_token_that_is_still_good(zoom, capsys):
    zoom.post(TOKEN_URL, **rotated(1))
    form = {"credentials": deepcopy(USER)}
    authenticator_for(Config.parse(form)).get_auth_header()
    (announced,) = controls(capsys.readouterr().out)
    for later in (form, announced):
        again = authenticator_for(Config.parse(later))
        assert again.get_auth_header() == {"Authorization": "Bearer access-token-1-Tn2Vk8Qe"}
        assert again.granted_scopes == frozenset()
        assert again.api_url() == "https://api.zoom.us/v2/"
    assert zoom.call_count == 1


@pytest.mark.parametrize("expiry", ["", "never", None, "2020-01-01T00:00:00Z"])
def test_a_token_of_unknown_or_past_expiry_is_refreshed(zoom, expiry):
    zoom.post(TOKEN_URL, **rotated(1))
    authenticator = login({**USER, "access_token": "access-token-0-Tn2Vk8Qe", "token_expiry_date": expiry})
    assert authenticator.get_auth_header() == {"Authorization": "Bearer access-token-1-Tn2Vk8Qe"}


def test_an_answer_without_a_new_refresh_token_keeps_the_old_one(zoom, capsys):
    zoom.post(TOKEN_URL, **token())
    login(USER).get_auth_header()
    (announced,) = controls(capsys.readouterr().out)
    assert announced["credentials"]["refresh_token"] == USER["refresh_token"]


def test_no_thread_gets_a_token_before_the_platform_has_it(zoom, monkeypatch):
    zoom.post(TOKEN_URL, **rotated(1))
    authenticator = login(
        {**USER, "access_token": "access-token-0-Tn2Vk8Qe", "token_expiry_date": "2100-01-01T00:00:00Z"}
    )
    seen = []
    emit = auth.emit_configuration_as_airbyte_control_message

    def emit_slowly(config: Any) -> None:
        seen.append(authenticator.get_auth_header()["Authorization"])
        emit(config)
        seen.append(authenticator.get_auth_header()["Authorization"])

    monkeypatch.setattr(auth, "emit_configuration_as_airbyte_control_message", emit_slowly)
    authenticator.replace("Bearer access-token-0-Tn2Vk8Qe")
    assert seen == ["Bearer access-token-0-Tn2Vk8Qe"] * 2
    assert authenticator.get_auth_header() == {"Authorization": "Bearer access-token-1-Tn2Vk8Qe"}


def test_a_message_that_cannot_be_written_leaves_the_new_token_unused(zoom, monkeypatch):
    zoom.post(TOKEN_URL, **rotated(1))
    authenticator = login(USER)
    monkeypatch.setattr(
        auth, "emit_configuration_as_airbyte_control_message", lambda config: (_ for _ in ()).throw(BrokenPipeError)
    )
    with pytest.raises(BrokenPipeError):
        authenticator.get_auth_header()
    assert authenticator.access_token is None or authenticator.access_token == ""


def test_the_message_is_one_write_with_its_line_end(zoom, monkeypatch):
    class Pipe(io.StringIO):
        def __init__(self) -> None:
            super().__init__()
            self.writes: list[str] = []

        def write(self, text: str) -> int:
            self.writes.append(text)
            return len(text)

    zoom.post(TOKEN_URL, **rotated(1))
    pipe = Pipe()
    monkeypatch.setattr(sys, "stdout", pipe)
    login(USER).get_auth_header()
    (line,) = [text for text in pipe.writes if text]
    assert line.endswith("\n")
    assert line.count("\n") == 1
    assert json.loads(line)["type"] == "CONTROL"


@pytest.mark.parametrize("fault", NEVER_SENT, ids=repr)
def test_a_refresh_that_was_never_sent_is_tried_again(zoom, fault):
    zoom.post(TOKEN_URL, [{"exc": fault}, {"exc": fault}, {"status_code": 503}, {"status_code": 429}, rotated()])
    assert login(USER).get_auth_header()
    assert {body["refresh_token"][0] for body in sent(zoom)} == {USER["refresh_token"]}


@pytest.mark.parametrize(
    "fault", [*({"exc": fault} for fault in LOST), {"status_code": 502}, {"text": "cut {"}, {"text": ""}], ids=repr
)
def test_after_a_lost_answer_the_token_is_tried_again(zoom, fault):
    zoom.post(TOKEN_URL, [fault, fault, rotated()])
    assert login(USER).get_auth_header()
    assert zoom.call_count == 3


@pytest.mark.parametrize(
    "fault", [*({"exc": fault} for fault in LOST), {"status_code": 502}, {"text": "cut {"}, {"text": ""}], ids=repr
)
def test_a_grant_that_died_with_a_lost_answer_says_so(zoom, fault):
    zoom.post(TOKEN_URL, [fault, {"status_code": 400, "json": REFUSED_GRANT}])
    error = failure(login(USER))
    assert error.failure_type is FailureType.config_error
    assert "lost on the way" in error.message
    assert "Authenticate again" in error.message


def test_losses_that_last_bring_no_verdict(zoom):
    zoom.post(TOKEN_URL, exc=LOST[0])
    error = failure(login(USER))
    assert error.failure_type is FailureType.transient_error
    assert "the refresh token may be spent; the next sync tells" in error.message
    assert zoom.call_count == 6


# Secrets


@pytest.mark.parametrize("credentials", [SERVER, {**USER, "access_token": "access-token-0-Tn2Vk8Qe"}])
def test_ids_secrets_and_tokens_are_masked_from_here_on(zoom, credentials, capsys):
    zoom.post(TOKEN_URL, **rotated(1))
    authenticator = login(credentials)
    known = [value for name, value in credentials.items() if name != "auth_type"]
    assert [filter_secrets(value) for value in known] == ["****"] * len(known)
    authenticator.refresh_and_set_access_token()
    for new in ("access-token-1-Tn2Vk8Qe", "refresh-token-1-Wf4Jg6Ub"):
        assert filter_secrets(f"x {new} y") == "x **** y"


def test_short_values_do_not_garble_every_line(zoom):
    zoom.post(TOKEN_URL, json={"access_token": "t", "expires_in": 3599})
    login({**SERVER, "account_id": "e", "client_id": "in", "client_secret": "token"}).get_auth_header()
    assert filter_secrets("meetings in the log, one token") == "meetings in the log, one token"


def test_errors_of_the_endpoint_never_repeat_the_login(zoom):
    zoom.post(TOKEN_URL, status_code=400, json={"reason": "refused", "error": "odd"})
    for credentials in (SERVER, USER):
        message = failure(login(credentials)).message
        assert not [value for name, value in credentials.items() if name != "auth_type" and value in message]
