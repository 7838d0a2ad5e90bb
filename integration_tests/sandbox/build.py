"""Builder: makes the parents of an account from its shape, its seed and its first day."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING

from . import rarities
from .draw import DAY, day_of, digest, midnight, months_back, short_id, spread, uuid_of
from .entities import (
    BASIC,
    FIXED_TIME,
    INSTANT,
    LICENSED,
    NO_FIXED_TIME,
    PMI,
    SCHEDULED,
    UNASSIGNED,
    WEBINAR,
    WEBINAR_FIXED_TIME,
    WEBINAR_NO_FIXED_TIME,
    Meeting,
    Occurrence,
    User,
)

if TYPE_CHECKING:
    from .shape import AccountShape

_SPAN_DAYS = 485  # A little more than fifteen months, so that the oldest occurrences are out of every reach.
# Where the reports of six, twelve and fifteen months end.
_BOUNDS = (6, 12, 15)


class Builder:
    """Builds on construction; `users`, `meetings` and `occurrences` are what came of it."""

    def __init__(self, shape: AccountShape, first_day: date) -> None:
        self.shape = shape
        self.first_day = first_day
        self.account_id = short_id(digest(f"account|{shape.seed}"))
        self.users: list[User] = []
        self.meetings: dict[int, Meeting] = {}
        self.occurrences: dict[str, Occurrence] = {}
        self._counts: Counter[str] = Counter()
        self._build_users()
        self.hosts = [user for user in self.users if user.status == "active" and user.type != UNASSIGNED]
        for position, host in enumerate(self.hosts):
            self._build_meetings(host, position)
        licensed = [user for user in self.hosts if user.webinar_addon]
        for position, host in enumerate(licensed):
            self._build_webinars(host, position)
        if shape.special_cases:
            self._build_leavers()
            rarities.list_twice(self.hosts, licensed)
        self._build_rarities()

    def _build_users(self) -> None:
        shape = self.shape
        for i in range(shape.users):
            unassigned = shape.special_cases and shape.users >= 6 and i == 3
            basic = i > 0 and not unassigned and spread(i, shape.basic_share)
            kind = UNASSIGNED if unassigned else BASIC if basic else LICENSED
            user = self._add_user("active", kind)
            user.webinar_addon = (
                kind == LICENSED and shape.webinar_share > 0 and (i == 0 or spread(i, shape.webinar_share))
            )
        for _ in range(shape.inactive_users):
            self._add_user("inactive", LICENSED)
        for _ in range(shape.pending_users):
            self._add_user("pending", BASIC)

    def _add_user(self, status: str, kind: int) -> User:
        i = len(self.users)
        raw = digest(f"user|{self.shape.seed}|{i}")
        user = User(
            ordinal=i,
            id=None if status == "pending" else short_id(raw),
            email=f"{status[0]}{i:05d}.s{self.shape.seed}@example.com",
            status=status,
            type=kind,
            pmi=3_000_000_000 + i * 7919 + int.from_bytes(raw[:2], "big") % 7919,
        )
        self.users.append(user)
        return user

    def _build_meetings(self, host: User, position: int) -> None:
        shape = self.shape
        for _ in range(share_of(shape.meetings_per_user, position)):
            ordinal = self._next("listed")
            if spread(ordinal, shape.recurring_share):
                self._recurring(host, FIXED_TIME, NO_FIXED_TIME)
            else:
                self._once(host)
        for _ in range(share_of(shape.unlisted_per_user, position)):
            self._unlisted(host)

    def _build_webinars(self, host: User, position: int) -> None:
        for _ in range(share_of(self.shape.webinars_per_user, position)):
            n = self._counts["webinar"]
            if n % 3:
                self._recurring(host, WEBINAR_FIXED_TIME, WEBINAR_NO_FIXED_TIME)
            else:
                age = 2 + n % 40 if n % 2 == 0 else -3 - n % 30
                self._ended_once(self.add(host, WEBINAR, self._moment(age, n)))
        for _ in range(share_of(self.shape.unlisted_webinars_per_user, position)):
            n = self._next("unlisted")
            webinar = self.add(host, WEBINAR, self._moment(91 + n * 17 % 85, n), listed=False, gone=True)
            self._ended_once(webinar)

    def _recurring(self, host: User, fixed: int, free: int) -> None:
        n = self._next("recurring")
        kind = (fixed, free)[n % 2]
        series = self.add(host, kind, self._moment(-2 - n % 5, n) if kind == fixed else None)
        special = self.shape.special_cases
        if special and n == 1:
            self._on_the_bounds(series)
            return
        count = share_of(self.shape.occurrences_per_recurring, n)
        phase = (n * 31 % 97) / 97
        for j in range(count):
            occurrence = self.occur(series, self._moment(1 + int((j + phase) * _SPAN_DAYS / count), n + j))
            if special and n % 6 == 0 and j == 0:
                # The host dropped out and started again: a second instance of the same number.
                self.occur(series, occurrence.start + 40 * 60)

    def _once(self, host: User) -> None:
        n = self._next("once")
        step = n % 6 if self.shape.special_cases else n % 3
        if step in (0, 2):
            meeting = self.add(host, SCHEDULED, self._moment(2 + n * 5 % 26, n))
            self._ended_once(meeting)
            if step == 2:
                self.occur(meeting, meeting.occurrences[0].start + 50 * 60)
        elif step == 4:
            self.add(host, SCHEDULED, None)
        else:
            meeting = self.add(host, SCHEDULED, self._moment(-2 - n * 7 % 60, n))
            # Listed, but deleted before anybody asks for it.
            meeting.gone = self.shape.special_cases and n % 40 == 5

    def _unlisted(self, host: User) -> None:
        n = self._next("unlisted")
        kind = (INSTANT, SCHEDULED, PMI, FIXED_TIME)[n % 4]
        moment = self._moment(31 + n * 23 % 170 if kind == SCHEDULED else 1 + n * 23 % 200, n)
        if self.shape.special_cases and n < 2:
            # Both sides of the six months that Zoom's history covers.
            moment = midnight(months_back(self.first_day, _BOUNDS[0])) + (30 if n == 0 else -600)
        if kind == PMI and host.pmi in self.meetings:
            self.occur(self.meetings[host.pmi], moment)
            return
        meeting = self.add(host, kind, None if kind in (INSTANT, PMI) else moment, listed=False, gone=kind != PMI)
        self.occur(meeting, moment)
        if kind == FIXED_TIME:
            self.occur(meeting, moment - 7 * DAY)

    def _build_leavers(self) -> None:
        for user in self.users:
            if user.status == "inactive":
                self._unlisted(user)
        former = next((u for u in self.users if u.type == LICENSED and not u.webinar_addon), None)
        if former and self.shape.webinar_share:
            former.lost_webinar_addon = True
            for age in (20, 120):
                webinar = self.add(former, WEBINAR, self._moment(age, age), listed=False, gone=True)
                webinar.registration = True
                self._ended_once(webinar)

    def _build_rarities(self) -> None:
        shape = self.shape
        listed = [m for m in self.meetings.values() if m.listed and not m.gone]
        rarities.vanish(listed, shape.gone_listed)
        rarities.change_registration(listed, shape.registration_changes)
        for room, host in enumerate(self.hosts[: shape.personal_rooms]):
            meeting = self.meetings.get(host.pmi) or self.add(host, PMI, None, listed=False)
            for age in (10, 200):
                self.occur(meeting, self._moment(age, room)).in_history = False

    def _on_the_bounds(self, series: Meeting) -> None:
        self.occur(series, midnight(self.first_day) + 5)
        for months in _BOUNDS:
            bound = midnight(months_back(self.first_day, months))
            self.occur(series, bound + 30)
            self.occur(series, bound - 600)

    def add(self, host: User, kind: int, start: int | None, *, listed: bool = True, gone: bool = False) -> Meeting:
        webinar = kind in (WEBINAR, WEBINAR_FIXED_TIME, WEBINAR_NO_FIXED_TIME)
        n = self._next("webinar" if webinar else "meeting")
        raw = digest(f"{'webinar' if webinar else 'meeting'}|{self.shape.seed}|{n}")
        number = (90 if webinar else 80) * 10**9 + n * 7919 + int.from_bytes(raw[:2], "big") % 7919
        meeting = Meeting(
            ordinal=n,
            id=host.pmi if kind == PMI else number,
            uuid=uuid_of(raw, n),
            host=host,
            type=kind,
            start=start,
            minutes=30 + raw[3] % 4 * 15,
            listed=listed,
            gone=gone,
            registration=spread(n, self.shape.registration_share) and kind not in (INSTANT, PMI),
        )
        if meeting.registration and listed and host.type == LICENSED:
            meeting.big = self._next(f"big {webinar}") < self.shape.big_lists
        self.meetings[meeting.id] = meeting
        if listed:
            (host.webinar_rows if webinar else host.meeting_rows).append(meeting)
        return meeting

    def _ended_once(self, meeting: Meeting) -> None:
        if meeting.start is not None and day_of(meeting.start) <= self.first_day:
            self.occur(meeting, meeting.start + meeting.raw[7] % 5 * 60)

    def occur(self, meeting: Meeting, start: int) -> Occurrence:
        n = len(self.occurrences)
        raw = digest(f"occurrence|{self.shape.seed}|{n}")
        if self._recent(start) and self._next(f"crowded {meeting.is_webinar}") < self.shape.big_lists:
            rows = self.shape.big_list_size
        elif self.shape.special_cases and n % 12 == 6:
            rows = 1
        else:
            rows = 2 + raw[20] * (2 * max(self.shape.participants - 2, 0) + 1) // 256
        occurrence = Occurrence(n, uuid_of(raw, n), meeting, start, 10 + raw[21] % 50, rows, meeting.registration)
        meeting.occurrences.append(occurrence)
        self.occurrences[occurrence.uuid] = occurrence
        return occurrence

    def _recent(self, start: int) -> bool:
        return start >= midnight(months_back(self.first_day, _BOUNDS[0]))

    def _next(self, kind: str) -> int:
        n = self._counts[kind]
        self._counts[kind] = n + 1
        return n

    def _moment(self, age: int, salt: int) -> int:
        """Unix seconds, between 07:00 and 20:00 UTC of the day `age` days ago (negative: ahead)."""
        return midnight(self.first_day - timedelta(days=age)) + 7 * 3600 + salt * 1_237 % (12 * 3600)


def share_of(mean: float, position: int) -> int:
    """Whole numbers that average `mean` over the positions 0, 1, 2, …"""
    return int((position + 1) * mean + 1e-9) - int(position * mean + 1e-9)
