"""streams/users.py: the table of users, which is also the list of the active ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from airbyte_cdk.models import SyncMode

from source_zoom.parents.kinds import User
from unit_tests.integration.request_builder import API
from unit_tests.streams.support import (
    DOWN,
    FIREWALL,
    GONE,
    NO_SCOPE,
    Answer,
    MakeSync,
    outcome,
    parents_of,
    query_of,
    read,
)
from unit_tests.threads import WAIT, collect, in_thread

if TYPE_CHECKING:
    import requests_mock

    from source_zoom.parents.walk import Walk
    from source_zoom.streams import ZoomStream

ACTIVE = {"status": "active"}
URL = API + "users?status="


@pytest.fixture
def users(sync: MakeSync) -> ZoomStream:
    return sync("users", "meetings").tables[0]


def walk_of(users: ZoomStream) -> Walk[User]:
    return parents_of(users).users


class TestRecords:
    def test_one_list_for_each_status(self, api: requests_mock.Mocker, users: ZoomStream) -> None:
        requested = api.get(API + "users", json={"users": [{"id": "a", "status": "pending"}, {"id": "b"}]})
        for status in ("active", "inactive", "pending"):
            assert [record["status"] for record in read(users, {"status": status})] == ["pending", status]
            assert query_of(requested) == {
                "status": [status],
                "include_fields": ["custom_attributes"],
                "page_size": ["300"],
            }

    @pytest.mark.parametrize("answer", [GONE, FIREWALL, NO_SCOPE, DOWN], ids=["3001", "firewall", "scope", "outage"])
    def test_refused_list_is_a_failure_whatever_the_reason(
        self, api: requests_mock.Mocker, users: ZoomStream, answer: Answer
    ) -> None:
        api.get(API + "users", **answer)
        found, error = outcome(users, ACTIVE)
        assert found == []
        assert error is users.status.failure is not None
        # One sentence for all three lists.
        assert str(error).startswith("Cannot read users")
        assert "active" not in str(error)


class TestWalk:
    def test_active_users_feed_it_as_they_are_read(self, api: requests_mock.Mocker, users: ZoomStream) -> None:
        pages = [{"users": [{"id": "a", "pmi": 5}], "next_page_token": "b"}, {"users": [{}]}]
        api.get(API + "users", [{"json": page} for page in pages])
        walk = iter(walk_of(users))
        records = iter(users.read_records(SyncMode.full_refresh, stream_slice=ACTIVE))
        assert next(records)["id"] == "a"
        assert next(walk) == User("a", 5)
        assert list(records) == [{"status": "active"}]
        assert list(walk) == []

    @pytest.mark.parametrize("status", ["inactive", "pending"])
    def test_other_users_do_not(self, api: requests_mock.Mocker, users: ZoomStream, status: str) -> None:
        api.get(API + "users", json={"users": [{"id": "a"}]})
        assert read(users, {"status": status}) == [{"id": "a", "status": status}]
        walk_of(users).finish()
        assert list(walk_of(users)) == []

    @pytest.mark.parametrize("answer", [NO_SCOPE, FIREWALL, DOWN], ids=["scope", "firewall", "outage"])
    def test_failure_ends_it_for_its_readers(
        self, api: requests_mock.Mocker, users: ZoomStream, answer: Answer
    ) -> None:
        first: Answer = {"json": {"users": [{"id": "a"}], "next_page_token": "b"}}
        api.get(API + "users", json={"users": []})
        api.get(URL + "active", **first)
        api.get(URL + "active&next_page_token=b", **answer)
        waiting = in_thread(collect, walk_of(users))
        _, error = outcome(users, ACTIVE)
        assert error is not None
        assert waiting.result(WAIT) == ([User("a")], error)

    def test_failure_of_another_list_is_none_of_its_own(self, api: requests_mock.Mocker, users: ZoomStream) -> None:
        api.get(URL + "inactive", **DOWN)
        api.get(URL + "active", json={"users": [{"id": "a"}]})
        assert outcome(users, {"status": "inactive"})[1] is not None
        assert len(read(users, ACTIVE)) == 1
        assert collect(walk_of(users)) == ([User("a")], None)

    def test_it_ends_even_when_the_table_stopped_before_its_active_users(
        self, api: requests_mock.Mocker, users: ZoomStream
    ) -> None:
        api.get(API + "users", **NO_SCOPE)
        waiting = in_thread(collect, walk_of(users))
        _, error = outcome(users, {"status": "pending"})
        assert error is not None
        assert read(users, ACTIVE) == []
        assert waiting.result(WAIT) == ([], error)

    def test_it_ends_once(self, api: requests_mock.Mocker, users: ZoomStream) -> None:
        api.get(API + "users", json={"users": [{"id": "a"}]})
        for _ in range(2):
            read(users, ACTIVE)
        assert walk_of(users).has_ended
        assert list(walk_of(users)) == [User("a")]
