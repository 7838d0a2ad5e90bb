"""Logins over the real command line, and what they tell the platform."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from integration_tests.compare import differences
from integration_tests.connector import Output
from integration_tests.sandbox import AccountShape, Sandbox

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


def assert_complete(output: Output, zoom: Sandbox, tables: list[str] = TABLES) -> None:
    assert output.exit_code == 0, output.tail()
    assert output.strays == []
    for table in tables:
        assert differences(output.records[table], zoom.truth(table)) == []
