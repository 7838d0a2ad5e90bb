"""pages.py: every row of a list once, over pages, expired page tokens and odd answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests_mock
from airbyte_cdk.models import FailureType

from source_zoom.account import Account
from source_zoom.client import Asked
from source_zoom.errors import Meaning, ParentSkipped, ZoomRefused
from source_zoom.pages import objects_in, rows
from unit_tests.integration.request_builder import API

URL = API + "things"
ASKED = Asked("some_table", "the parent")
EXPIRED = {"status_code": 400, "json": {"code": 300, "message": "The next page token is invalid or expired."}}

Rows = Callable[..., Iterator[dict[str, Any]]]


@pytest.fixture
def read(account: Callable[..., Account]) -> Rows:
    client = account().client

    def run(params: Any = None, key: str = "things") -> Iterator[dict[str, Any]]:
        return rows(client, "things", {"status": "active"} if params is None else params, ASKED, key)

    return run


def page(*identifiers: Any, then: str = "", **more: Any) -> dict[str, Any]:
    return {"json": {"things": [{"id": one} for one in identifiers], "next_page_token": then, **more}}


def ids(found: Iterator[dict[str, Any]]) -> list[Any]:
    return [row["id"] for row in found]


class TestPages:
    def test_pages_follow_each_other_with_the_same_parameters(self, api: requests_mock.Mocker, read: Rows):
        asked = api.get(URL, [page(1, 2, then="b+/="), page(3, then="c"), page(4)])
        assert ids(read()) == [1, 2, 3, 4]
        base = {"status": ["active"], "page_size": ["300"]}
        assert [request.qs for request in asked.request_history] == [
            base,
            {**base, "next_page_token": ["b+/="]},
            {**base, "next_page_token": ["c"]},
        ]

    def test_a_page_is_asked_only_when_the_one_before_is_used_up(self, api: requests_mock.Mocker, read: Rows):
        asked = api.get(URL, [page(1, then="b"), page(2)])
        found = read()
        assert next(found) == {"id": 1}
        assert asked.call_count == 1
        assert next(found) == {"id": 2}

    def test_empty_page_in_the_middle_does_not_end_the_list(self, api: requests_mock.Mocker, read: Rows):
        api.get(URL, [page(1, then="b"), page(then="c"), page(2)])
        assert ids(read()) == [1, 2]

    @pytest.mark.parametrize(
        "last", [{"things": []}, {"things": None}, {}, {"things": [], "next_page_token": None}], ids=str
    )
    def test_list_that_is_left_out_is_empty(self, api: requests_mock.Mocker, read: Rows, last: dict[str, Any]):
        asked = api.get(URL, json=last)
        assert ids(read()) == []
        assert asked.call_count == 1

    def test_list_in_one_piece_is_asked_without_parameters(
        self, api: requests_mock.Mocker, account: Callable[..., Account]
    ):
        # next_page_token means nothing where Zoom documents no pages.
        asked = api.get(URL, [page(1, 2, then="ignored")])
        assert ids(rows(account().client, "things", None, ASKED, "things")) == [1, 2]
        assert asked.last_request.qs == {}

    def test_row_that_zoom_sends_twice_comes_twice(self, api: requests_mock.Mocker, read: Rows):
        api.get(URL, [page(1, 1, then="b"), page(1)])
        assert ids(read()) == [1, 1, 1]

    @pytest.mark.parametrize("tokens", [["b", "b"], ["b", "c", "b"]])
    def test_page_token_that_comes_again_is_an_error(self, api: requests_mock.Mocker, read: Rows, tokens: list[str]):
        asked = api.get(URL, [page(number, then=one) for number, one in enumerate(tokens)])
        with pytest.raises(ZoomRefused, match="same page token twice") as caught:
            ids(read())
        assert caught.value.failure_type is FailureType.transient_error
        assert "some_table of the parent" in caught.value.message
        assert asked.call_count == len(tokens)

    def test_skip_of_a_later_page_is_passed_on(self, api: requests_mock.Mocker, read: Rows):
        gone = {"status_code": 404, "json": {"code": 3001, "message": "Meeting does not exist: 1."}}
        api.get(URL, [page(1, then="b"), gone])
        found = read()
        assert next(found) == {"id": 1}
        with pytest.raises(ParentSkipped):
            next(found)


class TestPageNumbers:
    """The list of webinars, for which Zoom documents page_number and no token."""

    @staticmethod
    def page(number: int, count: int, *identifiers: int, then: str = "") -> dict[str, Any]:
        rows = [{"id": one} for one in identifiers]
        return {"json": {"webinars": rows, "page_number": number, "page_count": count, "next_page_token": then}}

    def test_rest_is_asked_by_number_where_no_token_comes(self, api: requests_mock.Mocker, read: Rows):
        asked = api.get(URL, [self.page(1, 3, 1), self.page(2, 3, 2), self.page(3, 3, 3)])
        assert ids(read(key="webinars")) == [1, 2, 3]
        assert [request.qs.get("page_number") for request in asked.request_history] == [None, ["2"], ["3"]]

    def test_numbers_mean_nothing_behind_a_token(self, api: requests_mock.Mocker, read: Rows):
        asked = api.get(URL, [self.page(1, 2, 1, then="b"), self.page(1, 2, 2)])
        assert ids(read(key="webinars")) == [1, 2]
        assert asked.call_count == 2

    def test_server_that_stays_on_a_page_is_an_error(self, api: requests_mock.Mocker, read: Rows):
        asked = api.get(URL, [self.page(1, 3, 1)])
        with pytest.raises(ZoomRefused, match="would never end"):
            ids(read(key="webinars"))
        assert asked.call_count == 2

    def test_other_lists_go_by_token_only(self, api: requests_mock.Mocker, read: Rows):
        asked = api.get(URL, [page(1, page_number=1, page_count=5)])
        assert ids(read()) == [1]
        assert asked.call_count == 1


class TestExpiredPageToken:
    def test_list_starts_over_and_no_row_comes_twice(self, api: requests_mock.Mocker, read: Rows):
        asked = api.get(URL, [page(1, 2, then="b"), EXPIRED, page(1, 2, then="c"), page(3)])
        assert ids(read()) == [1, 2, 3]
        assert asked.request_history[2].qs == {"status": ["active"], "page_size": ["300"]}

    def test_rows_that_are_the_same_come_as_often_as_zoom_has_them(self, api: requests_mock.Mocker, read: Rows):
        api.get(URL, [page(1, 1, then="b"), EXPIRED, page(1, 1, then="c"), page(1, 2)])
        assert ids(read()) == [1, 1, 1, 2]

    def test_row_that_is_new_on_the_second_reading_comes_too(self, api: requests_mock.Mocker, read: Rows):
        api.get(URL, [page(1, 2, then="b"), EXPIRED, page(0, 1, then="c"), page(2, 3)])
        assert ids(read()) == [1, 2, 0, 3]

    def test_row_that_moved_to_another_page_comes_once(self, api: requests_mock.Mocker, read: Rows):
        api.get(URL, [page(1, 2, then="b"), page(3, then="c"), EXPIRED, page(3, then="d"), page(2, 1, 4)])
        assert ids(read()) == [1, 2, 3, 4]

    def test_order_of_keys_makes_no_new_row(self, api: requests_mock.Mocker, read: Rows):
        first = {"json": {"things": [{"id": 1, "a": {"x": 1, "y": 2}}], "next_page_token": "b"}}
        again = {"text": '{"things": [{"a": {"y": 2, "x": 1}, "id": 1}, {"id": 2}]}'}
        api.get(URL, [first, EXPIRED, again])
        assert ids(read()) == [1, 2]

    def test_change_of_a_row_by_its_reader_does_not_make_it_new(self, api: requests_mock.Mocker, read: Rows):
        api.get(URL, [page(1, then="b"), EXPIRED, page(1, then="c"), page(2)])
        found = []
        for row in read():
            found.append(row["id"])
            row["added by the stream"] = True
        assert found == [1, 2]

    def test_it_may_happen_several_times(self, api: requests_mock.Mocker, read: Rows):
        api.get(URL, [page(1, then="b"), EXPIRED, page(1, then="c"), page(2, then="d"), EXPIRED, page(1, 2, 3)])
        assert ids(read()) == [1, 2, 3]

    def test_second_expiry_before_the_first_page_is_full_forgets_nothing(self, api: requests_mock.Mocker, read: Rows):
        api.get(URL, [page(1, 2, then="b"), EXPIRED, page(then="c"), EXPIRED, page(1, 2, 3)])
        assert ids(read()) == [1, 2, 3]

    def test_it_is_a_transient_error_when_it_never_ends(self, api: requests_mock.Mocker, read: Rows):
        asked = api.get(URL, [page(1, then="b"), EXPIRED] * 20)
        found: list[Any] = []
        with pytest.raises(ZoomRefused, match="page tokens expired") as caught:
            found.extend(row["id"] for row in read())
        assert caught.value.failure_type is FailureType.transient_error
        assert caught.value.meaning is Meaning.PAGE_TOKEN_EXPIRED
        assert "some_table of the parent" in caught.value.message
        assert found == [1]
        assert asked.call_count == 10

    def test_first_page_has_no_token_that_could_have_expired(self, api: requests_mock.Mocker, read: Rows):
        asked = api.get(URL, **EXPIRED)
        with pytest.raises(ZoomRefused, match="page token is invalid or expired"):
            ids(read())
        assert asked.call_count == 1


class TestObjectsIn:
    @pytest.mark.parametrize("body", [{}, {"things": None}, {"things": []}], ids=str)
    def test_nothing_there(self, body: dict[str, Any]):
        assert objects_in(body, "things", ASKED) == []

    @pytest.mark.parametrize("found", [{}, "text", 0, False, [1], [{"id": 1}, None], [[]], {"id": 1}], ids=str)
    def test_something_else_there_is_an_error_that_names_the_table(self, found: Any):
        with pytest.raises(ZoomRefused, match="some_table of the parent") as caught:
            objects_in({"things": found}, "things", ASKED)
        assert caught.value.failure_type is FailureType.system_error
