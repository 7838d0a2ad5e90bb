"""What took place between two days: in the whole account, and by host."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from .. import reports
from ..account import HISTORY_MONTHS
from ..draw import day_of, midnight, months_back
from ..errors import ZoomError, invalid_parameter
from ..rows import Rows
from ..scopes import accepted, require
from ..users import reported_host
from .finding import Body, Finder, Query

if TYPE_CHECKING:
    from ..entities import Occurrence


class _Window(NamedTuple):
    """`from` and `to` of a report, and the moments in Unix seconds between which they lie."""

    first: date
    last: date
    low: float
    high: float


class HistoryEndpoints(Finder):
    """GET /report/history_meetings, /report/users and /report/users/{id}/meetings."""

    def history(self, _: str, query: Query) -> Body:
        knobs = self.knobs
        if knobs.history == "unknown":
            self.unrecognized()
        if knobs.history == "refused":
            require((), accepted("report", "report:read:list_history_meetings:admin"), knobs.scope_error_code)
        if knobs.history == "paid_only":
            raise ZoomError(400, 200, f"This is only available for paid account: {self.account.account_id}.")
        found = self._in_history(query, self._window(query))
        rows = Rows(len(found), lambda i: reports.history_row(found[i], knobs))
        body = self.page("/report/history", query, "history_meetings", rows, cap=knobs.history_page_cap)
        del body["page_count"], body["total_records"]
        return body

    def _in_history(self, query: Query, window: _Window) -> list[Occurrence]:
        """Newest first."""
        by_end = _choice(query, "date_type", ("start_time", "end_time")) == "end_time"
        kind = _choice(query, "meeting_type", ("all", "meeting", "webinar"))
        # A meeting lasts 30 hours at most.
        earliest = window.low - 2 * 86_400 if by_end else window.low
        return [
            o
            for o in reversed(self.account.between(earliest, window.high))
            if self.answers.in_history(o)
            and (kind == "all" or o.meeting.is_webinar == (kind == "webinar"))
            and (not by_end or window.low <= o.end < window.high)
        ]

    def report_users(self, _: str, query: Query) -> Body:
        window = self._window(query)
        kind = _choice(query, "type", ("active", "inactive"))
        hosted: dict[str, list[Occurrence]] = {}
        for occurrence in self.account.between(window.low, window.high):
            if self.answers.in_user_reports(occurrence):
                hosted.setdefault(occurrence.meeting.host.email, []).append(occurrence)
        users = [u for u in self.account.users if u.id and (u.email in hosted) == (kind == "active")]
        rows = Rows(len(users), lambda i: reported_host(users[i], hosted.get(users[i].email, [])))
        body = self.page("/report/users", query, "users", rows, by_number=True)
        every = [o for found in hosted.values() for o in found]
        return body | {
            "from": window.first.isoformat(),
            "to": window.last.isoformat(),
            "total_meetings": len(every),
            "total_participants": sum(o.rows for o in every),
            "total_meeting_minutes": sum(o.minutes for o in every),
        }

    def report_user_meetings(self, key: str, query: Query) -> Body:
        user = self.account.users_by_key.get(unquote(key))
        if user is None:
            raise ZoomError(404, 1001, f"User {unquote(key)} not exist or not belong to this account.")
        window = self._window(query)
        lone = _choice(query, "type", ("past", "pastOne")) == "pastOne"
        hosted = (o for o in self.account.hosted_by(user) if window.low <= o.start < window.high and o.lone == lone)
        found = [o for o in hosted if self.answers.in_user_reports(o)]
        rows = Rows(len(found), lambda i: reports.reported_meeting(found[i]))
        body = self.page(f"/report/{user.email}/meetings", query, "meetings", rows, by_number=True)
        return body | {"from": window.first.isoformat(), "to": window.last.isoformat()}

    def _window(self, query: Query) -> _Window:
        """Both days are needed, one month apart at most, and not further back than six months."""
        first, last = _day(query, "from"), _day(query, "to")
        longest = self.knobs.report_window_days
        limit = first + timedelta(days=longest) if longest else months_back(first, -1)
        if not first <= last <= limit:
            invalid_parameter("to")
        shift = self.knobs.report_zone_hours * 3600
        if first < months_back(day_of(int(self.account.clock() + shift)), HISTORY_MONTHS):
            raise ZoomError(400, 300, "Invalid parameter: from. You can query only the last six months.")
        return _Window(first, last, midnight(first) - shift, midnight(last + timedelta(days=1)) - shift)


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
