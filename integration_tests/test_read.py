"""A full read of the simulated account, compared with what the account owes, record by record."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from integration_tests.compare import differences, key_of
from integration_tests.faulty import logins, repeated
from integration_tests.sandbox import HOST_SECRETS, TABLES, Sandbox
from unit_tests.resource.facts import TABLES as FACTS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from integration_tests.connector import Output, Read

# One table of each kind of parents, which are found by the same requests for all tables of the kind.
ALONE = list({facts.parent: table for table, facts in FACTS.items()}.values())


def needless(zoom: Sandbox, tables: Iterable[str]) -> list[str]:
    """URLs of the API that none of these tables needs."""
    endpoints = [endpoint for table in tables for endpoint in (*FACTS[table].lists, FACTS[table])]
    return [
        r.url
        for r in zoom.requests
        if r.path.startswith("/v2/") and not any(endpoint.pattern.match(r.path) for endpoint in endpoints)
    ]


def stream_of(catalog: dict[str, Any], table: str) -> dict[str, Any]:
    """The table as discover prints it."""
    stream: dict[str, Any]
    (stream,) = (stream for stream in catalog["streams"] if stream["name"] == table)
    return stream


def test_all_tables_are_known_here(catalog: dict[str, Any]) -> None:
    assert sorted(FACTS) == sorted(TABLES) == sorted(stream["name"] for stream in catalog["streams"])


def test_full_read_succeeds_and_repeats_no_request(full_read: Output, zoom: Sandbox) -> None:
    assert full_read.exit_code == 0, full_read.tail()
    assert not full_read.errors
    assert not full_read.strays
    assert not repeated(zoom)
    assert needless(zoom, TABLES) == []
    assert logins(zoom) == 1


@pytest.mark.parametrize("table", TABLES)
def test_full_read_brings_exactly_what_the_account_owes(full_read: Output, zoom: Sandbox, table: str) -> None:
    assert zoom.owed(table) > 0
    assert differences(full_read.records[table], zoom.truth(table)) == []


@pytest.mark.parametrize("table", TABLES)
def test_declared_keys_are_unique_and_filled(full_read: Output, catalog: dict[str, Any], table: str) -> None:
    key = stream_of(catalog, table)["source_defined_primary_key"]
    assert key == [[column] for column in FACTS[table].key]
    keys = [key_of(record, key) for record in full_read.records[table]]
    assert [found for found, count in Counter(keys).items() if count > 1] == []
    # Pending users have no id; their email, the last part of the key, is always there.
    filled = [found[-1:] if table in ("users", "group_members") else found for found in keys]
    assert [found for found in filled if None in found] == []


@pytest.mark.parametrize("table", TABLES)
def test_messages_of_each_table(full_read: Output, table: str) -> None:
    assert full_read.statuses[table] == ["STARTED", "RUNNING", "COMPLETE"]
    assert full_read.states[table] == 1


@pytest.mark.parametrize("table", TABLES)
def test_records_fit_their_schema(full_read: Output, catalog: dict[str, Any], table: str) -> None:
    validator = jsonschema.Draft7Validator(stream_of(catalog, table)["json_schema"])
    assert [error.message for record in full_read.records[table] for error in validator.iter_errors(record)] == []


def test_host_secrets_never_come_out(full_read: Output) -> None:
    found = {
        (table, secret)
        for table, records in full_read.records.items()
        for record in records
        for secret in HOST_SECRETS
        if secret in record
    }
    assert found == set()


@pytest.mark.parametrize("table", ALONE)
def test_one_table_alone(zoom: Sandbox, read: Read, table: str) -> None:
    zoom.clear_requests()
    output = read(zoom, [table])
    assert output.exit_code == 0, output.tail()
    assert differences(output.records[table], zoom.truth(table)) == []
    assert set(output.records) == {table}
    assert not repeated(zoom)
    assert needless(zoom, [table]) == []
    assert logins(zoom) == 1
