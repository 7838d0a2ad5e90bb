"""A refresh token that was typed in by hand: the check of a source that is not saved yet must not cost the login."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import requests

from integration_tests.connector import configured, run, write_json
from integration_tests.faulty import PLAIN
from integration_tests.sandbox import Sandbox

if TYPE_CHECKING:
    from pathlib import Path

    from integration_tests.connector import Output


def grant(zoom: Sandbox) -> dict[str, str]:
    """The form's login as a person fills it in after one request with curl."""
    login = zoom.oauth_credentials
    answer = requests.post(
        "https://zoom.us/oauth/token",
        data={"grant_type": "refresh_token", "refresh_token": login["refresh_token"]},
        auth=(login["client_id"], login["client_secret"]),
        proxies={"https": zoom.proxy_url},
        verify=str(zoom.ca_file),
        timeout=10,
    ).json()
    expiry = f"{zoom.now + timedelta(seconds=answer['expires_in']):%Y-%m-%dT%H:%M:%SZ}"
    tokens = {name: answer[name] for name in ("access_token", "refresh_token")}
    return {"auth_type": "oauth2.0", **login, **tokens, "token_expiry_date": expiry}


def check_then_read(
    zoom: Sandbox, catalog: dict[str, Any], tmp_path: Path, credentials: dict[str, str]
) -> tuple[Output, Output]:
    """Check a source that is not saved, so that the settings stay as they were typed in; then sync it."""
    config = write_json(tmp_path / "config.json", {"credentials": credentials, "account_plan": "business"})
    selected = write_json(tmp_path / "catalog.json", configured(catalog, ["users"]))
    check = run(["check", "--config", config], zoom.environment)
    assert check.connection_status["status"] == "SUCCEEDED", check.tail()
    return check, run(["read", "--config", config, "--catalog", selected], zoom.environment)


def test_check_leaves_the_grant_alone_while_the_access_token_lives(catalog: dict[str, Any], tmp_path: Path) -> None:
    with Sandbox(PLAIN) as zoom:
        check, read = check_then_read(zoom, catalog, tmp_path, grant(zoom))
        assert check.of_type("CONTROL") == []
        assert read.exit_code == 0, read.tail()
        assert len(read.records["users"]) == zoom.owed("users")


def test_check_that_spends_a_typed_in_refresh_token_says_so(catalog: dict[str, Any], tmp_path: Path) -> None:
    with Sandbox(PLAIN) as zoom:
        credentials = {"auth_type": "oauth2.0", **zoom.oauth_credentials}
        check, read = check_then_read(zoom, catalog, tmp_path, credentials)
        warnings = [line for line in check.logs if line.startswith("WARN") and "refresh token" in line]
        assert warnings, check.tail()
        assert read.exit_code == 1
        assert "Zoom does not accept the refresh token" in read.errors[-1]["message"]
