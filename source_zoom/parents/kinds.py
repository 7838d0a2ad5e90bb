"""Meetings and webinars, which Zoom's API treats alike under different names, and what their lists hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple


@dataclass(frozen=True)
class Kind:
    """How Zoom's API names meetings or webinars, and which of their types take place once."""

    plural: str
    one_time_types: tuple[int, ...]
    id_column: str
    uuid_column: str


MEETINGS = Kind("meetings", (1, 2), "meeting_id", "meeting_uuid")
WEBINARS = Kind("webinars", (5,), "webinar_id", "webinar_uuid")
KINDS = (MEETINGS, WEBINARS)


class User(NamedTuple):
    """An active user: the id, and the number of the personal meeting room, None without one."""

    id: str
    personal_meeting_id: int | None = None

    def packed(self) -> tuple[str, int | None]:
        """(key, rest) for a walk."""
        return self.id, self.personal_meeting_id


class Series(NamedTuple):
    """What many meetings of a list share, kept once for all of them."""

    host: str
    repeats: bool


class Listed(NamedTuple):
    """A scheduled meeting or webinar of a user's list."""

    id: int
    series: Series

    def packed(self) -> tuple[int, Series]:
        """(key, rest) for a walk."""
        return self.id, self.series


# Of a packed occurrence, the bits that hold its day.
_DAY_BITS = 22
UNKNOWN_DAY = (1 << _DAY_BITS) - 1


class Occurrence(NamedTuple):
    """One time that a meeting or webinar took place.

    ``id`` is 0 where Zoom sent no number. ``day`` is the proleptic ordinal of the UTC day on which it started.
    """

    uuid: str
    id: int
    day: int = UNKNOWN_DAY

    @classmethod
    def starting(cls, uuid: str, identifier: int | None, started: datetime | None) -> Occurrence:
        return cls(uuid, identifier or 0, started.toordinal() if started else UNKNOWN_DAY)

    def packed(self) -> tuple[str, int]:
        """(key, rest) for a walk. Number and day as one int: a tuple would take as much memory again."""
        return self.uuid, self.id << _DAY_BITS | self.day

    @classmethod
    def unpacked(cls, uuid: str, packed: int) -> Occurrence:
        """The occurrence that ``packed`` was made of."""
        return cls(uuid, packed >> _DAY_BITS, packed & UNKNOWN_DAY)
