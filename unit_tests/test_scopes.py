"""Scopes of each table: its own, those of the walks it hangs on, and what may stand in for them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from source_zoom.parents import MEETINGS, WEBINARS
from source_zoom.scopes import (
    CLASSIC,
    HISTORY,
    INSTANCES,
    LISTED,
    OWN,
    USER_REPORTS,
    USERS,
    consent_scopes,
    missing,
    needed,
    past_tables,
)
from source_zoom.streams import TABLES

PAGE = (
    (Path(__file__).parent.parent / "docs" / "zoom.md").read_text("utf-8").split("\n### Scopes\n")[1].split("\n## ")[0]
)
ALL = frozenset(consent_scopes())
CLASSICS = frozenset(names[0] for names in CLASSIC.values())
GRANULAR = [table for table, scope in OWN.items() if scope.granular]
FILES = [table for table, scope in OWN.items() if not scope.granular]
PAST = {"meetings": MEETINGS, "webinars": WEBINARS}


def names(table: str, granted: frozenset[str]) -> list[str]:
    return [scope.granular for scope in missing(table, granted)]


def test_every_table_has_a_scope_of_its_own():
    assert set(OWN) == {table.table_name() for table in TABLES}
    assert len(OWN) == 21
    assert FILES == ["meeting_files", "webinar_files"]
    owned = [scope.granular for scope in OWN.values() if scope.granular]
    assert len(set(owned)) == len(owned)


@pytest.mark.parametrize("table", GRANULAR)
def test_all_granular_scopes_open_every_table(table):
    assert missing(table, ALL) == []
    assert names(table, ALL - {OWN[table].granular}) == [OWN[table].granular]


@pytest.mark.parametrize("table", FILES)
def test_the_withdrawn_requests_have_no_granular_scope(table):
    assert missing(table, ALL) == [OWN[table]]


@pytest.mark.parametrize("table", OWN)
def test_classic_scopes_open_every_table(table):
    assert missing(table, CLASSICS) == []
    without = CLASSICS - {OWN[table].classic}
    assert OWN[table] in missing(table, without)


@pytest.mark.parametrize("table", OWN)
def test_every_table_hangs_on_the_users(table):
    assert next(iter(needed(table))) == USERS
    assert USERS in missing(table, ALL - {USERS.granular})


@pytest.mark.parametrize("table", [table for table in GRANULAR if table != "users"])
def test_tables_hang_on_the_lists_of_their_kind(table):
    kind = WEBINARS if "webinar" in table else MEETINGS
    other = MEETINGS if kind is WEBINARS else WEBINARS
    assert missing(table, ALL - {LISTED[kind].granular}) == [LISTED[kind]]
    assert missing(table, ALL - {LISTED[other].granular, INSTANCES[other].granular}) == []


@pytest.mark.parametrize("table", sorted(set(GRANULAR) - {"users"}))
def test_only_tables_of_the_past_hang_on_history_and_instances(table):
    kind = WEBINARS if "webinar" in table else MEETINGS
    lacking = [INSTANCES[kind], HISTORY] if table in past_tables() else []
    assert missing(table, ALL - {HISTORY.granular, INSTANCES[kind].granular}) == lacking


def test_reports_of_users_stand_in_for_the_history_when_both_are_there():
    reports = {scope.granular for scope in USER_REPORTS}
    without = ALL - {HISTORY.granular}
    assert names("report_meetings", without) == [HISTORY.granular]
    assert names("report_meetings", without | {USER_REPORTS[0].granular}) == [HISTORY.granular]
    assert names("report_meetings", without | reports) == []


@pytest.mark.parametrize(
    ("scope", "granted", "opens"),
    [
        (LISTED[MEETINGS], "meeting:read:list_meetings", True),
        (LISTED[MEETINGS], "meeting:read:list_meetings:master", True),
        (LISTED[MEETINGS], "meeting:read", True),
        (LISTED[MEETINGS], "meeting:write:admin", False),
        (LISTED[MEETINGS], "webinar:read:admin", False),
        (USERS, "user:read:list_users", False),
        (USERS, "user:write", True),
        (HISTORY, "report:read:list_history_meetings", False),
        (HISTORY, "report:read:admin", True),
    ],
)
def test_names_that_open_an_endpoint(scope, granted, opens):
    assert scope.is_in({granted, "other:read:admin"}) is opens


def test_consent_asks_for_each_scope_once_and_for_no_classic_one():
    assert len(ALL) == len(consent_scopes())
    assert all(scope.count(":") == 3 for scope in ALL)
    assert not ALL & {scope.granular for scope in USER_REPORTS}


def documented(row: str) -> list[str]:
    (cells,) = re.findall(rf"^\| {row} \| (.*) \| (.*) \|$", PAGE, re.MULTILINE)
    return cells


@pytest.mark.parametrize("table", OWN)
def test_the_documentation_names_the_same_scopes(table):
    cells = documented(table)
    told = set(re.findall(r"`([\w:]+)`", cells[0]))
    for kind in ("meetings", "webinars"):
        if f"scopes of past {kind}" in cells[0]:
            told |= set(re.findall(r"`([\w:]+)`", documented(f"past {kind}")[0]))
    assert told | {USERS.granular} == {scope.granular for scope in needed(table) if scope.granular}
    assert OWN[table].classic in cells[1]
