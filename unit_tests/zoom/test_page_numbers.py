"""pagination.py: lists whose pages are requested by number, of a server that takes no notice of the number."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from airbyte_cdk.models import FailureType

from source_zoom.zoom.client import RequestSubject
from source_zoom.zoom.errors import ZoomRequestFailed
from source_zoom.zoom.labels import Label
from source_zoom.zoom.pagination import ListRequest, paginate
from unit_tests.integration.request_builder import API

if TYPE_CHECKING:
    import requests_mock

    from source_zoom.sync.sync import Sync

Rows = Iterator[dict[str, Any]]


@pytest.fixture
def webinars(sync: Callable[..., Sync]) -> Rows:
    """The rows of one list of webinars."""
    request = ListRequest("webinars", {}, "webinars", Label.MEDIUM)
    return paginate(sync().client, request, RequestSubject("webinars", "the user"))


def page(*rows: dict[str, Any], total: int) -> dict[str, Any]:
    """A page of two without token and number."""
    return {"json": {"webinars": list(rows), "page_size": 2, "total_records": total}}


def test_page_that_comes_again_is_an_error_and_its_rows_come_once(api: requests_mock.Mocker, webinars: Rows) -> None:
    # With a total alone nothing else would show it: 2 + 2 rows are the 4 of the total.
    sent = api.get(API + "webinars", [page({"id": 1}, {"id": 2}, total=4)])
    # As a table does, this changes the rows before the next page is requested.
    assert [row.pop("id") for row in (next(webinars), next(webinars))] == [1, 2]
    with pytest.raises(ZoomRequestFailed, match="same page of its list twice") as caught:
        next(webinars)
    assert sent.call_count == 2
    assert caught.value.failure_type is FailureType.transient_error
    assert "webinars of the user" in str(caught.value)


def test_page_with_some_rows_of_the_one_before_is_read(api: requests_mock.Mocker, webinars: Rows) -> None:
    # A webinar that is added meanwhile moves the others on by one.
    api.get(API + "webinars", [page({"id": 1}, {"id": 2}, total=4), page({"id": 2}, {"id": 3}, total=4)])
    assert [row["id"] for row in webinars] == [1, 2, 2, 3]


def test_empty_page_ends_the_list(api: requests_mock.Mocker, webinars: Rows) -> None:
    sent = api.get(API + "webinars", [page({"id": 1}, {"id": 2}, total=5), page(total=5)])
    assert [row["id"] for row in webinars] == [1, 2]
    assert sent.call_count == 2
