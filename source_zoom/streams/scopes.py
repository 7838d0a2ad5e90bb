"""Which scopes the tables need, from what the tables and their sources of parents say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from source_zoom.parents.sources import HISTORY
from source_zoom.streams import TABLES, ZoomStream
from source_zoom.zoom.scopes import REPORT, Scope

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable


def needed(table: type[ZoomStream]) -> list[Scope]:
    """Scopes of a table and of its parents, in the order in which a sync needs them."""
    return list(dict.fromkeys((*table.parent.scopes, table.scope)))


def missing(table: type[ZoomStream], granted: Collection[str]) -> list[Scope]:
    """Scopes that the table needs and the app lacks; one whose fallback is granted is not missing."""
    return [scope for scope in needed(table) if scope.is_missing(granted)]


def consent_scopes(tables: Iterable[type[ZoomStream]] = TABLES) -> list[str]:
    """Granular scopes to grant, so that the tables can be read."""
    wanted = [scope for table in tables for scope in needed(table)]
    ways = [way for scope in wanted for way in (scope, *(scope.fallback if scope.consents_to_fallback else ()))]
    return list(dict.fromkeys(scope.granular for scope in ways if scope.granular))


def without_reports(tables: Iterable[type[ZoomStream]] = TABLES) -> tuple[list[str], list[str]]:
    """Names of the tables that are incomplete where Zoom refuses its reports, and of those that have less to read.

    The former are reports themselves. The latter have past occurrences of scheduled meetings and webinars only.
    """
    every = list(tables)
    reports = [table.table_name() for table in every if table.scope.classic_names == REPORT]
    past = [table.table_name() for table in every if HISTORY in table.parent.scopes]
    return reports, [name for name in past if name not in reports]
