"""The sheet of facts of more tables agrees with the simulated account."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from integration_tests.sandbox import ACCOUNT_TABLES
from integration_tests.sandbox.routes import find
from unit_tests.resource.account_facts import LISTS, TABLES

if TYPE_CHECKING:
    from unit_tests.resource.facts import Endpoint

ENDPOINTS: dict[str, Endpoint] = {**LISTS, **TABLES}


def test_the_simulated_account_has_the_same_tables() -> None:
    assert sorted(TABLES) == sorted(ACCOUNT_TABLES)


@pytest.mark.parametrize("name", ENDPOINTS)
def test_the_simulated_account_has_the_same_label_and_scopes(name: str) -> None:
    endpoint = ENDPOINTS[name]
    route, _ = find("/v2/" + re.sub(r"{\w+}", "85012345678", endpoint.path))
    assert route
    assert route.scopes
    assert route.label.lower() == endpoint.label
    assert {endpoint.scope, endpoint.classic} <= route.scopes[1]
