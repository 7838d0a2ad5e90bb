"""Logging in over the real command line: both logins, tokens that rotate, refusals, hosts, and older settings."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from integration_tests.compare import differences
from integration_tests.connector import Output, configured, run, server_to_server, write_json
from integration_tests.sandbox import AccountShape, Sandbox

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.long

SMALL = AccountShape(users=6)
TABLES = ["users", "meetings", "meeting_polls", "webinars"]
Command = Callable[..., Output]


def user_login(zoom: Sandbox, **settings: Any) -> dict[str, Any]:
    """The form filled in for a general app."""
    return {"credentials": {"auth_type": "oauth2.0", **zoom.oauth_credentials}, **settings}


def announced(output: Output) -> list[dict[str, Any]]:
    """The settings that the platform was told to keep, in order."""
    return [message["control"]["connectorConfig"]["config"] for message in output.of_type("CONTROL")]


def secrets_of(config: dict[str, Any]) -> list[str]:
    login = config.get("credentials", config)
    return [
        value
        for name, value in login.items()
        if name in ("account_id", "client_id", "client_secret") or "token" in name
    ]


def leaks(output: Output, *configs: dict[str, Any]) -> list[str]:
    """Lines other than CONTROL messages, which have to carry them, that hold a secret of these settings."""
    secrets = [secret for config in configs for secret in secrets_of(config)]
    others = [line for line in output.lines if not line.startswith('{"type":"CONTROL"')]
    return [line for line in others if any(secret in line for secret in secrets)]


def paths(zoom: Sandbox) -> list[str]:
    return [request.path for request in zoom.requests]


@pytest.fixture
def small() -> Iterator[Sandbox]:
    with Sandbox(SMALL) as sandbox:
        yield sandbox


@pytest.fixture
def command(catalog: dict[str, Any], tmp_path: Path) -> Command:
    """command(name, zoom, config, tables=...): run check or read with these settings."""

    def run_command(name: str, zoom: Sandbox, config: dict[str, Any], tables: list[str] | None = None) -> Output:
        arguments = [name, "--config", write_json(tmp_path / "config.json", config)]
        if name == "read":
            selected = configured(catalog, TABLES if tables is None else tables)
            arguments += ["--catalog", write_json(tmp_path / "catalog.json", selected)]
        return run(arguments, zoom.environment)

    return run_command


def assert_complete(output: Output, zoom: Sandbox, tables: list[str] = TABLES) -> None:
    assert output.exit_code == 0, output.tail()
    assert output.strays == []
    for table in tables:
        assert differences(output.records[table], zoom.truth(table)) == []


# A user's login


def test_a_user_logs_in_and_the_next_sync_goes_on_from_the_new_token(small: Sandbox, command: Command) -> None:
    config = user_login(small, num_workers=4)
    first = command("read", small, config)
    assert_complete(first, small)
    (kept,) = announced(first)
    assert kept == {**config, "credentials": {**config["credentials"], **kept["credentials"]}}
    assert kept["credentials"]["refresh_token"] == small.oauth_credentials["refresh_token"]
    assert leaks(first, config, kept) == []

    # Its access token still lives, so nothing has to rotate.
    second = command("read", small, kept)
    assert_complete(second, small)
    assert announced(second) == []
    assert paths(small).count("/oauth/token") == 1

    small.expire_tokens()
    third = command("check", small, kept)
    assert third.connection_status["status"] == "SUCCEEDED"
    assert announced(third)[-1]["credentials"]["refresh_token"] == small.oauth_credentials["refresh_token"]


def kill_tokens(zoom: Sandbox, times: int) -> None:
    """Void every token, each time after the newest one has served twenty requests."""
    for _ in range(times):
        issued, before = zoom.oauth.issued, len(zoom.requests)
        while zoom.oauth.issued == issued or sum(r.status == 200 for r in zoom.requests[before:]) < 20:
            time.sleep(0.01)
        zoom.expire_tokens()


def test_five_rotations_under_twenty_workers(command: Command, catalog: dict[str, Any]) -> None:
    everything = [stream["name"] for stream in catalog["streams"]]
    pace = {"num_workers": 20, "account_plan": "business"}
    with Sandbox(AccountShape(users=8), latency=0.03, latency_jitter=0.02) as zoom:
        quiet = command("read", zoom, server_to_server(zoom.credentials, **pace), everything)
        assert quiet.exit_code == 0, quiet.tail()
        zoom.clear_requests()

        config = user_login(zoom, **pace)
        killer = threading.Thread(target=kill_tokens, args=(zoom, 5), daemon=True)
        killer.start()
        output = command("read", zoom, config, everything)
        killer.join(timeout=30)
        assert not killer.is_alive()
        assert output.exit_code == 0, output.tail()
        for table in everything:
            assert differences(output.records[table], quiet.records[table]) == []
        rotations = announced(output)
        assert len({kept["credentials"]["refresh_token"] for kept in rotations}) == len(rotations) == 6
        assert paths(zoom).count("/oauth/token") == 6
        assert leaks(output, config, *rotations) == []
        # Every line is whole, although twenty threads wrote logs and records at the same time.
        assert output.strays == []

        # The last message starts the next sync; with any earlier one there is none.
        zoom.expire_tokens()
        next_sync = command("read", zoom, rotations[-1], ["users"])
        assert_complete(next_sync, zoom, ["users"])
        zoom.expire_tokens()
        for earlier in (config, rotations[0], rotations[-1]):
            dead = command("check", zoom, earlier)
            assert dead.connection_status["status"] == "FAILED"
            assert "Authenticate again" in dead.connection_status["message"]


@pytest.mark.parametrize("kind", ["reset", "status_503", "status_502_html"])
def test_a_refresh_that_zoom_did_not_serve_is_tried_again(small: Sandbox, command: Command, kind: str) -> None:
    small.add_fault(kind=kind, path="/oauth/token", first=1)
    output = command("read", small, user_login(small), ["users"])
    assert_complete(output, small, ["users"])
    assert paths(small).count("/oauth/token") == 2


@pytest.mark.parametrize("kind", ["lost_answer", "cut"])
def test_a_refresh_that_zoom_served_in_vain_says_so(small: Sandbox, command: Command, kind: str) -> None:
    small.add_fault(kind=kind, path="/oauth/token", first=1)
    output = command("read", small, user_login(small), ["users"])
    assert output.exit_code == 1
    assert output.errors[-1]["failure_type"] == "config_error"
    assert "lost on the way" in output.errors[-1]["message"]
    assert "Authenticate again" in output.errors[-1]["message"]
    assert paths(small) == ["/oauth/token"] * 2


def test_a_refresh_that_never_comes_through_is_no_fault_of_the_settings(small: Sandbox, command: Command) -> None:
    small.add_fault(kind="reset", path="/oauth/token")
    output = command("check", small, user_login(small))
    assert output.exit_code == 1
    assert output.of_type("CONNECTION_STATUS") == []
    assert output.errors[-1]["failure_type"] == "transient_error"
    assert announced(output) == []
    assert paths(small) == ["/oauth/token"] * 2


def test_a_dead_grant_is_asked_once_by_all_tables_together(small: Sandbox, command: Command) -> None:
    config = user_login(small)
    small.revoke_refresh_token()
    output = command("read", small, config)
    assert output.exit_code == 1
    assert output.errors[-1]["failure_type"] == "config_error"
    assert "Authenticate again" in output.errors[-1]["message"]
    assert paths(small) == ["/oauth/token"]
    assert leaks(output, config) == []


# Refusals


def refused(small: Sandbox, cause: str) -> dict[str, Any]:
    """Settings, or a state of the app, that Zoom refuses."""
    server = server_to_server(small.credentials)
    user = user_login(small)
    if cause == "secret":
        server["credentials"]["client_secret"] = "this-secret-was-regenerated-long-ago"
    elif cause == "secret of a general app":
        user["credentials"]["client_secret"] = "this-secret-was-regenerated-long-ago"
        return user
    elif cause == "account":
        server["credentials"]["account_id"] = "this-account-is-another-one"
    elif cause == "deactivated":
        small.deactivate_app()
    elif cause == "deactivated general app":
        small.deactivate_app()
        return user
    elif cause == "kind of app":
        server["credentials"].update({name: user["credentials"][name] for name in ("client_id", "client_secret")})
    elif cause == "environment":
        server["environment"] = "zoomgov.com"
    elif cause == "grant":
        small.revoke_refresh_token()
        return user
    return server


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        ("secret", "Zoom does not accept the client ID and client secret."),
        ("secret of a general app", "Zoom does not accept the client ID and client secret."),
        ("account", "Zoom does not know this account ID for the app."),
        ("deactivated", "The Zoom app is not active."),
        ("deactivated general app", "The Zoom app is not active."),
        ("kind of app", "choose OAuth for a general app"),
        ("environment", "check that the environment is right"),
        ("grant", "Authenticate again"),
    ],
)
def test_check_says_what_to_do_about_a_refusal(small: Sandbox, command: Command, cause: str, words: str) -> None:
    config = refused(small, cause)
    output = command("check", small, config)
    assert output.exit_code == 0
    assert output.connection_status["status"] == "FAILED"
    assert words in output.connection_status["message"]
    assert leaks(output, config) == []
    assert output.strays == []
    assert paths(small) == ["/oauth/token"]


# Where the account lives


@pytest.mark.parametrize("login", [user_login, lambda zoom: server_to_server(zoom.credentials)])
def test_a_government_account_is_read_at_its_own_hosts(
    command: Command, login: Callable[[Sandbox], dict[str, Any]]
) -> None:
    with Sandbox(SMALL, environment="zoomgov.com") as zoom:
        config = {**login(zoom), "environment": "zoomgov.com"}
        checked = command("check", zoom, config)
        assert checked.connection_status["status"] == "SUCCEEDED"
        assert_complete(command("read", zoom, [config, *announced(checked)][-1]), zoom)
        assert {request.host for request in zoom.requests} == {"zoomgov.com", "api.zoomgov.com"}
        assert zoom.refused_hosts == []


def test_a_region_that_the_login_names_is_used(command: Command) -> None:
    with Sandbox(SMALL, api_url="https://api-eu.zoom.us") as zoom:
        assert_complete(command("read", zoom, server_to_server(zoom.credentials)), zoom)
        assert {request.host for request in zoom.requests} == {"zoom.us", "api-eu.zoom.us"}


@pytest.mark.parametrize(
    "address",
    ["https://api.example.com", "https://company.zoom.us", "https://api.zoomgov.com", "https://api.zoom.us:8443"],
)
def test_an_address_that_is_not_zooms_is_refused(command: Command, address: str) -> None:
    with Sandbox(SMALL, api_url=address) as zoom:
        output = command("read", zoom, server_to_server(zoom.credentials))
        assert_complete(output, zoom)
        assert len([line for line in output.logs if line.startswith("WARN Zoom's login names an API address")]) == 1
        assert {request.host for request in zoom.requests} == {"zoom.us", "api.zoom.us"}
        assert zoom.refused_hosts == []


@pytest.mark.parametrize("path", ["^/oauth/token", "^/v2/users"])
def test_a_redirect_carries_no_token_to_another_host(small: Sandbox, command: Command, path: str) -> None:
    small.add_fault(kind="redirect", path=path, location="https://example.com/v2/users")
    output = command("check", small, server_to_server(small.credentials))
    assert output.of_type("CONNECTION_STATUS") == []
    assert output.exit_code == 1
    assert small.refused_hosts == []
    assert {request.host for request in small.requests} <= {"zoom.us", "api.zoom.us"}


# Older settings


def airbytes_flat_login(zoom: Sandbox) -> dict[str, Any]:
    return {**zoom.credentials, "authorization_endpoint": "https://zoom.us/oauth/token", "num_workers": 8}


def singers_flat_login(zoom: Sandbox) -> dict[str, Any]:
    return {**zoom.oauth_credentials, "start_date": ""}


@pytest.mark.parametrize("flat", [airbytes_flat_login, singers_flat_login])
def test_flat_settings_work_and_are_announced_in_todays_shape(
    small: Sandbox, command: Command, flat: Callable[[Sandbox], dict[str, Any]]
) -> None:
    old = flat(small)
    checked = command("check", small, old)
    assert checked.connection_status["status"] == "SUCCEEDED", checked.tail()
    moved = announced(checked)[0]
    assert {**moved, **moved["credentials"]} == {
        **{name: value for name, value in old.items() if name != "authorization_endpoint"},
        "auth_type": moved["credentials"]["auth_type"],
        "credentials": moved["credentials"],
    }
    # A rotation on top of it is announced as well, and the platform keeps the last one.
    kept = announced(checked)[-1]
    assert kept["credentials"].get("refresh_token", "") == (
        small.oauth_credentials["refresh_token"] if "refresh_token" in old else ""
    )
    output = command("read", small, kept)
    assert_complete(output, small)
    assert announced(output) == []
    assert leaks(checked, old, kept) == leaks(output, old, kept) == []


def test_flat_settings_of_a_government_account(command: Command) -> None:
    with Sandbox(SMALL, environment="zoomgov.com") as zoom:
        old = {**zoom.credentials, "authorization_endpoint": "https://zoomgov.com/oauth/token"}
        output = command("read", zoom, old)
        assert_complete(output, zoom)
        assert announced(output) == [server_to_server(zoom.credentials, environment="zoomgov.com")]


def test_an_old_endpoint_elsewhere_is_never_asked(small: Sandbox, command: Command) -> None:
    old = {**small.credentials, "authorization_endpoint": "https://login.example.com/oauth/token"}
    output = command("check", small, old)
    assert output.connection_status["status"] == "SUCCEEDED"
    assert small.refused_hosts == []
    assert "https://login.example.com" not in json.dumps(output.logs)


# Settings that cannot work


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"credentials": {"client_secret": ""}}, "Client Secret (credentials.client_secret) is empty"),
        ({"credentials": {"account_id": None}}, "Account ID (credentials.account_id) is missing"),
        ({"start_date": "2999-01-01"}, "Start Date (start_date) is 2999-01-01, which lies in the future"),
        ({"account_plan": "gold"}, "Account Plan (account_plan) must be 'auto', 'free', 'pro' or 'business'"),
        ({"environment": "example.com"}, "Environment (environment) must be 'zoom.us' or 'zoomgov.com'"),
        ({"num_workers": 201}, "Number of Workers (num_workers) must be at most 200"),
    ],
)
def test_wrong_settings_are_told_before_anything_is_asked(
    small: Sandbox, command: Command, change: dict[str, Any], words: str
) -> None:
    config = server_to_server(small.credentials)
    config = {**config, **change, "credentials": {**config["credentials"], **change.get("credentials", {})}}
    output = command("check", small, config)
    assert output.connection_status["status"] == "FAILED"
    assert words in output.connection_status["message"]
    assert small.credentials["client_secret"] not in "\n".join(output.lines)
    assert small.requests == []


def test_spaces_around_ids_do_no_harm(small: Sandbox, command: Command) -> None:
    config = server_to_server({name: f" {value}\n" for name, value in small.credentials.items()})
    assert command("check", small, config).connection_status["status"] == "SUCCEEDED"
