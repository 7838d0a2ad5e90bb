"""What the tests of requests and logins share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from airbyte_cdk.utils.airbyte_secrets_utils import update_secrets

from source_zoom.zoom.labels import Label
from source_zoom.zoom.pagination import ListRequest, paginate
from unit_tests.zoom.pages import STATUS, SUBJECT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from source_zoom.sync.sync import Sync
    from source_zoom.zoom.client import RequestSubject
    from unit_tests.zoom.pages import Rows


@pytest.fixture(autouse=True)
def _no_secrets_of_other_tests() -> Iterator[None]:
    update_secrets([])
    yield
    update_secrets([])


@pytest.fixture
def read(sync: Callable[..., Sync]) -> Rows:
    """read(query, key, paged=True, subject=...): the rows of one list."""
    client = sync().client

    def run(
        query: dict[str, str] = STATUS, key: str = "things", *, paged: bool = True, subject: RequestSubject = SUBJECT
    ) -> Iterator[dict[str, Any]]:
        return paginate(client, ListRequest("things", query, key, Label.MEDIUM, paged), subject)

    return run
