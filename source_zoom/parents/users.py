"""The users of the account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from source_zoom.parents.kinds import User
from source_zoom.zoom.client import RequestSubject, ZoomClient
from source_zoom.zoom.labels import Label
from source_zoom.zoom.pagination import ListRequest, paginate
from source_zoom.zoom.parsing import as_int, as_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def users_request(status: str) -> ListRequest:
    """GET /users by status, with the columns that Zoom sends on request only."""
    return ListRequest("users", {"status": status, "include_fields": "custom_attributes"}, "users", Label.MEDIUM)


def user_of(row: Mapping[str, Any]) -> User | None:
    """The user of a row, None for one without id, which has not joined yet."""
    identifier = as_text(row.get("id"))
    return User(identifier, as_int(row.get("pmi"))) if identifier else None


def read_users(client: ZoomClient, status: str, publish: Callable[[User], object]) -> None:
    """Publish every user of a status, for syncs in which no table reads them."""
    for row in paginate(client, users_request(status), RequestSubject("users")):
        user = user_of(row)
        if user:
            publish(user)
