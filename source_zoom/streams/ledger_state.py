"""The state of an occurrence table, as Airbyte keeps it and as the rules use it."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from typing import Any, NamedTuple

from airbyte_cdk.sources.streams import NO_CURSOR_STATE_KEY

from source_zoom.parents.occurrence import EPOCH_DAY, SECONDS_A_DAY

VERSION = 1
# In place of the hour of the last request: the occurrence will not be requested again.
SETTLED = -1
SECONDS_AN_HOUR = 3600
_FINGERPRINT = 8
_FINGERPRINTS = re.compile(rf"(?:[A-Za-z0-9_-]{{{_FINGERPRINT}}})*")
_HOUR = "%Y-%m-%dT%H"
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MOMENT = "%Y-%m-%dT%H:%M:%SZ"


class UnreadableState(Exception):
    """The state cannot be used. The message says why, without quoting the state."""


class Failed(NamedTuple):
    """An occurrence that could not be read. ``start`` is in seconds since 1970, ``tries`` counts syncs."""

    id: int
    start: int | None
    tries: int


@dataclass
class LedgerState:
    """What a table has read.

    ``since``: from when on it is covered, None as far back as Zoom goes. Days are proleptic ordinals. ``asked`` maps
    day and fingerprint to the hour of the last request since 1970, or SETTLED. ``again`` is by UUID.
    """

    since: datetime | None = None
    complete_until: int | None = None
    asked: dict[int, dict[str, int]] = field(default_factory=dict)
    again: dict[str, Failed] = field(default_factory=dict)
    limit_until: datetime | None = None

    def to_json(self) -> dict[str, Any]:
        """The state for Airbyte: plain JSON values, and nothing of a record but UUID and number of failed ones."""
        state: dict[str, Any] = {
            "version": VERSION,
            "since": None if self.since is None else _since_text(self.since),
            "complete_until": None if self.complete_until is None else _day_text(self.complete_until),
            "asked": {_day_text(day): _groups(self.asked[day]) for day in sorted(self.asked) if self.asked[day]},
            "again": [_failed_json(uuid, failed) for uuid, failed in sorted(self.again.items())],
        }
        if self.limit_until is not None:
            state["limit_until"] = _moment_text(self.limit_until)
        return state


def fingerprint(uuid: str) -> str:
    """Eight characters for an occurrence. Among 1,100 of a day, two share one with a chance of two in 10^9."""
    return base64.urlsafe_b64encode(hashlib.blake2b(uuid.encode("utf-8", "replace"), digest_size=6).digest()).decode()


def read_state(raw: Any, start: datetime | None) -> LedgerState:
    """The state that a sync was given. One without ``since`` is taken to cover everything from ``start`` on.

    Nothing, an empty state and that of a full refresh are the state of a table that was never read.

    :raises UnreadableState: it is of another version or shape
    """
    if raw is None or raw == {} or (isinstance(raw, Mapping) and NO_CURSOR_STATE_KEY in raw):
        return LedgerState(since=start)
    if not isinstance(raw, Mapping):
        raise UnreadableState("it is no object")
    if isinstance(raw.get("version"), bool) or raw.get("version") != VERSION:
        raise UnreadableState("its version is unknown")
    try:
        return LedgerState(
            since=_since(raw["since"]) if "since" in raw else start,
            complete_until=_optional(_day, raw.get("complete_until")),
            asked={_day(day): _hours(groups) for day, groups in _mapping(raw.get("asked")).items()},
            again=dict(_failed(entry) for entry in _list(raw.get("again"))),
            limit_until=_optional(_moment, raw.get("limit_until")),
        )
    except (ValueError, TypeError, KeyError, OverflowError) as error:
        raise UnreadableState("a value of it has an unexpected type or form") from error


def _groups(hours: Mapping[str, int]) -> dict[str, str]:
    """Hour of the last request, or "" for settled, with the fingerprints in one string."""
    groups: dict[int, list[str]] = {}
    for print_, hour in hours.items():
        groups.setdefault(hour, []).append(print_)
    return {_hour_text(hour): "".join(sorted(groups[hour])) for hour in sorted(groups)}


def _hours(groups: Any) -> dict[str, int]:
    hours: dict[str, int] = {}
    # In this order an hour wins over settled: it spares fewer requests.
    for text, prints in sorted(_mapping(groups).items()):
        hour = _hour(text) if text else SETTLED
        if not _FINGERPRINTS.fullmatch(prints):
            raise ValueError("no fingerprints")
        for place in range(0, len(prints), _FINGERPRINT):
            hours[prints[place : place + _FINGERPRINT]] = hour
    return hours


def _failed_json(uuid: str, failed: Failed) -> dict[str, Any]:
    start = None if failed.start is None else _moment_text(_EPOCH + timedelta(seconds=failed.start))
    return {"uuid": uuid, "id": failed.id, "start": start, "tries": failed.tries}


def _failed(entry: Any) -> tuple[str, Failed]:
    uuid, identifier, tries = entry["uuid"], entry.get("id") or 0, entry.get("tries", 1)
    if not uuid or not isinstance(uuid, str) or not _is_count(identifier) or not _is_count(tries):
        raise ValueError("no failed occurrence")
    start = _optional(_moment, entry.get("start"))
    return uuid, Failed(identifier, None if start is None else int(start.timestamp()), max(tries, 1))


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _mapping(value: Any) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise TypeError("no object")
    return value


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise TypeError("no list")
    return value


def _optional(parse: Any, value: Any) -> Any:
    return None if value is None else parse(value)


def _day(text: str) -> int:
    return datetime.strptime(text, "%Y-%m-%d").toordinal()  # noqa: DTZ007 - a day has no zone


def _day_text(day: int) -> str:
    return date.fromordinal(day).isoformat()


def _moment(text: str) -> datetime:
    return datetime.strptime(text, _MOMENT).replace(tzinfo=timezone.utc)


def _moment_text(moment: datetime) -> str:
    return moment.astimezone(timezone.utc).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def _since(value: Any) -> datetime | None:
    if value is None:
        return None
    try:
        return datetime.strptime(value, "%Y-%m-%d").replace(tzinfo=timezone.utc)
    except ValueError:
        return _moment(value)


def _since_text(since: datetime) -> str:
    """The day alone where it is the whole day, which is what people type."""
    if since == datetime(since.year, since.month, since.day, tzinfo=timezone.utc):
        return since.date().isoformat()
    return _moment_text(since)


def _hour(text: str) -> int:
    hour = int(datetime.strptime(text, _HOUR).replace(tzinfo=timezone.utc).timestamp()) // SECONDS_AN_HOUR
    if hour < 0:
        raise ValueError("an hour before 1970")
    return hour


def _hour_text(hour: int) -> str:
    if hour == SETTLED:
        return ""
    day, rest = divmod(hour * SECONDS_AN_HOUR, SECONDS_A_DAY)
    return f"{_day_text(day + EPOCH_DAY)}T{rest // SECONDS_AN_HOUR:02}"
