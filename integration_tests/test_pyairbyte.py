"""PyAirbyte with a local DuckDB file: the README's script word for word, and nights of incremental syncs."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from integration_tests.connector import server_to_server, write_json
from integration_tests.fixtures import files
from integration_tests.night_accounts import EMPTY
from integration_tests.night_rules import INCREMENTAL, by_key
from integration_tests.packages import ROOT, build, pyairbyte, succeed
from integration_tests.sandbox import TABLES, Growth, Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

pytestmark = pytest.mark.installs

# No telemetry, no look into Airbyte's registry; and the connector is installed by pip, as everything else here.
ALONE = {"DO_NOT_TRACK": "1", "AIRBYTE_OFFLINE_MODE": "1", "AIRBYTE_NO_UV": "1"}
DUMP = """
import decimal, json, sys, duckdb
def plain(value):
    return float(value) if isinstance(value, decimal.Decimal) else str(value)
database = duckdb.connect(sys.argv[1], read_only=True)
for table in json.loads(sys.argv[2]):
    cursor = database.execute(f'select * from main."{table}"')
    names = [column[0] for column in cursor.description]
    print(json.dumps([table, [dict(zip(names, row)) for row in cursor.fetchall()]], default=plain))
"""
# The calendar of the connector is that of the simulated account.
COMMAND = """#!/bin/sh
cd {root} && exec {python} -m integration_tests.at "$(cat {seconds})" 60 "$@"
"""
NIGHT = """
import json, sys
import airbyte as ab
command, config, database, tables = sys.argv[1:]
source = ab.get_source(
    "source-zoom", config=json.load(open(config)), local_executable=command, streams=json.loads(tables)
)
cache = ab.caches.DuckDBCache(db_path=database, schema_name="main")
result = source.read(cache=cache, write_strategy="merge")
print("records read:", result.processed_records)
"""


def script() -> str:
    """The one Python block of the README."""
    blocks: list[str] = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    assert len(blocks) == 1
    return blocks[0]


@pytest.fixture(scope="module")
def printed_and_stored(
    zoom: Sandbox, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, dict[str, list[dict[str, Any]]]]:
    """(output of the script, rows of each table in the DuckDB file)"""
    folder = tmp_path_factory.mktemp("pyairbyte")
    python = pyairbyte()
    build(folder / "dist")
    (folder / "secrets").mkdir()
    (folder / "secrets" / "config.json").write_text(files()["sample_config.json"], encoding="utf-8")
    # PyAirbyte installs the wheel before the rest runs, because the simulated account leads to no package index.
    until_source, _ = script().split("result = ")
    succeed(python, "-c", until_source, cwd=folder, environment=ALONE)
    printed = succeed(python, "-c", script(), cwd=folder, environment={**ALONE, **zoom.environment})
    (database,) = folder.rglob("*.duckdb")
    dumped = succeed(python, "-c", DUMP, database, json.dumps(TABLES), cwd=folder)
    return printed, dict(json.loads(line) for line in dumped.splitlines())


def test_script_is_a_dozen_lines() -> None:
    assert len([line for line in script().splitlines() if line and "import" not in line]) <= 12


def test_script_prints_the_number_of_rows(printed_and_stored: Any, zoom: Sandbox) -> None:
    printed, _ = printed_and_stored
    assert dict(re.findall(r"^(\w+) (\d+)$", printed, re.MULTILINE)) == {t: str(zoom.owed(t)) for t in TABLES}


@pytest.mark.parametrize("table", TABLES)
def test_table_in_duckdb_is_what_the_account_owes(
    printed_and_stored: Any, zoom: Sandbox, catalog: dict[str, Any], table: str
) -> None:
    """PyAirbyte deduplicates by primary key on the way."""
    _, stored = printed_and_stored
    assert compared(catalog, table, stored[table]) == compared(catalog, table, zoom.truth(table))


def compared(catalog: dict[str, Any], table: str, rows: Iterable[dict[str, Any]]) -> list[str]:
    """Every column of text, number or truth value of some rows, in order."""
    (stream,) = (stream for stream in catalog["streams"] if stream["name"] == table)
    columns = {
        name: column["type"][1]
        for name, column in stream["json_schema"]["properties"].items()
        if column["type"][1] in ("string", "integer", "number", "boolean") and "format" not in column
    }

    def value(row: dict[str, Any], name: str) -> Any:
        # DuckDB keeps numbers as decimals.
        found = row.get(name)
        return float(found) if columns[name] == "number" and found is not None else found

    return sorted(json.dumps([value(row, name) for name in columns], ensure_ascii=False) for row in rows)


def test_three_nights_into_duckdb(catalog: dict[str, Any], tmp_path: Path) -> None:
    """Append + Deduped: each night brings little, and after it the tables are the truth by key."""
    command, seconds, database = tmp_path / "source-zoom", tmp_path / "seconds", tmp_path / "zoom.duckdb"
    command.write_text(COMMAND.format(root=ROOT, python=sys.executable, seconds=seconds), encoding="utf-8")
    command.chmod(0o755)
    python = pyairbyte()
    growth = Growth(per_day=5, webinars_per_day=2, days=4, report_delay_hours=14, slow_share=0.4)
    read = []
    with Sandbox(replace(EMPTY, unlisted_per_user=60), behind_days=3, growth=growth) as zoom:
        config = write_json(tmp_path / "config.json", server_to_server(zoom.credentials, account_plan="business"))
        for night in range(4):
            seconds.write_text(str(-86_400 * (3 - night)), encoding="utf-8")
            arguments = (command, config, database, json.dumps(INCREMENTAL))
            printed = succeed(python, "-c", NIGHT, *arguments, cwd=tmp_path, environment={**ALONE, **zoom.environment})
            read.append(int(re.findall(r"records read: (\d+)", printed)[-1]))
            if night < 3:
                zoom.advance(days=1)
        dumped = succeed(python, "-c", DUMP, database, json.dumps(INCREMENTAL), cwd=tmp_path)
        for table, stored in map(json.loads, dumped.splitlines()):
            owed = by_key(table, zoom.truth(table, since=zoom.dawn)).values()
            assert compared(catalog, table, stored) == compared(catalog, table, owed), table
    # What is new, and what was new the night before.
    assert 0 < max(read[1:]) < read[0]
