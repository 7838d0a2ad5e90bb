"""One time that a meeting or webinar took place, packed small because an account has hundreds of thousands."""

from __future__ import annotations

from datetime import date, datetime, timezone
from typing import NamedTuple

SECONDS_A_DAY = 86_400
EPOCH_DAY = date(1970, 1, 1).toordinal()
# Later than every day of the calendar, so that occurrences without a start time are read last.
UNKNOWN_DAY = 1 << 22
# Of a packed occurrence, the bits that hold its start: seconds until the year 2242.
_START_BITS = 33
_UNKNOWN_START = (1 << _START_BITS) - 1


class Occurrence(NamedTuple):
    """``id`` is 0 where Zoom sent no number. ``start`` is in seconds since 1970, None where it is not known.

    ``attended``: the meeting history counts two participants or more, so reports of it exist.
    """

    uuid: str
    id: int
    start: int | None = None
    attended: bool = False

    @classmethod
    def starting(
        cls, uuid: str, identifier: int | None, started: datetime | None, participants: int | None = None
    ) -> Occurrence:
        """The occurrence of a row of Zoom. A start outside 1970 to 2242 counts as unknown."""
        start = int(started.timestamp()) if started else -1
        return cls(uuid, identifier or 0, start if 0 <= start < _UNKNOWN_START else None, (participants or 0) >= 2)

    @property
    def day(self) -> int:
        """Proleptic ordinal of the UTC day on which it started, or UNKNOWN_DAY."""
        return UNKNOWN_DAY if self.start is None else self.start // SECONDS_A_DAY + EPOCH_DAY

    @property
    def started(self) -> datetime | None:
        """The start as a moment in UTC."""
        return None if self.start is None else datetime.fromtimestamp(self.start, timezone.utc)

    def packed(self) -> tuple[str, int]:
        """(key, rest) for a walk. The rest as one int: a tuple would take as much memory again."""
        start = _UNKNOWN_START if self.start is None else self.start
        return self.uuid, (self.id << 1 | self.attended) << _START_BITS | start

    @classmethod
    def unpacked(cls, uuid: str, packed: int) -> Occurrence:
        """The occurrence that ``packed`` was made of."""
        start, rest = packed & _UNKNOWN_START, packed >> _START_BITS
        return cls(uuid, rest >> 1, None if start == _UNKNOWN_START else start, bool(rest & 1))

    def merged(self, other: Occurrence) -> Occurrence:
        """What two rows of Zoom about one occurrence say together. The first start counts."""
        start = other.start if self.start is None else self.start
        return Occurrence(self.uuid, self.id or other.id, start, self.attended or other.attended)

    def latest(self, other: Occurrence) -> Occurrence:
        """As merged(), but the latest start counts."""
        starts = [start for start in (self.start, other.start) if start is not None]
        return self.merged(other)._replace(start=max(starts, default=None))
