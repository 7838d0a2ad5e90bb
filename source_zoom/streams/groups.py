"""Groups, their members, and roles: https://developers.zoom.us/docs/api/users/."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from source_zoom.parents.groups import WHOLE
from source_zoom.parents.sources import ACCOUNT, GROUP_LIST, GROUP_ROWS, GROUPS
from source_zoom.streams.base import ZoomStream
from source_zoom.streams.resources import Parent
from source_zoom.zoom.labels import Label
from source_zoom.zoom.scopes import granular

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Groups(ZoomStream):
    """GET /groups (operation ``groups``)."""

    parent = GROUP_ROWS
    primary_key = ["id"]
    endpoint = "groups"
    scope = GROUP_LIST
    label = Label.MEDIUM
    rows_at = "groups"
    paged = True
    skippable = False

    def parents(self) -> Iterator[Parent]:
        for part in self._resources.parents.shared[self.parent.shared].parts:
            yield self.parent_of({"list": part.key})

    def parent_of(self, ids: Mapping[str, Any]) -> Parent:
        return Parent(ids, self.name)

    def read_parent(self, parent: Parent) -> Iterator[dict[str, Any]]:
        for row in self._resources.parents.shared[self.parent.shared].rows(WHOLE):
            yield self.record(row, {})


class GroupMembers(ZoomStream):
    """GET /groups/{groupId}/members (operation ``groupMembers``)."""

    parent = GROUPS
    primary_key = ["group_id", "id", "email"]
    endpoint = "groups/{group_id}/members"
    scope = granular("group:read:list_members:admin")
    label = Label.MEDIUM
    rows_at = "members"
    paged = True

    def parents(self) -> Iterator[Parent]:
        for group in self._resources.parents.groups:
            yield self.parent_of({"group_id": group})

    def parent_of(self, ids: Mapping[str, Any]) -> Parent:
        return Parent(ids, ids["group_id"])


class Roles(ZoomStream):
    """GET /roles (operation ``roles``), once for each of its two types."""

    parent = ACCOUNT
    primary_key = ["id"]
    endpoint = "roles"
    scope = granular("role:read:list_roles:admin")
    label = Label.MEDIUM
    rows_at = "roles"
    skippable = False

    def parents(self) -> Iterator[Parent]:
        for kind in ("common", "iq"):
            yield self.parent_of({"type": kind})

    def parent_of(self, ids: Mapping[str, Any]) -> Parent:
        return Parent(ids, ids["type"])

    def queries(self, parent: Parent) -> Iterator[Mapping[str, str]]:
        yield parent.ids

    def record(self, row: dict[str, Any], ids: Mapping[str, Any]) -> dict[str, Any]:
        # The type is Zoom's own column.
        return super().record(row, {})
