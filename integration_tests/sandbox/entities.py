"""The parents of an account, held as small objects: users, meetings and webinars, and their past occurrences."""

from __future__ import annotations

from dataclasses import dataclass, field

from .draw import digest, iso

BASIC, LICENSED, UNASSIGNED = 1, 2, 4
INSTANT, SCHEDULED, NO_FIXED_TIME, PMI, FIXED_TIME = 1, 2, 3, 4, 8
WEBINAR, WEBINAR_NO_FIXED_TIME, WEBINAR_FIXED_TIME = 5, 6, 9
RECURRING = frozenset({NO_FIXED_TIME, FIXED_TIME, WEBINAR_NO_FIXED_TIME, WEBINAR_FIXED_TIME})
WEBINAR_TYPES = frozenset({WEBINAR, WEBINAR_NO_FIXED_TIME, WEBINAR_FIXED_TIME})


@dataclass(slots=True, eq=False)
class User:
    """A user; `id` is None while the invitation is pending. The row lists are what Zoom lists, repeats included."""

    ordinal: int
    id: str | None
    email: str
    status: str
    type: int
    pmi: int
    webinar_addon: bool = False
    lost_webinar_addon: bool = False
    meeting_rows: list[Meeting] = field(default_factory=list)
    webinar_rows: list[Meeting] = field(default_factory=list)

    @property
    def raw(self) -> bytes:
        """The digest that the user's fields are drawn from."""
        return digest(self.email + str(self.pmi))


@dataclass(slots=True, eq=False)
class Meeting:
    """A meeting or a webinar. `start` is Unix seconds or None, `uuid` that of the current or next instance."""

    ordinal: int
    id: int
    uuid: str
    host: User
    type: int
    start: int | None
    minutes: int
    listed: bool = True
    gone: bool = False
    registration: bool = False
    big: bool = False
    occurrences: list[Occurrence] = field(default_factory=list)

    @property
    def raw(self) -> bytes:
        """The digest that the meeting's fields are drawn from."""
        return digest(self.uuid)

    @property
    def is_webinar(self) -> bool:
        return self.type in WEBINAR_TYPES

    @property
    def recurring(self) -> bool:
        return self.type in RECURRING


@dataclass(slots=True, eq=False)
class Occurrence:
    """One ended instance of a meeting or webinar: `rows` joins in its participants report, `start` in Unix seconds."""

    ordinal: int
    uuid: str
    meeting: Meeting
    start: int
    minutes: int
    rows: int

    @property
    def raw(self) -> bytes:
        """The digest that the occurrence's fields are drawn from."""
        return digest(self.uuid)

    @property
    def start_time(self) -> str:
        return iso(self.start)

    @property
    def lone(self) -> bool:
        """Only the host was there."""
        return self.rows == 1
