"""Scheduled meetings and webinars, from the lists of all active users."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from source_zoom.parents.kinds import Kind, Listed, Series, User
from source_zoom.parents.known import Known, SkipKey
from source_zoom.parents.parallel import in_parallel
from source_zoom.zoom.client import RequestSubject, ZoomClient, path_segment
from source_zoom.zoom.errors import ParentSkipped
from source_zoom.zoom.labels import Label
from source_zoom.zoom.pagination import ListRequest, check_list_of_user, paginate
from source_zoom.zoom.parsing import as_int, as_text, as_utc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from source_zoom.base.config import Config


def scheduled_list(kind: Kind) -> str:
    """The lists of all users, in words for logs."""
    return f"the list of {kind.plural}"


# Threads of one list: enough for a label's limit at ordinary latency, the budget holds them back.
LIST_THREADS = 8


@dataclass
class ScheduledLists:
    """GET /users/{userId}/meetings or /users/{userId}/webinars of every active user."""

    _kind: Kind
    _client: ZoomClient
    _config: Config
    _known: Known
    _users: Iterable[User]
    _publish: Callable[[Listed], object]

    def __post_init__(self) -> None:
        # Many meetings of a list share one.
        self._shared_series = lru_cache(maxsize=1000)(Series)

    def __call__(self) -> None:
        """:raises ConnectorError: a list of a user could not be read to its end"""
        in_parallel(self._users, self._read_list, LIST_THREADS)

    def _read_list(self, user: User) -> None:
        kind = self._kind
        subject = RequestSubject(scheduled_list(kind), f"user {user.id}", skippable=True)
        request = ListRequest(f"users/{path_segment(user.id)}/{kind.plural}", {}, kind.plural, Label.MEDIUM)
        try:
            for row in paginate(self._client, request, subject):
                identifier = as_int(row.get("id"))
                if identifier is None:
                    self._known.count(SkipKey(subject.table, "Zoom sent no id", warn=True), subject.parent)
                    continue
                repeats = row.get("type") not in kind.one_time_types
                if repeats or not self._config.excludes(as_utc(row.get("start_time"))):
                    # An alternative host's list has the meetings of others, too.
                    host = as_text(row.get("host_id")) or user.id
                    self._publish(Listed(identifier, self._shared_series(host, repeats)))
        except ParentSkipped as skip:
            check_list_of_user(subject, skip)
            self._known.skipped(subject.table, skip.rule, subject.parent)
