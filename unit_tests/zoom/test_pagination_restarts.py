"""pagination.py: lists that start over, because a page token expired or a later page says that there is nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from airbyte_cdk.models import FailureType

from source_zoom.zoom.client import RequestSubject
from source_zoom.zoom.errors import Meaning, ParentSkipped, ZoomRequestFailed
from unit_tests.zoom.pages import (
    EXPIRED,
    GONE,
    SKIPS,
    URL,
    Rows,
    ids,
    page,
    rows,
)

if TYPE_CHECKING:
    import requests_mock


class TestListThatBreaksOff:
    """A later page cannot say that there is nothing: rows of that list have been read."""

    @SKIPS
    def test_once_restarts_the_list(self, api: requests_mock.Mocker, read: Rows, skip: dict[str, Any]) -> None:
        sent = api.get(URL, [page(1, 2, then="b"), skip, page(1, 2, then="c"), page(3)])
        assert ids(read()) == [1, 2, 3]
        assert sent.call_count == 4

    @SKIPS
    def test_twice_is_a_failure_after_the_rows(self, api: requests_mock.Mocker, read: Rows, skip: Any) -> None:
        found: list[Any] = []
        sent = api.get(URL, [page(1, 2, then="b"), skip, page(1, 2, 3, then="c"), skip])
        with pytest.raises(ZoomRequestFailed, match="some_table of the parent") as caught:
            found.extend(row["id"] for row in read())
        assert found == [1, 2, 3]
        assert caught.value.failure_type is FailureType.transient_error
        assert sent.call_count == 4

    @pytest.mark.parametrize(
        "first",
        [page(1, 2, then="b"), page(1, 2, page_number=1, page_count=2)],
        ids=["by token", "by number"],
    )
    def test_a_list_of_which_nothing_may_be_skipped_restarts_too(
        self, api: requests_mock.Mocker, read: Rows, first: dict[str, Any]
    ) -> None:
        lists = RequestSubject("users")
        api.get(URL, [first, GONE, first, page(3, page_number=2, page_count=2)])
        assert ids(read(subject=lists)) == [1, 2, 3]
        api.get(URL, [first, GONE, first, GONE])
        with pytest.raises(ZoomRequestFailed, match="Cannot read users to its end"):
            ids(read(subject=lists))
        api.get(URL, [GONE])
        with pytest.raises(ZoomRequestFailed, match="Cannot read users: "):
            ids(read(subject=lists))

    @pytest.mark.parametrize("why", [GONE, EXPIRED], ids=["3001", "token"])
    def test_list_that_vanishes_on_the_second_reading_fails(
        self, api: requests_mock.Mocker, read: Rows, why: dict[str, Any]
    ) -> None:
        api.get(URL, [page(1, then="b"), why, GONE])
        with pytest.raises(ZoomRequestFailed, match="to its end"):
            ids(read())

    def test_list_of_which_no_row_was_read_is_a_skip(self, api: requests_mock.Mocker, read: Rows) -> None:
        api.get(URL, [page(then="b"), GONE, GONE])
        with pytest.raises(ParentSkipped):
            ids(read())


class TestExpiredPageToken:
    def test_list_starts_over_and_no_row_comes_twice(self, api: requests_mock.Mocker, read: Rows) -> None:
        sent = api.get(URL, [page(1, 2, then="b"), EXPIRED, page(1, 2, then="c"), page(3)])
        assert ids(read()) == [1, 2, 3]
        assert sent.request_history[2].qs == {"status": ["active"], "page_size": ["300"]}

    def test_row_that_changed_meanwhile_comes_once(self, api: requests_mock.Mocker, read: Rows) -> None:
        before, after = {"id": "a", "last_login_time": "1"}, {"id": "a", "last_login_time": "2"}
        api.get(URL, [rows(before, then="b"), EXPIRED, rows(after, then="c"), rows({"id": "b"})])
        assert list(read()) == [before, {"id": "b"}]

    @pytest.mark.parametrize("key", ["uuid", "meeting_uuid"])
    def test_row_without_id_is_compared_by_its_uuid(self, api: requests_mock.Mocker, read: Rows, key: str) -> None:
        before, after = {key: "a", "duration": 1}, {key: "a", "duration": 2}
        api.get(URL, [rows(before, then="b"), EXPIRED, rows(after)])
        assert list(read()) == [before]

    def test_participant_has_a_row_for_each_join(self, api: requests_mock.Mocker, read: Rows) -> None:
        first, second = ({"id": "a", "join_time": time} for time in ("1", "2"))
        api.get(URL, [rows(first, then="b"), EXPIRED, rows(second, first)])
        assert list(read()) == [first, second]

    def test_row_without_any_id_is_compared_as_a_whole(self, api: requests_mock.Mocker, read: Rows) -> None:
        first, second = {"name": "a"}, {"name": "b"}
        api.get(URL, [rows(first, then="b"), EXPIRED, rows(second, first)])
        assert list(read()) == [first, second]

    def test_rows_that_are_the_same_come_as_often_as_zoom_has_them(self, api: requests_mock.Mocker, read: Rows) -> None:
        api.get(URL, [page(1, 1, then="b"), EXPIRED, page(1, 1, then="c"), page(1, 2)])
        assert ids(read()) == [1, 1, 1, 2]

    def test_row_that_is_new_on_the_second_reading_comes_too(self, api: requests_mock.Mocker, read: Rows) -> None:
        api.get(URL, [page(1, 2, then="b"), EXPIRED, page(0, 1, then="c"), page(2, 3)])
        assert ids(read()) == [1, 2, 0, 3]

    def test_rows_with_ids_are_told_apart_where_one_is_new_in_front(
        self, api: requests_mock.Mocker, read: Rows
    ) -> None:
        api.get(URL, [page("a", "b", then="b"), EXPIRED, page("c", "a", then="c"), page("b", "d")])
        assert ids(read()) == ["a", "b", "c", "d"]

    def test_row_that_moved_to_another_page_comes_once(self, api: requests_mock.Mocker, read: Rows) -> None:
        api.get(URL, [page(1, 2, then="b"), page(3, then="c"), EXPIRED, page(3, then="d"), page(2, 1, 4)])
        assert ids(read()) == [1, 2, 3, 4]

    def test_order_of_keys_makes_no_new_row(self, api: requests_mock.Mocker, read: Rows) -> None:
        first = {"json": {"things": [{"name": 1, "a": {"x": 1, "y": 2}}], "next_page_token": "b"}}
        again = {"text": '{"things": [{"a": {"y": 2, "x": 1}, "name": 1}, {"name": 2}]}'}
        api.get(URL, [first, EXPIRED, again])
        assert [row["name"] for row in read()] == [1, 2]

    def test_change_of_a_row_by_its_reader_does_not_make_it_new(self, api: requests_mock.Mocker, read: Rows) -> None:
        api.get(URL, [page(1, then="b"), EXPIRED, page(1, then="c"), page(2)])
        found = []
        for row in read():
            found.append(row["id"])
            row["added by the stream"] = True
        assert found == [1, 2]

    def test_it_may_happen_several_times(self, api: requests_mock.Mocker, read: Rows) -> None:
        api.get(URL, [page(1, then="b"), EXPIRED, page(1, then="c"), page(2, then="d"), EXPIRED, page(1, 2, 3)])
        assert ids(read()) == [1, 2, 3]

    def test_second_expiry_before_the_first_page_is_full_forgets_nothing(
        self, api: requests_mock.Mocker, read: Rows
    ) -> None:
        api.get(URL, [page(1, 2, then="b"), EXPIRED, page(then="c"), EXPIRED, page(1, 2, 3)])
        assert ids(read()) == [1, 2, 3]

    def test_it_is_a_transient_error_when_it_never_ends(self, api: requests_mock.Mocker, read: Rows) -> None:
        sent = api.get(URL, [page(1, then="b"), EXPIRED] * 20)
        found: list[Any] = []
        with pytest.raises(ZoomRequestFailed, match="page tokens expired") as caught:
            found.extend(row["id"] for row in read())
        assert caught.value.failure_type is FailureType.transient_error
        assert caught.value.meaning is Meaning.PAGE_TOKEN_EXPIRED
        assert "some_table of the parent" in str(caught.value)
        assert found == [1]
        assert sent.call_count == 10
