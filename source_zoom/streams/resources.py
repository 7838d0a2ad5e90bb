"""What a table is given: the rooms of its sync, its parents, and the plan that its state is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping
    from datetime import datetime

    from source_zoom.parents.lists import Parents
    from source_zoom.streams.ledger import Ledger
    from source_zoom.zoom.client import ZoomClient
    from source_zoom.zoom.in_flight import InFlight


class Resources(NamedTuple):
    """What the tables of one sync share.

    ``in_flight`` limits the parents of one label that are read at once. ``ledgers``: what incremental tables have read
    before, by table; they send no request before ``paused_until``. ``start`` is the configured start date.
    """

    client: ZoomClient
    parents: Parents
    in_flight: InFlight
    ledgers: Mapping[str, Ledger] = {}
    paused_until: datetime | None = None
    start: datetime | None = None


class Parent(NamedTuple):
    """One parent of a table.

    ``ids`` are the slice, and become columns of the rows. Failures with the same ``series`` count as one. A refusal
    that concerns more than this parent concerns all with the same ``about``.
    """

    ids: Mapping[str, Any]
    series: Hashable
    about: Hashable = None

    def __str__(self) -> str:
        return " ".join(str(value) for value in self.ids.values())


class Plan(Protocol):
    """What a table reads in this sync."""

    def state(self) -> dict[str, Any]:
        """The state as of now, {} in a full refresh."""
