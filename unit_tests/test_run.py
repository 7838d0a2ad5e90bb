"""run.py: the source-zoom command in this process. test_traps.py ends it from outside."""

from __future__ import annotations

import json
import logging
import signal
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest
from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_zoom import run as module
from source_zoom.source import SourceZoom
from unit_tests.integration.config import CLIENT_SECRET, ConfigBuilder
from unit_tests.resource.facts import TABLES
from unit_tests.threads import WAIT, in_thread
from unit_tests.whole_account import WholeAccount

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import requests_mock

LOGGER = logging.getLogger("airbyte")


class Left(BaseException):
    """In place of the end of the process."""


@pytest.fixture(autouse=True)
def exits(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Exit codes of os._exit; signals and hooks of this process are left alone."""
    codes: list[int] = []

    def leave(code: int) -> None:
        codes.append(code)
        raise Left

    monkeypatch.setattr("source_zoom.run.os._exit", leave)
    monkeypatch.setattr("source_zoom.run.signal.pthread_sigmask", lambda *_: None)
    monkeypatch.setattr("source_zoom.run._leave_on_sigterm", lambda: None)
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    return codes


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., list[dict[str, Any]]]:
    """command(*arguments): the messages of a command that ends well."""

    def run(*arguments: str) -> list[dict[str, Any]]:
        monkeypatch.setattr(sys, "argv", ["source-zoom", *arguments])
        module.run()
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return run


def file_of(tmp_path: Path, name: str, content: Any) -> str:
    file = tmp_path / f"{name}.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    return str(file)


CATALOG = {
    "streams": [
        {
            "stream": {"name": "users", "json_schema": {}, "supported_sync_modes": ["full_refresh"]},
            "sync_mode": "full_refresh",
            "destination_sync_mode": "overwrite",
        }
    ]
}


class TestCommands:
    def test_spec(self, command: Callable[..., Any]) -> None:
        (message,) = (m for m in command("spec") if m["type"] == "SPEC")
        assert "credentials" in message["spec"]["connectionSpecification"]["properties"]

    def test_discover(self, command: Callable[..., Any], config: ConfigBuilder, tmp_path: Path) -> None:
        messages = command("discover", "--config", file_of(tmp_path, "config", config.build()))
        (message,) = (m for m in messages if m["type"] == "CATALOG")
        assert {stream["name"] for stream in message["catalog"]["streams"]} == set(TABLES)

    def test_read(
        self, api: requests_mock.Mocker, command: Callable[..., Any], config: ConfigBuilder, tmp_path: Path
    ) -> None:
        owed = WholeAccount().install(api).owed["users"]
        files = (file_of(tmp_path, "config", config.build()), file_of(tmp_path, "catalog", CATALOG))
        messages = command("read", "--config", files[0], "--catalog", files[1])
        assert sum(message["type"] == "RECORD" for message in messages) == owed

    def test_nulls_of_a_record_stay(
        self, api: requests_mock.Mocker, command: Callable[..., Any], config: ConfigBuilder, tmp_path: Path
    ) -> None:
        user = {"id": "a1", "email": "a1@example.com", "dept": None, "custom": {"team": None}}
        api.get("https://api.zoom.us/v2/users", json={"users": [user]})
        files = (file_of(tmp_path, "config", config.build()), file_of(tmp_path, "catalog", CATALOG))
        messages = command("read", "--config", files[0], "--catalog", files[1])
        data = [message["record"]["data"] for message in messages if message["type"] == "RECORD"]
        assert sorted(data, key=lambda user: user["status"]) == [
            {**user, "status": status} for status in ("active", "inactive", "pending")
        ]

    def test_unknown_command_ends_as_argparse_ends_it(self, command: Callable[..., Any]) -> None:
        with pytest.raises(SystemExit):
            command("destroy")


class TestErrors:
    """One clear config error on stdout, as Airbyte messages, and exit code 1."""

    @pytest.fixture
    def fails(
        self, command: Callable[..., Any], capsys: pytest.CaptureFixture[str], exits: list[int]
    ) -> Callable[..., dict[str, Any]]:
        """fails(*arguments): the error that ends a command."""

        def run(*arguments: str) -> dict[str, Any]:
            with pytest.raises(Left):
                command(*arguments)
            assert exits == [1]
            messages = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
            errors: list[dict[str, Any]] = [
                m["trace"]["error"] for m in messages if m["type"] == "TRACE" and m["trace"]["type"] == "ERROR"
            ]
            assert messages[-1]["type"] == "TRACE"
            return errors[-1]

        return run

    def test_broken_configuration_file(self, fails: Callable[..., Any], tmp_path: Path) -> None:
        error = fails("discover", "--config", file_of(tmp_path, "config", '{"client_secret": "hidden'))
        assert error["failure_type"] == "config_error"
        assert "config.json is no valid JSON" in error["message"]
        assert "hidden" not in json.dumps(error)

    def test_missing_file(self, fails: Callable[..., Any], tmp_path: Path) -> None:
        error = fails("discover", "--config", str(tmp_path / "absent.json"))
        assert error["failure_type"] == "config_error"
        assert "absent.json cannot be read" in error["message"]

    @pytest.mark.parametrize(
        ("settings", "field"),
        [
            ({"start_date": "soon"}, "start_date"),
            ({"start_date": "2999-01-01"}, "start_date"),
            ({"num_workers": 0}, "num_workers"),
            ({"credentials": {"auth_type": "server_to_server", "client_secret": CLIENT_SECRET}}, "account_id"),
            ({"environment": "zoom.example.com"}, "environment"),
        ],
    )
    def test_wrong_field_is_named(
        self, fails: Callable[..., Any], config: ConfigBuilder, tmp_path: Path, settings: dict[str, Any], field: str
    ) -> None:
        error = fails("discover", "--config", file_of(tmp_path, "config", config.with_(**settings).build()))
        assert error["failure_type"] == "config_error"
        assert field in error["message"]
        assert CLIENT_SECRET not in json.dumps(error)

    def test_unknown_table(self, fails: Callable[..., Any], config: ConfigBuilder, tmp_path: Path) -> None:
        catalog = json.loads(json.dumps(CATALOG).replace("users", "meeting_recordings"))
        files = (file_of(tmp_path, "config", config.build()), file_of(tmp_path, "catalog", catalog))
        error = fails("read", "--config", files[0], "--catalog", files[1])
        assert error["failure_type"] == "config_error"
        assert "meeting_recordings" in error["message"]

    def test_bug_is_a_system_error_without_a_stack_trace_for_a_message(
        self, fails: Callable[..., Any], config: ConfigBuilder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def bug(*_: Any, **__: Any) -> None:
            raise KeyError("oops")

        monkeypatch.setattr(SourceZoom, "streams", bug)
        error = fails("discover", "--config", file_of(tmp_path, "config", config.build()))
        assert error["failure_type"] == "system_error"
        assert "Traceback" not in error["message"]
        assert "oops" in error["stack_trace"]


def test_settings_are_checked_by_our_model(config: ConfigBuilder) -> None:
    module.ZoomEntrypoint.validate_connection(SourceZoom().spec(LOGGER), config.build())
    with pytest.raises(AirbyteTracedException, match="start_date") as caught:
        module.ZoomEntrypoint.validate_connection(SourceZoom().spec(LOGGER), config.with_(start_date="soon").build())
    assert caught.value.failure_type is FailureType.config_error


class TestSigterm:
    @pytest.fixture
    def buffer(self, monkeypatch: pytest.MonkeyPatch) -> Any:
        class Buffer:
            lock = threading.RLock()
            flushed = 0

            def flush(self) -> None:
                self.flushed += 1

        buffer = Buffer()
        monkeypatch.setattr("source_zoom.run.PRINT_BUFFER", buffer)
        return buffer

    def test_waits_for_the_line_that_is_being_written(self, buffer: Any, exits: list[int]) -> None:
        with buffer.lock:
            leaving = in_thread(module._flush_and_leave, 143)
            assert exits == []
        with pytest.raises(Left):
            leaving.result(WAIT)
        assert exits == [143]
        assert buffer.flushed == 1

    def test_leaves_without_it_when_nobody_reads(
        self, buffer: Any, exits: list[int], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("source_zoom.run.SECONDS_TO_FINISH_A_LINE", 0.01)
        with buffer.lock, pytest.raises(Left):
            in_thread(module._flush_and_leave, 143).result(WAIT)
        assert exits == [143]
        assert buffer.flushed == 0

    def test_exit_code_tells_the_signal(self, buffer: Any, exits: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.undo()
        codes: list[int] = []
        monkeypatch.setattr("source_zoom.run._flush_and_leave", codes.append)
        monkeypatch.setattr("source_zoom.run.signal.sigwait", lambda signals: max(signals))
        module._leave_on_sigterm()
        assert codes == [128 + signal.SIGTERM]
