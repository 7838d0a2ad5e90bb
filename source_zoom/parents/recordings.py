"""Cloud recordings by windows of dates: of the whole account, or else of each user."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import TYPE_CHECKING, Any

from airbyte_cdk.models import FailureType

from source_zoom.base.exceptions import ConnectorError
from source_zoom.parents.parallel import in_parallel
from source_zoom.parents.windows import (
    LIST_REFUSED,
    WINDOW_THREADS,
    ListRefused,
    SharedDays,
    Window,
    begun,
    read_windows,
)
from source_zoom.zoom.client import RequestSubject, ZoomClient, path_segment
from source_zoom.zoom.errors import ParentSkipped, ZoomRequestFailed
from source_zoom.zoom.labels import Label
from source_zoom.zoom.pagination import ListRequest, paginate
from source_zoom.zoom.parsing import as_text, as_utc

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from source_zoom.parents.kinds import User
    from source_zoom.parents.known import Known
    from source_zoom.parents.shared import Row, SharedRows, WriteRow

logger = logging.getLogger("airbyte")

RECORDINGS = "recordings"
# Zoom names no age from which on it deletes recordings, and it exists since this year.
FIRST_DAY = date(2013, 1, 1)
# Whoever holds one of these opens the recording, or acts as the host.
SECRETS = ("recording_play_passcode", "password", "download_access_token", "host_key")


@dataclass
class RecordingLists:
    """GET /accounts/me/recordings window by window, or where that is refused GET /users/{userId}/recordings as well.

    The tables of recordings and of their files are made of the same rows.
    """

    _client: ZoomClient
    _known: Known
    _windows: list[Window]  # oldest first
    _rows: SharedRows
    _users: Iterable[User]
    _inactive_users: Iterable[User]

    def __post_init__(self) -> None:
        self._repeats = SharedDays(self._windows)

    def __call__(self) -> None:
        """:raises ConnectorError: both lists are refused, or a window could not be read to its end"""
        try:
            read_windows(self._windows, self._read_account, LIST_REFUSED)
        except ListRefused as refusal:
            self._read_without_account(refusal)

    def _read_account(self, window: Window) -> None:
        rows = begun(self._list("accounts/me/recordings", window, RequestSubject(RECORDINGS)))
        with self._rows.part(window) as write:
            for row in rows:
                self._write(row, write)

    def _read_without_account(self, refusal: ListRefused) -> None:
        logger.warning(
            "Zoom's list of all recordings of the account cannot be used, so they come from the lists of each user. "
            "Recordings of users who left the account are not in these. %s",
            refusal,
        )
        try:
            in_parallel(self._windows, self._read_users, 1)
        except ZoomRequestFailed as second:
            if second.meaning not in LIST_REFUSED:
                raise
            # The list of the account alone would do: its refusal is the one to report.
            raise ConnectorError(str(refusal), FailureType.config_error) from None

    def _read_users(self, window: Window) -> None:
        """The window is whole once all users of it are."""
        with self._rows.part(window) as write:

            def read_user(user: User) -> None:
                subject = RequestSubject(RECORDINGS, f"user {user.id}", skippable=True)
                try:
                    for row in self._list(f"users/{path_segment(user.id)}/recordings", window, subject):
                        self._write(row, write)
                except ParentSkipped as skip:
                    self._known.skipped(RECORDINGS, skip.rule, subject.parent)

            in_parallel(chain(self._users, self._inactive_users), read_user, WINDOW_THREADS)

    def _list(self, path: str, window: Window, subject: RequestSubject) -> Iterator[Row]:
        first, last = window
        # Without the last parameter, users' personal notes are listed too.
        query = {"from": first.isoformat(), "to": last.isoformat(), "recording_source_type": "cloud_recording_only"}
        return paginate(self._client, ListRequest(path, query, "meetings", Label.MEDIUM), subject)

    def _write(self, row: Row, write: WriteRow) -> None:
        uuid = as_text(row.get("uuid"))
        if not (uuid and self._repeats.is_repeated(uuid, as_utc(row.get("start_time")))):
            write(without_secrets(row))


def without_secrets(row: Row) -> Row:
    """The recording without what opens it, its files likewise."""
    files: Any = row.get("recording_files")
    for part in (row, *(file for file in (files if isinstance(files, list) else ()) if isinstance(file, dict))):
        for secret in SECRETS:
            part.pop(secret, None)
    return row
