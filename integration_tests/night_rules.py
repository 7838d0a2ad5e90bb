"""What must hold of every sync: of the order of its messages, and of what its states say."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from integration_tests.fixtures import configured_catalog
from integration_tests.sandbox import ACCOUNT_TABLES, Sandbox, words
from integration_tests.sandbox.users import full_name
from source_zoom.streams.ledger_state import fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from integration_tests.connector import Message, Output

# Those whose requests the tests of nights count: one or two for each past occurrence.
INCREMENTAL = tuple(
    entry["stream"]["name"]
    for entry in configured_catalog(incremental=True)["streams"]
    if entry["stream"]["name"] not in ACCOUNT_TABLES
)
_KEYS = {
    entry["stream"]["name"]: [path[0] for path in entry["stream"]["source_defined_primary_key"]]
    for entry in configured_catalog()["streams"]
}
CURSORS = {
    entry["stream"]["name"]: entry["stream"]["default_cursor_field"][0]
    for entry in configured_catalog(incremental=True)["streams"]
}
Row = dict[str, Any]
Key = tuple[Any, ...]
# Of one table, in bytes.
LARGEST_STATE = 200_000


def key_of(table: str, row: Mapping[str, Any]) -> Key:
    """The primary key of a row."""
    return tuple(row.get(column) for column in _KEYS[table])


def by_key(table: str, rows: Iterable[Row]) -> dict[Key, Row]:
    """Rows by their primary key."""
    return {key_of(table, row): row for row in rows}


def uuid_of(row: Mapping[str, Any]) -> str:
    """The occurrence that a row is about."""
    found: str = row.get("uuid") or row.get("meeting_uuid") or row["webinar_uuid"]
    return found


def prints_of(state: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """What a state says of each fingerprint of each day: the hour of its last request, or "" where it is settled."""
    return {
        (day, prints[place : place + 8]): hour
        for day, groups in (state.get("asked") or {}).items()
        for hour, prints in groups.items()
        for place in range(0, len(prints), 8)
    }


@dataclass
class Sync:
    """What a sync was given, and what became of it.

    ``unproved``: tables of which Zoom says something else than the account holds, as a fault does.
    """

    zoom: Sandbox
    output: Output
    given: Mapping[str, Mapping[str, Any]]
    began: datetime
    unproved: frozenset[str] = frozenset()
    is_cut_off: bool = False


@dataclass
class _Table:
    """What has been printed of a table so far."""

    state: Mapping[str, Any]
    printed: set[Key] = field(default_factory=set)
    since_state: int = 0
    states: int = 0
    status: str = ""


def check(sync: Sync) -> None:
    """Asserts the rules, state by state. Rules about several syncs are for the tests themselves."""
    assert sync.output.strays == []
    tables: defaultdict[str, _Table] = defaultdict(lambda: _Table({}))
    for name, state in sync.given.items():
        tables[name].state = state
    truth = _Truth(sync.zoom)
    for message in sync.output.messages:
        if message["type"] == "RECORD":
            name, row = message["record"]["stream"], message["record"]["data"]
            tables[name].since_state += 1
            if name in CURSORS:
                tables[name].printed.add(key_of(name, row))
            assert tables[name].status in {"STARTED", "RUNNING"}, f"{name}: a record outside its stream"
        elif message["type"] == "STATE":
            name = message["state"]["stream"]["stream_descriptor"]["name"]
            _check_order(name, tables[name], message)
            if name in CURSORS and "version" in message["state"]["stream"]["stream_state"]:
                _check_state(sync, name, tables[name], message["state"]["stream"]["stream_state"], truth)
        elif message["type"] == "TRACE" and message["trace"]["type"] == "STREAM_STATUS":
            status = message["trace"]["stream_status"]
            tables[status["stream_descriptor"]["name"]].status = status["status"]
    if not sync.is_cut_off:
        for name, table in tables.items():
            assert table.states, f"{name}: no state"
            assert table.status in {"COMPLETE", "INCOMPLETE"}, f"{name}: no end status"
            assert table.since_state == 0, f"{name}: records after the last state"


def _check_order(name: str, table: _Table, message: Message) -> None:
    assert table.status in {"STARTED", "RUNNING"}, f"{name}: a state after {table.status}"
    assert message["state"]["sourceStats"]["recordCount"] == table.since_state, f"{name}: a wrong count"
    table.since_state = 0
    table.states += 1


def _check_state(sync: Sync, name: str, table: _Table, state: Mapping[str, Any], truth: _Truth) -> None:
    text, before = json.dumps(state, ensure_ascii=False), table.state
    assert len(text) < LARGEST_STATE
    assert CURSORS[name] not in state, f"{name}: a key like the cursor's"
    assert [told for told in truth.personal if told in text] == []
    was = prints_of(before)
    news = {print_ for (day, print_), hour in prints_of(state).items() if was.get((day, print_)) != hour}
    for print_ in news:
        uuid = truth.uuids[print_]
        lacking = truth.keys(name, uuid) - table.printed if name not in sync.unproved else set()
        assert not lacking, f"{name}: a state is ahead of its rows: {lacking}"
    until, until_before = state["complete_until"] or "", before.get("complete_until") or ""
    is_reopened = before.get("since") != state["since"] or "version" not in before
    assert is_reopened or until >= until_before, f"{name}: a state went back from {until_before} to {until}"
    assert until <= max(sync.began.astimezone(timezone.utc).date().isoformat(), until_before), (
        f"{name}: {until} is ahead"
    )
    table.state = state


class _Truth:
    """What the account holds now, as far as the rules need it."""

    def __init__(self, zoom: Sandbox) -> None:
        self._zoom = zoom
        self._keys: dict[str, dict[str, set[Key]]] = {}
        self.uuids = {fingerprint(uuid): uuid for uuid in zoom.account.occurrences}
        self.personal = frozenset(_personal(zoom))

    def keys(self, table: str, uuid: str) -> set[Key]:
        """Keys of the rows that the table owes of an occurrence."""
        if table not in self._keys:
            found: dict[str, set[Key]] = defaultdict(set)
            for row in self._zoom.truth(table):
                found[uuid_of(row)].add(key_of(table, row))
            self._keys[table] = found
        return self._keys[table].get(uuid, set())


def _personal(zoom: Sandbox) -> Iterator[str]:
    """Texts that no state may hold: persons, topics, hosts and files."""
    yield "@"
    for user in zoom.account.users:
        yield from (text for text in (user.id, full_name(user)) if text)
    for meeting in zoom.account.meetings.values():
        # One of them looks like a part of a time.
        yield from {words.topic(meeting.raw)} - {"1:1"}
    for table in ("meeting_files", "webinar_files"):
        yield from {str(row["file_name"]) for row in zoom.truth(table)}


def records_by_state(output: Output) -> dict[str, int]:
    """The sum of the record counts of all states, by table."""
    counted: Counter[str] = Counter()
    for message in output.of_type("STATE"):
        name = message["state"]["stream"]["stream_descriptor"]["name"]
        counted[name] += int(message["state"]["sourceStats"]["recordCount"])
    return dict(counted)
