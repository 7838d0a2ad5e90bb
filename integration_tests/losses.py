"""Whether a read lost a row in silence: what is missing must be named by a failure or a warning of its table."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from integration_tests.compare import canonical
from integration_tests.faulty import tables_named
from unit_tests.resource.facts import TABLES as FACTS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from integration_tests.connector import Output
    from integration_tests.sandbox import Sandbox

Record = dict[str, Any]

# How the log names the lists of parents, by the parents of a table.
LISTS = {
    "meetings": ("the list of meetings",),
    "webinars": ("the list of webinars",),
    "past_meetings": ("the list of meetings", "instances of meetings", "past meetings and webinars"),
    "past_webinars": ("the list of webinars", "instances of webinars", "past meetings and webinars"),
}
# Warnings about a whole table, or about the lists of all past occurrences.
_OF_A_TABLE = re.compile(
    r"WARN (?P<table>\w+) (stays empty|has past occurrences of scheduled meetings and webinars only|is not read)"
)
_OF_THE_PAST = "WARN Zoom's meeting history cannot be used, so past meetings and webinars come from the reports of each"
_SKIPPED = re.compile(r"WARN Skipped [\d,]+: .+ \((?P<counts>.+); for example .+\)")


def missing(output: Output, zoom: Sandbox, table: str) -> list[Record]:
    """Rows that the account must give and the read lacks."""
    have = Counter(map(canonical, output.records[table]))
    found = []
    for record in zoom.truth(table):
        text = canonical(record)
        if have[text]:
            have[text] -= 1
        else:
            found.append(record)
    return found


def surplus(output: Output, zoom: Sandbox, table: str) -> list[Record]:
    """Rows that the account does not give, or that came twice."""
    want = Counter(map(canonical, zoom.truth(table)))
    found = []
    for record in output.records[table]:
        text = canonical(record)
        if want[text]:
            want[text] -= 1
        else:
            found.append(record)
    return found


def warned(output: Output) -> Counter[str]:
    """How many parents the warnings name as skipped, by table or list."""
    found: Counter[str] = Counter()
    for line in output.logs:
        skipped = _SKIPPED.fullmatch(line)
        for count in skipped["counts"].split(", ") if skipped else ():
            name, _, number = count.rpartition(" ")
            found[name] += int(number.replace(",", ""))
    return found


def parent_of(table: str, record: Mapping[str, Any]) -> Any:
    """The parent of a row, as far as its columns tell."""
    kind = FACTS[table].kind
    if FACTS[table].is_past:
        return record[f"{kind}_uuid"]
    return record.get(f"{kind}_id", record.get("id"))


def is_named(output: Output, table: str, lost: Collection[Record]) -> bool:
    """Whether somebody who reads status, last error and warnings knows that these rows are missing."""
    if output.statuses[table][-1:] == ["INCOMPLETE"]:
        return output.exit_code == 1 and table in tables_named(output.errors[-1]["message"])
    counts = warned(output)
    if counts[table] >= len({parent_of(table, record) for record in lost}):
        return True
    if any(counts[name] for name in LISTS.get(FACTS[table].parent, ())):
        return True
    if FACTS[table].is_past and any(line.startswith(_OF_THE_PAST) for line in output.logs):
        return True
    return any(found["table"] == table for line in output.logs if (found := _OF_A_TABLE.match(line)))


def silent_losses(
    output: Output, zoom: Sandbox, tables: Iterable[str], is_excused: Callable[[str, Record], bool] = lambda *_: False
) -> dict[str, list[Record]]:
    """Rows that are missing without a word, by table.

    :param is_excused: whether Zoom itself said of this row's parent that there is nothing
    """
    lost = {}
    for table in tables:
        gone = [record for record in missing(output, zoom, table) if not is_excused(table, record)]
        if gone and not is_named(output, table, gone):
            lost[table] = gone
    return lost


def assert_nothing_is_lost_in_silence(output: Output, zoom: Sandbox, tables: Collection[str]) -> None:
    """Every row is out once, or its loss is named."""
    assert {table: surplus(output, zoom, table) for table in tables} == {table: [] for table in tables}
    assert silent_losses(output, zoom, tables) == {}
    assert output.strays == []
