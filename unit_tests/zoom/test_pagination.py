"""pagination.py: every row of a list once, over pages by token and by number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from airbyte_cdk.models import FailureType

from source_zoom.zoom.errors import ParentSkipped, ZoomRequestFailed
from source_zoom.zoom.pagination import objects_in
from unit_tests.zoom.pages import (
    EXPIRED,
    GONE,
    SUBJECT,
    URL,
    Rows,
    ids,
    page,
    rows,
)

if TYPE_CHECKING:
    import requests_mock


class TestPages:
    def test_pages_follow_each_other_with_the_same_parameters(self, api: requests_mock.Mocker, read: Rows) -> None:
        sent = api.get(URL, [page(1, 2, then="b+/="), page(3, then="c"), page(4)])
        assert ids(read()) == [1, 2, 3, 4]
        base = {"status": ["active"], "page_size": ["300"]}
        assert [request.qs for request in sent.request_history] == [
            base,
            {**base, "next_page_token": ["b+/="]},
            {**base, "next_page_token": ["c"]},
        ]

    def test_a_page_is_requested_only_when_the_one_before_is_used_up(
        self, api: requests_mock.Mocker, read: Rows
    ) -> None:
        sent = api.get(URL, [page(1, then="b"), page(2)])
        found = read()
        assert next(found) == {"id": 1}
        assert sent.call_count == 1
        assert next(found) == {"id": 2}

    def test_empty_page_in_the_middle_does_not_end_the_list(self, api: requests_mock.Mocker, read: Rows) -> None:
        api.get(URL, [page(1, then="b"), page(then="c"), page(2)])
        assert ids(read()) == [1, 2]

    @pytest.mark.parametrize(
        "last", [{"things": []}, {"things": None}, {}, {"things": [], "next_page_token": None}], ids=str
    )
    def test_list_that_is_left_out_is_empty(self, api: requests_mock.Mocker, read: Rows, last: dict[str, Any]) -> None:
        sent = api.get(URL, json=last)
        assert ids(read()) == []
        assert sent.call_count == 1

    def test_list_in_one_piece_is_requested_without_parameters_of_pages(
        self, api: requests_mock.Mocker, read: Rows
    ) -> None:
        # next_page_token means nothing where Zoom documents no pages.
        sent: Any = api.get(URL, [page(1, 2, then="ignored")])
        assert ids(read(paged=False)) == [1, 2]
        assert sent.last_request.qs == {"status": ["active"]}

    def test_rows_with_one_id_and_uuids_of_their_own_are_told_apart_when_the_list_starts_over(
        self, api: requests_mock.Mocker, read: Rows
    ) -> None:
        # Recordings of a series have the number of the meeting as their id.
        one, two, three = ({"id": 85012345678, "uuid": uuid} for uuid in "abc")
        api.get(URL, [rows(one, two, then="b"), EXPIRED, rows(three, two, then="c"), rows(one)])
        assert [row["uuid"] for row in read()] == ["a", "b", "c"]

    def test_row_that_zoom_sends_twice_comes_twice(self, api: requests_mock.Mocker, read: Rows) -> None:
        api.get(URL, [page(1, 1, then="b"), page(1)])
        assert ids(read()) == [1, 1, 1]

    def test_pages_with_the_same_rows_under_different_tokens_are_all_read(
        self, api: requests_mock.Mocker, read: Rows
    ) -> None:
        api.get(URL, [page(1, then="b"), page(1, then="c"), page(1)])
        assert ids(read()) == [1, 1, 1]

    @pytest.mark.parametrize("paged", [True, False])
    def test_list_beside_a_code_and_a_message_is_no_error(
        self, api: requests_mock.Mocker, read: Rows, paged: bool
    ) -> None:
        api.get(URL, json={"things": [{"id": 1}], "code": 300, "message": "Some rows are new."})
        assert ids(read(paged=paged)) == [1]

    @pytest.mark.parametrize("tokens", [["b", "b"], ["b", "c", "b"]])
    def test_page_token_that_comes_again_is_an_error(
        self, api: requests_mock.Mocker, read: Rows, tokens: list[str]
    ) -> None:
        sent = api.get(URL, [page(number, then=one) for number, one in enumerate(tokens)])
        with pytest.raises(ZoomRequestFailed, match="same page token twice") as caught:
            ids(read())
        assert caught.value.failure_type is FailureType.transient_error
        assert "some_table of the parent" in str(caught.value)
        assert sent.call_count == len(tokens)

    def test_first_page_that_says_nothing_is_a_skip(self, api: requests_mock.Mocker, read: Rows) -> None:
        sent = api.get(URL, **GONE)
        with pytest.raises(ParentSkipped):
            ids(read())
        assert sent.call_count == 1


class TestPageNumbers:
    """The list of webinars, for which Zoom documents page_number and no token."""

    @staticmethod
    def page(number: int, count: int, one: int, then: str = "") -> dict[str, Any]:
        body = {"page_number": number, "page_count": count, "next_page_token": then}
        return {"json": {"webinars": [{"id": one}], **body}}

    def test_rest_is_requested_by_number_where_no_token_comes(self, api: requests_mock.Mocker, read: Rows) -> None:
        sent = api.get(URL, [self.page(1, 3, 1), self.page(2, 3, 2), self.page(3, 3, 3)])
        assert ids(read(key="webinars")) == [1, 2, 3]
        assert [request.qs.get("page_number") for request in sent.request_history] == [None, ["2"], ["3"]]

    def test_numbers_mean_nothing_behind_a_token(self, api: requests_mock.Mocker, read: Rows) -> None:
        sent = api.get(URL, [self.page(1, 2, 1, then="b"), self.page(1, 2, 2)])
        assert ids(read(key="webinars")) == [1, 2]
        assert sent.call_count == 2

    def test_server_that_stays_on_a_page_is_an_error(self, api: requests_mock.Mocker, read: Rows) -> None:
        sent = api.get(URL, [self.page(1, 3, 1)])
        with pytest.raises(ZoomRequestFailed, match="would never end"):
            ids(read(key="webinars"))
        assert sent.call_count == 2

    def test_any_list_may_come_by_number(self, api: requests_mock.Mocker, read: Rows) -> None:
        api.get(URL, [page(1, page_number=1, page_count=2), page(2, page_number=2, page_count=2)])
        assert ids(read()) == [1, 2]

    @pytest.mark.parametrize("size", [{}, {"page_size": 300}, {"page_size": None}], ids=str)
    def test_total_alone_tells_that_there_are_more(
        self, api: requests_mock.Mocker, read: Rows, size: dict[str, Any]
    ) -> None:
        pages = [range(300), range(300, 600), range(600, 650)]
        sent: Any = api.get(URL, [page(*each, total_records=650, **size) for each in pages])
        assert ids(read()) == list(range(650))
        assert [request.qs.get("page_number") for request in sent.request_history] == [None, ["2"], ["3"]]

    def test_total_counts_full_pages_only(self, api: requests_mock.Mocker, read: Rows) -> None:
        # A total larger than the list is no reason to go on behind a page with room left.
        sent = api.get(URL, [page(*range(299), total_records=650)])
        assert len(ids(read())) == 299
        assert sent.call_count == 1

    def test_last_full_page_ends_the_list_when_the_total_is_reached(
        self, api: requests_mock.Mocker, read: Rows
    ) -> None:
        sent = api.get(URL, [page(*range(300), total_records=300)])
        assert len(ids(read())) == 300
        assert sent.call_count == 1

    @pytest.mark.parametrize("more", [{"page_number": 1}, {"page_count": 2}], ids=str)
    def test_total_counts_where_number_or_count_is_missing(
        self, api: requests_mock.Mocker, read: Rows, more: dict[str, Any]
    ) -> None:
        api.get(URL, [page(1, 2, page_size=2, total_records=3, **more), page(3, page_size=2, total_records=3)])
        assert ids(read()) == [1, 2, 3]

    @pytest.mark.parametrize("odd", ["1", -1, 0, True, None, 1.5], ids=repr)
    def test_numbers_that_are_none_mean_nothing(self, api: requests_mock.Mocker, read: Rows, odd: Any) -> None:
        sent = api.get(URL, [page(1, page_number=odd, page_count=odd, page_size=odd, total_records=odd)])
        assert ids(read()) == [1]
        assert sent.call_count == 1

    def test_pages_without_rows_do_not_end_the_list(self, api: requests_mock.Mocker, read: Rows) -> None:
        empty = [{"json": {"page_number": number, "page_count": 3}} for number in (1, 2)]
        api.get(URL, [*empty, self.page(3, 3, 1)])
        assert ids(read(key="webinars")) == [1]

    def test_smaller_pages_of_zoom_count_too(self, api: requests_mock.Mocker, read: Rows) -> None:
        sent = api.get(URL, [page(1, 2, page_size=2, total_records=3), page(3, page_size=2, total_records=3)])
        assert ids(read()) == [1, 2, 3]
        assert sent.call_count == 2


class TestObjectsIn:
    @pytest.mark.parametrize("body", [{}, {"things": None}, {"things": []}], ids=str)
    def test_nothing_there(self, body: dict[str, Any]) -> None:
        assert objects_in(body, "things", SUBJECT) == []

    @pytest.mark.parametrize("found", [{}, "text", 0, False, [1], [{"id": 1}, None], [[]], {"id": 1}], ids=str)
    def test_something_else_there_is_an_error_that_names_the_table(self, found: Any) -> None:
        with pytest.raises(ZoomRequestFailed, match="some_table of the parent") as caught:
            objects_in({"things": found}, "things", SUBJECT)
        assert caught.value.failure_type is FailureType.system_error
