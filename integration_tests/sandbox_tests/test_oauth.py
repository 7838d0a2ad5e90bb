"""The simulated Zoom: both kinds of login, the errors of the token endpoint, token life and scopes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from integration_tests.sandbox import CLASSIC_SCOPES, GRANULAR_SCOPES, AccountShape, Sandbox
from integration_tests.sandbox_tests.client import Client

if TYPE_CHECKING:
    from collections.abc import Iterator

    import requests

SMALL = AccountShape(users=2)


@pytest.fixture
def zoom() -> Iterator[Sandbox]:
    with Sandbox(SMALL) as sandbox:
        yield sandbox


@pytest.fixture
def client(zoom: Sandbox) -> Iterator[Client]:
    with Client(zoom, login=False) as connected:
        yield connected


def _refresh(client: Client, token: str, host: str = "zoom.us") -> requests.Response:
    app = client.zoom.oauth_credentials
    return client.session.post(
        f"https://{host}/oauth/token",
        params={"grant_type": "refresh_token", "refresh_token": token},
        auth=(app["client_id"], app["client_secret"]),
        timeout=5,
    )


def test_a_server_to_server_token(zoom: Sandbox, client: Client) -> None:
    body = client.token().json()
    assert set(body) == {"access_token", "token_type", "expires_in", "scope", "api_url"}
    assert body["expires_in"] == 3599
    assert body["api_url"] == "https://api.zoom.us"
    assert set(body["scope"].split()) == set(GRANULAR_SCOPES)
    assert all(len(value) >= 20 for value in zoom.credentials.values())


def test_errors_of_the_token_endpoint(zoom: Sandbox, client: Client) -> None:
    def failed(answer: requests.Response) -> tuple[int, Any]:
        return answer.status_code, answer.json()

    bad_client = {"reason": "Invalid client_id or client_secret", "error": "invalid_client"}
    assert failed(client.token(client_secret="wrong")) == (400, bad_client)
    assert failed(client.token(client_id="wrong")) == (400, bad_client)
    zoom.set_knobs(bad_client_status=401)
    assert failed(client.token(client_secret="wrong")) == (401, bad_client)
    assert failed(client.token(account_id="wrong")) == (400, {"reason": "Bad Request", "error": "invalid_request"})
    zoom.set_knobs(bad_account_reason="Account does not exist")
    assert client.token(account_id="wrong").json()["reason"] == "Account does not exist"
    zoom.set_knobs(app="type_not_enabled")
    assert client.token().json()["reason"] == "Account does not enabled the OAuth app type"
    zoom.deactivate_app()
    assert failed(client.token())[1]["reason"] == "The app has been disabled"
    zoom.activate_app()
    assert client.token().status_code == 200
    login = (zoom.credentials["client_id"], zoom.credentials["client_secret"])
    other = client.session.post("https://zoom.us/oauth/token", data={"grant_type": "password"}, auth=login, timeout=5)
    assert other.json()["error"] == "unsupported_grant_type"


def test_refresh_tokens_rotate_and_the_old_one_is_dead_at_once(zoom: Sandbox, client: Client) -> None:
    first = zoom.oauth_credentials["refresh_token"]
    answer = _refresh(client, first).json()
    second = answer["refresh_token"]
    assert second == zoom.oauth_credentials["refresh_token"] != first
    dead = _refresh(client, first)
    assert (dead.status_code, dead.json()) == (400, {"reason": "Invalid Token!", "error": "invalid_grant"})
    client.session.headers["Authorization"] = f"Bearer {answer['access_token']}"
    assert client.get("users").status_code == 200
    zoom.revoke_refresh_token()
    assert _refresh(client, second).json()["error"] == "invalid_grant"


@pytest.mark.parametrize("status", [401, 400])
def test_tokens_die_of_age_by_force_and_with_the_app(zoom: Sandbox, client: Client, status: int) -> None:
    zoom.set_knobs(invalid_token_status=status)
    assert client.error("users") == (status, 124, "Invalid access token.")

    client.login()
    assert client.get("users").status_code == 200
    zoom.expire_tokens()
    assert client.error("users")[:2] == (status, 124)
    zoom.set_knobs(token_seconds=0)
    client.login()
    assert client.error("users") == (status, 124, "Access token is expired.")
    zoom.set_knobs(token_seconds=3600)
    client.login()
    zoom.deactivate_app()
    assert client.error("users")[:2] == (status, 124)


def test_a_new_token_can_void_the_old_one(zoom: Sandbox, client: Client) -> None:
    zoom.set_knobs(one_token=True)
    old = client.token().json()["access_token"]
    client.token()
    client.session.headers["Authorization"] = f"Bearer {old}"
    assert client.error("users")[:2] == (401, 124)


def test_what_the_token_answer_claims(zoom: Sandbox, client: Client) -> None:
    zoom.set_knobs(expires_in=7, api_url=None)
    assert client.token().json()["expires_in"] == 7
    assert "api_url" not in client.token().json()


def test_a_region_is_served_when_the_token_answer_names_it() -> None:
    with Sandbox(SMALL, api_url="https://api-eu.zoom.us") as zoom, Client(zoom) as client:
        assert client.session.get("https://api-eu.zoom.us/v2/users", timeout=5).status_code == 200
    with Sandbox(SMALL, api_url="https://api.example.com") as zoom, Client(zoom) as client:
        with pytest.raises(OSError, match="403"):
            client.session.get("https://api.example.com/v2/users", timeout=5)
        assert zoom.refused_hosts == ["api.example.com:443"]


@pytest.mark.parametrize(("home", "abroad"), [("zoom.us", "zoomgov.com"), ("zoomgov.com", "zoom.us")])
def test_an_account_lives_in_one_of_two_worlds(home: str, abroad: str) -> None:
    with Sandbox(SMALL, environment=home) as zoom, Client(zoom, login=False) as client:
        assert client.token(abroad).json()["error"] == "invalid_client"
        body = client.token(home).json()
        assert body["api_url"] == f"https://api.{home}"
        client.session.headers["Authorization"] = f"Bearer {body['access_token']}"
        assert client.session.get(f"https://api.{home}/v2/users", timeout=5).status_code == 200
        assert client.session.get(f"https://api.{abroad}/v2/users", timeout=5).json()["code"] == 124


def test_a_missing_scope_is_named(zoom: Sandbox, client: Client) -> None:
    zoom.set_knobs(without_scopes=("meeting:read:list_meetings:admin",))
    client.login()
    path = f"users/{zoom.account.users[0].id}/meetings"
    assert client.error(path) == (
        400,
        4711,
        "Invalid access token, does not contain scopes:[meeting:read:list_meetings, meeting:read:list_meetings:admin].",
    )
    zoom.set_knobs(scope_error_code=4700)
    assert client.error(path) == (400, 4700, "Invalid access token, does not contain scopes.")


def test_classic_scopes_open_everything(zoom: Sandbox, client: Client) -> None:
    zoom.set_knobs(scopes=CLASSIC_SCOPES)
    client.login()
    assert client.get("users").status_code == 200
    assert client.get(f"users/{zoom.account.users[0].id}/webinars").status_code == 200
    zoom.set_knobs(scopes=("user:read:admin",))
    client.login()
    assert client.error(f"users/{zoom.account.users[0].id}/webinars")[:2] == (400, 4711)


def test_an_account_without_webinars() -> None:
    with Sandbox(AccountShape(users=4, webinar_share=0)) as zoom, Client(zoom) as client:
        for user in zoom.account.users[:4]:
            assert client.error(f"users/{user.id}/webinars")[:2] == (400, 200)
        assert zoom.owed("webinars") == zoom.owed("report_webinars") == 0
