"""The rules of Airbyte's acceptance tests that its public test kits leave out, over the command line.

Airbyte's own runner for them needs its infrastructure. `test_standard.py` runs the public ones, and `test_read.py` what
a read owes beyond these rules.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import yaml

from integration_tests import fixtures
from integration_tests.compare import canonical, differences
from integration_tests.connector import Output, run
from integration_tests.fixtures import FIXED_DAY, moved
from integration_tests.sandbox import TABLES, Sandbox
from unit_tests.resource.facts import TABLES as FACTS

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
SAMPLE, INVALID = HERE / "sample_config.json", HERE / "invalid_config.json"
METADATA = yaml.safe_load((HERE.parent / "metadata.yaml").read_text(encoding="utf-8"))["data"]
EXPECTED = [json.loads(line) for line in (HERE / "expected_records.jsonl").read_text("utf-8").splitlines()]

# jsonschema takes 1.0 for an integer; Airbyte's destinations do not.
StrictValidator: type[jsonschema.Draft7Validator] = jsonschema.validators.extend(  # type: ignore[no-untyped-call]
    jsonschema.Draft7Validator,
    type_checker=jsonschema.Draft7Validator.TYPE_CHECKER.redefine("integer", lambda _, value: type(value) is int),
)


def nodes(schema: dict[str, Any], path: str = "$") -> Iterator[tuple[str, dict[str, Any]]]:
    """The schema and every schema inside it, with its path."""
    yield path, schema
    for name, inner in schema.get("properties", {}).items():
        yield from nodes(inner, f"{path}.{name}")
    if "items" in schema:
        yield from nodes(schema["items"], f"{path}[]")


def values(record: Any, schema: dict[str, Any], path: str = "$") -> Iterator[tuple[str, Any, dict[str, Any] | None]]:
    """Every value of a record with the schema of its column, None where no column is declared."""
    if isinstance(record, dict):
        for name, value in record.items():
            column = schema.get("properties", {}).get(name)
            yield f"{path}.{name}", value, column
            if column is not None:
                yield from values(value, column, f"{path}.{name}")
    elif isinstance(record, list):
        for value in record:
            yield f"{path}[]", value, schema["items"]
            yield from values(value, schema["items"], f"{path}[]")


@pytest.fixture(scope="module")
def streams(catalog: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {stream["name"]: stream for stream in catalog["streams"]}


def test_fixtures_are_those_that_the_account_makes() -> None:
    written = {name: (HERE / name).read_text(encoding="utf-8") for name in fixtures.files()}
    assert written == fixtures.files(), "run `make fixtures`, and read the difference"


# Spec


def test_spec_is_one_message_and_equals_the_file() -> None:
    output = run(["spec"])
    (message,) = output.of_type("SPEC")
    written = json.loads((HERE.parent / "source_zoom" / "spec.json").read_text(encoding="utf-8"))
    sent = message["spec"]
    assert {name: sent[name] for name in written} == written
    # What the CDK adds to every spec.
    assert sent.keys() - written.keys() <= {"supportsNormalization", "supportsDBT", "protocol_version"}
    for config in (SAMPLE, INVALID):
        jsonschema.validate(json.loads(config.read_text(encoding="utf-8")), sent["connectionSpecification"])


# Connection


def test_check_of_a_good_login_says_so_once(zoom: Sandbox) -> None:
    output = run(["check", "--config", str(SAMPLE)], zoom.environment)
    assert output.exit_code == 0
    assert output.connection_status["status"] == "SUCCEEDED"


def test_check_of_a_bad_login_fails_with_a_sentence(zoom: Sandbox) -> None:
    output = run(["check", "--config", str(INVALID)], zoom.environment)
    assert output.exit_code == 0
    assert output.connection_status["status"] == "FAILED"
    assert "client ID and client secret" in output.connection_status["message"]
    assert json.loads(INVALID.read_text("utf-8"))["credentials"]["client_secret"] not in "\n".join(output.lines)


@pytest.mark.parametrize("content", ["{", '"text"'])
def test_check_of_an_unreadable_config_ends_with_one_trace(tmp_path: Path, content: str) -> None:
    config = tmp_path / "config.json"
    config.write_text(content, encoding="utf-8")
    output = run(["check", "--config", str(config)])
    assert output.exit_code == 1
    (error,) = output.errors
    assert str(config) in error["message"]


# Discovery


def test_discover_names_each_table_once(catalog: dict[str, Any]) -> None:
    assert sorted(stream["name"] for stream in catalog["streams"]) == sorted(TABLES)


@pytest.mark.parametrize("table", TABLES)
def test_discovered_table_keeps_the_rules(streams: dict[str, dict[str, Any]], table: str) -> None:
    stream = streams[table]
    schema = stream["json_schema"]
    jsonschema.Draft7Validator.check_schema(schema)
    modes = ["full_refresh", *(["incremental"] if FACTS[table].is_incremental else [])]
    assert stream["supported_sync_modes"] == modes
    for path, node in nodes(schema):
        assert not node.keys() & {"$ref", "allOf", "not", "anyOf", "oneOf"}, path
        assert node.get("additionalProperties", True) is True, path
        if "format" in node:
            zone = {"date-time": "timestamp_with_timezone", "date": None}[node["format"]]
            assert (node["type"], node.get("airbyte_type")) == (["null", "string"], zone), path
    key = stream["source_defined_primary_key"]
    assert key
    for (column,) in key:
        assert not {"object", "array"} & set(schema["properties"][column]["type"]), column


# Read


@pytest.mark.parametrize("table", TABLES)
def test_records_fit_strictly(full_read: Output, streams: dict[str, dict[str, Any]], table: str) -> None:
    """Integers are integers, times are times, and nothing comes that no column is declared for."""
    schema = streams[table]["json_schema"]
    validator = StrictValidator(schema)
    for record in full_read.records[table]:
        assert [error.message for error in validator.iter_errors(record)] == []
        for path, value, column in values(record, schema):
            # The account sends fields that Zoom documents nowhere, to show that they are kept.
            assert column is not None or re.search(r"\.beta_\w+$", path), path
            if column and column.get("format") == "date-time" and value is not None:
                assert datetime.fromisoformat(value.replace("Z", "+00:00")).tzinfo, path


def test_tables_without_expected_records_are_named_with_the_reason() -> None:
    text = (HERE.parent / "acceptance-test-config.yml").read_text("utf-8")
    assert {line["stream"] for line in EXPECTED} == set(TABLES) - set(fixtures.WITHOUT_RECORDS)
    assert all(table in text for table in fixtures.WITHOUT_RECORDS)


@pytest.mark.parametrize("table", [table for table in TABLES if table not in fixtures.WITHOUT_RECORDS])
def test_expected_records_come(full_read: Output, zoom: Sandbox, table: str) -> None:
    expected = [line["data"] for line in EXPECTED if line["stream"] == table]
    assert len(expected) == fixtures.RECORDS_A_TABLE
    days = (zoom.account.today - FIXED_DAY).days
    read = {canonical(record) for record in full_read.records[table]}
    assert [record for record in expected if canonical(moved(record, days)) not in read] == []


def test_states_count_the_records(full_read: Output) -> None:
    counted: Counter[str] = Counter()
    for message in full_read.of_type("STATE"):
        assert message["state"]["type"] == "STREAM"
        counted[message["state"]["stream"]["stream_descriptor"]["name"]] += message["state"]["sourceStats"][
            "recordCount"
        ]
    assert counted == {table: len(records) for table, records in full_read.records.items()}


def test_read_of_an_unknown_table_ends_with_a_trace_and_reads_the_others(zoom: Sandbox) -> None:
    output = run(["read", "--config", str(SAMPLE), "--catalog", str(HERE / "abnormal_catalog.json")], zoom.environment)
    assert output.exit_code == 1
    assert all("table_that_does_not_exist" in error["message"] for error in output.errors)
    assert {error["failure_type"] for error in output.errors} == {"config_error"}
    assert set(output.records) == {"users"}


def test_second_read_brings_the_same(full_read: Output, zoom: Sandbox) -> None:
    """Even with the catalog of this folder, which has no schemas, and at another pace."""
    again = run(["read", "--config", str(SAMPLE), "--catalog", str(HERE / "configured_catalog.json")], zoom.environment)
    assert again.exit_code == 0, again.tail()
    for table in TABLES:
        assert differences(again.records[table], full_read.records[table]) == []
    first, second = (
        max(message["record"]["emitted_at"] for message in output.of_type("RECORD")) for output in (full_read, again)
    )
    assert first < second


# Attributes


def test_every_request_goes_to_an_allowed_host(full_read: Output, zoom: Sandbox) -> None:
    assert full_read.exit_code == 0
    assert {request.host for request in zoom.requests} <= set(METADATA["allowedHosts"]["hosts"])
    assert zoom.refused_hosts == []


def test_suggested_tables_exist_and_are_few(streams: dict[str, dict[str, Any]]) -> None:
    suggested = METADATA["suggestedStreams"]["streams"]
    assert len(set(suggested)) == len(suggested)
    assert 3 <= len(suggested) <= 10
    assert set(suggested) <= streams.keys()
