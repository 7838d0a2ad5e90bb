"""What Zoom has to say about past meetings and webinars: which there were, and everything about one of them."""

from __future__ import annotations

from . import polls, registration, reports
from .account import INSTANCE_MONTHS, REPORT_MONTHS
from .entities import INSTANT, Meeting, Occurrence
from .errors import ZoomError, meeting_unknown, odd, webinar_unknown
from .participants import participants
from .rows import NO_ROWS, Record, Rows
from .view import View

LOST_ADDON = "Webinar plan subscription is missing. Enable webinar for this user once the subscription is added"
NO_SUCH_WEBINAR = "Webinar ID is invalid or not end."


class PastAnswers(View):
    """Rows or a record for one past occurrence, and where it is shown."""

    # Where occurrences are shown

    def in_history(self, occurrence: Occurrence) -> bool:
        """Whether GET /report/history_meetings shows it, whatever its age."""
        if not self.in_user_reports(occurrence):
            return False
        lacks = self.knobs.history_lacks
        instant = occurrence.meeting.type == INSTANT
        return not ((instant and "instant" in lacks) or (occurrence.lone and "one_participant" in lacks))

    def in_user_reports(self, occurrence: Occurrence) -> bool:
        """Whether GET /report/users/{userId}/meetings shows it, whatever its age."""
        return occurrence.in_history and self.span.reached(occurrence.timing.history)

    def in_instances(self, occurrence: Occurrence) -> bool:
        """Whether GET /past_…/{id}/instances of its number shows it."""
        since = occurrence.timing.instance
        return self.span.reached(since) and self.span.keeps(occurrence.start, INSTANCE_MONTHS, since=since)

    def instances(self, meeting: Meeting) -> Rows:
        """Raises where the number has expired for good: no list shows it any more."""
        expired = self.span.first >= meeting.expires
        if expired or (meeting.gone and not (meeting.listed and meeting.occurrences)):
            (webinar_unknown if meeting.is_webinar else meeting_unknown)(meeting.id)
        found = [o for o in meeting.occurrences if self.in_instances(o)]
        return Rows(len(found), lambda i: reports.instance(found[i]))

    # What is known of one

    def report(self, occurrence: Occurrence) -> Record:
        unknown = f"Meeting {occurrence.uuid} not found or has expired."
        ready = self.check(occurrence, unknown, REPORT_MONTHS)
        record = reports.report(occurrence, undocumented=self.account.shape.undocumented)
        if not ready and occurrence.timing.unready == "partial":
            return record | {"participants_count": occurrence.rows // 2}
        return record if ready else record | {"duration": 0, "total_minutes": 0, "participants_count": 0}

    def past_meeting(self, occurrence: Occurrence) -> Record:
        self.check(occurrence, f"Meeting does not exist: {occurrence.uuid}.", REPORT_MONTHS)
        return reports.past_meeting(occurrence)

    def participants(self, occurrence: Occurrence, *, registrant_ids: bool) -> Rows:
        webinar = occurrence.meeting.is_webinar
        unknown = f"Meeting {occurrence.uuid} not found or has expired."
        if webinar:
            unknown = f'Webinar "{occurrence.uuid}" not found or has expired'
        months = self.knobs.webinar_participants_months if webinar else self.knobs.meeting_participants_months
        ready = self.check(occurrence, unknown, months)
        if occurrence.lone and self.knobs.one_participant_report == "not_found":
            raise ZoomError(404, 3001, unknown)
        rows = participants(self.account, self.knobs, occurrence, registrant_ids=registrant_ids)
        return rows if ready else _unready(occurrence, rows)

    def poll_results(self, occurrence: Occurrence) -> Rows:
        webinar = occurrence.meeting.is_webinar
        unknown = NO_SUCH_WEBINAR if webinar else "Meeting does not exist."
        ready = self.check(occurrence, unknown, None if webinar else REPORT_MONTHS)
        if polls.result_state(self.account, occurrence) == polls.NOT_FOUND:
            if webinar:
                raise ZoomError(404, 3001, NO_SUCH_WEBINAR)
            raise ZoomError(404, 404, "Meeting Poll not found")
        rows = polls.poll_results(self.account, occurrence)
        return rows if ready else _unready(occurrence, rows, reordered=True)

    def qna_results(self, occurrence: Occurrence) -> Rows:
        ready = self.check(occurrence, NO_SUCH_WEBINAR)
        if polls.result_state(self.account, occurrence) == polls.NOT_FOUND:
            raise ZoomError(404, 3001, NO_SUCH_WEBINAR)
        rows = polls.qna_results(self.account, occurrence)
        return rows if ready else _unready(occurrence, rows, reordered=True)

    def lacks_questions(self, occurrence: Occurrence) -> bool:
        """Zoom leaves empty fields out: some answers have no `questions` at all."""
        return polls.result_state(self.account, occurrence) == polls.WITHOUT_LIST

    def absentees(self, occurrence: Occurrence) -> Rows:
        webinar = occurrence.meeting
        ready = self.check(occurrence, f"Webinar {occurrence.uuid} not found or expired.")
        if webinar.host.lost_webinar_addon:
            raise ZoomError(200, 200, f"{LOST_ADDON}:{webinar.host.id}.")
        if not occurrence.registration:
            raise ZoomError(400, 3000, f"This webinar doesn't have registration required: {occurrence.uuid}.")
        if not ready and occurrence.timing.unready == "partial":
            return registration.absentees(self.account, occurrence, too_many=1)
        return registration.absentees(self.account, occurrence) if ready else NO_ROWS

    def files(self, occurrence: Occurrence) -> Rows:
        unknown = f"{'Webinar' if occurrence.meeting.is_webinar else 'Meeting'} ID is invalid or not end."
        state = self.knobs.files
        if state == "gone" or (state == "served" and self.account.shape.special_cases and occurrence.ordinal % 5 == 2):
            raise ZoomError(404, 3001, unknown)
        if state == "bad_request":
            raise ZoomError(400, 1010, f"User does not belong to this account: {self.account.account_id}.")
        if state == "forbidden":
            raise ZoomError(403, 403, "Forbidden")
        return reports.files(self.account, occurrence) if self.check(occurrence, unknown) else NO_ROWS

    def check(self, occurrence: Occurrence, unknown: str, months: int | None = None) -> bool:
        """Raises what is due instead of an answer; False: the answer is there, but still without content.

        `unknown` are the words for what is not there yet, `months` for how long Zoom keeps it.
        """
        timing, span = occurrence.timing, self.span
        if occurrence.meeting.id in self.account.longest_series(self.knobs.odd_series):
            odd()
        if not span.reached(timing.healed):
            raise ZoomError(500, 500, "Internal server error.")
        ready = span.reached(timing.report)
        if not ready and timing.unready == "not_found":
            raise ZoomError(404, 3001, unknown)
        wrong = occurrence.uuid in self.account.newest(self.knobs.wrongly_too_old)
        known_since = max(timing.report, timing.healed)
        if months is not None and (wrong or not span.keeps(occurrence.start, months, since=known_since)):
            kind = "a webinar" if occurrence.meeting.is_webinar else "meeting"
            raise ZoomError(400, 12702, f"Can not access {kind} a year ago.")
        return ready


def _unready(occurrence: Occurrence, rows: Rows, *, reordered: bool = False) -> Rows:
    """What is there of the rows before the report is ready."""
    count = len(rows) // 2 if occurrence.timing.unready == "partial" else 0
    return Rows(count, lambda i: rows.slice(count - 1 - i, count - i)[0] if reordered else rows.slice(i, i + 1)[0])
