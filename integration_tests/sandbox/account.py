"""Account: builds the parents of a simulated account from its shape, its seed and the date, and finds them again."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta

from .draw import DAY, day_of, digest, midnight, months_back, needs_double_encoding, short_id, spread, uuid_of
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
from .shape import AccountShape

HISTORY_MONTHS = 6
REPORT_MONTHS = 12
INSTANCE_MONTHS = 15
_SPAN_DAYS = 485  # A little more than fifteen months, so that the oldest occurrences are out of every reach.


class Account:
    """All parents of one account: the same for the same shape, seed and date."""

    def __init__(self, shape: AccountShape, today: date) -> None:
        self.shape = shape
        self.today = today
        self.account_id = short_id(digest(f"account|{shape.seed}"))
        self.users: list[User] = []
        self.users_by_key: dict[str, User] = {}
        self.meetings: dict[int, Meeting] = {}
        self.occurrences: dict[str, Occurrence] = {}
        self._counts: Counter[str] = Counter()
        self._build_users()
        hosts = [user for user in self.users if user.status == "active" and user.type != UNASSIGNED]
        for position, host in enumerate(hosts):
            self._build_meetings(host, position)
        licensed = [user for user in hosts if user.webinar_addon]
        for position, host in enumerate(licensed):
            self._build_webinars(host, position)
        if shape.special_cases:
            self._build_leavers()
            _list_twice(hosts, licensed)
        self.history = sorted(
            (o for o in self.occurrences.values() if self.within(o, HISTORY_MONTHS)), key=lambda o: (o.start, o.uuid)
        )
        self._history_starts = [o.start for o in self.history]

    # Looking things up

    def within(self, occurrence: Occurrence, months: int) -> bool:
        """Whether it started on or after the date `months` calendar months ago (UTC)."""
        return occurrence.start >= midnight(months_back(self.today, months))

    def history_between(self, first: date, last: date) -> list[Occurrence]:
        """Occurrences of the last six months that started from `first` to `last`, both included; oldest first."""
        low = bisect_left(self._history_starts, midnight(first))
        high = bisect_left(self._history_starts, midnight(last) + DAY)
        return self.history[low:high]

    def latest(self, meeting: Meeting) -> Occurrence | None:
        """The last ended occurrence: what Zoom answers for when a report is asked by number."""
        return max(meeting.occurrences, key=lambda o: o.start, default=None)

    def listed_meetings(self) -> list[Meeting]:
        """Every meeting that a list of an active user shows, each once."""
        return self._each_once(lambda user: user.meeting_rows)

    def listed_webinars(self) -> list[Meeting]:
        """Every webinar that a list of an active user shows, each once."""
        return self._each_once(lambda user: user.webinar_rows)

    def _each_once(self, rows: Callable[[User], list[Meeting]]) -> list[Meeting]:
        found = {row.id: row for user in self.users if user.status == "active" for row in rows(user)}
        return list(found.values())

    # Building

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
        self.users_by_key[user.id or user.email] = user
        self.users_by_key[user.email] = user
        return user

    def _build_meetings(self, host: User, position: int) -> None:
        shape = self.shape
        for _ in range(_share_of(shape.meetings_per_user, position)):
            ordinal = self._next("listed")
            if spread(ordinal, shape.recurring_share):
                self._recurring(host, FIXED_TIME, NO_FIXED_TIME)
            else:
                self._once(host)
        for _ in range(_share_of(shape.unlisted_per_user, position)):
            self._unlisted(host)

    def _build_webinars(self, host: User, position: int) -> None:
        for _ in range(_share_of(self.shape.webinars_per_user, position)):
            n = self._counts["webinar"]
            if n % 3:
                self._recurring(host, WEBINAR_FIXED_TIME, WEBINAR_NO_FIXED_TIME)
            else:
                age = 2 + n % 40 if n % 2 == 0 else -3 - n % 30
                self._ended_once(self._add(host, WEBINAR, self._moment(age, n)))
        for _ in range(_share_of(self.shape.unlisted_webinars_per_user, position)):
            n = self._next("unlisted")
            webinar = self._add(host, WEBINAR, self._moment(91 + n * 17 % 85, n), listed=False, gone=True)
            self._ended_once(webinar)

    def _recurring(self, host: User, fixed: int, free: int) -> None:
        n = self._next("recurring")
        kind = (fixed, free)[n % 2]
        series = self._add(host, kind, self._moment(-2 - n % 5, n) if kind == fixed else None)
        special = self.shape.special_cases
        if special and n == 1:
            self._on_the_bounds(series)
            return
        count = _share_of(self.shape.occurrences_per_recurring, n)
        phase = (n * 31 % 97) / 97
        for j in range(count):
            occurrence = self._occur(series, self._moment(1 + int((j + phase) * _SPAN_DAYS / count), n + j))
            if special and n % 6 == 0 and j == 0:
                # The host dropped out and started again: a second instance of the same number.
                self._occur(series, occurrence.start + 40 * 60)

    def _once(self, host: User) -> None:
        n = self._next("once")
        step = n % 6 if self.shape.special_cases else n % 3
        if step in (0, 2):
            meeting = self._add(host, SCHEDULED, self._moment(2 + n * 5 % 26, n))
            self._ended_once(meeting)
            if step == 2:
                self._occur(meeting, meeting.occurrences[0].start + 50 * 60)
        elif step == 4:
            self._add(host, SCHEDULED, None)
        else:
            meeting = self._add(host, SCHEDULED, self._moment(-2 - n * 7 % 60, n))
            # Listed, but deleted before anybody asks for it.
            meeting.gone = self.shape.special_cases and n % 40 == 5

    def _unlisted(self, host: User) -> None:
        n = self._next("unlisted")
        kind = (INSTANT, SCHEDULED, PMI, FIXED_TIME)[n % 4]
        moment = self._moment(31 + n * 23 % 170 if kind == SCHEDULED else 1 + n * 23 % 200, n)
        if self.shape.special_cases and n < 2:
            # Both sides of the six months that Zoom's history covers.
            moment = midnight(months_back(self.today, HISTORY_MONTHS)) + (30 if n == 0 else -600)
        if kind == PMI and host.pmi in self.meetings:
            self._occur(self.meetings[host.pmi], moment)
            return
        meeting = self._add(host, kind, None if kind in (INSTANT, PMI) else moment, listed=False, gone=kind != PMI)
        self._occur(meeting, moment)
        if kind == FIXED_TIME:
            self._occur(meeting, moment - 7 * DAY)

    def _build_leavers(self) -> None:
        for user in self.users:
            if user.status == "inactive":
                self._unlisted(user)
        former = next((u for u in self.users if u.type == LICENSED and not u.webinar_addon), None)
        if former and self.shape.webinar_share:
            former.lost_webinar_addon = True
            for age in (20, 120):
                webinar = self._add(former, WEBINAR, self._moment(age, age), listed=False, gone=True)
                webinar.registration = True
                self._ended_once(webinar)

    def _on_the_bounds(self, series: Meeting) -> None:
        self._occur(series, midnight(self.today) + 5)
        for months in (HISTORY_MONTHS, REPORT_MONTHS, INSTANCE_MONTHS):
            bound = midnight(months_back(self.today, months))
            self._occur(series, bound + 30)
            self._occur(series, bound - 600)

    def _add(self, host: User, kind: int, start: int | None, *, listed: bool = True, gone: bool = False) -> Meeting:
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
        if meeting.start is not None and day_of(meeting.start) <= self.today:
            self._occur(meeting, meeting.start + meeting.raw[7] % 5 * 60)

    def _occur(self, meeting: Meeting, start: int) -> Occurrence:
        n = len(self.occurrences)
        raw = digest(f"occurrence|{self.shape.seed}|{n}")
        if self._recent(start) and self._next(f"crowded {meeting.is_webinar}") < self.shape.big_lists:
            rows = self.shape.big_list_size
        elif self.shape.special_cases and n % 12 == 6:
            rows = 1
        else:
            rows = 2 + raw[20] * (2 * max(self.shape.participants - 2, 0) + 1) // 256
        occurrence = Occurrence(n, uuid_of(raw, n), meeting, start, 10 + raw[21] % 50, rows)
        meeting.occurrences.append(occurrence)
        self.occurrences[occurrence.uuid] = occurrence
        return occurrence

    def _recent(self, start: int) -> bool:
        return start >= midnight(months_back(self.today, HISTORY_MONTHS))

    def _next(self, kind: str) -> int:
        n = self._counts[kind]
        self._counts[kind] = n + 1
        return n

    def _moment(self, age: int, salt: int) -> int:
        """Unix seconds, between 07:00 and 20:00 UTC of the day `age` days ago (negative: ahead)."""
        return midnight(self.today - timedelta(days=age)) + 7 * 3600 + salt * 1_237 % (12 * 3600)


def _share_of(mean: float, position: int) -> int:
    """Whole numbers that average `mean` over the positions 0, 1, 2, …"""
    return int((position + 1) * mean + 1e-9) - int(position * mean + 1e-9)


def _list_twice(hosts: list[User], licensed: list[User]) -> None:
    """An alternative host sees the meeting too, and a list can show one on two of its pages."""
    for users, rows_of in ((hosts, "meeting_rows"), (licensed, "webinar_rows")):
        for user, neighbour in zip(users, users[1:] + users[:1], strict=True):
            for row in list(getattr(user, rows_of)):
                if row.host is user and row.ordinal % 20 == 4:
                    getattr(neighbour, rows_of).append(row)
                elif row.host is user and row.ordinal % 20 == 9:
                    getattr(user, rows_of).append(row)


def resolve(account: Account, segment: str, decode: Callable[[str], str]) -> Occurrence | None:
    """The occurrence that a path segment names, by Zoom's encoding rule: by number the latest, else by UUID."""
    once = decode(segment)
    if once.isdigit():
        meeting = account.meetings.get(int(once))
        return account.latest(meeting) if meeting else None
    found = account.occurrences.get(once)
    if found:
        return None if needs_double_encoding(once) else found
    return account.occurrences.get(decode(once))
