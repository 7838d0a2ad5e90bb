"""The kinds of tables whose parents are scheduled meetings or webinars."""

from __future__ import annotations

from abc import ABC
from typing import TYPE_CHECKING, Any, ClassVar

from source_zoom.streams.base import ZoomStream
from source_zoom.streams.resources import Parent
from source_zoom.zoom.labels import Label

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from source_zoom.parents.forecast import Forecast
    from source_zoom.parents.kinds import Kind


class ScheduledTable(ZoomStream, ABC):
    """One request for each scheduled meeting or webinar, by its number.

    Where Zoom refuses one for its host's plan or licence, the host's others are skipped at this endpoint.
    """

    @property
    def kind(self) -> Kind:
        """Meetings or webinars."""
        assert self.parent.kind is not None
        return self.parent.kind

    def parents(self) -> Iterator[Parent]:
        """Scheduled meetings or webinars, in the order of the users' lists.

        :raises Exception: after them, what kept a list from being read to its end
        """
        for listed in self._resources.parents.scheduled[self.kind]:
            yield Parent({self.kind.id_column: listed.id}, listed.id, listed.series.host)

    def expected_parents(self, forecast: Forecast) -> float:
        """How many meetings or webinars this table will have read at its end."""
        return forecast.scheduled(self.kind)

    def parent_of(self, ids: Mapping[str, Any]) -> Parent:
        """The meeting or webinar of a slice, with its host if a list has shown it."""
        identifier = ids[self.kind.id_column]
        listed = self._resources.parents.scheduled[self.kind].find(identifier)
        return Parent(ids, identifier, listed.series.host if listed else None)


class Details(ScheduledTable, ABC):
    """The meeting or webinar itself, with the past occurrences of a series."""

    label = Label.LIGHT
    query: ClassVar[Mapping[str, str]] = {"show_previous_occurrences": "true"}

    def record(self, row: dict[str, Any], ids: Mapping[str, Any]) -> dict[str, Any]:
        """The row as a record, under Zoom's own id."""
        # An empty record would end the CDK's whole sync without a word, and Zoom's own id is never replaced.
        row.setdefault("id", ids[self.kind.id_column])
        return super().record(row, {})


class Registrants(ScheduledTable, ABC):
    """Registrants of all three statuses: Zoom answers for one at a time, and for ``approved`` when none is named."""

    label = Label.MEDIUM
    rows_at = "registrants"
    paged = True
    query_columns = ("status",)

    def queries(self, parent: Parent) -> Iterator[Mapping[str, str]]:
        """One query for each status."""
        for status in ("approved", "pending", "denied"):
            yield {"status": status}


class Questions(ScheduledTable, ABC):
    """The registration form of a meeting or webinar, one record each."""

    label = Label.LIGHT
    proof_keys = ("questions", "custom_questions")
