"""Past meetings and webinars, outside the reports."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from ..errors import WebPage, ZoomError, meeting_unknown
from ..scopes import accepted, require
from .finding import Body, Finder, Query, whole

if TYPE_CHECKING:
    from ..entities import Occurrence
    from ..rows import Rows


class PastEndpoints(Finder):
    """GET /past_meetings/{id} and /past_webinars/{id} with what hangs below them."""

    def past_meeting(self, key: str, query: Query) -> Body:
        occurrence = self.occurrence_of(key, webinar=False, unknown="Meeting does not exist: {}.")
        return self.answers.past_meeting(occurrence)

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
        occurrence = self.occurrence_of(key, webinar=False, unknown="Meeting does not exist: {}.")
        return self._results(occurrence, self.answers.poll_results(occurrence))

    def webinar_poll_results(self, key: str, query: Query) -> Body:
        occurrence = self.occurrence_of(key, webinar=True, unknown="Webinar ID is invalid or not end.")
        return self._results(occurrence, self.answers.poll_results(occurrence))

    def qna_results(self, key: str, query: Query) -> Body:
        occurrence = self.occurrence_of(key, webinar=True, unknown="Webinar ID is invalid or not end.")
        return self._results(occurrence, self.answers.qna_results(occurrence))

    def _results(self, occurrence: Occurrence, rows: Rows) -> Body:
        body: Body = {"id": occurrence.meeting.id, "uuid": occurrence.uuid, "start_time": occurrence.start_time}
        if not self.answers.lacks_questions(occurrence):
            body["questions"] = list(rows)
        return body

    def past_meeting_participants(self, key: str, query: Query) -> Body:
        occurrence = self.occurrence_of(key, webinar=False, unknown="Meeting does not exist: {}.")
        return self._past_participants(occurrence, query)

    def past_webinar_participants(self, key: str, query: Query) -> Body:
        return self._past_participants(self.occurrence_of(key, webinar=True, unknown="Webinar does not exist."), query)

    def _past_participants(self, occurrence: Occurrence, query: Query) -> Body:
        rows = self.answers.past_participants(occurrence)
        return self.page(f"/past/{occurrence.uuid}/participants", query, "participants", rows)

    def absentees(self, key: str, query: Query) -> Body:
        occurrence = self.occurrence_of(key, webinar=True, unknown="Webinar {} not found or expired.")
        self.check_occurrence(occurrence.meeting, query)
        rows = self.answers.absentees(occurrence)
        return self.page(f"/{occurrence.uuid}/absentees", query, "registrants", rows, by_number=True)

    def meeting_files(self, key: str, query: Query) -> Body:
        return self._files(key, webinar=False)

    def webinar_files(self, key: str, query: Query) -> Body:
        return self._files(key, webinar=True)

    def _files(self, key: str, *, webinar: bool) -> Body:
        kind = "webinar" if webinar else "meeting"
        if self.knobs.files == "unrecognized":
            self.unrecognized()
        if self.knobs.files.startswith("html_"):
            raise WebPage(int(self.knobs.files[5:]))
        if self.knobs.files == "scope":
            require((), accepted(kind, f"{kind}:read:list_past_files:admin"), self.knobs.scope_error_code)
        occurrence = self.occurrence_of(key, webinar=webinar, unknown=f"{kind.title()} ID is invalid or not end.")
        return whole("in_meeting_files", self.answers.files(occurrence))
