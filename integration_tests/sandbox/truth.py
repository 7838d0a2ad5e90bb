"""Truth: the complete records that a full sync owes for each table, by Zoom's rules, without any request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from .account import HISTORY_MONTHS, INSTANCE_MONTHS
from .account_truth import ACCOUNT_TABLES, AccountTruth
from .answers import Answers
from .entities import Meeting, Occurrence
from .errors import ZoomError
from .oauth import OAuth
from .routes import ROUTES
from .rows import Record, Rows
from .users import user_row

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
)
# One envelope an occurrence: its rows get their position, and the start that the envelope names.
_RESULTS = frozenset({"meeting_poll_results", "webinar_poll_results", "webinar_qna_results"})


class Truth:
    """Records owed, table by table; `start` leaves out what lies before it, as the form's start date does."""

    def __init__(self, answers: Answers, oauth: OAuth) -> None:
        self._answers = answers
        self._account = answers.account
        self._oauth = oauth
        self._of_account = AccountTruth(answers, self)

    def records(self, table: str, start: datetime | None = None) -> Iterator[Record]:
        """Every owed record of the table, built one by one."""
        numbered = table in _RESULTS
        for rows, added in self._parts(table, start):
            for index, record in enumerate(rows):
                for secret in HOST_SECRETS:
                    record.pop(secret, None)
                record.update(added)
                if numbered:
                    record["result_index"] = index
                yield record

    def count(self, table: str, start: datetime | None = None) -> int:
        """How many records that is, without building them."""
        return sum(len(rows) for rows, _ in self._parts(table, start))

    def occurrences(self, start: datetime | None = None, *, webinars: bool = False) -> list[Occurrence]:
        """Past occurrences that the history of six months or the instances of fifteen reach, each once."""
        listed = {m.id for m in self._listed(webinars, start=None) if m.recurring}
        history = self._history_reach()
        instances = self.allowed(("past_webinars" if webinars else "past_meetings", "*", "instances"))
        since = start.timestamp() if start else None
        return [
            o
            for o in self._account.occurrences.values()
            if o.meeting.is_webinar == webinars
            and (since is None or o.start >= since)
            and (
                (history is not None and self._account.within(o, HISTORY_MONTHS) and history(o))
                or (instances and o.meeting.id in listed and self._account.within(o, INSTANCE_MONTHS))
            )
        ]

    def _parts(self, table: str, start: datetime | None) -> Iterator[Part]:
        if table in ACCOUNT_TABLES:
            yield from self._of_account.parts(table, start)
            return
        if table == "users":
            users = self._account.users
            yield Rows(len(users), lambda i: user_row(self._account, users[i])), {}
            return
        answers = self._answers
        per_listed: dict[str, Callable[[Meeting], Rows]] = {
            "meetings": lambda m: _one(answers.detail(m)),
            "meeting_polls": answers.polls,
            "meeting_questions": lambda m: _one(answers.questions(m)),
            "webinars": lambda m: _one(answers.detail(m)),
            "webinar_panelists": answers.panelists,
            "webinar_polls": answers.polls,
            "webinar_questions": lambda m: _one(answers.questions(m)),
            "webinar_tracking_sources": answers.tracking_sources,
        }
        per_occurrence: dict[str, Callable[[Occurrence], Rows]] = {
            "report_meetings": lambda o: _one(answers.report(o)),
            "report_meeting_participants": lambda o: answers.participants(o, registrant_ids=True),
            "meeting_poll_results": answers.poll_results,
            "meeting_files": answers.files,
            "report_webinars": lambda o: _one(answers.report(o)),
            "report_webinar_participants": lambda o: answers.participants(o, registrant_ids=True),
            "webinar_poll_results": answers.poll_results,
            "webinar_qna_results": answers.qna_results,
            "webinar_absentees": answers.absentees,
            "webinar_files": answers.files,
        }
        webinars = table.removeprefix("report_").startswith("webinar")
        kind = "webinar" if webinars else "meeting"
        if table.endswith("_registrants"):
            for meeting in self._listed(webinars, start):
                for status in ("approved", "pending", "denied"):
                    yield from _part(answers.registrants, {f"{kind}_id": meeting.id}, meeting, status)
        elif table in per_listed:
            for meeting in self._listed(webinars, start):
                own = table == f"{kind}s"
                yield from _part(per_listed[table], {} if own else {f"{kind}_id": meeting.id}, meeting)
        elif table in per_occurrence:
            if table.endswith("_files") and answers.knobs.files != "served":
                return
            for occurrence in self.occurrences(start, webinars=webinars):
                added: Record = {f"{kind}_id": occurrence.meeting.id, f"{kind}_uuid": occurrence.uuid}
                if table in _RESULTS:
                    added["start_time"] = occurrence.start_time
                yield from _part(per_occurrence[table], added, occurrence)
        else:
            raise ValueError(f"no such table: {table}; there are {', '.join(TABLES)}")

    def _listed(self, webinars: bool, start: datetime | None) -> list[Meeting]:
        """What the lists of the active users show; one-time ones before `start` are left out."""
        meetings = self._account.listed_webinars() if webinars else self._account.listed_meetings()
        if start is None:
            return meetings
        since = start.timestamp()
        return [m for m in meetings if m.recurring or m.start is None or m.start >= since]

    def _history_reach(self) -> Callable[[Occurrence], bool] | None:
        """What the account-wide history shows, or else the reports of each user; None where both are closed."""
        if self._answers.knobs.history == "served" and self.allowed(("report", "history_meetings")):
            return self._answers.in_history
        if self.allowed(("report", "users")) and self.allowed(("report", "users", "*", "meetings")):
            return lambda _: True
        return None

    def allowed(self, path: tuple[str, ...]) -> bool:
        """Whether scopes and role open the endpoint."""
        route = ROUTES[path]
        assert route.scopes
        scoped = not route.scopes[1].isdisjoint(self._oauth.granted_scopes())
        return scoped and (route.role is None or route.role in self._answers.knobs.role_permissions)


def _one(record: Record) -> Rows:
    return Rows(1, lambda _: record)


def _part(answer: Callable[..., Rows], added: Record, *parent: Any) -> Iterator[Part]:
    """The rows of one parent, or nothing where Zoom answers with an error."""
    try:
        yield answer(*parent), added
    except ZoomError:
        return
