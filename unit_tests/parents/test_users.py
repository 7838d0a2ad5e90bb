"""parents/users.py: the active users, on whom everything else depends."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from source_zoom.base.exceptions import ConnectorError
from source_zoom.parents.kinds import KINDS, User
from source_zoom.parents.lists import Parents
from unit_tests.integration.request_builder import API
from unit_tests.parents.support import SCOPE, SmallAccount

if TYPE_CHECKING:
    from source_zoom.parents.walk import Walk

MakeParents = Callable[..., Parents]


def test_active_users_are_read_with_their_custom_attributes(account: SmallAccount, parents: MakeParents) -> None:
    users = account.lists("users", "users", {"id": "a", "pmi": 5551112222}, {"id": "b/+="})
    assert list(parents("meetings").users) == [User("a", 5551112222), User("b/+=", None)]
    assert users.last_request.qs == {
        "status": ["active"],
        "include_fields": ["custom_attributes"],
        "page_size": ["300"],
    }


@pytest.mark.parametrize("identifier", [None, "", 5, True, ["a"], {"a": 1}], ids=str)
def test_user_without_an_id_in_text_is_no_parent(account: SmallAccount, parents: MakeParents, identifier: Any) -> None:
    account.lists("users", "users", {"id": "a"}, {"id": identifier}, {})
    assert [user.id for user in parents().users] == ["a"]


@pytest.mark.parametrize(("number", "room"), [("555 111 2222", 5551112222), (None, None), ("", None), ("mine", None)])
def test_number_of_the_personal_room(
    account: SmallAccount, parents: MakeParents, number: object, room: int | None
) -> None:
    account.lists("users", "users", {"id": "a", "pmi": number})
    assert [user.personal_meeting_id for user in parents().users] == [room]


def test_table_of_users_feeds_the_walk_where_it_is_selected(account: SmallAccount, parents: MakeParents) -> None:
    walk = parents("users", "meetings").users
    walk.publish(User("from the table"))
    walk.finish()
    assert list(walk) == [User("from the table")]
    assert account.paths() == []


def test_failure_reaches_the_lists_of_meetings_and_webinars(account: SmallAccount, parents: MakeParents) -> None:
    account.api.get(API + "users", **SCOPE)
    made = parents()
    walks: list[Walk[Any]] = [made.users, *(made.scheduled[kind] for kind in KINDS)]
    for walk in walks:
        with pytest.raises(ConnectorError, match="lacks the scope"):
            list(walk)
