"""Past occurrences from the instances of single meetings and webinars, up to 15 months back."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from source_zoom.parents.history import PublishPast, ReportsRefused
from source_zoom.parents.kinds import MEETINGS, Kind, Listed, User
from source_zoom.parents.known import Known, SkipKey
from source_zoom.parents.parallel import in_parallel
from source_zoom.parents.scheduled import LIST_THREADS
from source_zoom.zoom.client import RequestSubject, ZoomClient
from source_zoom.zoom.errors import ParentSkipped
from source_zoom.zoom.labels import Label
from source_zoom.zoom.pagination import ListRequest, paginate
from source_zoom.zoom.parsing import as_text, as_utc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


def instance_lists(kind: Kind) -> str:
    """The instances of all meetings or webinars, in words for logs."""
    return f"instances of {kind.plural}"


@dataclass
class Instances:
    """GET /past_meetings/{meetingId}/instances or /past_webinars/{webinarId}/instances.

    Read for everything that repeats and for the users' personal meeting rooms. Where Zoom refuses its reports, read for
    what takes place once too, because no other list shows that it took place.
    """

    _kind: Kind
    _client: ZoomClient
    _known: Known
    _scheduled: Iterable[Listed]
    _users: Iterable[User]
    _reports: Callable[[], None]  # reads Zoom's reports, or waits until they are read
    _publish: PublishPast
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)
    _requested: set[int] = field(default_factory=set, init=False)

    def __call__(self) -> None:
        """:raises ConnectorError: a list could not be read to its end"""
        in_parallel(self._numbers(), self._read, LIST_THREADS)

    def _numbers(self) -> Iterator[int]:
        once = []
        for listed in self._scheduled:
            if listed.series.repeats:
                yield from self._first_time(listed.id)
            else:
                once.append(listed.id)
        if self._kind is MEETINGS:
            for user in self._users:
                if user.personal_meeting_id:
                    yield from self._first_time(user.personal_meeting_id)
        if once and self._reports_refused():
            for identifier in once:
                yield from self._first_time(identifier)

    def _first_time(self, identifier: int) -> Iterator[int]:
        # A personal room can be in a list too, and its instances are requested once.
        with self._lock:
            is_new = identifier not in self._requested
            self._requested.add(identifier)
        if is_new:
            yield identifier

    def _reports_refused(self) -> bool:
        try:
            self._reports()
        except ReportsRefused:
            return True
        except Exception:
            # The producer of the reports hands this failure to every reader.
            return False
        return False

    def _read(self, identifier: int) -> None:
        kind = self._kind
        subject = RequestSubject(instance_lists(kind), str(identifier), skippable=True)
        label = Label.MEDIUM if kind is MEETINGS else Label.LIGHT
        request = ListRequest(f"past_{kind.plural}/{identifier}/instances", {}, kind.plural, label, paged=False)
        try:
            for row in paginate(self._client, request, subject):
                uuid = as_text(row.get("uuid"))
                if uuid:
                    self._publish(kind, uuid, identifier, as_utc(row.get("start_time")), None)
                else:
                    self._known.count(SkipKey(subject.table, "Zoom sent no UUID", warn=True), subject.parent)
        except ParentSkipped as skip:
            self._known.skipped(subject.table, skip.rule, subject.parent)
