"""Ledgers of one table, and the nights on which it is read."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any

from source_zoom.parents.occurrence import Occurrence
from source_zoom.streams.ledger import Ledger

# Two at night, like a nightly sync.
NOW = datetime(2026, 11, 24, 2, tzinfo=timezone.utc)
NIGHT = timedelta(days=1)
HOUR = timedelta(hours=1)


def ledger(raw: Any = None, *, now: datetime = NOW, start: datetime | None = None, lookback: int = 2) -> Ledger:
    return Ledger.resume(raw, start=start, lookback_days=lookback, now=now)


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


def held(started: datetime, uuid: str = "abc==") -> Occurrence:
    return Occurrence.starting(uuid, 85_123_456_789, started, 1)


def json_of(table: Ledger, now: datetime = NOW) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(table.to_json(now)))
    return found


def complete(table: Ledger, now: datetime) -> dict[str, Any]:
    """The state after everything that was due has been read."""
    table.advance([])
    return json_of(table, now)


def requests(
    started: datetime, syncs: list[datetime], *, lookback: int = 2, contradicted: bool = False
) -> list[datetime]:
    """When one occurrence is requested, where each of the syncs reads everything."""
    state: Any = None
    sent = []
    for now in syncs:
        table = ledger(state, now=now, lookback=lookback)
        if now >= started and table.is_due(held(started), now):
            sent.append(now)
            table.record_answer(held(started), now, contradicted=contradicted)
        state = complete(table, now)
    return sent


def nightly(first: datetime, count: int) -> list[datetime]:
    return [first + night * NIGHT for night in range(count)]


STATE = {
    "version": 1,
    "since": "2026-05-24",
    "complete_until": "2026-11-20",
    "asked": {"2026-11-18": {"": "aaaaaaaabbbbbbbb"}, "2026-11-19": {"2026-11-23T02": "cccccccc"}},
    "again": [{"uuid": "x", "id": 1, "start": None, "tries": 1}],
}
