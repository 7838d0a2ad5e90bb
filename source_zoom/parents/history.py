"""Past occurrences from Zoom's reports: the account's meeting history, or else the reports of each user."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from airbyte_cdk.models import FailureType

from source_zoom.base.exceptions import ConnectorError
from source_zoom.parents.kinds import MEETINGS, WEBINARS, Kind
from source_zoom.parents.known import Known, SkipKey
from source_zoom.parents.parallel import in_parallel
from source_zoom.parents.scheduled import LIST_THREADS
from source_zoom.parents.windows import (
    LIST_REFUSED,
    ListRefused,
    ReportWindows,
    SharedDays,
    Window,
    begun,
    read_windows,
)
from source_zoom.zoom.client import RequestSubject, ZoomClient, path_segment
from source_zoom.zoom.errors import Meaning, ParentSkipped, ZoomRequestFailed
from source_zoom.zoom.pagination import check_list_of_user
from source_zoom.zoom.parsing import as_int, as_text, as_utc

if TYPE_CHECKING:
    from source_zoom.parents.shared import SharedRows

logger = logging.getLogger("airbyte")

PAST = "past meetings and webinars"
# The type column of /report/users/{userId}/meetings, which lists both kinds.
_WEBINAR_TYPES = (5, 6, 9)
# Answers after which another way to the same rows is worth trying.
_REFUSED = LIST_REFUSED | {Meaning.HOST_CANNOT, Meaning.SETTING_FORBIDS, Meaning.WINDOW_REFUSED}

# (kind, UUID, number or None, start or None, participants or None) of one occurrence.
PublishPast = Callable[[Kind, str, int | None, datetime | None, int | None], object]


class ReportsRefused(ConnectorError):
    """Neither the history nor the user reports may be read, so some past occurrences cannot be found."""


class _Publisher:
    """Publishes the occurrence of a row."""

    def __init__(self, known: Known, publish: PublishPast) -> None:
        self._known = known
        self._publish = publish

    def publish_row(
        self, kind: Kind, uuid: Any, identifier: Any, row: Mapping[str, Any], subject: RequestSubject
    ) -> None:
        if not as_text(uuid):
            example = subject.parent or str(as_int(identifier) or "a row without a number")
            self._known.count(SkipKey(PAST, "Zoom sent no UUID", warn=True), example)
            return
        participants = as_int(row.get("participants", row.get("participants_count")))
        self._publish(kind, uuid, as_int(identifier), as_utc(row.get("start_time")), participants)


class History(_Publisher):
    """The past occurrences of the whole account: GET /report/history_meetings, window by window.

    They are published, and their rows are kept for the table that is made of them.
    """

    def __init__(
        self, client: ZoomClient, windows: ReportWindows, known: Known, publish: PublishPast, rows: SharedRows
    ) -> None:
        super().__init__(known, publish)
        self._client = client
        self._windows = windows
        self._rows = rows
        self._repeats = SharedDays(windows.listed())

    def __call__(self) -> None:
        """:raises ListRefused: Zoom refuses the history
        :raises ConnectorError: a window could not be read to its end
        """
        windows = list(self._windows)
        read_windows(windows, self._read, _REFUSED)
        logger.info("Past meetings and webinars come from Zoom's meeting history since %s.", windows[-1][0])

    def _read(self, window: Window) -> None:
        subject = RequestSubject(PAST)
        query = {"date_type": "start_time", "meeting_type": "all"}
        path, rows_at = "report/history_meetings", "history_meetings"
        rows = begun(self._windows.rows(self._client, window, path, query, rows_at, subject))
        with self._rows.part(window) as write:
            for row in rows:
                kind = WEBINARS if as_text(row.get("type")).casefold() == "webinar" else MEETINGS
                uuid = as_text(row.get("meeting_uuid"))
                self.publish_row(kind, uuid, row.get("meeting_id"), row, subject)
                if not (uuid and self._repeats.is_repeated(uuid, as_utc(row.get("start_time")))):
                    write(row)


class Reports(_Publisher):
    """Past occurrences as Zoom's reports show them: the history, or where that is refused the reports of each user."""

    def __init__(
        self,
        client: ZoomClient,
        windows: ReportWindows,
        known: Known,
        publish: PublishPast,
        history: Callable[[], None],
    ) -> None:
        super().__init__(known, publish)
        self._client = client
        self._windows = windows
        self._history = history

    def __call__(self) -> None:
        """:raises ReportsRefused: both are refused
        :raises ConnectorError: a window could not be read to its end
        """
        try:
            self._history()
        except ListRefused as refusal:
            self._read_without_history(refusal)

    def _read_without_history(self, refusal: ListRefused) -> None:
        logger.warning(
            "Zoom's meeting history cannot be used, so past meetings and webinars come from the reports of each "
            "user, which leave out users without a report. %s",
            refusal,
        )
        try:
            in_parallel(self._windows.listed(), self._read_user_reports, 1)
        except ZoomRequestFailed as second:
            if second.meaning not in _REFUSED:
                raise
            # The history alone would be enough, so its refusal is reported.
            raise ReportsRefused(str(refusal), FailureType.config_error) from None

    def _read_user_reports(self, window: Window) -> None:
        """GET /report/users, then /report/users/{userId}/meetings of each user with anything to report."""

        def read_user(user_id: str) -> None:
            path = f"report/users/{path_segment(user_id)}/meetings"
            subject = RequestSubject(PAST, f"user {user_id}", skippable=True)
            is_first = True
            try:
                # "past" leaves out meetings with a single participant, "pastOne" has only those.
                for which in ("past", "pastOne"):
                    for row in self._windows.rows(self._client, window, path, {"type": which}, "meetings", subject):
                        kind = WEBINARS if row.get("type") in _WEBINAR_TYPES else MEETINGS
                        self.publish_row(kind, row.get("uuid"), row.get("id"), row, subject)
                    is_first = False
            except ParentSkipped as skip:
                check_list_of_user(subject, skip, is_first=is_first)
                self._known.skipped(PAST, skip.rule, subject.parent)

        in_parallel(self._reported_users(window), read_user, LIST_THREADS)

    def _reported_users(self, window: Window) -> Iterator[str]:
        # "active" are the users who hosted something in the window.
        subject = RequestSubject(PAST)
        for row in self._windows.rows(self._client, window, "report/users", {"type": "active"}, "users", subject):
            if as_text(row.get("id")):
                yield row["id"]
