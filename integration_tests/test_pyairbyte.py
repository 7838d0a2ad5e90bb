"""The README's PyAirbyte script, word for word, from the built wheel into a local DuckDB file."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from integration_tests.fixtures import files
from integration_tests.packages import ROOT, build, pyairbyte, succeed
from integration_tests.sandbox import TABLES, Sandbox

pytestmark = pytest.mark.installs

# No telemetry, no look into Airbyte's registry; and the connector is installed by pip, as everything else here.
ALONE = {"DO_NOT_TRACK": "1", "AIRBYTE_OFFLINE_MODE": "1", "AIRBYTE_NO_UV": "1"}
DUMP = """
import json, sys, duckdb
database = duckdb.connect(sys.argv[1], read_only=True)
for table in json.loads(sys.argv[2]):
    cursor = database.execute(f'select * from main."{table}"')
    names = [column[0] for column in cursor.description]
    print(json.dumps([table, [dict(zip(names, row)) for row in cursor.fetchall()]], default=str))
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


def test_script_is_ten_lines() -> None:
    assert len([line for line in script().splitlines() if line and "import" not in line]) <= 10


def test_script_prints_the_number_of_rows(printed_and_stored: Any, zoom: Sandbox) -> None:
    printed, _ = printed_and_stored
    assert dict(re.findall(r"^(\w+) (\d+)$", printed, re.MULTILINE)) == {t: str(zoom.owed(t)) for t in TABLES}


@pytest.mark.parametrize("table", TABLES)
def test_table_in_duckdb_is_what_the_account_owes(
    printed_and_stored: Any, zoom: Sandbox, catalog: dict[str, Any], table: str
) -> None:
    """Every column of text, number or truth value; PyAirbyte deduplicates by primary key on the way."""
    (stream,) = (stream for stream in catalog["streams"] if stream["name"] == table)
    compared = [
        name
        for name, column in stream["json_schema"]["properties"].items()
        if column["type"][1] in ("string", "integer", "number", "boolean") and "format" not in column
    ]
    _, stored = printed_and_stored

    def told(record: dict[str, Any]) -> str:
        return json.dumps([record.get(name) for name in compared], ensure_ascii=False)

    assert sorted(map(told, stored[table])) == sorted(map(told, zoom.truth(table)))
