"""A connection that syncs incrementally night by night, with a destination that deduplicates.

The connector runs in this process or by its command, at the clock of the simulated account.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from integration_tests.compare import canonical
from integration_tests.connector import Message, Output, server_to_server, write_json
from integration_tests.fixtures import configured_catalog
from integration_tests.night_rules import CURSORS, INCREMENTAL, Key, Row, Sync, by_key, check, key_of
from integration_tests.night_runs import Interrupt, by_command, in_process

if TYPE_CHECKING:
    from integration_tests.sandbox import LoggedRequest, Sandbox


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
    #: By how much the connector's clock is wrong.
    machine_ahead: timedelta = timedelta()
    states: dict[str, Message] = field(default_factory=dict)
    rows: dict[str, dict[Key, Row]] = field(default_factory=dict)
    nights: list[Night] = field(default_factory=list)

    def sync(
        self, *, interrupt: Interrupt | None = None, lose_after: int | None = None, state_file: Any = None
    ) -> Night:
        """One sync, of which the rules are checked. Its rows and states arrive as far as a destination commits them.

        :param interrupt: run the command, and send it a signal when this says so
        :param lose_after: what comes after so many lines never reaches the destination
        :param state_file: instead of the last states, if there are any
        """
        self.zoom.clear_requests()
        given, began = {table: self.state(table) for table in self.states}, self.zoom.now + self.machine_ahead
        with tempfile.TemporaryDirectory() as folder:
            arguments = self._arguments(Path(folder), state_file)
            if interrupt:
                output = by_command(self.zoom, arguments, self.states_every, interrupt)
            else:
                output = in_process(self.zoom, arguments, self.states_every, self.machine_ahead)
        if lose_after is not None:
            output = Output(output.exit_code, output.lines[:lose_after])
        is_cut_off = lose_after is not None or output.exit_code not in {0, 1}
        check(Sync(self.zoom, output, given, began, self.unproved, is_cut_off))
        night = Night(output, self.zoom.requests, began)
        self._commit(output)
        self.nights.append(night)
        return night

    def _arguments(self, folder: Path, state_file: Any) -> list[str]:
        config = server_to_server(self.zoom.credentials, **{"account_plan": "business", **self.settings})
        streams = [
            entry for entry in configured_catalog(incremental=True)["streams"] if entry["stream"]["name"] in self.tables
        ] + [entry for entry in configured_catalog()["streams"] if entry["stream"]["name"] in self.full_refresh]
        arguments = ["read", "--config", write_json(folder / "config.json", config)]
        arguments += ["--catalog", write_json(folder / "catalog.json", {"streams": streams})]
        states = [{"type": "STREAM", "stream": state["stream"]} for state in self.states.values()]
        if states or state_file is not None:
            arguments += ["--state", write_json(folder / "state.json", states if state_file is None else state_file)]
        return arguments

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

    def assert_whole(self, *tables: str, without: str = "", **when: Any) -> None:
        """The destination has every row of these tables that the account owes, or of all, as it is now.

        :param without: ending of the columns that may differ
        """

        def told(row: Row) -> str:
            return canonical({name: row[name] for name in row if not (without and name.endswith(without))})

        for table in tables or self.tables:
            owed, rows = by_key(table, self.zoom.truth(table, **when)), self.rows.get(table, {})
            assert [key for key in owed if key not in rows] == [], f"{table} lacks rows"
            stale = [key for key, row in owed.items() if told(rows[key]) != told(row)]
            assert stale == [], f"{table} has rows that are not up to date"

    def assert_exact(self, *tables: str, **when: Any) -> None:
        """And nothing else."""
        self.assert_whole(*tables, **when)
        for table in tables or self.tables:
            owed = by_key(table, self.zoom.truth(table, **when))
            assert [key for key in self.rows.get(table, {}) if key not in owed] == [], f"{table} has rows too many"
