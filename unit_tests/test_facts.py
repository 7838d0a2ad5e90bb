"""The sheet of facts agrees with the other statements of the same facts that the tests trust."""

from __future__ import annotations

import re

import pytest

from integration_tests.sandbox import TABLES as SIMULATED
from integration_tests.sandbox.routes import find
from unit_tests.resource.facts import LISTS, PARENTS, TABLES, Endpoint, List, Table, table_of, tables_that_need

ENDPOINTS: dict[str, Endpoint] = {**LISTS, **TABLES}


def test_the_simulated_account_has_the_same_tables() -> None:
    assert sorted(TABLES) == sorted(SIMULATED)


@pytest.mark.parametrize("name", ENDPOINTS)
def test_the_simulated_account_has_the_same_label_and_scopes(name: str) -> None:
    endpoint = ENDPOINTS[name]
    route, _ = find("/v2/" + re.sub(r"{\w+}", "85012345678", endpoint.path))
    assert route
    assert route.label.lower() == endpoint.label
    accepted = route.scopes[1] if route.scopes else frozenset()
    assert endpoint.scope in accepted if endpoint.scope else not accepted
    assert not accepted or endpoint.classic in accepted


def test_a_path_is_one_list_or_table_and_those_that_say_so() -> None:
    for endpoint in ENDPOINTS.values():
        path = "/v2/" + re.sub(r"{\w+}", "85012345678", endpoint.path)
        found = [other for other in ENDPOINTS.values() if other.pattern.match(path)]
        first, *others = found
        assert endpoint in found
        assert all(isinstance(other, Table) and other.same_request == first.name for other in others)
        assert table_of(path) is next((other for other in found if isinstance(other, Table)), None)


def test_uuid_is_one_segment_of_a_path() -> None:
    assert table_of("/v2/past_meetings/%252Fa%252F%252Fb%253D/polls") is TABLES["meeting_poll_results"]
    assert table_of("/v2/past_meetings/a/b/polls") is None


def test_every_list_is_needed_by_the_tables_that_read_it() -> None:
    assert {name for names in PARENTS.values() for name in names} <= set(ENDPOINTS)
    for table in TABLES.values():
        for listing in table.lists:
            assert not isinstance(listing, List) or table in tables_that_need(listing)
    assert tables_that_need(LISTS["report_users"]) == tables_that_need(LISTS["history"])
    assert TABLES["users"].lists == ()
