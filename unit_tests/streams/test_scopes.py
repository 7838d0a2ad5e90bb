"""streams/scopes.py: the scopes of a table, those of its parents, and what opens them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from source_zoom.parents.sources import HISTORY, MEETING_LIST, REPORT_USER, REPORT_USERS, USER_LIST
from source_zoom.streams import TABLES
from source_zoom.streams.scopes import consent_scopes, missing, needed
from unit_tests.resource.facts import LISTS, List
from unit_tests.resource.facts import TABLES as FACTS

if TYPE_CHECKING:
    from source_zoom.zoom.scopes import Scope

BY_NAME = {table.table_name(): table for table in TABLES}
ALL = frozenset(consent_scopes())
CLASSIC = frozenset(facts.classic for facts in FACTS.values())
WITHDRAWN = [name for name, facts in FACTS.items() if not facts.scope]
GRANULAR = [name for name, facts in FACTS.items() if facts.scope]
OTHER_LISTS: list[List] = [listing for listing in LISTS.values() if not listing.instead_of]
# What the consent names beside the scopes of tables and lists: apps in which a user logs in need it.
OTHER_WAYS = frozenset({LISTS["user_recordings"].scope})
PAGE = (Path(__file__).parents[2] / "docs" / "zoom.md").read_text("utf-8").split("\n### Scopes\n")[1].split("\n## ")[0]


def missing_names(table: str, granted: frozenset[str]) -> list[str]:
    return [scope.granular for scope in missing(BY_NAME[table], granted)]


@pytest.mark.parametrize("name", BY_NAME)
def test_a_table_needs_its_own_scope_and_those_of_its_lists(name: str) -> None:
    facts = FACTS[name]
    scopes = {endpoint.scope for endpoint in (*facts.lists, facts)}
    found = needed(BY_NAME[name])
    assert {scope.granular for scope in found} == scopes
    assert found[0] == USER_LIST or USER_LIST.granular not in scopes
    assert len(set(found)) == len(found)


@pytest.mark.parametrize("name", GRANULAR)
def test_all_granular_scopes_open_every_table(name: str) -> None:
    assert missing_names(name, ALL) == []
    assert missing_names(name, ALL - {FACTS[name].scope} - OTHER_WAYS) == [FACTS[name].scope]


@pytest.mark.parametrize("name", WITHDRAWN)
def test_withdrawn_requests_have_no_granular_scope(name: str) -> None:
    assert missing(BY_NAME[name], ALL) == [BY_NAME[name].scope]


def test_only_the_files_are_withdrawn() -> None:
    assert WITHDRAWN == ["meeting_files", "webinar_files"]


@pytest.mark.parametrize("name", BY_NAME)
def test_classic_scopes_open_every_table(name: str) -> None:
    assert missing(BY_NAME[name], CLASSIC) == []
    assert BY_NAME[name].scope in missing(BY_NAME[name], CLASSIC - {FACTS[name].classic})


@pytest.mark.parametrize("name", GRANULAR)
@pytest.mark.parametrize("listing", OTHER_LISTS, ids=lambda listing: listing.name)
def test_scope_of_a_list_is_missed_by_its_tables_alone(name: str, listing: List) -> None:
    expected = [listing.scope] if listing in FACTS[name].lists or listing.scope == FACTS[name].scope else []
    assert missing_names(name, ALL - {listing.scope}) == expected


def test_reports_of_the_users_are_as_good_as_the_history_if_both_scopes_are_there() -> None:
    reports = {REPORT_USERS.granular, REPORT_USER.granular}
    without = ALL - {HISTORY.granular}
    assert missing_names("report_meetings", without) == [HISTORY.granular]
    assert missing_names("report_meetings", without | {REPORT_USERS.granular}) == [HISTORY.granular]
    assert missing_names("report_meetings", without | reports) == []


@pytest.mark.parametrize(
    ("scope", "granted", "is_open"),
    [
        (MEETING_LIST, "meeting:read:list_meetings", True),
        (MEETING_LIST, "meeting:read:list_meetings:master", True),
        (MEETING_LIST, "meeting:read", True),
        (MEETING_LIST, "meeting:write:admin", False),
        (MEETING_LIST, "webinar:read:admin", False),
        (USER_LIST, "user:read:list_users", False),
        (USER_LIST, "user:write", True),
        (HISTORY, "report:read:list_history_meetings", False),
        (HISTORY, "report:read:admin", True),
    ],
)
def test_names_that_open_an_endpoint(scope: Scope, granted: str, is_open: bool) -> None:
    assert scope.is_in({granted, "other:read:admin"}) is is_open


def test_consent_names_each_granular_scope_once() -> None:
    assert len(ALL) == len(consent_scopes())
    assert all(scope.count(":") == 3 for scope in ALL)
    assert {facts.scope for facts in (*FACTS.values(), *OTHER_LISTS) if facts.scope} | OTHER_WAYS == ALL


def test_lists_of_the_users_are_as_good_as_the_list_of_all_recordings() -> None:
    for table in ("recordings", "recording_files"):
        facts = FACTS[table]
        assert missing_names(table, ALL - {facts.scope}) == []
        assert missing_names(table, ALL - {facts.scope, USER_LIST.granular}) == [facts.scope]
        assert missing_names(table, frozenset({facts.scope})) == []


def documented(row: str) -> tuple[set[str], set[str]]:
    """The granular and the classic scopes in a row of the page's table, with those of the rows that it refers to."""
    (cells,) = re.findall(rf"^\| {row} \| (.*) \| (.*) \|$", PAGE, re.MULTILINE)
    granular, classic = (set(re.findall(r"`([\w:]+)`", cell)) for cell in cells)
    for kind in ("meetings", "webinars"):
        if all(f"those of past {kind}" in cell for cell in cells):
            others = documented(f"past {kind}")
            granular, classic = granular | others[0], classic | others[1]
    return granular, classic


@pytest.mark.parametrize("name", BY_NAME)
def test_documentation_names_the_same_scopes(name: str) -> None:
    granular, classic = documented(name)
    scopes = {USER_LIST, *needed(BY_NAME[name])}
    assert granular | {USER_LIST.granular} == {scope.granular for scope in scopes if scope.granular}
    assert classic | {USER_LIST.classic} == {scope.classic for scope in scopes}
    assert FACTS[name].classic in classic
