"""The kinds of tables whose parents are past occurrences."""

from __future__ import annotations

from abc import ABC
from typing import TYPE_CHECKING, Any, ClassVar

from source_zoom.streams.occurrences import OccurrenceTable
from source_zoom.zoom.labels import Label
from source_zoom.zoom.pagination import objects_in
from source_zoom.zoom.parsing import as_int

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from source_zoom.streams.resources import Parent, Resources
    from source_zoom.zoom.errors import Rule


class Report(OccurrenceTable, ABC):
    """The report on one occurrence, one record each."""

    label = Label.HEAVY
    cursor_field = "start_time"
    expects_rows = True

    def __init__(self, resources: Resources) -> None:
        super().__init__(resources)
        # Occurrences whose report is there, but still without its content.
        self._blank: set[str] = set()

    def record(self, row: dict[str, Any], ids: Mapping[str, Any]) -> dict[str, Any]:
        if not row.get("duration") and (as_int(row.get("participants_count")) or 0) < 2:
            self._blank.add(ids[self.kind.uuid_column])
        return super().record(row, ids)

    def answered(self, parent: Parent, rule: Rule | None, records: int) -> None:
        uuid = parent.ids[self.kind.uuid_column]
        super().answered(parent, rule, 0 if uuid in self._blank else records)
        self._blank.discard(uuid)


class Absentees(OccurrenceTable, ABC):
    """Registrants who did not come, which only webinars with registration have."""

    label = Label.HEAVY
    rows_at = "registrants"
    paged = True
    cursor_field = "create_time"


class IndexedResults(OccurrenceTable, ABC):
    """One record for each participant with answers to polls or with questions, in Zoom's order.

    Guests have no email and anonymous answers no name, so only the position identifies a record.
    """

    label = Label.MEDIUM
    rows_at = "questions"
    cursor_field = "start_time"

    def read_parent(self, parent: Parent) -> Iterator[dict[str, Any]]:
        """As of every table. The records have their position, and the start of the occurrence if Zoom sends it."""
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
    cursor_field = "join_time"
    expects_rows = True


class PastParticipants(OccurrenceTable, ABC):
    """One record for each join. Zoom sends less than in the report, but counts the requests under another limit."""

    label = Label.MEDIUM
    rows_at = "participants"
    paged = True
    cursor_field = "join_time"
    expects_rows = True


class Files(OccurrenceTable, ABC):
    """Files sent in the chat. Zoom calls the endpoint deprecated; where it is gone the table is empty."""

    label = Label.MEDIUM
    rows_at = "in_meeting_files"
    retired = True

    def record(self, row: dict[str, Any], ids: Mapping[str, Any]) -> dict[str, Any]:
        """The row as a record, with the start of its occurrence."""
        # Zoom's rows have no time of their own.
        started = self.occurrence(ids).started
        row[f"{self.kind.id_column.removesuffix('_id')}_start_time"] = (
            f"{started:%Y-%m-%dT%H:%M:%SZ}" if started else None
        )
        return super().record(row, ids)
