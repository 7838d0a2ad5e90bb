"""Wrong files and settings over the command line: one clear error of the configuration, and valid messages only."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from integration_tests.connector import Output, configured, run, server_to_server, write_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from integration_tests.sandbox import Sandbox

# What is done to the form, and what the error says about it.
WRONG_SETTINGS: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "nothing": (
        lambda form: form.clear(),
        "Authentication (credentials) is missing: choose OAuth or Server-to-Server OAuth",
    ),
    "no id": (lambda form: form["credentials"].pop("account_id"), "Account ID (credentials.account_id) is missing"),
    "number": (lambda form: form["credentials"].update(client_id=5), "Client ID (credentials.client_id) must be text"),
    "list": (
        lambda form: form.update(credentials=[]),
        "Authentication (credentials) must be an object with the fields of one login",
    ),
    "kind": (
        lambda form: form["credentials"].update(auth_type="jwt"),
        "credentials.auth_type must be oauth2.0 or server_to_server",
    ),
    "no date": (
        lambda form: form.update(start_date="last spring"),
        "Start Date (start_date) is 'last spring', which is no date of the form YYYY-MM-DD, YYYY-MM-DDTHH:MM:SSZ or "
        "MM/DD/YYYY",
    ),
    "date of no calendar": (
        lambda form: form.update(start_date="2026-02-30"),
        "Start Date (start_date) is '2026-02-30', which is no date",
    ),
    "future": (
        lambda form: form.update(start_date="2999-01-01"),
        "Start Date (start_date) is 2999-01-01, which lies in the future",
    ),
    "date as a number": (
        lambda form: form.update(start_date=20260101),
        "Start Date (start_date) must be text in the form YYYY",
    ),
    "plan": (
        lambda form: form.update(account_plan="gold"),
        "Account Plan (account_plan) must be 'auto', 'free', 'pro' or 'business'",
    ),
    "share": (
        lambda form: form.update(rate_limit_share=101),
        "Share of the Rate Limits (rate_limit_share) must be at most 100",
    ),
    "workers": (lambda form: form.update(num_workers="many"), "Number of Workers (num_workers) must be a whole number"),
    "environment": (
        lambda form: form.update(environment="zoom.com"),
        "Environment (environment) must be 'zoom.us' or 'zoomgov.com'",
    ),
}

# Options of the command, and what the errors call their files.
CALLED = {"config": "configuration", "catalog": "catalog", "state": "state"}


def only_error(output: Output, zoom: Sandbox) -> str:
    """The sentence that ended a command, which sent no request; the log has it too, without a traceback."""
    assert output.exit_code == 1, output.tail()
    assert output.strays == []
    assert output.records == {}
    (error,) = output.errors
    assert error["failure_type"] == "config_error"
    assert zoom.requests == []
    message: str = error["message"]
    assert f"FATAL {message}" in output.logs
    return message


@pytest.fixture
def files(zoom: Sandbox, catalog: dict[str, Any], tmp_path: Path) -> dict[str, str]:
    """Paths of good files, by what they are."""
    zoom.clear_requests()
    return {
        "config": write_json(tmp_path / "config.json", server_to_server(zoom.credentials)),
        "catalog": write_json(tmp_path / "catalog.json", configured(catalog)),
        "state": write_json(tmp_path / "state.json", []),
    }


def read(zoom: Sandbox, files: dict[str, str]) -> Output:
    return run(["read", *(word for name, path in files.items() for word in (f"--{name}", path))], zoom.environment)


@pytest.mark.parametrize("wrong", WRONG_SETTINGS)
def test_wrong_settings_name_the_field_and_the_fix(zoom: Sandbox, files: dict[str, str], wrong: str) -> None:
    spoil, words = WRONG_SETTINGS[wrong]
    form = server_to_server(zoom.credentials)
    spoil(form)
    write_json(Path(files["config"]), form)
    message = only_error(read(zoom, files), zoom)
    assert words in message
    for secret in zoom.credentials.values():
        assert secret not in message


@pytest.mark.parametrize("what", CALLED)
def test_a_broken_file_is_named_with_the_place(zoom: Sandbox, files: dict[str, str], what: str) -> None:
    Path(files[what]).write_text('{"a": 1,\n "b": "hidden', encoding="utf-8")
    message = only_error(read(zoom, files), zoom)
    assert f"The {CALLED[what]} file {files[what]} is no valid JSON" in message
    assert "line 2" in message
    assert "hidden" not in message


@pytest.mark.parametrize("what", CALLED)
def test_a_missing_file_is_named(zoom: Sandbox, files: dict[str, str], what: str) -> None:
    Path(files[what]).unlink()
    assert f"The {CALLED[what]} file {files[what]} cannot be read" in only_error(read(zoom, files), zoom)


@pytest.mark.parametrize(
    ("what", "content"), [("config", []), ("catalog", {"streams": [{"stream": "users"}]}), ("state", {"users": 1})]
)
def test_a_file_of_another_shape_is_named(
    zoom: Sandbox, files: dict[str, str], what: str, content: list[Any] | dict[str, Any]
) -> None:
    write_json(Path(files[what]), content)
    words = f"The {CALLED[what]} file {files[what]} does not hold an Airbyte {CALLED[what]}: "
    assert words in only_error(read(zoom, files), zoom)


def test_an_unknown_table_is_named(zoom: Sandbox, files: dict[str, str]) -> None:
    catalog = json.loads(Path(files["catalog"]).read_text("utf-8"))
    catalog["streams"][3]["stream"]["name"] = "meeting_moods"
    write_json(Path(files["catalog"]), catalog)
    output = read(zoom, files)
    assert output.exit_code == 1
    (*_, ending) = output.errors
    assert ending["message"].startswith("1 of ")
    assert "This source has no table meeting_moods." in ending["message"]
    assert output.statuses["meeting_moods"] == ["STARTED", "INCOMPLETE"]
    assert {statuses[-1] for table, statuses in output.statuses.items() if table != "meeting_moods"} == {"COMPLETE"}
