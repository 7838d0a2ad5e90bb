"""The parents of a Zoom account: its users, what they scheduled, and what took place."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache, partial
from typing import Any, NamedTuple

from source_zoom.client import Asked, ZoomClient, path_segment
from source_zoom.config import Config, months_back
from source_zoom.errors import Meaning, ParentSkipped, ZoomRefused, concerns_all
from source_zoom.pages import rows
from source_zoom.progress import Progress
from source_zoom.values import moment, text, whole_number
from source_zoom.walks import Once, Publish, Registration, Walk, in_parallel

logger = logging.getLogger("airbyte")

# Zoom answers its reports for this long: https://developers.zoom.us/docs/api/meetings/#tag/reports.
REPORT_MONTHS = 6
# It answers for a month at a time: this is one however it counts.
WINDOW = timedelta(days=28)
# So many days its six months may be shorter than those of the calendar.
EDGE_DAYS = 5
# Threads of one walk: enough for a label's limit at ordinary latency, the budget holds them back.
WALK_THREADS = 8
# Walks that may run at once: what is listed, and what took place, of meetings and webinars; and the history.
WALKS = 5
# Why history_meetings may be out of reach where the reports per user are not.
_HISTORY_REFUSED = frozenset(
    {
        Meaning.SCOPE_MISSING,
        Meaning.ROLE_MISSING,
        Meaning.ACCESS_DENIED,
        # Documented for this endpoint, as "Unauthorized" without a code; a dead token fails the reports too.
        Meaning.TOKEN_REJECTED,
        Meaning.ENDPOINT_GONE,
        Meaning.HOST_CANNOT,
        Meaning.WINDOW_REFUSED,
    }
)
_NO_ID = "Zoom sent no id"


class Series(NamedTuple):
    """What many meetings of a list have in common, kept once for all of them."""

    host: str
    repeats: bool


class Listed(NamedTuple):
    """A scheduled meeting or webinar of a user's list."""

    id: int
    series: Series

    def packed(self) -> tuple[int, Series]:
        return self.id, self.series


# Of a packed occurrence, the bits that hold its day.
DAY_BITS = 20
UNKNOWN_DAY = (1 << DAY_BITS) - 1


class Occurrence(NamedTuple):
    """One time that a meeting or webinar took place. ``day`` is the proleptic ordinal of the day it started (UTC)."""

    uuid: str
    id: int
    day: int = UNKNOWN_DAY

    def packed(self) -> tuple[str, int]:
        """Number and day as one int: a tuple would take as much memory again."""
        return self.uuid, self.id << DAY_BITS | self.day

    @classmethod
    def unpacked(cls, uuid: str, packed: int) -> Occurrence:
        return cls(uuid, packed >> DAY_BITS, packed & UNKNOWN_DAY)


@dataclass(frozen=True)
class Kind:
    """How Zoom's API names meetings and webinars, and which of their types take place once."""

    plural: str
    is_webinar: bool
    one_time_types: tuple[int, ...]
    id_column: str
    uuid_column: str


MEETINGS = Kind("meetings", False, (1, 2), "meeting_id", "meeting_uuid")
WEBINARS = Kind("webinars", True, (5,), "webinar_id", "webinar_uuid")
# The type column of /report/users/{userId}/meetings, which lists both kinds.
_WEBINAR_TYPES = (5, 6, 9)


class Parents:
    """The walks of one sync. Each is read at most once, and not at all when no selected table iterates it."""

    def __init__(self, client: ZoomClient, config: Config, progress: Progress, selected: frozenset[str]) -> None:
        self._client = client
        self._config = config
        self._progress = progress
        self._oldest_day = months_back(_today(), REPORT_MONTHS)
        self._edge_days = 0
        # The users table publishes what it reads; without it the walk reads the users itself.
        self.users: Walk[str] = Walk("users", *([] if "users" in selected else [self._read_users]))
        self.listed: Mapping[Kind, Walk[Listed]] = {
            kind: Walk(f"listed {kind.plural}", partial(self._list, kind), pack=Listed.packed, unpack=Listed)
            for kind in (MEETINGS, WEBINARS)
        }
        self._history = Once(self._read_history)
        self.past: Mapping[Kind, Walk[Occurrence]] = {
            kind: Walk(
                f"past {kind.plural}",
                lambda _: self._history(),
                partial(self._from_instances, kind),
                pack=Occurrence.packed,
                unpack=Occurrence.unpacked,
            )
            for kind in (MEETINGS, WEBINARS)
        }
        # Listed ones whose own record Zoom does not find any more, with its reason.
        self.gone: Mapping[Kind, dict[int, str]] = {MEETINGS: {}, WEBINARS: {}}
        self.registration: Mapping[Kind, Registration] = {
            MEETINGS: Registration(_teacher(selected, "meetings", "meeting_registrants", "meeting_questions")),
            WEBINARS: Registration(
                _teacher(selected, "webinars", "webinar_registrants", "webinar_questions", "webinar_absentees")
            ),
        }

    def _read_users(self, publish: Publish[str]) -> None:
        for user in rows(self._client, "users", {"status": "active"}, Asked("users"), "users"):
            if text(user.get("id")):
                publish(user["id"])

    def _list(self, kind: Kind, publish: Publish[Listed]) -> None:
        """GET /users/{userId}/meetings or /webinars of every active user."""

        shared = lru_cache(maxsize=1000)(Series)

        def list_user(user_id: str) -> None:
            path = f"users/{path_segment(user_id)}/{kind.plural}"
            asked = Asked(kind.plural, f"user {user_id}")
            for row in self._rows(path, {}, asked, kind.plural):
                identifier = whole_number(row.get("id"))
                if identifier is None:
                    self._progress.skipped(asked.table, _NO_ID, asked.parent)
                    continue
                repeats = row.get("type") not in kind.one_time_types
                if repeats or not self._config.excludes(moment(row.get("start_time"))):
                    # An alternative host's list has the meetings of others, too.
                    publish(Listed(identifier, shared(text(row.get("host_id")) or user_id, repeats)))

        in_parallel(self.users, list_user, WALK_THREADS)

    def _from_instances(self, kind: Kind, _: Publish[Occurrence]) -> None:
        """GET /past_meetings/{meetingId}/instances or /past_webinars/{webinarId}/instances of what repeats."""

        def list_instances(listed: Listed) -> None:
            asked = Asked(f"past {kind.plural}", str(listed.id))
            for row in self._rows(f"past_{kind.plural}/{listed.id}/instances", None, asked, kind.plural):
                self._publish_past(kind, row.get("uuid"), listed.id, row, asked)

        in_parallel((listed for listed in self.listed[kind] if listed.series.repeats), list_instances, WALK_THREADS)

    def _read_history(self) -> None:
        """GET /report/history_meetings window by window, or where it is refused the reports of each user."""
        windows = list(self._windows())
        failure: ZoomRefused | None = None
        try:
            # The first window alone tells whether the endpoint may be used at all.
            self._read_history_window(windows[0])
        except ZoomRefused as refusal:
            if refusal.meaning in _HISTORY_REFUSED:
                self._read_without_history(windows, refusal)
                return
            if concerns_all(refusal):
                raise
            failure = refusal
        logger.info("Past meetings and webinars come from Zoom's meeting history since %s.", windows[-1][0])
        in_parallel(windows[1:], self._read_history_window, WALK_THREADS)
        if failure:
            raise failure

    def _read_without_history(self, windows: list[tuple[date, date]], refusal: ZoomRefused) -> None:
        logger.warning(
            "Zoom's meeting history cannot be used, so past meetings and webinars come from the reports of each "
            "user, which leave out users without a report. %s",
            refusal,
        )
        try:
            in_parallel(windows, self._read_user_reports, 1)
        except ZoomRefused as second:
            # The history alone would do: what it lacks is what the user is told to mend.
            raise refusal if second.meaning in _HISTORY_REFUSED else second from None

    def _read_history_window(self, window: tuple[date, date]) -> None:
        asked = Asked("past meetings and webinars")
        params = {"date_type": "start_time", "meeting_type": "all"}
        for row in self._rows_between(window, "report/history_meetings", params, asked, "history_meetings"):
            kind = WEBINARS if text(row.get("type")).casefold() == "webinar" else MEETINGS
            self._publish_past(kind, row.get("meeting_uuid"), row.get("meeting_id"), row, asked)

    def _read_user_reports(self, window: tuple[date, date]) -> None:
        """GET /report/users, then /report/users/{userId}/meetings of each with anything to report."""

        def read_user(user_id: str) -> None:
            path = f"report/users/{path_segment(user_id)}/meetings"
            asked = Asked("past meetings and webinars", f"user {user_id}")
            # "past" leaves out meetings with a single participant, "pastOne" has only those.
            for which in ("past", "pastOne"):
                for row in self._rows_between(window, path, {"type": which}, asked, "meetings"):
                    kind = WEBINARS if row.get("type") in _WEBINAR_TYPES else MEETINGS
                    self._publish_past(kind, row.get("uuid"), row.get("id"), row, asked)

        in_parallel(self._reported_users(window), read_user, WALK_THREADS)

    def _reported_users(self, window: tuple[date, date]) -> Iterator[str]:
        asked = Asked("past meetings and webinars")
        for row in self._rows_between(window, "report/users", {"type": "active"}, asked, "users"):
            if text(row.get("id")):
                yield row["id"]

    def _publish_past(self, kind: Kind, uuid: Any, identifier: Any, row: Mapping[str, Any], asked: Asked) -> None:
        number, started = whole_number(identifier), moment(row.get("start_time"))
        if not text(uuid) or number is None:
            self._progress.skipped(asked.table, _NO_ID, asked.parent)
        elif not self._config.excludes(started):
            self.past[kind].publish(Occurrence(uuid, number, started.toordinal() if started else UNKNOWN_DAY))

    def _rows(self, path: str, params: dict[str, str] | None, asked: Asked, key: str) -> Iterator[Mapping[str, Any]]:
        """Rows of a whole list (params None: one without pages); a skip is counted and ends the list."""
        try:
            yield from rows(self._client, path, params, asked, key)
        except ParentSkipped as skip:
            self._progress.skipped(asked.table, skip.reason, asked.parent)

    def _rows_between(
        self, window: tuple[date, date], path: str, params: Mapping[str, str], asked: Asked, key: str
    ) -> Iterator[Mapping[str, Any]]:
        """Rows of a list between two days, the first of which Zoom may find too early by its own way of counting."""
        begin, end = window
        while True:
            days = self._edge_days if begin == self._oldest_day else 0
            dates = {"from": (begin + timedelta(days=days)).isoformat(), "to": end.isoformat()}
            try:
                yield from self._rows(path, {**params, **dates}, asked, key)
                return
            except ZoomRefused as refusal:
                at_the_edge = begin == self._oldest_day and days < EDGE_DAYS
                if refusal.meaning is not Meaning.WINDOW_REFUSED or not at_the_edge:
                    raise
                self._edge_days = max(self._edge_days, days + 1)

    def _windows(self) -> Iterator[tuple[date, date]]:
        """Windows from today back to the start date or as far as Zoom reports, newest first, sharing their edges.

        The shared day makes it irrelevant whether Zoom counts the last day of a window in, and the day before the
        start in which time zone it counts.
        """
        first = self._oldest_day
        start = self._config.start_date.date() - timedelta(days=1) if self._config.start_date else None
        if start is None or start < first:
            logger.info(
                "Zoom reports past meetings and webinars since %s only; earlier ones are found for listed recurring "
                "meetings and webinars, up to 15 months back.",
                first,
            )
        else:
            first = start
        last = _today()
        while True:
            begin = max(first, last - WINDOW)
            yield begin, last
            if begin <= first:
                return
            last = begin


def _today() -> date:
    return datetime.now(timezone.utc).date()


def _teacher(selected: frozenset[str], details: str, registrants: str, *others: str) -> str | None:
    """The selected table that learns first which parents have registration on, None where no other one asks."""
    for teacher, pupils in ((details, {registrants, *others}), (registrants, {*others})):
        if teacher in selected and pupils & selected:
            return teacher
    return None
