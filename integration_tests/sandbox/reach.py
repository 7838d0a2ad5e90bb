"""Reach: what any documented endpoint shows that scopes, role and knobs leave open, whoever looks for it and how."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .account import HISTORY_MONTHS
from .errors import ZoomError
from .routes import ROUTES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .answers import Answers
    from .entities import Meeting, Occurrence
    from .oauth import OAuth
    from .rows import Rows


class Reach:
    """Listed meetings and past occurrences that are visible in the span of the answers."""

    def __init__(self, answers: Answers, oauth: OAuth) -> None:
        self._answers = answers
        self._account = answers.account
        self._oauth = oauth

    def listed(self, *, webinars: bool) -> list[Meeting]:
        """What the lists of the active users show, each once."""
        shows: Callable[..., Rows] = self._answers.webinar_list if webinars else self._answers.meeting_list
        found: dict[int, Meeting] = {}
        for user in self._account.users:
            if user.status == "active" and _answered(shows, user):
                rows = user.webinar_rows if webinars else user.meeting_rows
                found.update((m.id, m) for m in rows if self._answers.span.first < m.expires)
        return list(found.values())

    def occurrences(self, *, webinars: bool) -> list[Occurrence]:
        """Past occurrences that the history, the reports of a user or the instances of a known number show."""
        paths = list(self._paths(webinars))
        every = self._account.occurrences.values()
        return [o for o in every if o.meeting.is_webinar == webinars and any(shows(o) for shows in paths)]

    def history(self) -> list[Occurrence]:
        """Occurrences of both kinds that the account-wide history shows."""
        answers = self._answers
        if answers.knobs.history != "served" or not self.opens("report", "history_meetings"):
            return []
        return [o for o in self._account.occurrences.values() if self._kept(o) and answers.in_history(o)]

    def _paths(self, webinars: bool) -> Iterator[Callable[[Occurrence], bool]]:
        answers = self._answers
        if answers.knobs.history == "served" and self.opens("report", "history_meetings"):
            yield lambda o: self._kept(o) and answers.in_history(o)
        # Users are known from their list, from the hosts' report, or both.
        users_known = self.opens("users") or self.opens("report", "users")
        if users_known and self.opens("report", "users", "*", "meetings"):
            yield lambda o: self._kept(o) and answers.in_user_reports(o)
        kind = "webinar" if webinars else "meeting"
        if self.opens(f"past_{kind}s", "*", "instances"):
            numbers = self._numbers(webinars)
            yield lambda o: o.meeting.id in numbers and answers.in_instances(o)

    def _kept(self, occurrence: Occurrence) -> bool:
        since, zone = occurrence.timing.history, self._answers.knobs.report_zone_hours
        return self._answers.span.keeps(occurrence.start, HISTORY_MONTHS, since=since, zone_hours=zone)

    def _numbers(self, webinars: bool) -> frozenset[int]:
        """Numbers that lists show, one-time ones too, and those of the users' personal rooms."""
        kind = "webinars" if webinars else "meetings"
        numbers: set[int] = set()
        if self.opens("users"):
            if self.opens("users", "*", kind):
                numbers.update(m.id for m in self.listed(webinars=webinars))
            if not webinars:
                numbers.update(user.pmi for user in self._account.users if user.status != "pending")
        known = (self._account.meetings[number] for number in numbers if number in self._account.meetings)
        return frozenset(m.id for m in known if _answered(self._answers.instances, m))

    def opens(self, *path: str) -> bool:
        """Whether scopes and role open the endpoint."""
        route = ROUTES[path]
        assert route.scopes
        scoped = not route.scopes[1].isdisjoint(self._oauth.granted_scopes())
        return scoped and (route.role is None or route.role in self._answers.knobs.role_permissions)


def _answered(answer: Callable[..., Rows], parent: object) -> bool:
    try:
        answer(parent)
    except ZoomError:
        return False
    return True
