"""The schemas of all tables: their rules, and their fit to the answers that Zoom documents.

`resource/http/response/<table>.json` holds one answer a table, with every field that Zoom documents for it.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft7Validator, FormatChecker
from jsonschema.validators import extend

from unit_tests.resource import facts

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
SCHEMA_FILES = (HERE.parent / "source_zoom" / "schemas").glob("*.json")
SCHEMAS = {file.stem: json.loads(file.read_text("utf-8")) for file in SCHEMA_FILES}
TABLES = facts.TABLES
ANSWERS = HERE / "resource" / "http" / "response"

# They let their bearer act as the host, so the connector never emits them.
HOST_SECRETS = {"start_url", "host_key", "dynamic_host_key"}
# And these open a recording.
RECORDING_SECRETS = {"recording_play_passcode", "password", "download_access_token"}
RECORDING_TABLES = {"recordings", "recording_files", "meeting_transcripts"}

# What the connector adds to a record, by column.
ADDED = {
    "meeting_id": 85012345678,
    "meeting_uuid": "mQ3xT9aLS0+fU2yEwB7k1Q==",
    "webinar_id": 91098765432,
    "webinar_uuid": "wZ8cN4pVRk6hY1/tJd5sGg==",
    "start_time": "2026-03-10T09:00:12Z",
    "result_index": 0,
    "meeting_number": 85012345678,
    "meeting_start_time": "2026-03-10T09:00:12Z",
    "webinar_start_time": "2026-03-10T09:00:12Z",
    "file_id": "5c0b7f0e-6a51-4b0e-9d3a-2f1e8a7c4d60",
    "host_id": "pT4vLm9QSxWcK2bRzH7nYw",
    "group_id": "g1XbqT5vQnWc0eRk8uYmZA",
    "log_id": "6e5f0c1d2b3a49587766554433221100",
}
# Those that Zoom sends itself in other tables: their type there, or None for any table and type.
SENT_BY_ZOOM = {
    "start_time": None,
    "meeting_start_time": None,
    "host_id": None,
    "meeting_id": {
        "recording_files": "string",
        "meeting_transcripts": "string",
        "report_history_meetings": "integer",
        "meeting_summaries": "integer",
        "meeting_summary_contents": "integer",
    },
    "meeting_uuid": {
        "report_history_meetings": "string",
        "meeting_summaries": "string",
        "meeting_summary_contents": "string",
    },
}

SCALARS = {"string", "integer", "number", "boolean"}
KEYWORDS = {"type", "format", "airbyte_type", "description", "additionalProperties", "properties", "items"}
TIMESTAMP = {"format": "date-time", "airbyte_type": "timestamp_with_timezone"}
DATE = {"format": "date"}

# Without an extra package, jsonschema checks no date-time at all; and it takes 1.0 for an integer.
formats = FormatChecker(formats=())
formats.checks("date-time")(
    lambda value: (
        not isinstance(value, str)
        or re.fullmatch(r"\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-6]\d(\.\d+)?(Z|[+-]\d\d:\d\d)", value) is not None
    )
)
formats.checks("date")(
    lambda value: not isinstance(value, str) or re.fullmatch(r"\d{4}-[01]\d-[0-3]\d", value) is not None
)
StrictValidator = extend(  # type: ignore[no-untyped-call]
    Draft7Validator,
    type_checker=Draft7Validator.TYPE_CHECKER.redefine("integer", lambda _, value: type(value) is int),
)

each_table = pytest.mark.parametrize("table", sorted(TABLES))


def nodes(schema: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every column and array item below `schema`, at any depth, with its path."""
    for name, column in schema.get("properties", {}).items():
        yield f"{path}{name}", column
        yield from nodes(column, f"{path}{name}.")
    if "items" in schema:
        yield f"{path}[]", schema["items"]
        yield from nodes(schema["items"], f"{path}[].")


def columns_sent(value: Any, path: str = "") -> Iterator[str]:
    """The path of every value other than null that `value` holds, at any depth."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if inner is not None:
                yield f"{path}{name}"
                yield from columns_sent(inner, f"{path}{name}.")
    elif isinstance(value, list):
        for inner in value:
            yield f"{path}[]"
            yield from columns_sent(inner, f"{path}[].")


def secrets(table: str) -> set[str]:
    """Columns that the connector never emits. Meetings have a `password` too, which their schema declares."""
    return HOST_SECRETS | RECORDING_SECRETS if table in RECORDING_TABLES else HOST_SECRETS


def documented_records(table: str) -> list[dict[str, Any]]:
    """The records of the documented answer, as Zoom sends them."""
    answer = json.loads((ANSWERS / f"{table}.json").read_text("utf-8"))
    outer, _, inner = TABLES[table].rows_at.partition("[].")
    records = answer[outer] if outer else [answer]
    return [record for element in records for record in element[inner]] if inner else records


def emitted_records(table: str) -> list[dict[str, Any]]:
    """What the connector makes of them."""
    return [
        {name: value for name, value in record.items() if name not in secrets(table)}
        | {name: ADDED[name] for name in TABLES[table].added}
        for record in documented_records(table)
    ]


def errors(table: str, record: dict[str, Any]) -> list[str]:
    validator = StrictValidator(SCHEMAS[table], format_checker=formats)
    return [f"{error.json_path} {error.validator}: {error.message}" for error in validator.iter_errors(record)]


def test_one_schema_a_table() -> None:
    assert SCHEMAS.keys() == TABLES.keys()


@each_table
def test_valid_draft_7_object(table: str) -> None:
    schema = SCHEMAS[table]
    Draft7Validator.check_schema(schema)
    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert schema["type"] == "object"
    assert schema.keys() == {"$schema", "type", "additionalProperties", "properties"}


@each_table
def test_plain_keywords_only(table: str) -> None:
    """No `$ref`, no `allOf`, no vendor keys: nothing that a destination would have to interpret."""
    assert {path: extra for path, node in nodes(SCHEMAS[table]) if (extra := node.keys() - KEYWORDS)} == {}


@each_table
def test_null_and_exactly_one_type(table: str) -> None:
    allowed = [["null", kind] for kind in sorted(SCALARS | {"object", "array"})]
    assert {path: node["type"] for path, node in nodes(SCHEMAS[table]) if node["type"] not in allowed} == {}


@each_table
def test_objects_are_open_and_arrays_have_items(table: str) -> None:
    schema = SCHEMAS[table]
    for path, node in [("", schema), *nodes(schema)]:
        is_object, is_array = "object" in node["type"], "array" in node["type"]
        assert node.get("additionalProperties") is (True if is_object else None), path
        assert ("properties" in node) is is_object, path
        assert ("items" in node) is is_array, path


@each_table
def test_every_column_is_described_once(table: str) -> None:
    """A sentence or more, ending in one full stop, and not the same as that of a neighbor."""
    schema = SCHEMAS[table]
    for path, node in [("", schema), *nodes(schema)]:
        described = {name: column.get("description", "") for name, column in node.get("properties", {}).items()}
        for name, text in described.items():
            assert re.fullmatch(r"\w.*[^\s.]\.", text), (path, name, text)
            sentences = re.split(r"(?<=[.:;]) ", text)
            assert len(set(sentences)) == len(sentences), (path, name, text)
        assert len(set(described.values())) == len(described), path


@each_table
def test_timestamps_carry_format_and_airbyte_type(table: str) -> None:
    for path, node in nodes(SCHEMAS[table]):
        timing = {key: node[key] for key in ("format", "airbyte_type") if key in node}
        assert timing in ({}, TIMESTAMP, DATE), path
        assert not timing or node["type"] == ["null", "string"], path


@each_table
def test_columns_in_alphabetical_order(table: str) -> None:
    schema = SCHEMAS[table]
    for path, node in [("", schema), *nodes(schema)]:
        names = list(node.get("properties", {}))
        assert names == sorted(names), path


@each_table
def test_secrets_are_not_declared(table: str) -> None:
    assert [path for path, _ in nodes(SCHEMAS[table]) if path.split(".")[-1] in secrets(table)] == []


@pytest.mark.parametrize(
    ("table", "sent"),
    [
        ("users", {"host_key"}),
        ("meetings", {"start_url", "dynamic_host_key"}),
        ("webinars", {"start_url"}),
        ("recordings", {"recording_play_passcode"}),
    ],
)
def test_documented_answers_hold_the_secrets(table: str, sent: set[str]) -> None:
    """Otherwise a test that runs on these answers could not tell whether the connector drops them."""
    (record,) = documented_records(table)
    assert record.keys() & secrets(table) == sent


@each_table
def test_columns_of_the_key_are_declared(table: str) -> None:
    assert set(TABLES[table].key) <= SCHEMAS[table]["properties"].keys()


@each_table
def test_added_columns_where_they_belong(table: str) -> None:
    """`meeting_id` in every child of a meeting, `meeting_uuid` in every table of past ones, and so on."""
    declared = SCHEMAS[table]["properties"]
    anywhere = {name for name, kinds in SENT_BY_ZOOM.items() if kinds is None}
    added = {name: "integer" if type(ADDED[name]) is int else "string" for name in TABLES[table].added}
    sent = {name: kinds[table] for name, kinds in SENT_BY_ZOOM.items() if kinds and table in kinds}
    assert declared.keys() & ADDED.keys() - anywhere == (added | sent).keys() - anywhere
    for name, kind in (added | sent).items():
        assert declared[name]["type"] == ["null", kind], name


@each_table
def test_documented_answer_sends_exactly_the_declared_columns(table: str) -> None:
    """No documented column is missing from the schema, and the answer holds a value for each that is declared."""
    sent = {path for record in emitted_records(table) for path in columns_sent(record)}
    assert sent == {path for path, _ in nodes(SCHEMAS[table])}


@each_table
def test_documented_answer_fits(table: str) -> None:
    assert [error for record in emitted_records(table) for error in errors(table, record)] == []


@each_table
def test_missing_null_and_unknown_columns_fit(table: str) -> None:
    record = dict.fromkeys(SCHEMAS[table]["properties"]) | {"introduced_by_zoom_tomorrow": {"any": ["thing"]}}
    assert errors(table, record) == []
    assert errors(table, {}) == []


@pytest.mark.parametrize(
    ("table", "broken", "error"),
    [
        ("meetings", {"id": "85012345678"}, "$.id type"),
        ("meetings", {"duration": 45.0}, "$.duration type"),
        ("meetings", {"start_time": "2026-04-15 09:00:00"}, "$.start_time format"),
        ("users", {"login_types": ["101"]}, "$.login_types[0] type"),
        ("webinars", {"settings": []}, "$.settings type"),
    ],
)
def test_the_validator_of_these_tests_is_strict(table: str, broken: dict[str, Any], error: str) -> None:
    (record,) = emitted_records(table)
    assert [found.split(":")[0] for found in errors(table, record | broken)] == [error]
