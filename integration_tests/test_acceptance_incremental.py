"""The rules of Airbyte's acceptance tests for incremental syncs, over the command line."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from integration_tests.compare import canonical
from integration_tests.connector import Output, run, write_json
from integration_tests.night_rules import CURSORS, records_by_state
from integration_tests.sandbox import AccountShape, Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
CATALOG, FUTURE = HERE / "incremental_catalog.json", HERE / "future_state.json"

SMALL = AccountShape(users=2, inactive_users=0, pending_users=0, webinar_share=1, big_lists=0, special_cases=False)


@pytest.fixture(scope="module")
def account() -> Iterator[Sandbox]:
    """An account in use: a meeting and a webinar are over for some hours only."""
    with Sandbox(SMALL) as zoom:
        for webinar in (False, True):
            listed = zoom.account.listed_webinars() if webinar else zoom.account.listed_meetings()
            number = next(meeting.id for meeting in listed if meeting.recurring and meeting.registration)
            zoom.occur(number, start=zoom.now - timedelta(hours=3), minutes=60, rows=6)
        yield zoom


def read(zoom: Sandbox, folder: Path, state: Any = None, *, days: float = 0) -> Output:
    """A read of the incremental tables, so many days later by the connector's calendar."""
    config = json.loads((HERE / "sample_config.json").read_text(encoding="utf-8"))
    config["credentials"] |= zoom.credentials
    arguments = ["read", "--config", write_json(folder / "config.json", config), "--catalog", str(CATALOG)]
    if state is not None:
        arguments += ["--state", write_json(folder / "state.json", state)]
    output = run(arguments, zoom.environment, seconds_ahead=86_400 * days)
    assert output.exit_code == 0, output.tail()
    return output


def states(output: Output) -> list[dict[str, Any]]:
    """The last state of each table, as Airbyte gives them to the next sync."""
    last = {m["state"]["stream"]["stream_descriptor"]["name"]: m["state"] for m in output.of_type("STATE")}
    return [{"type": "STREAM", "stream": state["stream"]} for state in last.values()]


@pytest.fixture(scope="module")
def first(account: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Output:
    return read(account, tmp_path_factory.mktemp("first"))


def test_first_read_brings_records_and_a_state_of_every_table(first: Output) -> None:
    assert set(first.states) == set(CURSORS)
    assert set(first.records) == set(CURSORS)
    assert records_by_state(first) == {table: len(records) for table, records in first.records.items()}


def test_no_key_of_a_state_is_named_like_the_cursor(first: Output) -> None:
    """Airbyte takes such a key for the value of the cursor, which no record may exceed."""
    for message in first.of_type("STATE"):
        table = message["state"]["stream"]["stream_descriptor"]["name"]
        assert CURSORS[table] not in message["state"]["stream"]["stream_state"]


def test_cursor_is_a_column_of_time(catalog: dict[str, Any]) -> None:
    found = {}
    for stream in catalog["streams"]:
        assert not stream.get("is_resumable")
        if "incremental" in stream["supported_sync_modes"]:
            assert stream["source_defined_cursor"] is True
            (cursor,) = stream["default_cursor_field"]
            assert stream["json_schema"]["properties"][cursor]["format"] == "date-time"
            found[stream["name"]] = cursor
    assert found == CURSORS


def test_future_state_brings_no_record(account: Sandbox, tmp_path: Path) -> None:
    """A state of every table and no trace of an error."""
    output = read(account, tmp_path, json.loads(FUTURE.read_text(encoding="utf-8")))
    assert output.of_type("RECORD") == []
    assert output.states == Counter(CURSORS.keys())
    assert output.errors == []
    given = {m["stream"]["stream_descriptor"]["name"] for m in json.loads(FUTURE.read_text(encoding="utf-8"))}
    assert given == set(CURSORS)


@pytest.mark.parametrize("days", [0, 1])
def test_second_read_brings_other_records_of_the_same_tables(
    account: Sandbox, first: Output, tmp_path: Path, days: float
) -> None:
    second = read(account, tmp_path, states(first), days=days)
    assert set(second.states) == set(CURSORS)
    assert second.records
    for table, records in second.records.items():
        before, after = (set(map(canonical, found)) for found in (first.records[table], records))
        assert before != after
        cursor = CURSORS[table]
        assert max(row[cursor] for row in first.records[table]) >= min(row[cursor] for row in records)


def test_every_checkpoint_is_a_start(account: Sandbox, first: Output, tmp_path: Path) -> None:
    """With the state of one table, nothing settled of that table comes again, and all of the others."""
    assert len(states(first)) == len(CURSORS)
    whole = {table: set(map(canonical, records)) for table, records in first.records.items()}
    kept = "report_meetings"
    given = [state for state in states(first) if state["stream"]["stream_descriptor"]["name"] == kept]
    output = read(account, tmp_path, given)
    for table in CURSORS:
        again = set(map(canonical, output.records[table]))
        assert again < whole[table] if table == kept else again == whole[table]


def test_state_of_the_first_read_says_until_when_all_is_read(first: Output) -> None:
    today = datetime.now(timezone.utc).date()
    for state in states(first):
        assert state["stream"]["stream_state"]["complete_until"] in {
            today.isoformat(),
            (today - timedelta(days=1)).isoformat(),
        }
