"""Scheduled meetings and webinars, asked for by their number."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from ..errors import invalid_parameter
from ..registration import STATUSES
from .finding import Body, Finder, Query, whole

if TYPE_CHECKING:
    from ..entities import Meeting


class ScheduledEndpoints(Finder):
    """GET /meetings/{id} and /webinars/{id} with what hangs below them."""

    def meeting(self, key: str, query: Query) -> Body:
        meeting = self.meeting_of(key)
        return self.answers.detail(meeting, previous=query.get("show_previous_occurrences") == "true")

    def webinar(self, key: str, query: Query) -> Body:
        webinar = self.webinars_by_uuid.get(unquote(key)) or self.webinar_of(key)
        return self.answers.detail(webinar, previous=query.get("show_previous_occurrences") == "true")

    def meeting_registrants(self, key: str, query: Query) -> Body:
        return self._registrants(self.meeting_of(key, code=300), query)

    def webinar_registrants(self, key: str, query: Query) -> Body:
        return self._registrants(self.webinar_of(key), query)

    def _registrants(self, meeting: Meeting, query: Query) -> Body:
        status = query.get("status") or "approved"
        if status not in STATUSES:
            invalid_parameter("status")
        self.check_occurrence(meeting, query)
        rows = self.answers.registrants(meeting, status)
        return self.page(f"/{meeting.id}/registrants", query, "registrants", rows, by_number=True)

    def meeting_polls(self, key: str, query: Query) -> Body:
        return whole("polls", self.answers.polls(self.meeting_of(key)))

    def webinar_polls(self, key: str, query: Query) -> Body:
        return whole("polls", self.answers.polls(self.webinar_of(key)))

    def meeting_questions(self, key: str, query: Query) -> Body:
        return self.answers.questions(self.meeting_of(key))

    def webinar_questions(self, key: str, query: Query) -> Body:
        return self.answers.questions(self.webinar_of(key))

    def panelists(self, key: str, query: Query) -> Body:
        return whole("panelists", self.answers.panelists(self.webinar_of(key)))

    def tracking_sources(self, key: str, query: Query) -> Body:
        return whole("tracking_sources", self.answers.tracking_sources(self.webinar_of(key)))
