"""All tables. Those whose label has the longest way to go are read first, so that it never idles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from source_zoom.streams import groups, logs, meetings, recordings, reports, summaries, users, webinars
from source_zoom.streams.base import ZoomStream
from source_zoom.streams.occurrences import OccurrenceTable
from source_zoom.streams.users import Users
from source_zoom.zoom.labels import Label

if TYPE_CHECKING:
    from collections.abc import Iterator

_MODULES = (users, reports, logs, meetings, webinars, recordings, summaries, groups)
_LABELS = (Label.HEAVY, Label.MEDIUM, Label.LIGHT)


def _tables(base: type[ZoomStream]) -> Iterator[type[ZoomStream]]:
    """The classes that name an endpoint, in the order of their definition."""
    for table in base.__subclasses__():
        if "endpoint" in vars(table):
            yield table
        yield from _tables(table)


def _reading_order(table: type[ZoomStream]) -> tuple[bool, int, bool]:
    # Every other table waits for the users, and a past occurrence has more requests than what is scheduled.
    return table is not Users, _LABELS.index(table.label), not issubclass(table, OccurrenceTable)


# mypy takes every argument of this kind for an instantiation.
TABLES = tuple(sorted(_tables(ZoomStream), key=_reading_order))  # type: ignore[type-abstract]

__all__ = ["TABLES", "ZoomStream"]
