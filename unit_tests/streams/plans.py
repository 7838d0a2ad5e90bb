"""Plans of one table's sync, and the walks that feed them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from source_zoom.parents.day_walk import DayWalk
from source_zoom.parents.occurrence import Occurrence
from source_zoom.streams.ledger import Ledger
from source_zoom.streams.plan import OccurrencePlan

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = datetime(2026, 11, 24, 2, tzinfo=timezone.utc)
# Five months back.
BELIEVED = datetime(2026, 6, 24).toordinal()  # noqa: DTZ001 - a day


def plan_of(state: Any = None, *, now: datetime = NOW, expects_rows: bool = False) -> OccurrencePlan:
    ledger = Ledger.resume(state, start=None, lookback_days=2, now=now)
    return OccurrencePlan(ledger, lambda: now, believed_before=BELIEVED, expects_rows=expects_rows)


def full_refresh() -> OccurrencePlan:
    return OccurrencePlan(None, lambda: NOW, believed_before=BELIEVED)


def held(uuid: str, days_ago: int | None, number: int = 1, *, attended: bool = False) -> Occurrence:
    started = None if days_ago is None else NOW - timedelta(days=days_ago)
    return Occurrence.starting(uuid, number, started, 2 if attended else 1)


def walk_of(*items: Occurrence, error: BaseException | None = None, ends: bool = True) -> DayWalk[Occurrence]:
    walk: DayWalk[Occurrence] = DayWalk("past meetings", Occurrence.packed, Occurrence.unpacked, Occurrence.merged)
    for item in items:
        walk.publish(item)
    if ends:
        walk.finish(error)
    return walk


def again(*uuids: str, tries: int = 1) -> dict[str, Any]:
    entries = [{"uuid": uuid, "id": 7, "start": "2026-11-01T00:00:00Z", "tries": tries} for uuid in uuids]
    return {"version": 1, "complete_until": "2026-11-23", "again": entries}


def taken(due: Iterator[Occurrence]) -> list[str]:
    return [occurrence.uuid for occurrence in due]
