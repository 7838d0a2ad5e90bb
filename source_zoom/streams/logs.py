"""Logs of the account: https://developers.zoom.us/docs/api/meetings/#tag/reports."""

from __future__ import annotations

import hashlib
from abc import ABC
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, Any

import orjson

from source_zoom.parents.sources import LOG_WINDOWS
from source_zoom.parents.windows import ReportWindows, SharedDays, Window
from source_zoom.streams.windows import WindowTable
from source_zoom.zoom.labels import Label
from source_zoom.zoom.parsing import as_utc
from source_zoom.zoom.scopes import granular

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from source_zoom.streams.resources import Parent, Resources


class Log(WindowTable, ABC):
    """Rows without an id, of which several can be equal."""

    parent = LOG_WINDOWS
    primary_key = ["log_id"]
    label = Label.HEAVY
    cursor_field = "time"
    lookback_days = 2

    def __init__(self, resources: Resources) -> None:
        super().__init__(resources)
        first = self.reads_from(self._ledger, resources.start)
        kept = f"Zoom keeps {self.name} for six months, so they begin on %s."
        self._report_windows = ReportWindows(date.fromordinal(first) if first is not None else None, kept)
        self._repeats = SharedDays(self.windows())

    def windows(self) -> list[Window]:
        return self._report_windows.listed()

    def found_windows(self) -> Iterable[Window]:
        # What is oldest expires first.
        return reversed(list(self._report_windows))

    def rows(self, window: Window, parent: Parent) -> Iterator[dict[str, Any]]:
        client, subject = self._resources.client, self.subject(parent)
        for row in with_log_ids(
            self._report_windows.rows(client, window, self.endpoint, self.query, self.rows_at, subject)
        ):
            if not self._repeats.is_repeated(row["log_id"], as_utc(row.get(self.cursor_field))):
                yield row


def with_log_ids(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Rows of one window with a ``log_id``: a hash of all columns, and of the number among equal rows.

    Equal rows share their second, so that every window that lists one lists them all, and their ids stay the same.
    """
    equal: Counter[bytes] = Counter()
    for row in rows:
        text = orjson.dumps(row, option=orjson.OPT_SORT_KEYS)
        content = hashlib.sha256(text + b"|")
        number = equal[content.digest()]
        equal[content.digest()] += 1
        content.update(str(number).encode())
        yield {**row, "log_id": content.hexdigest()[:32]}


class ReportOperationLogs(Log):
    """GET /report/operationlogs (operation ``reportOperationLogs``)."""

    endpoint = "report/operationlogs"
    scope = granular("report:read:operation_logs:admin")
    rows_at = "operation_logs"


class ReportActivities(Log):
    """GET /report/activities (operation ``reportSignInSignOutActivities``)."""

    endpoint = "report/activities"
    scope = granular("report:read:user_activities:admin")
    rows_at = "activity_logs"
