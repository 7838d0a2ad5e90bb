"""Logs of what admins changed and of who signed in."""

from __future__ import annotations

from ..account import HISTORY_MONTHS
from ..draw import iso, midnight
from ..logs import days, operation_logs, sign_ins
from ..rows import Rows
from .finding import Body, Finder, Query
from .windows import day_window

_CATEGORIES = "all"


class LogEndpoints(Finder):
    """GET /report/operationlogs and /report/activities."""

    def operation_logs(self, _: str, query: Query) -> Body:
        first, last = day_window(query, self.account.today, months_kept=HISTORY_MONTHS, needed=True)
        now = self.account.now
        wanted = query.get("category_type", _CATEGORIES).lower()
        found = [
            row
            for day in days(first, last)
            for row in operation_logs(self.account, day, now)
            if wanted in (_CATEGORIES, row["category_type"].lower())
        ]
        rows = Rows(len(found), lambda i: found[i])
        body = self.page("/report/operationlogs", query, "operation_logs", rows)
        del body["page_count"], body["total_records"]
        return body

    def activities(self, _: str, query: Query) -> Body:
        first, last = day_window(query, self.account.today, months_kept=HISTORY_MONTHS)
        now = self.account.now
        found = [row for day in days(first, last) for row in sign_ins(self.account, day, now)]
        body = self.page("/report/activities", query, "activity_logs", Rows(len(found), lambda i: found[i]))
        del body["page_count"], body["total_records"]
        return body | {"from": iso(midnight(first)), "to": iso(midnight(last))}
