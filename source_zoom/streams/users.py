"""The users of the account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from source_zoom.parents.sources import ACCOUNT, USER_LIST
from source_zoom.parents.users import user_of, users_request
from source_zoom.streams.base import ZoomStream
from source_zoom.streams.resources import Parent, Resources
from source_zoom.zoom.client import RequestSubject
from source_zoom.zoom.labels import Label

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from airbyte_cdk.models import SyncMode


class Users(ZoomStream):
    """GET /users (operation ``users``), once for each status: https://developers.zoom.us/docs/api/users/#tag/users/get/users.

    It publishes users as it reads them, so that no page of users is requested twice.
    """

    parent = ACCOUNT
    primary_key = ["id", "email"]
    endpoint = "users"
    scope = USER_LIST
    label = Label.MEDIUM
    rows_at = "users"
    paged = True
    query: ClassVar[Mapping[str, str]] = users_request("active").query
    # Users have no parent: a refusal of this list is a failure, never a skip.
    skippable = False

    def __init__(self, resources: Resources) -> None:
        super().__init__(resources)
        lists = resources.parents
        #: The walks that wait for this table, by status.
        self._waiting = {"active": lists.users, "inactive": lists.inactive_users}
        self._published: set[str] = set()

    def parents(self) -> Iterator[Parent]:
        """One list for each status, the active users first because other tables wait for them."""
        for status in ("active", "inactive", "pending"):
            yield self.parent_of({"status": status})

    def parent_of(self, ids: Mapping[str, Any]) -> Parent:
        """The list of a status."""
        return Parent(ids, ids["status"])

    def queries(self, parent: Parent) -> Iterator[Mapping[str, str]]:
        """The query for the list's status."""
        yield users_request(parent.ids["status"]).query

    def read_records(
        self,
        sync_mode: SyncMode,
        cursor_field: list[str] | None = None,
        stream_slice: Mapping[str, Any] | None = None,
        stream_state: Mapping[str, Any] | None = None,
    ) -> Iterator[Mapping[str, Any]]:
        """As of every table. Tables that wait for the users see the end of the list, and its failure if it has one."""
        try:
            yield from super().read_records(sync_mode, cursor_field, stream_slice, stream_state)
        finally:
            status = (stream_slice or {}).get("status", "")
            walk = self._waiting.pop(status, None)
            if walk is not None:
                # The status may hold a failure of another list, such as that of inactive users.
                walk.finish(None if status in self._published else self.status.failure)

    def read_parent(self, parent: Parent) -> Iterator[dict[str, Any]]:
        """As of every table. Users are published before their record is yielded."""
        status = parent.ids["status"]
        walk = self._waiting.get(status)
        for row in super().read_parent(parent):
            user = user_of(row) if walk is not None else None
            if walk is not None and user:
                walk.publish(user)
            yield row
        self._published.add(status)

    def subject(self, parent: Parent) -> RequestSubject:
        """The users, whatever their status: a failure of one list is one of the table."""
        return RequestSubject(self.name)

    def record(self, row: dict[str, Any], ids: Mapping[str, Any]) -> dict[str, Any]:
        """The row as a record, with the requested status where Zoom leaves it out."""
        return super().record(row, {} if "status" in row else ids)
