"""What a read left out, and whether it says so: every missing row needs a failure or a warning of its table."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from integration_tests.compare import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable

    from integration_tests.connector import Output
    from integration_tests.sandbox import Sandbox

Row = dict[str, Any]


def missing(output: Output, zoom: Sandbox, table: str) -> list[Row]:
    """Rows that the account owes and the read did not bring."""
    owed, read = (Counter(map(canonical, rows)) for rows in (zoom.truth(table), output.records[table]))
    return [json.loads(row) for row in (owed - read).elements()]


def surplus(output: Output, zoom: Sandbox, table: str) -> list[Row]:
    """Rows that the read brought and the account does not owe, or not so often."""
    owed, read = (Counter(map(canonical, rows)) for rows in (zoom.truth(table), output.records[table]))
    return [json.loads(row) for row in (read - owed).elements()]


def is_complete(output: Output, table: str) -> bool:
    return output.statuses[table][-1] == "COMPLETE"


def warnings_of(output: Output, table: str) -> list[str]:
    """Lines of the log that a person should read and that name the table."""
    return [line for line in output.logs if re.match(rf"WARN .*\b{table}\b", line)]


def failure_of(output: Output, table: str) -> str:
    """What the sentence that ends the sync says of the table, "" for nothing."""
    ending = output.errors[-1]["message"] if output.errors else ""
    return next((text for names, text in _reasons(ending) if table in names), "")


def _reasons(ending: str) -> list[tuple[list[str], str]]:
    return [
        (found[1].split(", "), found[2]) for found in re.finditer(r"\[([a-z_, ]+)\] (.*?)(?= \[[a-z_, ]+\] |$)", ending)
    ]


def assert_told(output: Output, zoom: Sandbox, tables: Iterable[str]) -> None:
    """No row is made up, and each table with a missing row failed by name or has a warning."""
    assert output.strays == [], output.strays[:3]
    for table in tables:
        assert surplus(output, zoom, table) == [], table
        if is_complete(output, table):
            assert not failure_of(output, table), table
            assert not missing(output, zoom, table) or warnings_of(output, table), table
        else:
            assert output.exit_code == 1
            assert failure_of(output, table), output.tail()


def assert_only_missing(output: Output, zoom: Sandbox, table: str, rows: Iterable[Row]) -> None:
    """The table is INCOMPLETE and lacks these rows, and no others."""
    assert not is_complete(output, table)
    assert failure_of(output, table), output.tail()
    assert surplus(output, zoom, table) == []
    assert Counter(map(canonical, missing(output, zoom, table))) == Counter(map(canonical, rows))
