"""Groups, their members, and roles."""

from __future__ import annotations

from urllib.parse import unquote

from ..errors import ZoomError, invalid_parameter
from ..groups import group_row
from ..roles import COMMON, KINDS, roles
from ..rows import Rows
from .finding import Body, Finder, Query, whole

_MEMBERS_CAP = 2000


class GroupEndpoints(Finder):
    """GET /groups, /groups/{id}/members and /roles."""

    def groups(self, _: str, query: Query) -> Body:
        self.answers.check_groups(listing=True)
        found = self.answers.groups()
        body = self.page("/groups", query, "groups", Rows(len(found), lambda i: group_row(found[i])))
        del body["page_count"], body["page_size"]
        return body

    def group_members(self, key: str, query: Query) -> Body:
        wanted = unquote(key)
        group = next((group for group in self.answers.groups() if group.id == wanted), None)
        if group is None:
            raise ZoomError(404, 4130, f"A group with this {wanted} does not exist.")
        rows = self.answers.group_members(group)
        return self.page(f"/groups/{group.id}", query, "members", rows, cap=_MEMBERS_CAP, by_number=True)

    def roles(self, _: str, query: Query) -> Body:
        kind = query.get("type") or COMMON
        if kind not in KINDS:
            invalid_parameter("type")
        found = roles(self.account, kind)
        return whole("roles", Rows(len(found), lambda i: found[i]))
