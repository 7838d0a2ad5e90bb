"""The users table, which is also the walk of users."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from source_zoom.account import Account
from source_zoom.streams.base import ZoomStream
from source_zoom.values import text


class Users(ZoomStream):
    """GET /users (operation ``users``), once for each status: https://developers.zoom.us/docs/api/users/#tag/users/get/users.

    Its active users are published to the walk as they are read, so that no page of users is asked for twice.
    """

    primary_key = ["id", "email"]
    endpoint = "users"
    record_key = "users"
    paged = True

    def __init__(self, account: Account) -> None:
        super().__init__(account)
        self._walk_ended = False

    def parents(self) -> Iterator[dict[str, Any]]:
        for status in ("active", "inactive", "pending"):
            yield {"status": status}

    def queries(self, parent: Mapping[str, Any]) -> Iterator[dict[str, str]]:
        yield {"status": parent["status"]}

    def read_parent(self, parent: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        if parent["status"] != "active":
            yield from super().read_parent(parent)
            return
        walk = self.account.parents.users
        failure: BaseException | None = None
        try:
            for user in super().read_parent(parent):
                if text(user.get("id")):
                    walk.publish(user["id"])
                yield user
        except BaseException as error:
            failure = error
            raise
        finally:
            self._end_walk(failure)

    def parent_done(self, parent: Mapping[str, Any]) -> None:
        # Where another status has stopped the table before this one was read, the walk must end all the same.
        if parent["status"] == "active":
            self._end_walk(self.account.failures.of(self.name))

    def _end_walk(self, failure: BaseException | None) -> None:
        if not self._walk_ended:
            self._walk_ended = True
            self.account.parents.users.finish(failure)

    def record(self, row: dict[str, Any], parent: Mapping[str, Any]) -> dict[str, Any]:
        # The status is Zoom's own column; it is what was asked for where a row leaves it out.
        return super().record(row, {} if "status" in row else parent)

    def parent_id(self, parent: Mapping[str, Any]) -> str:
        # Users have no parent: a refusal of this list is a failure, never a skip.
        return ""
