"""Reports of one occurrence."""

from __future__ import annotations

from .finding import Body, Finder, Query


class ReportEndpoints(Finder):
    """GET /report/meetings/{id} and /report/webinars/{id} with their participants."""

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
