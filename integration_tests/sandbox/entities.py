"""The parents of an account, held as small objects: users, meetings and webinars, and their past occurrences."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from .draw import DAY, digest, iso

BASIC, LICENSED, UNASSIGNED = 1, 2, 4
INSTANT, SCHEDULED, NO_FIXED_TIME, PMI, FIXED_TIME = 1, 2, 3, 4, 8
WEBINAR, WEBINAR_NO_FIXED_TIME, WEBINAR_FIXED_TIME = 5, 6, 9
RECURRING = frozenset({NO_FIXED_TIME, FIXED_TIME, WEBINAR_NO_FIXED_TIME, WEBINAR_FIXED_TIME})
WEBINAR_TYPES = frozenset({WEBINAR, WEBINAR_NO_FIXED_TIME, WEBINAR_FIXED_TIME})
Unready = Literal["not_found", "empty", "partial"]
NEVER = float("inf")
# Days after the scheduled start for which a one-time meeting or webinar is kept.
_KEPT_DAYS = {SCHEDULED: 30, WEBINAR: 90}


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
    """A meeting or a webinar. `start` is Unix seconds or None, `uuid` that of the current or next instance.

    `gone`: its own record answers that it does not exist, whether it is listed or not.
    """

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

    @property
    def expires(self) -> float:
        """When its number does, in Unix seconds."""
        days = _KEPT_DAYS.get(self.type)
        return NEVER if days is None or self.start is None else self.start + days * DAY


@dataclass(frozen=True)
class Timing:
    """When an occurrence shows up where, in Unix seconds; 0 is before the account was built.

    Until `report` everything asked about it says not found, is there without content (`empty`), or is there with
    half of its rows, those of polls and Q&A in another order, and one absentee too many (`partial`). Until `healed`
    it is HTTP 500.
    """

    ended: float = 0
    history: float = 0
    instance: float = 0
    report: float = 0
    healed: float = 0
    unready: Unready = "not_found"


ALWAYS = Timing()


@dataclass(slots=True, eq=False)
class Occurrence:
    """One instance of a meeting or webinar: `rows` joins in its participants report, `start` in Unix seconds.

    `registration` is whether this one had it. `in_history` is False for what only its number's instances show;
    `startless` ones have no start in any list; instances give a start that is `instance_shift` seconds off.
    """

    ordinal: int
    uuid: str
    meeting: Meeting
    start: int
    minutes: int
    rows: int
    registration: bool
    in_history: bool = True
    startless: bool = False
    instance_shift: int = 0
    timing: Timing = ALWAYS

    @property
    def raw(self) -> bytes:
        """The digest that the occurrence's fields are drawn from."""
        return digest(self.uuid)

    @property
    def start_time(self) -> str:
        return iso(self.start)

    @property
    def end(self) -> int:
        """Unix seconds."""
        return self.start + self.minutes * 60

    @property
    def lone(self) -> bool:
        """Only the host was there."""
        return self.rows == 1
