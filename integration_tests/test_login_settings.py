"""Settings of a login over the real command line: those of older connectors, and those that cannot work."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from integration_tests.connector import server_to_server
from integration_tests.logins import (
    SMALL,
    Command,
    announced,
    assert_complete,
    leaks,
)
from integration_tests.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.long

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
