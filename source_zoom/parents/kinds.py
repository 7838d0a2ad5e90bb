"""Meetings and webinars, which Zoom's API treats alike under different names, and what their lists hold."""

from __future__ import annotations

from dataclasses import dataclass
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
    """A user: the id, and the number of the personal meeting room, None without one."""

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
