"""Reports: of one occurrence, of the whole account, and of each user."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cached_property
from urllib.parse import unquote

from .. import reports
from ..account import HISTORY_MONTHS
from ..draw import day_of, midnight, months_back
from ..entities import Occurrence
from ..errors import ZoomError, invalid_parameter
from ..rows import Rows
from ..scopes import accepted, require
from ..users import reported_host
from .finding import Body, Finder, Query


class ReportEndpoints(Finder):
    """GET /report/…"""

    def meeting_report(self, key: str, query: Query) -> Body:
        return self.answers.report(
            self.occurrence_of(key, webinar=False, unknown="Meeting {} not found or has expired.")
        )

    def webinar_report(self, key: str, query: Query) -> Body:
        return self.answers.report(
            self.occurrence_of(key, webinar=True, unknown="Meeting {} not found or has expired.")
        )

    def meeting_participants(self, key: str, query: Query) -> Body:
        return self._participants(key, query, webinar=False, unknown="Meeting {} not found or has expired.")

    def webinar_participants(self, key: str, query: Query) -> Body:
        return self._participants(key, query, webinar=True, unknown='Webinar "{}" not found or has expired')

    def _participants(self, key: str, query: Query, *, webinar: bool, unknown: str) -> Body:
        occurrence = self.occurrence_of(key, webinar=webinar, unknown=unknown)
        with_ids = query.get("include_fields") == "registrant_id"
        rows = self.answers.participants(occurrence, registrant_ids=with_ids)
        return self.page(f"/{occurrence.uuid}/participants", query, "participants", rows)

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
        body = self.page("/report/history", query, "history_meetings", rows, cap=knobs.history_page_cap)
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
        body = self.page("/report/users", query, "users", rows, by_number=True)
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
        body = self.page(f"/report/{user.email}/meetings", query, "meetings", rows, by_number=True)
        return body | {"from": first.isoformat(), "to": last.isoformat()}

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
