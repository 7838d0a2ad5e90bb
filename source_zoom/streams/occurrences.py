"""The kinds of tables whose parents are past occurrences of meetings or webinars."""

from __future__ import annotations

import logging
from abc import ABC
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from source_zoom.parents.kinds import Kind, Occurrence
from source_zoom.streams.base import Parent, ZoomStream
from source_zoom.zoom.errors import Rule
from source_zoom.zoom.labels import Label
from source_zoom.zoom.pagination import objects_in
from source_zoom.zoom.scopes import REPORT

logger = logging.getLogger("airbyte")


class OccurrenceTable(ZoomStream, ABC):
    """One request for each past occurrence, by its UUID: by number Zoom answers for the latest occurrence only.

    Where Zoom refuses one for its host, other occurrences of the same number are skipped at this endpoint.
    """

    @property
    def kind(self) -> Kind:
        assert self.parent.kind is not None
        return self.parent.kind

    def parents(self) -> Iterator[Parent]:
        lists = self._resources.parents
        yield from map(self._parent, lists.past[self.kind])
        if lists.reports_refused is None:
            return
        if self.scope.classic_names == REPORT:
            raise lists.reports_refused
        # The instances have shown the occurrences of everything that is scheduled.
        logger.warning(
            "%s has past occurrences of scheduled meetings and webinars only, because Zoom refuses its reports. %s",
            self.name,
            lists.reports_refused,
        )

    def parent_of(self, ids: Mapping[str, Any]) -> Parent:
        uuid = ids[self.kind.uuid_column]
        occurrence = self._resources.parents.past[self.kind].find(uuid)
        return self._parent(occurrence or Occurrence(uuid, ids.get(self.kind.id_column, 0)))

    def _parent(self, occurrence: Occurrence) -> Parent:
        # A history row can lack the number; the UUID is all that a request needs.
        number = {self.kind.id_column: occurrence.id} if occurrence.id else {}
        ids = {**number, self.kind.uuid_column: occurrence.uuid}
        series = occurrence.id or occurrence.uuid
        return Parent(ids, series, series, occurrence.day)

    def shares_refusal(self, rule: Rule) -> bool:
        return True

    def record(self, row: dict[str, Any], ids: Mapping[str, Any]) -> dict[str, Any]:
        row.setdefault(self.kind.id_column, None)
        return super().record(row, ids)


class Report(OccurrenceTable, ABC):
    """The report on one occurrence, one record each."""

    label = Label.HEAVY


class Absentees(OccurrenceTable, ABC):
    """Registrants who did not come, which only webinars with registration have."""

    label = Label.HEAVY
    rows_at = "registrants"
    paged = True


class IndexedResults(OccurrenceTable, ABC):
    """One record for each participant who answered polls or asked questions, in Zoom's order.

    Guests have no email and anonymous answers no name, so only the position tells two of them apart.
    """

    label = Label.MEDIUM
    rows_at = "questions"

    def read_parent(self, parent: Parent) -> Iterator[dict[str, Any]]:
        subject = self.subject(parent)
        path = self.path(stream_slice=parent.ids)
        body = self._resources.client.get(path, {}, subject, self.label, proof_keys=(self.rows_at,))
        # The start of the occurrence stands beside the list, once for all its rows.
        shared = {**parent.ids, **({"start_time": body["start_time"]} if "start_time" in body else {})}
        for index, row in enumerate(objects_in(body, self.rows_at, subject)):
            yield self.record(row, {**shared, "result_index": index})


class Participants(OccurrenceTable, ABC):
    """One record for each join: who leaves and comes back has several, each with a user_id of its own."""

    label = Label.HEAVY
    rows_at = "participants"
    paged = True
    # Without this Zoom leaves the column out.
    query: ClassVar[Mapping[str, str]] = {"include_fields": "registrant_id"}


class Files(OccurrenceTable, ABC):
    """Files sent in the chat. Zoom calls the endpoint deprecated; where it is gone the table is empty."""

    label = Label.MEDIUM
    rows_at = "in_meeting_files"
    retired = True
