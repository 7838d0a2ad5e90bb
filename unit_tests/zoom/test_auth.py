"""auth.py: what both logins send, how long a token is used, its scopes and region, and what stays secret."""

from __future__ import annotations

import base64
import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.airbyte_secrets_utils import filter_secrets
from airbyte_cdk.utils.datetime_helpers import ab_datetime_now

from source_zoom.zoom.auth import trusted_api_url
from unit_tests.integration.request_builder import TOKEN_URL
from unit_tests.zoom.login import SERVER, USER, failure, last_request, login, rotated, sent, token

if TYPE_CHECKING:
    from pathlib import Path

    import requests_mock

# What is sent


def test_a_server_login_sends_its_account_id_and_keeps_the_secret_out_of_body_and_url(
    api: requests_mock.Mocker,
) -> None:
    api.post(TOKEN_URL, **token())
    assert login().get_auth_header() == {"Authorization": "Bearer access-token-1-Tn2Vk8Qe"}
    (request,) = api.request_history
    assert sent(api) == [{"grant_type": ["account_credentials"], "account_id": [SERVER["account_id"]]}]
    credentials = base64.b64decode(request.headers["Authorization"].removeprefix("Basic ")).decode()
    assert credentials == f"{SERVER['client_id']}:{SERVER['client_secret']}"
    assert request.query == ""
    assert last_request(api).timeout == (10.0, 30.0)


def test_a_user_login_sends_its_refresh_token(api: requests_mock.Mocker) -> None:
    api.post(TOKEN_URL, **rotated())
    login({**USER, "refresh_token": f" {USER['refresh_token']}\n"}).get_auth_header()
    assert sent(api) == [{"grant_type": ["refresh_token"], "refresh_token": [USER["refresh_token"]]}]


def test_government_accounts_log_in_at_their_own_host(api: requests_mock.Mocker) -> None:
    api.post("https://zoomgov.com/oauth/token", **token())
    authenticator = login(environment="zoomgov.com")
    assert authenticator.api_url() == "https://api.zoomgov.com/v2/"


def test_a_netrc_file_does_not_replace_the_login(
    api: requests_mock.Mocker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine zoom.us login someone password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    api.post(TOKEN_URL, **token())
    login().get_auth_header()
    assert base64.b64decode(last_request(api).headers["Authorization"].split()[1]).decode().startswith("client-id")


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_of_the_token_endpoint_is_not_followed(api: requests_mock.Mocker, status: int) -> None:
    api.post(TOKEN_URL, status_code=status, headers={"Location": "https://example.com/oauth/token"})
    error = failure(login())
    assert error.failure_type is FailureType.transient_error
    assert f"HTTP {status} without a token" in str(error)
    assert [request.hostname for request in api.request_history] == ["zoom.us"]


# Life of a token


def test_a_token_serves_until_shortly_before_it_expires(api: requests_mock.Mocker) -> None:
    api.post(TOKEN_URL, [token(1), token(2)])
    authenticator = login()
    for _ in range(3):
        assert authenticator.get_auth_header() == {"Authorization": "Bearer access-token-1-Tn2Vk8Qe"}
    authenticator.set_token_expiry_date(ab_datetime_now() + timedelta(seconds=59))
    assert authenticator.get_auth_header() == {"Authorization": "Bearer access-token-2-Tn2Vk8Qe"}


@pytest.mark.parametrize("expires_in", [7, "3599", None, "soon", -5])
def test_an_odd_life_does_not_lead_to_a_login_at_every_request(api: requests_mock.Mocker, expires_in: Any) -> None:
    api.post(TOKEN_URL, **token(expires_in=expires_in))
    authenticator = login()
    authenticator.get_auth_header()
    authenticator.get_auth_header()
    assert api.call_count == 1


def test_a_rejected_token_is_replaced_once_however_many_threads_ask(api: requests_mock.Mocker) -> None:
    api.post(TOKEN_URL, [token(1), token(2), token(3)])
    authenticator = login()
    rejected = authenticator.get_auth_header()["Authorization"]
    replaced: list[bool] = []
    threads = [threading.Thread(target=lambda: replaced.append(authenticator.replace(rejected))) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert api.call_count == 2
    assert sorted(replaced) == [False] * 19 + [True]
    assert authenticator.access_token == "access-token-2-Tn2Vk8Qe"


def test_many_threads_log_in_once(api: requests_mock.Mocker) -> None:
    api.post(TOKEN_URL, [token(1), token(2)])
    authenticator = login()
    headers: list[Any] = []
    threads = [threading.Thread(target=lambda: headers.append(authenticator.get_auth_header())) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert api.call_count == 1
    assert headers == [{"Authorization": "Bearer access-token-1-Tn2Vk8Qe"}] * 20


# Scopes and region


def test_scopes_are_those_of_the_last_answer(api: requests_mock.Mocker) -> None:
    api.post(TOKEN_URL, [token(1, scope="user:read:admin meeting:read:admin"), token(2)])
    authenticator = login()
    assert authenticator.granted_scopes == frozenset()
    authenticator.get_auth_header()
    assert authenticator.granted_scopes == {"user:read:admin", "meeting:read:admin"}
    for odd in (None, ["user:read:admin"], 5, ""):
        api.post(TOKEN_URL, **token(3, scope=odd))
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
def test_only_zooms_own_hosts_get_requests(
    address: Any, environment: str, base: str | None, api: requests_mock.Mocker, caplog: pytest.LogCaptureFixture
) -> None:
    assert trusted_api_url(address, environment) == base
    api.post(f"https://{environment}/oauth/token", **token(api_url=address))
    authenticator = login(environment=environment)
    assert authenticator.api_url() == (base or f"https://api.{environment}/v2/")
    authenticator.refresh_and_set_access_token()
    assert len([message for message in caplog.messages if "not one of Zoom's own" in message]) == (base is None)


def test_an_answer_without_an_address_leaves_the_usual_host(
    api: requests_mock.Mocker, caplog: pytest.LogCaptureFixture
) -> None:
    api.post(TOKEN_URL, **token(api_url=""))
    assert login().api_url() == "https://api.zoom.us/v2/"
    assert caplog.messages == []


# Secrets


@pytest.mark.parametrize("credentials", [SERVER, {**USER, "access_token": "access-token-0-Tn2Vk8Qe"}])
def test_ids_secrets_and_tokens_are_masked_from_here_on(
    api: requests_mock.Mocker, credentials: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    api.post(TOKEN_URL, **rotated(1))
    authenticator = login(credentials)
    known = [value for name, value in credentials.items() if name != "auth_type"]
    assert [filter_secrets(value) for value in known] == ["****"] * len(known)
    authenticator.refresh_and_set_access_token()
    for new in ("access-token-1-Tn2Vk8Qe", "refresh-token-1-Wf4Jg6Ub"):
        assert filter_secrets(f"x {new} y") == "x **** y"


def test_short_values_do_not_garble_every_line(api: requests_mock.Mocker) -> None:
    api.post(TOKEN_URL, json={"access_token": "t", "expires_in": 3599})
    login({**SERVER, "account_id": "e", "client_id": "in", "client_secret": "token"}).get_auth_header()
    assert filter_secrets("meetings in the log, one token") == "meetings in the log, one token"


def test_errors_of_the_endpoint_never_repeat_the_login(api: requests_mock.Mocker) -> None:
    api.post(TOKEN_URL, status_code=400, json={"reason": "refused", "error": "odd"})
    for credentials in (SERVER, USER):
        message = str(failure(login(credentials)))
        assert not [value for name, value in credentials.items() if name != "auth_type" and value in message]
