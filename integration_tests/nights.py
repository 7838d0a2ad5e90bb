"""A connection that syncs incrementally night by night, with a destination that deduplicates.

The connector runs in this process or by its command, at the clock of the simulated account.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import unquote

from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from integration_tests.compare import canonical
from integration_tests.connector import Message, Output, server_to_server, write_json
from integration_tests.fixtures import configured_catalog
from integration_tests.night_rules import CURSORS, INCREMENTAL, Key, Row, Sync, by_key, check, key_of, uuid_of
from integration_tests.sandbox import LoggedRequest, Sandbox
from source_zoom.run import ZoomEntrypoint
from source_zoom.source import SourceZoom


@dataclass
class Night:
    """What one sync printed and requested."""

    output: Output
    requests: list[LoggedRequest]
    #: By the account's clock.
    began: datetime

    @property
    def tables(self) -> dict[str, str]:
        """The last status of each table."""
        return {table: statuses[-1] for table, statuses in self.output.statuses.items()}

    def paths(self, prefix: str = "") -> list[str]:
        """Paths of the requests, in order, as they were sent."""
        return [request.path for request in self.requests if request.path.startswith(f"/v2/{prefix}")]

    @property
    def of_occurrences(self) -> Counter[str]:
        """How often each endpoint of a past occurrence was requested."""
        return Counter(
            path
            for path in self.paths()
            if path.split("/")[2].startswith(("past_", "report")) and "/instances" not in path and _is_of_one(path)
        )

    def requests_about(self, *uuids: str) -> list[LoggedRequest]:
        """Requests about these occurrences, in order."""
        return [request for request in self.requests if _last_but_table(request.path).startswith(uuids)]

    def about(self, *uuids: str) -> list[str]:
        """Paths of the requests about these occurrences, in order."""
        return [request.path for request in self.requests_about(*uuids)]

    def warnings(self, table: str = "") -> list[str]:
        """Messages of level WARN that name the table."""
        return [line for line in self.output.logs if line.startswith("WARN") and table in line]


def _without_added(row: Row) -> Row:
    """The row without the column that only the connector knows: the start of a file's meeting or webinar."""
    return {name: value for name, value in row.items() if name not in {"meeting_start_time", "webinar_start_time"}}


def _last_but_table(path: str) -> str:
    """What follows past_meetings/ and the like, decoded."""
    return unquote(unquote(path)).removeprefix("/v2/").removeprefix("report/").partition("/")[2]


def _is_of_one(path: str) -> bool:
    return not path.startswith(("/v2/report/history_meetings", "/v2/report/users"))


@dataclass
class Connection:
    """Selected tables, the last states, and the rows at the destination.

    ``rows`` holds what a destination has after Append + Deduped: a row replaces the one with its key, unless its
    cursor is older.
    """

    zoom: Sandbox
    tables: tuple[str, ...] = INCREMENTAL
    full_refresh: tuple[str, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict)
    #: Seconds between two states of a table.
    states_every: float = 60.0
    #: Tables about which faults make Zoom say something else than the account holds.
    unproved: frozenset[str] = frozenset()
    states: dict[str, Message] = field(default_factory=dict)
    rows: dict[str, dict[Key, Row]] = field(default_factory=dict)
    nights: list[Night] = field(default_factory=list)

    def sync(self, *, kill_after: int | None = None, lose_after: int | None = None, by_command: bool = False) -> Night:
        """One sync, of which the rules are checked. Its rows and states arrive as far as a destination commits them.

        :param kill_after: end the command with SIGKILL once it has printed so many lines
        :param lose_after: what comes after so many lines never reaches the destination
        """
        self.zoom.clear_requests()
        given, began = {table: self.state(table) for table in self.states}, self.zoom.now
        with tempfile.TemporaryDirectory() as folder:
            arguments = self._arguments(Path(folder))
            if kill_after is not None or by_command:
                output = self._by_command(arguments, kill_after)
            else:
                output = self._in_process(arguments)
        if lose_after is not None:
            output = Output(output.exit_code, output.lines[:lose_after])
        is_cut_off = lose_after is not None or output.exit_code < 0
        check(Sync(self.zoom, output, given, began, self.unproved, is_cut_off))
        night = Night(output, self.zoom.requests, began)
        self._commit(output)
        self.nights.append(night)
        return night

    def _arguments(self, folder: Path) -> list[str]:
        config = server_to_server(self.zoom.credentials, **{"account_plan": "business", **self.settings})
        streams = [
            entry for entry in configured_catalog(incremental=True)["streams"] if entry["stream"]["name"] in self.tables
        ] + [entry for entry in configured_catalog()["streams"] if entry["stream"]["name"] in self.full_refresh]
        arguments = ["read", "--config", write_json(folder / "config.json", config)]
        arguments += ["--catalog", write_json(folder / "catalog.json", {"streams": streams})]
        if self.states:
            states = [{"type": "STREAM", "stream": state["stream"]} for state in self.states.values()]
            arguments += ["--state", write_json(folder / "state.json", states)]
        return arguments

    def _in_process(self, arguments: list[str]) -> Output:
        with (
            shared_clock(self.zoom),
            mock.patch("source_zoom.streams.cursor.STATE_INTERVAL", self.states_every),
            # What fails is repeated at once.
            mock.patch("source_zoom.zoom.client.backoff", lambda _: 0.0),
            mock.patch.dict(os.environ, self.zoom.environment),
            _logs() as logs,
        ):
            entrypoint = ZoomEntrypoint(SourceZoom())
            lines: list[str] = []
            exit_code = 0
            try:
                lines += entrypoint.run(entrypoint.parse_args(arguments))
            except AirbyteTracedException as error:
                exit_code = 1
                lines.append(entrypoint.airbyte_message_to_string(error.as_airbyte_message()))
        return Output(exit_code, [*lines, *logs])

    def _by_command(self, arguments: list[str], kill_after: int | None) -> Output:
        seconds = str((self.zoom.now - datetime.now(self.zoom.now.tzinfo)).total_seconds())
        process = subprocess.Popen(
            [sys.executable, "-m", "integration_tests.at", seconds, str(self.states_every), *arguments],
            env={**os.environ, **self.zoom.environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert process.stdout
        lines = []
        with process:
            for line in process.stdout:
                if not line.endswith("\n"):
                    # A destination waits for the rest of a line that is cut off.
                    break
                lines.append(line.rstrip("\n"))
                if kill_after is not None and len(lines) >= kill_after:
                    process.send_signal(signal.SIGKILL)
                    break
        return Output(process.returncode, lines)

    def _commit(self, output: Output) -> None:
        """Rows before a state are committed with it, those after the last one are lost."""
        pending: dict[str, list[Row]] = {}
        for message in output.messages:
            if message["type"] == "RECORD":
                pending.setdefault(message["record"]["stream"], []).append(message["record"]["data"])
            elif message["type"] == "STATE":
                table = message["state"]["stream"]["stream_descriptor"]["name"]
                self.states[table] = message["state"]
                for row in pending.pop(table, []):
                    self._merge(table, row)

    def _merge(self, table: str, row: Row) -> None:
        rows = self.rows.setdefault(table, {})
        old = rows.get(key_of(table, row))
        cursor = CURSORS.get(table)
        if old is None or cursor is None or old.get(cursor) is None or old[cursor] <= (row.get(cursor) or ""):
            rows[key_of(table, row)] = row

    def state(self, table: str) -> dict[str, Any]:
        """The last state of a table, {} before the first."""
        found: dict[str, Any] = self.states[table]["stream"]["stream_state"] if table in self.states else {}
        return found

    def misses(self, table: str, **when: Any) -> list[Key]:
        """Keys that the account owes and the destination lacks."""
        owed = by_key(table, self.zoom.truth(table, **when))
        return [key for key in owed if key not in self.rows.get(table, {})]

    def assert_whole(self, *tables: str, **when: Any) -> None:
        """The destination has every row of these tables that the account owes, or of all, as it is now."""
        for table in tables or self.tables:
            owed, rows = by_key(table, self.zoom.truth(table, **when)), self.rows.get(table, {})
            assert [key for key in owed if key not in rows] == [], f"{table} lacks rows"
            stale = [
                key
                for key, row in owed.items()
                if canonical(_without_added(rows[key])) != canonical(_without_added(row))
            ]
            assert stale == [], f"{table} has rows that are not up to date"

    def assert_exact(self, *tables: str, **when: Any) -> None:
        """And nothing else."""
        self.assert_whole(*tables, **when)
        for table in tables or self.tables:
            owed = by_key(table, self.zoom.truth(table, **when))
            assert [key for key in self.rows.get(table, {}) if key not in owed] == [], f"{table} has rows too many"


@contextmanager
def shared_clock(zoom: Sandbox) -> Iterator[None]:
    """Let the connector in this process go by the account's clock."""

    class SandboxDatetime(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> SandboxDatetime:
            return cls.fromtimestamp(zoom.now.timestamp(), tz)

    with mock.patch("source_zoom.clock.datetime", SandboxDatetime):
        yield


@contextmanager
def _logs() -> Iterator[list[str]]:
    """Log lines as Airbyte messages, while the block runs."""
    lines: list[str] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            level = "WARN" if record.levelno == logging.WARNING else record.levelname
            lines.append(json.dumps({"type": "LOG", "log": {"level": level, "message": record.getMessage()}}))

    handler = Collector()
    logger = logging.getLogger("airbyte")
    logger.addHandler(handler)
    try:
        yield lines
    finally:
        logger.removeHandler(handler)
