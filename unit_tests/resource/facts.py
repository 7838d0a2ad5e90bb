"""The sheet of facts, tables.toml, as objects: every table, and the lists that have to be read for its parents."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

SHEET = Path(__file__).with_name("tables.toml")


@dataclass(frozen=True)
class Endpoint:
    """A path of Zoom's API below ``/v2/``, with its ids as ``{meeting_id}`` or ``{meeting_uuid}``."""

    name: str
    path: str
    label: str
    classic: str
    scope: str = ""
    paged: bool = False

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Matches the path of a request to this endpoint, without host and query, from end to end."""
        path = re.sub(r"{\w+_uuid}|{user_id}|{group_id}", "[^/]+", self.path)
        return re.compile("^/v2/" + re.sub(r"{\w+}", r"\\d+", path) + "$")


@dataclass(frozen=True)
class List(Endpoint):
    """A list of parents. ``instead_of`` names the list that it replaces where Zoom refuses that one."""

    instead_of: str = ""


@dataclass(frozen=True)
class Table(Endpoint):
    """A table. ``rows_at`` is "" where Zoom's answer is the row; ``parent`` is "" where the table has no parent.

    ``windowed``: it is read in windows of dates. ``same_request`` names what has the same path.
    """

    key: tuple[str, ...] = ()
    query: Mapping[str, str] = field(default_factory=dict)
    added: tuple[str, ...] = ()
    rows_at: str = ""
    parent: str = ""
    windowed: bool = False
    same_request: str = ""

    @property
    def is_incremental(self) -> bool:
        """Whether the table has an incremental sync."""
        return self.is_past or self.windowed or self.parent == "summaries"

    @property
    def kind(self) -> str:
        """``meeting`` or ``webinar``, or "" for a table that belongs to neither."""
        kind = self.parent.removeprefix("past_").removesuffix("s")
        return kind if kind in ("meeting", "webinar") else ""

    @property
    def is_past(self) -> bool:
        """Whether its parents are occurrences that took place, and not scheduled meetings or webinars."""
        return self.parent.startswith("past_")

    @property
    def lists(self) -> tuple[Endpoint, ...]:
        """The lists that a sync of this table alone reads, without those that replace a refused one."""
        return tuple(TABLES[name] if name in TABLES else LISTS[name] for name in PARENTS.get(self.parent, ()))


def _with_tuples(values: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}


# Python 3.10 has no tomllib.
_SHEET: dict[str, dict[str, Any]] = import_module("tomllib" if sys.version_info >= (3, 11) else "tomli").loads(
    SHEET.read_text("utf-8")
)
#: The lists to read for the parents of each kind, by name.
PARENTS: dict[str, tuple[str, ...]] = _with_tuples(_SHEET["parents"])
LISTS = {name: List(name, **values) for name, values in _SHEET["lists"].items()}
TABLES = {name: Table(name, **_with_tuples(values)) for name, values in _SHEET["tables"].items()}


def table_of(path: str) -> Table | None:
    """The table whose own endpoint the path of a request is; None for lists of parents and everything else."""
    return next((table for table in TABLES.values() if table.pattern.match(path)), None)


def tables_that_need(listing: List) -> tuple[Table, ...]:
    """The tables for whose parents a sync reads this list, be it in place of another one."""
    names = {listing.name, listing.instead_of} - {""}
    return tuple(
        table for table in TABLES.values() if names & {*PARENTS.get(table.parent, ()), table.name, table.same_request}
    )
