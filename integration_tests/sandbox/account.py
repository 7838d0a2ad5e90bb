"""Account: the parents of a simulated account, and how they are found at a moment of its clock."""

from __future__ import annotations

from bisect import bisect_left
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from .build import Builder
from .clock import Clock, Span
from .draw import needs_double_encoding
from .growth import Event, Growth, grow, happen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from .entities import Meeting, Occurrence, User
    from .shape import AccountShape

HISTORY_MONTHS = 6
REPORT_MONTHS = 12
INSTANCE_MONTHS = 15


class Account:
    """All parents of one account: the same for the same shape, seed and first day.

    `first_day` is the date on which it was built; its clock moves on from there.
    """

    def __init__(
        self, shape: AccountShape, first_day: date, clock: Clock | None = None, growth: Growth | None = None
    ) -> None:
        self.shape = shape
        self.first_day = first_day
        self.clock = clock or Clock.on(first_day)
        self._builder = built = Builder(shape, first_day)
        if growth:
            grow(built, growth)
        self.account_id = built.account_id
        self.users: list[User] = built.users
        self.meetings: dict[int, Meeting] = built.meetings
        self.occurrences: dict[str, Occurrence] = built.occurrences
        self.users_by_key = {key: user for user in self.users for key in (user.id, user.email) if key}

    def occur(self, event: Event) -> Occurrence:
        """Adds something that takes place."""
        occurrence = happen(self._builder, event)
        for index in ("_by_start", "_starts", "_by_host"):
            vars(self).pop(index, None)
        return occurrence

    # What time it is

    @property
    def today(self) -> date:
        return self.clock.today

    @property
    def now(self) -> Span:
        """This moment, as a span without length."""
        moment = self.clock()
        return Span(moment, moment)

    def within(self, occurrence: Occurrence, months: int) -> bool:
        """Whether it started on or after the date `months` calendar months ago (UTC)."""
        return self.now.keeps(occurrence.start, months)

    # Looking things up

    @property
    def history(self) -> list[Occurrence]:
        """Occurrences of the last six months whose reports are out, oldest first."""
        now = self.now
        out = (o for o in self._by_start if o.in_history and now.reached(o.timing.history))
        return [o for o in out if self.within(o, HISTORY_MONTHS)]

    def between(self, low: float, high: float) -> list[Occurrence]:
        """Occurrences that start from `low` up to but not at `high`, in Unix seconds, oldest first."""
        return self._by_start[bisect_left(self._starts, low) : bisect_left(self._starts, high)]

    def hosted_by(self, user: User) -> list[Occurrence]:
        """Occurrences of the user's meetings and webinars, oldest first."""
        return self._by_host.get(user.ordinal, [])

    def ended(self, meeting: Meeting) -> list[Occurrence]:
        """Its occurrences that are over."""
        now = self.now
        return [o for o in meeting.occurrences if now.reached(o.timing.ended)]

    def latest(self, meeting: Meeting) -> Occurrence | None:
        """The last ended occurrence: what Zoom answers for when a report is asked by number."""
        return max(self.ended(meeting), key=lambda o: o.start, default=None)

    def listed_meetings(self) -> list[Meeting]:
        """Every meeting that a list of an active user shows, each once."""
        return self._each_once(lambda user: user.meeting_rows)

    def listed_webinars(self) -> list[Meeting]:
        """Every webinar that a list of an active user shows, each once."""
        return self._each_once(lambda user: user.webinar_rows)

    def _each_once(self, rows: Callable[[User], list[Meeting]]) -> list[Meeting]:
        now = self.clock()
        users = (user for user in self.users if user.status == "active")
        return list({row.id: row for user in users for row in rows(user) if now < row.expires}.values())

    @lru_cache(maxsize=8)  # noqa: B019 - an account lives as long as its sandbox
    def newest(self, count: int) -> frozenset[str]:
        """UUIDs of the `count` last meetings and the `count` last webinars that were over on the first day."""
        over = [o for o in self._by_start if not o.timing.ended]
        kinds = ([o for o in over if o.meeting.is_webinar == webinars] for webinars in (False, True))
        return frozenset(o.uuid for kind in kinds for o in kind[-count:]) if count else frozenset()

    @lru_cache(maxsize=8)  # noqa: B019 - an account lives as long as its sandbox
    def longest_series(self, count: int) -> frozenset[int]:
        """Numbers of the `count` meetings and the `count` webinars with the most occurrences."""
        by_length = sorted(self.meetings.values(), key=lambda m: -len(m.occurrences))
        kinds = ([m.id for m in by_length if m.is_webinar == webinars] for webinars in (False, True))
        return frozenset(number for kind in kinds for number in kind[:count])

    @cached_property
    def _by_start(self) -> list[Occurrence]:
        return sorted(self.occurrences.values(), key=lambda o: (o.start, o.uuid))

    @cached_property
    def _starts(self) -> list[int]:
        return [o.start for o in self._by_start]

    @cached_property
    def _by_host(self) -> dict[int, list[Occurrence]]:
        hosted: dict[int, list[Occurrence]] = {}
        for occurrence in self._by_start:
            hosted.setdefault(occurrence.meeting.host.ordinal, []).append(occurrence)
        return hosted


def shown(rows: list[Meeting], span: Span) -> Iterator[Meeting]:
    """The rows of a user's list that have not expired."""
    return (row for row in rows if span.first < row.expires)


def resolve(account: Account, segment: str, decode: Callable[[str], str]) -> Occurrence | None:
    """The ended occurrence that a path segment names, by Zoom's encoding rule: by number the latest, else by UUID."""
    once = decode(segment)
    if once.isdigit():
        meeting = account.meetings.get(int(once))
        return account.latest(meeting) if meeting else None
    found = account.occurrences.get(once)
    if found and needs_double_encoding(once):
        return None
    found = found or account.occurrences.get(decode(once))
    return found if found and account.now.reached(found.timing.ended) else None
