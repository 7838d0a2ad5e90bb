"""Whether a read lost a row in silence: what is missing must be named by a failure or a warning of its table."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from integration_tests.compare import canonical
from integration_tests.faulty import tables_named
from unit_tests.resource.facts import TABLES as FACTS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from integration_tests.connector import Output
    from integration_tests.sandbox import Sandbox

Record = dict[str, Any]

# Reasons of skips that a warning gives for rows that Zoom would have given. Others are said of what has no rows, too.
LOSSES = (
    "a web firewall refused the URL",
    "Zoom does not serve the deprecated endpoint",
    "it failed in earlier syncs",
    "lost: ",
    "Zoom sent no ",
)
# Warnings about a whole table.
_OF_A_TABLE = re.compile(r"WARN (?P<table>\w+)(: Zoom's daily limit| stays empty: | is not read: )")
_SKIPPED = re.compile(r"WARN Skipped [\d,]+: (?P<reason>.+) \((?P<counts>.+); for example .+\)")


def without(read: Iterable[Record], owed: Iterable[Record]) -> list[Record]:
    """Rows that are owed and were not read, each as often as it lacks; called the other way round, what is too much."""
    have = Counter(map(canonical, read))
    found = []
    for record in owed:
        text = canonical(record)
        if have[text]:
            have[text] -= 1
        else:
            found.append(record)
    return found


def missing(output: Output, zoom: Sandbox, table: str) -> list[Record]:
    """Rows that the account must give and the read lacks."""
    return without(output.records[table], zoom.truth(table))


def surplus(output: Output, zoom: Sandbox, table: str) -> list[Record]:
    """Rows that the account does not give, or that came twice."""
    return without(zoom.truth(table), output.records[table])


def warned(output: Output, reasons: Iterable[str] = LOSSES) -> Counter[str]:
    """How many parents the warnings with these reasons name as skipped, by table."""
    found: Counter[str] = Counter()
    for line in output.logs:
        skipped = _SKIPPED.fullmatch(line)
        if skipped and skipped["reason"].startswith(tuple(reasons)):
            for count in skipped["counts"].split(", "):
                name, _, number = count.rpartition(" ")
                found[name] += int(number.replace(",", ""))
    return found


def parent_of(table: str, record: Mapping[str, Any]) -> Any:
    """The parent of a row, as far as its columns tell."""
    kind = FACTS[table].kind
    if FACTS[table].is_past:
        return record[f"{kind}_uuid"]
    return record.get(f"{kind}_id", record.get("id"))


def is_named(output: Output, table: str, lost: Collection[Record], reasons: Iterable[str] = LOSSES) -> bool:
    """Whether somebody who reads status, last error and warnings knows that these rows are missing."""
    if output.statuses[table][-1:] == ["INCOMPLETE"]:
        return output.exit_code == 1 and table in tables_named(output.errors[-1]["message"])
    if warned(output, reasons)[table] >= len({parent_of(table, record) for record in lost}):
        return True
    return any(found["table"] == table for line in output.logs if (found := _OF_A_TABLE.match(line)))


def assert_nothing_is_lost_in_silence(output: Output, zoom: Sandbox, tables: Collection[str]) -> None:
    """Every row is out once, or its loss is named."""
    assert {table: surplus(output, zoom, table) for table in tables} == {table: [] for table in tables}
    lost = {table: missing(output, zoom, table) for table in tables}
    assert {table: rows for table, rows in lost.items() if rows and not is_named(output, table, rows)} == {}
    assert output.strays == []
