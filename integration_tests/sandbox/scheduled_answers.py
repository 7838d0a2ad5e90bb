"""What Zoom has to say about users' lists, and about one scheduled meeting or webinar."""

from __future__ import annotations

from typing import NoReturn

from . import meetings, polls, registration
from .account import shown
from .entities import BASIC, UNASSIGNED, Meeting, User
from .errors import ZoomError, meeting_unknown, no_webinar_plan, odd, webinar_unknown
from .rows import NO_ROWS, Record, Rows
from .view import View

POLLS_OFF = (
    'Meeting polls disabled. To enable this feature, enable the "Meeting Polls/Quizzes" setting in the Zoom web '
    'portal\'s "Settings" interface.'
)
WEBINAR_POLLS_OFF = (
    "Webinar polls disabled. To enable this feature, enable the **Webinar Polls/Quizzes** setting in the Zoom web "
    "portal's **Settings** interface."
)
CANNOT_HOST = "Meeting hosting and scheduling capabilities are not allowed for your user account."


class ScheduledAnswers(View):
    """Rows or a record for one user, meeting or webinar."""

    def meeting_list(self, user: User) -> Rows:
        self._usual_user(user)
        if user.type == UNASSIGNED:
            raise ZoomError(400, 3161, CANNOT_HOST)
        rows = list(shown(user.meeting_rows, self.span))
        return Rows(len(rows), lambda i: meetings.list_row(self.account, rows[i]))

    def webinar_list(self, user: User) -> Rows:
        self._usual_user(user)
        if not user.webinar_addon:
            no_webinar_plan()
        rows = list(shown(user.webinar_rows, self.span))
        return Rows(len(rows), lambda i: meetings.list_row(self.account, rows[i]))

    def detail(self, meeting: Meeting, *, previous: bool = False) -> Record:
        self._exists(meeting)
        build = meetings.webinar_detail if meeting.is_webinar else meetings.meeting_detail
        return build(self.account, meeting, previous=previous)

    def registrants(self, meeting: Meeting, status: str) -> Rows:
        self._exists(meeting)
        self._paid(meeting)
        if not meeting.registration:
            if meeting.is_webinar and self.knobs.webinar_registration_off == "empty":
                return NO_ROWS
            self._no_registration(meeting)
        return registration.registrants(self.account, meeting, status)

    def questions(self, meeting: Meeting) -> Record:
        self._exists(meeting)
        self._paid(meeting)
        if not meeting.registration:
            self._no_registration(meeting)
        return registration.questions(self.account, meeting)

    def polls(self, meeting: Meeting) -> Rows:
        self._exists(meeting)
        self._paid(meeting)
        state = polls.poll_state(self.account, meeting)
        if state == polls.DISABLED:
            raise ZoomError(400, 4400, WEBINAR_POLLS_OFF if meeting.is_webinar else POLLS_OFF)
        if state == polls.NOT_FOUND:
            if meeting.is_webinar:
                webinar_unknown(meeting.id)
            raise ZoomError(404, 404, "Meeting Poll not found")
        return polls.polls(self.account, meeting)

    def panelists(self, webinar: Meeting) -> Rows:
        self._exists(webinar)
        return registration.panelists(self.account, webinar)

    def tracking_sources(self, webinar: Meeting) -> Rows:
        self._exists(webinar)
        return registration.sources(self.account, webinar)

    # Checks

    def _usual_user(self, user: User) -> None:
        # A run of neighbours, as the rooms of one site or the people of one department are.
        if 0 < user.ordinal <= self.knobs.odd_users:
            odd()

    def _exists(self, meeting: Meeting) -> None:
        if meeting.gone or self.span.first >= meeting.expires:
            (webinar_unknown if meeting.is_webinar else meeting_unknown)(meeting.id)

    def _paid(self, meeting: Meeting) -> None:
        if meeting.host.type == BASIC and not meeting.is_webinar:
            raise ZoomError(400, 200, f"Only available for paid account: {self.account.account_id}.")

    def _no_registration(self, meeting: Meeting) -> NoReturn:
        if meeting.is_webinar:
            raise ZoomError(400, 3000, f"Registration has not been enabled for this webinar: {meeting.id}.")
        status, code = self.knobs.registration_off
        raise ZoomError(status, code, f"Registration has not been enabled for this meeting: {meeting.id}.")
