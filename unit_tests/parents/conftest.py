"""What the tests of parents share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from unit_tests.parents.support import SmallAccount

if TYPE_CHECKING:
    from collections.abc import Callable

    import requests_mock

    from source_zoom.parents.lists import Parents
    from source_zoom.sync.sync import Sync


@pytest.fixture
def account(api: requests_mock.Mocker, today: str) -> SmallAccount:
    """An account of one user with empty lists."""
    return SmallAccount(api)


@pytest.fixture
def parents(sync: Callable[..., Sync]) -> Callable[..., Parents]:
    """parents(*tables, **settings): the lists of one sync."""
    return lambda *tables, **settings: sync(*tables, **settings).parents
