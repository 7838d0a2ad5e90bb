"""Logging in over the real command line: tokens that rotate, refusals, and the hosts of the account."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from integration_tests.compare import differences
from integration_tests.connector import server_to_server
from integration_tests.logins import (
    SMALL,
    Command,
    announced,
    assert_complete,
    leaks,
    paths,
    user_login,
)
from integration_tests.sandbox import AccountShape, Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.long

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
