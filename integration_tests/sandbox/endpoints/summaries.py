"""Summaries of meetings and webinars, and their texts."""

from __future__ import annotations

from urllib.parse import unquote

from ..account import resolve
from ..draw import iso
from ..errors import ZoomError, invalid_parameter
from ..summaries import CREATED, STARTED
from .finding import Body, Finder, Query
from .windows import moment_window


class SummaryEndpoints(Finder):
    """GET /meetings/meeting_summaries and /meetings/{uuid}/meeting_summary."""

    def summaries(self, _: str, query: Query) -> Body:
        self.answers.check_summaries(listing=True)
        field = query.get("time_filter_field") or STARTED
        if field not in (STARTED, CREATED):
            invalid_parameter("time_filter_field")
        low, high = moment_window(query, self.account.today)
        rows = self.answers.summaries().between(low, high, field, self.account.now)
        body = self.page("/meetings/meeting_summaries", query, "summaries", rows)
        del body["page_count"], body["total_records"]
        return body | {"from": iso(int(low)), "to": iso(int(high))}

    def summary(self, key: str, query: Query) -> Body:
        if unquote(key).isdigit():
            raise ZoomError(400, 300, "Invalid meeting ID.")
        occurrence = resolve(self.account, key, unquote)
        if occurrence is None:
            raise ZoomError(404, 3001, f"Meeting does not exist: {unquote(key)}.")
        return self.answers.summary_content(occurrence)
