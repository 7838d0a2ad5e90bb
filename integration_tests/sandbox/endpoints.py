"""Endpoints: one method for each API path, from its decoded parameters to its JSON body."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cached_property
from typing import Any, NoReturn
from urllib.parse import unquote

from . import reports
from .account import HISTORY_MONTHS, Account, resolve
from .answers import Answers
from .draw import day_of, midnight, months_back
from .entities import Meeting, Occurrence, User
from .errors import NOT_RECOGNIZED, ZoomError, invalid_parameter, meeting_unknown, user_unknown, webinar_unknown
from .knobs import Knobs
from .paging import MAX_PAGE_SIZE, PageTokens, page
from .registration import STATUSES
from .rows import Rows
from .scopes import accepted, require
from .users import reported_host, user_detail, user_row

Query = dict[str, str]
Body = dict[str, Any]


class Endpoints:
    """Every method takes (the id segment as it came over the wire, the query) and returns the body or raises."""

    def __init__(self, account: Account, knobs: Knobs, tokens: PageTokens) -> None:
        self.account = account
        self.knobs = knobs
        self.tokens = tokens
        self.answers = Answers(account, knobs)

    # Users

    def users(self, _: str, query: Query) -> Body:
        status = query.get("status", "active")
        if status not in ("active", "inactive", "pending"):
            invalid_parameter("status")
        users = [user for user in self.account.users if user.status == status]
        fields = query.get("include_fields", "")
        rows = Rows(len(users), lambda i: user_row(self.account, users[i], fields))
        return self._page("/users", query, "users", rows, cap=self.knobs.users_page_cap, by_number=True)

    def user(self, key: str, query: Query) -> Body:
        return user_detail(self.account, self._user(key))

    def user_meetings(self, key: str, query: Query) -> Body:
        user = self._user(key)
        rows = self.answers.meeting_list(user)
        return self._page(f"/users/{user.email}/meetings", query, "meetings", rows, by_number=True)

    def user_webinars(self, key: str, query: Query) -> Body:
        user = self._user(key)
        rows = self.answers.webinar_list(user)
        token = self.knobs.webinar_list_token
        return self._page(f"/users/{user.email}/webinars", query, "webinars", rows, by_number=True, with_token=token)

    # Meetings and webinars

    def meeting(self, key: str, query: Query) -> Body:
        meeting = self._meeting(key)
        return self.answers.detail(meeting, previous=query.get("show_previous_occurrences") == "true")

    def webinar(self, key: str, query: Query) -> Body:
        webinar = self._webinars_by_uuid.get(unquote(key)) or self._webinar(key)
        return self.answers.detail(webinar, previous=query.get("show_previous_occurrences") == "true")

    def meeting_registrants(self, key: str, query: Query) -> Body:
        return self._registrants(self._meeting(key, code=300), query)

    def webinar_registrants(self, key: str, query: Query) -> Body:
        return self._registrants(self._webinar(key), query)

    def _registrants(self, meeting: Meeting, query: Query) -> Body:
        status = query.get("status") or "approved"
        if status not in STATUSES:
            invalid_parameter("status")
        self._check_occurrence(meeting, query)
        rows = self.answers.registrants(meeting, status)
        return self._page(f"/{meeting.id}/registrants", query, "registrants", rows, by_number=True)

    def meeting_polls(self, key: str, query: Query) -> Body:
        return _whole("polls", self.answers.polls(self._meeting(key)))

    def webinar_polls(self, key: str, query: Query) -> Body:
        return _whole("polls", self.answers.polls(self._webinar(key)))

    def meeting_questions(self, key: str, query: Query) -> Body:
        return self.answers.questions(self._meeting(key))

    def webinar_questions(self, key: str, query: Query) -> Body:
        return self.answers.questions(self._webinar(key))

    def panelists(self, key: str, query: Query) -> Body:
        return _whole("panelists", self.answers.panelists(self._webinar(key)))

    def tracking_sources(self, key: str, query: Query) -> Body:
        return _whole("tracking_sources", self.answers.tracking_sources(self._webinar(key)))

    # Past occurrences

    def past_meeting(self, key: str, query: Query) -> Body:
        occurrence = self._occurrence(key, webinar=False, unknown="Meeting does not exist: {}.")
        if not self.account.within(occurrence, 12):
            raise ZoomError(400, 12702, "Cannot access a meeting a year ago.")
        return reports.past_meeting(occurrence)

    def meeting_instances(self, key: str, query: Query) -> Body:
        number = unquote(key)
        meeting = self.account.meetings.get(int(number)) if number.isdigit() else None
        if meeting is None or meeting.is_webinar:
            meeting_unknown(number)
        return {"meetings": list(self.answers.instances(meeting))}

    def webinar_instances(self, key: str, query: Query) -> Body:
        number = unquote(key)
        webinar = self.account.meetings.get(int(number)) if number.isdigit() else None
        if webinar is None:
            raise ZoomError(404, 404, "Not Found")
        if not webinar.is_webinar:
            raise ZoomError(400, 300, "Invalid webinar ID.")
        return {"webinars": list(self.answers.instances(webinar))}

    def meeting_poll_results(self, key: str, query: Query) -> Body:
        occurrence = self._occurrence(key, webinar=False, unknown="Meeting does not exist: {}.")
        return self._results(occurrence, self.answers.poll_results(occurrence))

    def webinar_poll_results(self, key: str, query: Query) -> Body:
        occurrence = self._occurrence(key, webinar=True, unknown="Webinar ID is invalid or not end.")
        return self._results(occurrence, self.answers.poll_results(occurrence))

    def qna_results(self, key: str, query: Query) -> Body:
        occurrence = self._occurrence(key, webinar=True, unknown="Webinar ID is invalid or not end.")
        return self._results(occurrence, self.answers.qna_results(occurrence))

    def _results(self, occurrence: Occurrence, rows: Rows) -> Body:
        body: Body = {"id": occurrence.meeting.id, "uuid": occurrence.uuid, "start_time": occurrence.start_time}
        if not self.answers.lacks_questions(occurrence):
            body["questions"] = list(rows)
        return body

    def absentees(self, key: str, query: Query) -> Body:
        occurrence = self._occurrence(key, webinar=True, unknown="Webinar {} not found or expired.")
        self._check_occurrence(occurrence.meeting, query)
        rows = self.answers.absentees(occurrence)
        return self._page(f"/{occurrence.uuid}/absentees", query, "registrants", rows, by_number=True)

    def meeting_files(self, key: str, query: Query) -> Body:
        return self._files(key, webinar=False)

    def webinar_files(self, key: str, query: Query) -> Body:
        return self._files(key, webinar=True)

    def _files(self, key: str, *, webinar: bool) -> Body:
        kind = "webinar" if webinar else "meeting"
        if self.knobs.files == "unrecognized":
            self.unrecognized()
        if self.knobs.files == "scope":
            require((), accepted(kind, f"{kind}:read:list_past_files:admin"), self.knobs.scope_error_code)
        occurrence = self._occurrence(key, webinar=webinar, unknown=f"{kind.title()} ID is invalid or not end.")
        return _whole("in_meeting_files", self.answers.files(occurrence))

    # Reports

    def meeting_report(self, key: str, query: Query) -> Body:
        return self.answers.report(self._occurrence(key, webinar=False, unknown="Meeting {} not found or has expired."))

    def webinar_report(self, key: str, query: Query) -> Body:
        return self.answers.report(self._occurrence(key, webinar=True, unknown="Meeting {} not found or has expired."))

    def meeting_participants(self, key: str, query: Query) -> Body:
        return self._participants(key, query, webinar=False, unknown="Meeting {} not found or has expired.")

    def webinar_participants(self, key: str, query: Query) -> Body:
        return self._participants(key, query, webinar=True, unknown='Webinar "{}" not found or has expired')

    def _participants(self, key: str, query: Query, *, webinar: bool, unknown: str) -> Body:
        occurrence = self._occurrence(key, webinar=webinar, unknown=unknown)
        with_ids = query.get("include_fields") == "registrant_id"
        rows = self.answers.participants(occurrence, registrant_ids=with_ids)
        return self._page(f"/{occurrence.uuid}/participants", query, "participants", rows)

    def history(self, _: str, query: Query) -> Body:
        knobs = self.knobs
        if knobs.history == "unknown":
            self.unrecognized()
        if knobs.history == "refused":
            require((), accepted("report", "report:read:list_history_meetings:admin"), knobs.scope_error_code)
        if knobs.history == "paid_only":
            raise ZoomError(400, 200, f"This is only available for paid account: {self.account.account_id}.")
        first, last = self._window(query)
        by_end = _choice(query, "date_type", ("start_time", "end_time")) == "end_time"
        kind = _choice(query, "meeting_type", ("all", "meeting", "webinar"))
        found = [
            o
            for o in reversed(self.account.history_between(first - timedelta(days=by_end), last))
            if self.answers.in_history(o)
            and (kind == "all" or o.meeting.is_webinar == (kind == "webinar"))
            and (not by_end or first <= day_of(o.start + o.minutes * 60) <= last)
        ]
        rows = Rows(len(found), lambda i: reports.history_row(found[i]))
        body = self._page("/report/history", query, "history_meetings", rows, cap=knobs.history_page_cap)
        del body["page_count"], body["total_records"]
        return body

    def report_users(self, _: str, query: Query) -> Body:
        first, last = self._window(query)
        kind = _choice(query, "type", ("active", "inactive"))
        hosted: dict[str, list[Occurrence]] = {}
        for occurrence in self.account.history_between(first, last):
            hosted.setdefault(occurrence.meeting.host.email, []).append(occurrence)
        users = [u for u in self.account.users if u.id and (u.email in hosted) == (kind == "active")]
        rows = Rows(len(users), lambda i: reported_host(users[i], hosted.get(users[i].email, [])))
        body = self._page("/report/users", query, "users", rows, by_number=True)
        every = [o for found in hosted.values() for o in found]
        return body | {
            "from": first.isoformat(),
            "to": last.isoformat(),
            "total_meetings": len(every),
            "total_participants": sum(o.rows for o in every),
            "total_meeting_minutes": sum(o.minutes for o in every),
        }

    def report_user_meetings(self, key: str, query: Query) -> Body:
        user = self.account.users_by_key.get(unquote(key))
        if user is None:
            raise ZoomError(404, 1001, f"User {unquote(key)} not exist or not belong to this account.")
        first, last = self._window(query)
        lone = _choice(query, "type", ("past", "pastOne")) == "pastOne"
        low, high = midnight(first), midnight(last + timedelta(days=1))
        found = [o for o in self._hosted.get(user.ordinal, ()) if low <= o.start < high and o.lone == lone]
        rows = Rows(len(found), lambda i: reports.reported_meeting(found[i]))
        body = self._page(f"/report/{user.email}/meetings", query, "meetings", rows, by_number=True)
        return body | {"from": first.isoformat(), "to": last.isoformat()}

    # Parameters

    def unrecognized(self) -> NoReturn:
        """The answer for a path that this Zoom does not know."""
        raise ZoomError(self.knobs.unknown_path_status, 2300, NOT_RECOGNIZED)

    def _page(self, listing: str, query: Query, key: str, rows: Rows, **options: Any) -> Body:
        return page(self.tokens, self.knobs, listing, query, key, rows, **{"cap": MAX_PAGE_SIZE, **options})

    def _user(self, key: str) -> User:
        name = unquote(key)
        # A Server-to-Server token has no user of its own, so `me` is nobody.
        user = self.account.users_by_key.get(name)
        return user if user is not None else user_unknown(name)

    def _meeting(self, key: str, code: int = 3000) -> Meeting:
        number = unquote(key)
        meeting = self.account.meetings.get(int(number)) if number.isdigit() else None
        if meeting is None:
            meeting_unknown(number)
        if meeting.is_webinar:
            raise ZoomError(400, code, "Cannot access webinar info.")
        return meeting

    def _webinar(self, key: str) -> Meeting:
        number = unquote(key)
        webinar = self.account.meetings.get(int(number)) if number.isdigit() else None
        if webinar is None and number.isdigit():
            webinar_unknown(number)
        if webinar is None or not webinar.is_webinar:
            raise ZoomError(400, 300, "Invalid webinar ID.")
        return webinar

    def _occurrence(self, key: str, *, webinar: bool, unknown: str) -> Occurrence:
        occurrence = resolve(self.account, key, unquote)
        if occurrence is None or occurrence.meeting.is_webinar != webinar:
            raise ZoomError(404, 3001, unknown.format(unquote(key)))
        return occurrence

    def _check_occurrence(self, meeting: Meeting, query: Query) -> None:
        wanted = query.get("occurrence_id")
        if wanted and all(reports.instance(o).get("occurrence_id") != wanted for o in meeting.occurrences):
            message = "The request could not be completed because you have provided an invalid occurrence ID"
            raise ZoomError(400, 300, f"{message}: {wanted}.")

    def _window(self, query: Query) -> tuple[date, date]:
        """from and to of a report: both needed, one month at most, not further back than six months."""
        first, last = _day(query, "from"), _day(query, "to")
        longest = self.knobs.report_window_days
        limit = first + timedelta(days=longest) if longest else months_back(first, -1)
        if not first <= last <= limit:
            invalid_parameter("to")
        if first < months_back(self.account.today, HISTORY_MONTHS):
            raise ZoomError(400, 300, "Invalid parameter: from. You can query only the last six months.")
        return first, last

    @cached_property
    def _hosted(self) -> dict[int, list[Occurrence]]:
        hosted: dict[int, list[Occurrence]] = {}
        for occurrence in self.account.history:
            hosted.setdefault(occurrence.meeting.host.ordinal, []).append(occurrence)
        return hosted

    @cached_property
    def _webinars_by_uuid(self) -> dict[str, Meeting]:
        return {m.uuid: m for m in self.account.meetings.values() if m.is_webinar}


def _whole(key: str, rows: Rows) -> Body:
    """The envelope of a list that has no pages."""
    return {key: list(rows), "total_records": len(rows)}


def _choice(query: Query, name: str, choices: tuple[str, ...]) -> str:
    value = query.get(name) or choices[0]
    if value not in choices:
        invalid_parameter(name)
    return value


def _day(query: Query, name: str) -> date:
    try:
        return date.fromisoformat(query.get(name, ""))
    except ValueError:
        invalid_parameter(name)
