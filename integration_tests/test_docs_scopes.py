"""The scopes that docs/zoom.md names for each table are exactly those that the simulated Zoom asks of its requests."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from integration_tests.sandbox import TABLES
from integration_tests.sandbox.routes import ROUTES, Route
from unit_tests.resource.facts import TABLES as FACTS

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = (Path(__file__).parent.parent / "docs" / "zoom.md").read_text("utf-8")
SCOPES = PAGE.split("\n### Scopes\n")[1].split("\n## ")[0]
GRANULAR, CLASSIC = r"`(\w+:read:\w+:admin)`", r"`(\w+:read:admin)`"
FOR_ALL, FOR_TABLES = SCOPES.split("\n\n| Table ")


def row_of(name: str) -> tuple[str, str]:
    """(granular, classic) column of the row that begins with this name."""
    row: tuple[str, str]
    (row,) = re.findall(rf"^\| {name} \| (.*) \| (.*) \|$", FOR_TABLES, re.MULTILINE)
    return row


def documented(table: str, column: int, pattern: str) -> set[str]:
    """Scopes of a table, with those that it shares with others."""
    cell = row_of(table)[0]
    for_most = FOR_ALL.rsplit("\n\n", 1)[-1]
    texts = ["" if f"`{table}`" in for_most else for_most, row_of(table)[column]]
    texts += [row_of(past)[column] for past in ("past meetings", "past webinars") if past in cell]
    return set(re.findall(pattern, " ".join(texts)))


def routes_of(table: str) -> Iterator[Route]:
    """Endpoints that a read of the table alone requests."""
    facts = FACTS[table]
    for path, route in ROUTES.items():
        example = "/v2/" + "/".join(path).replace("*", "me" if path[0] == "accounts" else "1")
        if any(endpoint.pattern.match(example) for endpoint in (*facts.lists, facts)):
            yield route


@pytest.mark.parametrize("table", TABLES)
def test_granular_scopes(table: str) -> None:
    asked = {scope for route in routes_of(table) if route.scopes for scope in route.scopes[0]}
    assert documented(table, 0, GRANULAR) == {scope for scope in asked if scope.endswith(":admin")}


@pytest.mark.parametrize("table", TABLES)
def test_classic_scopes(table: str) -> None:
    """Each request is opened by one of them, and none is named in vain."""
    named = documented(table, 1, CLASSIC)
    asked = [route.scopes[1] for route in routes_of(table) if route.scopes]
    assert [scopes for scopes in asked if named.isdisjoint(scopes)] == []
    assert {scope for scope in named if any(scope in scopes for scopes in asked)} == named


@pytest.mark.parametrize("table", [table for table in TABLES if not FACTS[table].scope])
def test_no_granular_scope_opens_the_withdrawn_requests(table: str) -> None:
    assert row_of(table)[0].startswith("None exists")
