"""Answers: what Zoom has to say about one parent, records or the documented error, before any paging."""

from __future__ import annotations

from typing import NoReturn

from . import meetings, polls, registration, reports
from .account import INSTANCE_MONTHS, REPORT_MONTHS
from .account_answers import AccountAnswers
from .draw import midnight, months_back
from .entities import BASIC, INSTANT, UNASSIGNED, Meeting, Occurrence, User
from .errors import ZoomError, meeting_unknown, no_webinar_plan, webinar_unknown
from .participants import participants
from .rows import NO_ROWS, Record, Rows

POLLS_OFF = (
    'Meeting polls disabled. To enable this feature, enable the "Meeting Polls/Quizzes" setting in the Zoom web '
    'portal\'s "Settings" interface.'
)
WEBINAR_POLLS_OFF = (
    "Webinar polls disabled. To enable this feature, enable the **Webinar Polls/Quizzes** setting in the Zoom web "
    "portal's **Settings** interface."
)
LOST_ADDON = "Webinar plan subscription is missing. Enable webinar for this user once the subscription is added"
CANNOT_HOST = "Meeting hosting and scheduling capabilities are not allowed for your user account."


class Answers(AccountAnswers):
    """The account seen through the knobs. Methods return rows or a record, or raise the ZoomError that is due."""

    # Users

    def meeting_list(self, user: User) -> Rows:
        if user.type == UNASSIGNED:
            raise ZoomError(400, 3161, CANNOT_HOST)
        rows = user.meeting_rows
        return Rows(len(rows), lambda i: meetings.list_row(self.account, rows[i]))

    def webinar_list(self, user: User) -> Rows:
        if not user.webinar_addon:
            no_webinar_plan()
        rows = user.webinar_rows
        return Rows(len(rows), lambda i: meetings.list_row(self.account, rows[i]))

    # Listed meetings and webinars

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
        return registration.tracking_sources(self.account, webinar)

    def instances(self, meeting: Meeting) -> Rows:
        if meeting.gone and not meeting.occurrences:
            self._exists(meeting)
        ended = [o for o in meeting.occurrences if self.account.within(o, INSTANCE_MONTHS)]
        return Rows(len(ended), lambda i: reports.instance(ended[i]))

    # Past occurrences

    def in_history(self, occurrence: Occurrence) -> bool:
        """Whether GET /report/history_meetings shows it, as far as its kind decides."""
        lacks = self.knobs.history_lacks
        if not lacks:
            return True
        instant = occurrence.meeting.type == INSTANT
        return not ((instant and "instant" in lacks) or (occurrence.lone and "one_participant" in lacks))

    def report(self, occurrence: Occurrence) -> Record:
        self._not_too_old(occurrence, REPORT_MONTHS)
        return reports.report(occurrence, undocumented=self.account.shape.undocumented)

    def participants(self, occurrence: Occurrence, *, registrant_ids: bool) -> Rows:
        webinar = occurrence.meeting.is_webinar
        self._not_too_old(occurrence, self.knobs.webinar_participants_months if webinar else REPORT_MONTHS)
        if occurrence.lone and self.knobs.one_participant_report == "not_found":
            if webinar:
                raise ZoomError(404, 3001, f'Webinar "{occurrence.uuid}" not found or has expired')
            raise ZoomError(404, 3001, f"Meeting {occurrence.uuid} not found or has expired.")
        return participants(self.account, self.knobs, occurrence, registrant_ids=registrant_ids)

    def poll_results(self, occurrence: Occurrence) -> Rows:
        webinar = occurrence.meeting.is_webinar
        if not webinar and not self.account.within(occurrence, REPORT_MONTHS):
            raise ZoomError(400, 12702, "Can not access a meeting a year ago.")
        if polls.result_state(self.account, occurrence) == polls.NOT_FOUND:
            if webinar:
                raise ZoomError(404, 3001, "Webinar ID is invalid or not end.")
            raise ZoomError(404, 404, "Meeting Poll not found")
        return polls.poll_results(self.account, occurrence)

    def qna_results(self, occurrence: Occurrence) -> Rows:
        if polls.result_state(self.account, occurrence) == polls.NOT_FOUND:
            raise ZoomError(404, 3001, "Webinar ID is invalid or not end.")
        return polls.qna_results(self.account, occurrence)

    def lacks_questions(self, occurrence: Occurrence) -> bool:
        """Zoom leaves empty fields out: some answers have no `questions` at all."""
        return polls.result_state(self.account, occurrence) == polls.WITHOUT_LIST

    def absentees(self, occurrence: Occurrence) -> Rows:
        webinar = occurrence.meeting
        if webinar.host.lost_webinar_addon:
            raise ZoomError(200, 200, f"{LOST_ADDON}:{webinar.host.id}.")
        if not webinar.registration:
            raise ZoomError(400, 3000, f"This webinar doesn't have registration required: {occurrence.uuid}.")
        return registration.absentees(self.account, occurrence)

    def files(self, occurrence: Occurrence) -> Rows:
        kind = "Webinar" if occurrence.meeting.is_webinar else "Meeting"
        state = self.knobs.files
        if state == "gone" or (state == "served" and self.account.shape.special_cases and occurrence.ordinal % 5 == 2):
            raise ZoomError(404, 3001, f"{kind} ID is invalid or not end.")
        if state == "bad_request":
            raise ZoomError(400, 1010, f"User does not belong to this account: {self.account.account_id}.")
        if state == "forbidden":
            raise ZoomError(403, 403, "Forbidden")
        return reports.files(self.account, occurrence)

    # Checks

    def _exists(self, meeting: Meeting) -> None:
        if meeting.gone:
            (webinar_unknown if meeting.is_webinar else meeting_unknown)(meeting.id)

    def _paid(self, meeting: Meeting) -> None:
        if meeting.host.type == BASIC and not meeting.is_webinar:
            raise ZoomError(400, 200, f"Only available for paid account: {self.account.account_id}.")

    def _no_registration(self, meeting: Meeting) -> NoReturn:
        if meeting.is_webinar:
            raise ZoomError(400, 3000, f"Registration has not been enabled for this webinar: {meeting.id}.")
        status, code = self.knobs.registration_off
        raise ZoomError(status, code, f"Registration has not been enabled for this meeting: {meeting.id}.")

    def _not_too_old(self, occurrence: Occurrence, months: int) -> None:
        if occurrence.start < midnight(months_back(self.account.today, months)):
            kind = "a webinar" if occurrence.meeting.is_webinar else "meeting"
            raise ZoomError(400, 12702, f"Can not access {kind} a year ago.")
