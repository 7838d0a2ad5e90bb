"""Which scopes the tables need, from what the tables and their sources of parents say."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from source_zoom.streams import TABLES, ZoomStream
from source_zoom.zoom.scopes import Scope


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
