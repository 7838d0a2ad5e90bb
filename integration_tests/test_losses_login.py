"""A refresh token that was typed in by hand: no check of an unsaved source uses it up without a word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests

from integration_tests.connector import Output, configured, run, write_json
from integration_tests.faulty import PLAIN, assert_whole, logins
from integration_tests.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SPENT = "WARN This check has used up the refresh token, and Zoom has issued the next one."


@pytest.fixture
def zoom() -> Iterator[Sandbox]:
    with Sandbox(PLAIN) as sandbox:
        yield sandbox


def typed_in(zoom: Sandbox, *names: str) -> dict[str, Any]:
    """The form with what Zoom's answer to a token request by hand holds, as far as it is named."""
    app = zoom.oauth_credentials
    answer = requests.post(
        "https://zoom.us/oauth/token",
        {"grant_type": "refresh_token", "refresh_token": app["refresh_token"]},
        auth=(app["client_id"], app["client_secret"]),
        proxies={"https": zoom.proxy_url},
        verify=str(zoom.ca_file),
        timeout=10,
    ).json()
    answer["token_expiry_date"] = "2999-01-01T00:00:00Z"
    login = {**zoom.oauth_credentials, **{name: answer[name] for name in names}}
    zoom.clear_requests()
    return {"credentials": {"auth_type": "oauth2.0", **login}}


def command(name: str, zoom: Sandbox, form: dict[str, Any], catalog: dict[str, Any], folder: Path) -> Output:
    arguments = [name, "--config", write_json(folder / "config.json", form)]
    if name == "read":
        arguments += ["--catalog", write_json(folder / "catalog.json", configured(catalog, ["users"]))]
    return run(arguments, zoom.environment)


@pytest.mark.parametrize(
    "names",
    [("refresh_token", "access_token", "token_expiry_date"), ("refresh_token", "access_token")],
    ids=["with expiry", "without expiry"],
)
def test_check_uses_the_access_token_that_was_typed_in(
    zoom: Sandbox, catalog: dict[str, Any], tmp_path: Path, names: tuple[str, ...]
) -> None:
    """The platform drops what the check of an unsaved source announces, and saves the form as it was."""
    form = typed_in(zoom, *names)
    checked = command("check", zoom, form, catalog, tmp_path)
    assert checked.connection_status["status"] == "SUCCEEDED"
    assert logins(zoom) == 0
    assert [line for line in checked.logs if line.startswith(SPENT)] == []
    assert_whole(command("read", zoom, form, catalog, tmp_path), zoom, ["users"])


def test_check_says_that_it_has_used_up_a_lone_refresh_token(
    zoom: Sandbox, catalog: dict[str, Any], tmp_path: Path
) -> None:
    form = typed_in(zoom, "refresh_token")
    checked = command("check", zoom, form, catalog, tmp_path)
    assert checked.connection_status["status"] == "SUCCEEDED"
    assert logins(zoom) == 1
    (line,) = [line for line in checked.logs if line.startswith(SPENT)]
    assert "enter the access token" in line
    assert "CONTROL message" in line
    (announced,) = checked.of_type("CONTROL")
    kept = announced["control"]["connectorConfig"]["config"]
    assert_whole(command("read", zoom, kept, catalog, tmp_path), zoom, ["users"])
    # The form as it was typed in is dead, and that is said too.
    dead = command("read", zoom, form, catalog, tmp_path)
    assert dead.exit_code == 1
    assert "Authenticate again" in dead.errors[-1]["message"]
