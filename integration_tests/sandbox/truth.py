"""Truth: the complete records that a full sync owes for each table, by Zoom's rules, without any request."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from .account_truth import ACCOUNT_TABLES, AccountTruth
from .answers import Answers
from .clock import Span
from .errors import ZoomError
from .oddities import as_read
from .reach import Reach
from .registration import STATUSES
from .rows import Record, Rows
from .users import user_row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .account import Account
    from .entities import Meeting, Occurrence
    from .knobs import Knobs
    from .oauth import OAuth

HOST_SECRETS = ("start_url", "host_key", "dynamic_host_key")
Part = tuple[Rows, Record]

TABLES = (
    "users",
    "meetings",
    "meeting_registrants",
    "meeting_polls",
    "meeting_poll_results",
    "meeting_questions",
    "meeting_files",
    "report_meetings",
    "report_meeting_participants",
    "webinars",
    "webinar_panelists",
    "webinar_registrants",
    "webinar_absentees",
    "webinar_polls",
    "webinar_poll_results",
    "webinar_qna_results",
    "webinar_questions",
    "webinar_files",
    "webinar_tracking_sources",
    "report_webinars",
    "report_webinar_participants",
    *ACCOUNT_TABLES,
)
# One envelope an occurrence: its rows get their position, and the start that the envelope names.
_FILES = frozenset({"meeting_files", "webinar_files"})
_RESULTS = frozenset({"meeting_poll_results", "webinar_poll_results", "webinar_qna_results"})
EVER = datetime.max.replace(tzinfo=timezone.utc)


class Truth:
    """Records owed, table by table; `start` leaves out what lies before it, as the form's start date does.

    Owed is what any documented endpoint shows at the moment `at`, by default now, or at any moment from `since` to
    `at`; with EVER as `at`, all that will be visible from now on. What is scheduled, and users, are always as of now.
    """

    def __init__(self, account: Account, knobs: Knobs, oauth: OAuth) -> None:
        self._account = account
        self._knobs = knobs
        self._oauth = oauth

    def records(
        self, table: str, start: datetime | None = None, at: datetime | None = None, since: datetime | None = None
    ) -> Iterator[Record]:
        """Every owed record of the table, built one by one."""
        numbered = table in _RESULTS
        for rows, added in self._parts(table, start, self._span(at, since)):
            for index, record in enumerate(rows):
                for secret in HOST_SECRETS:
                    record.pop(secret, None)
                record.update(added)
                if numbered:
                    record["result_index"] = index
                yield as_read(record, self._knobs.odd_json)

    def count(
        self, table: str, start: datetime | None = None, at: datetime | None = None, since: datetime | None = None
    ) -> int:
        """How many records that is, without building them."""
        return sum(len(rows) for rows, _ in self._parts(table, start, self._span(at, since)))

    def occurrences(
        self,
        start: datetime | None = None,
        at: datetime | None = None,
        since: datetime | None = None,
        *,
        webinars: bool = False,
    ) -> list[Occurrence]:
        """The past occurrences that the records are about, each once."""
        span = self._span(at, since)
        return self._past(Answers(self._account, self._knobs, lambda: span), start, webinars)

    def _past(self, answers: Answers, start: datetime | None, webinars: bool) -> list[Occurrence]:
        earliest = start.timestamp() if start else 0.0
        found = Reach(answers, self._oauth).occurrences(webinars=webinars)
        return [o for o in found if o.start >= earliest]

    def _span(self, at: datetime | None, since: datetime | None) -> Span:
        now = self._account.clock()
        last = now if at is None else at.timestamp()
        if since is None:
            return Span(min(now, last) if at == EVER else last, last)
        return Span(min(since.timestamp(), last), last)

    def _parts(self, table: str, start: datetime | None, span: Span) -> Iterator[Part]:
        answers = Answers(self._account, self._knobs, lambda: span)
        webinars = table.removeprefix("report_").startswith("webinar")
        if table == "users":
            users = self._account.users
            yield Rows(len(users), lambda i: user_row(self._account, users[i], "custom_attributes")), {}
        elif table in _SCHEDULED:
            for meeting in self._listed(start, webinars):
                yield from _scheduled(answers, table, meeting)
        elif table in _PAST:
            if table.endswith("_files") and self._knobs.files != "served":
                return
            for occurrence in self._past(answers, start, webinars):
                yield from _occurred(answers, table, occurrence)
        elif table in ACCOUNT_TABLES:
            yield from AccountTruth(answers, Reach(answers, self._oauth)).parts(table, start)
        else:
            raise ValueError(f"no such table: {table}; there are {', '.join(TABLES)}")

    def _listed(self, start: datetime | None, webinars: bool) -> list[Meeting]:
        """What the lists show; one-time ones before `start` are left out."""
        answers = Answers(self._account, self._knobs)
        meetings = Reach(answers, self._oauth).listed(webinars=webinars)
        if start is None:
            return meetings
        since = start.timestamp()
        return [m for m in meetings if m.recurring or m.start is None or m.start >= since]


_SCHEDULED: dict[str, Callable[[Answers, Meeting], Rows]] = {
    "meetings": lambda answers, m: _one(answers.detail(m, previous=True)),
    "meeting_registrants": lambda answers, m: _every_status(answers, m),
    "meeting_polls": lambda answers, m: answers.polls(m),
    "meeting_questions": lambda answers, m: _one(answers.questions(m)),
    "webinars": lambda answers, m: _one(answers.detail(m, previous=True)),
    "webinar_registrants": lambda answers, m: _every_status(answers, m),
    "webinar_panelists": lambda answers, m: answers.panelists(m),
    "webinar_polls": lambda answers, m: answers.polls(m),
    "webinar_questions": lambda answers, m: _one(answers.questions(m)),
    "webinar_tracking_sources": lambda answers, m: answers.tracking_sources(m),
}
_PAST: dict[str, Callable[[Answers, Occurrence], Rows]] = {
    "report_meetings": lambda answers, o: _one(answers.report(o)),
    "report_meeting_participants": lambda answers, o: answers.participants(o, registrant_ids=True),
    "meeting_poll_results": lambda answers, o: answers.poll_results(o),
    "meeting_files": lambda answers, o: answers.files(o),
    "report_webinars": lambda answers, o: _one(answers.report(o)),
    "report_webinar_participants": lambda answers, o: answers.participants(o, registrant_ids=True),
    "webinar_poll_results": lambda answers, o: answers.poll_results(o),
    "webinar_qna_results": lambda answers, o: answers.qna_results(o),
    "webinar_absentees": lambda answers, o: answers.absentees(o),
    "webinar_files": lambda answers, o: answers.files(o),
}


def _scheduled(answers: Answers, table: str, meeting: Meeting) -> Iterator[Part]:
    """The rows of one scheduled meeting or webinar, or nothing where Zoom answers with an error."""
    kind = "webinar" if meeting.is_webinar else "meeting"
    with suppress(ZoomError):
        yield _SCHEDULED[table](answers, meeting), {} if table == f"{kind}s" else {f"{kind}_id": meeting.id}


def _occurred(answers: Answers, table: str, occurrence: Occurrence) -> Iterator[Part]:
    """The rows of one occurrence, or nothing where Zoom answers with an error."""
    kind = "webinar" if occurrence.meeting.is_webinar else "meeting"
    added: Record = {f"{kind}_id": occurrence.meeting.id, f"{kind}_uuid": occurrence.uuid}
    if table in _RESULTS:
        added["start_time"] = occurrence.start_time
    if table in _FILES:
        # Zoom's rows have no time; the lists show when it started.
        added[f"{kind}_start_time"] = None if occurrence.startless else occurrence.start_time
    with suppress(ZoomError):
        yield _PAST[table](answers, occurrence), added


def _one(record: Record) -> Rows:
    return Rows(1, lambda _: record)


def _every_status(answers: Answers, meeting: Meeting) -> Rows:
    """The registrants of all statuses, one list after the other."""
    lists = [answers.registrants(meeting, status) for status in STATUSES]
    every = [(rows, i) for rows in lists for i in range(len(rows))]
    return Rows(len(every), lambda i: every[i][0].slice(every[i][1], every[i][1] + 1)[0])
