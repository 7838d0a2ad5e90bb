"""pagination.py: lists whose pages are requested by number, where they break off or do not follow the number."""

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
    return paginate(sync().client, request, RequestSubject("webinars", "the user", skippable=True))


def page(*rows: dict[str, Any], total: int, **more: Any) -> dict[str, Any]:
    """A page of two without token and number."""
    return {"json": {"webinars": list(rows), "page_size": 2, "total_records": total, **more}}


def test_page_that_comes_again_is_an_error_and_its_rows_come_once(api: requests_mock.Mocker, webinars: Rows) -> None:
    # With a total alone nothing else would show it: 2 + 2 rows are the 4 of the total.
    sent = api.get(API + "webinars", [page({"id": 1}, {"id": 2}, total=4)])
    # As a table does, this changes the rows before the next page is requested.
    assert [row.pop("id") for row in (next(webinars), next(webinars))] == [1, 2]
    with pytest.raises(ZoomRequestFailed, match="same page twice") as caught:
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


def test_list_that_breaks_off_is_read_again_without_doubling_rows(api: requests_mock.Mocker, webinars: Rows) -> None:
    first = page({"id": 1}, {"id": 2}, total=3)
    gone = {"status_code": 404, "json": {"code": 3001, "message": "Webinar does not exist."}}
    api.get(API + "webinars", [first, gone, first, page({"id": 3}, total=3)])
    assert [row["id"] for row in webinars] == [1, 2, 3]


def test_number_without_a_count_leaves_the_end_to_the_total(api: requests_mock.Mocker, webinars: Rows) -> None:
    pages = [page({"id": 1}, {"id": 2}, total=3, page_number=1), page({"id": 3}, total=3, page_number=2)]
    sent: Any = api.get(API + "webinars", pages)
    assert [row["id"] for row in webinars] == [1, 2, 3]
    assert [request.qs.get("page_number") for request in sent.request_history] == [None, ["2"]]


def test_empty_pages_may_follow_each_other(api: requests_mock.Mocker, webinars: Rows) -> None:
    pages = [page(total=1, page_number=number, page_count=3) for number in (1, 2)]
    api.get(API + "webinars", [*pages, page({"id": 1}, total=1, page_number=3, page_count=3)])
    assert [row["id"] for row in webinars] == [1]
