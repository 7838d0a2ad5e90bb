"""What a full sync owes of recordings, summaries, transcripts, past participants, logs, groups and roles."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from . import reports
from .errors import ZoomError
from .groups import group_row
from .knobs import Knobs
from .logs import kept_days, numbered, operation_logs, sign_ins
from .roles import KINDS, roles
from .rows import Record, Rows
from .summaries import summary_row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from .account import Account
    from .answers import Answers
    from .clock import Span
    from .entities import Occurrence
    from .reach import Reach
    from .recordings import Recording

Part = tuple[Rows, Record]

ACCOUNT_TABLES = (
    "recordings",
    "recording_files",
    "past_meeting_participants",
    "past_webinar_participants",
    "report_history_meetings",
    "meeting_summaries",
    "meeting_summary_contents",
    "meeting_transcripts",
    "report_operation_logs",
    "report_activities",
    "groups",
    "group_members",
    "roles",
)


class AccountTruth:
    """Records owed, table by table; `start` leaves out what lies before it."""

    def __init__(self, answers: Answers, reach: Reach) -> None:
        self._answers = answers
        self._account = answers.account
        self._span = answers.span
        self._reach = reach

    def parts(self, table: str, start: datetime | None) -> Iterator[Part]:
        """Rows with the columns to add to each."""
        since = start.timestamp() if start else None
        if table in ("past_meeting_participants", "past_webinar_participants"):
            yield from self._past_participants(start, webinars="webinar" in table)
        elif table == "meeting_transcripts":
            yield from self._transcripts(start)
        elif table == "group_members":
            yield from self._group_members()
        else:
            lists: dict[str, Callable[[float | None], Iterable[Record]]] = {
                "recordings": self._recordings,
                "recording_files": self._recording_files,
                "report_history_meetings": self._history,
                "meeting_summaries": self._summaries,
                "meeting_summary_contents": self._contents,
                "report_operation_logs": lambda since: self._logs(operation_logs, since),
                "report_activities": lambda since: self._logs(sign_ins, since),
                "groups": lambda _: self._groups(),
                "roles": lambda _: (row for kind in KINDS for row in roles(self._account, kind)),
            }
            found = list(lists[table](since))
            yield Rows(len(found), found.__getitem__), {}

    # Recordings

    def _recordings(self, since: float | None) -> Iterator[Record]:
        for record, _ in self._recorded(since):
            yield record

    def _recording_files(self, since: float | None) -> Iterator[Record]:
        for record, recording in self._recorded(since):
            for file in record["recording_files"]:
                added = {
                    "file_id": file.get("id") or f"{file['file_type']}:{file['recording_start']}",
                    "host_id": record["host_id"],
                    "meeting_number": recording.number,
                    "meeting_start_time": record["start_time"],
                    "meeting_uuid": recording.uuid,
                }
                yield file | added

    def _recorded(self, since: float | None) -> Iterator[tuple[Record, Recording]]:
        """By the account's list or, where that is closed, by the lists of the users that there still are."""
        recordings = self._answers.recordings()
        by_account = self._account_list_is_open()
        if not by_account and not self._reach.opens("users", "*", "recordings"):
            return
        for recording in recordings.all:
            if recording.trashed or recording.my_notes or not self._span.reached(recording.since):
                continue
            if since is not None and recording.start < since:
                continue
            if by_account or recording.host is not recordings.leaver:
                record = recordings.record(recording, self._span, own_list=not by_account)
                record.pop("recording_play_passcode", None)
                yield record | {"type": recording.type}, recording

    def _account_list_is_open(self) -> bool:
        closed = _raises(self._answers.check_account_recordings)
        return not closed and self._reach.opens("accounts", "*", "recordings")

    # Past occurrences

    def _past_participants(self, start: datetime | None, *, webinars: bool) -> Iterator[Part]:
        kind = "webinar" if webinars else "meeting"
        for occurrence in self._past(start, webinars=webinars):
            added = {f"{kind}_id": occurrence.meeting.id, f"{kind}_uuid": occurrence.uuid}
            yield from _part(self._answers.past_participants, added, occurrence)

    def _transcripts(self, start: datetime | None) -> Iterator[Part]:
        for occurrence in self._past(start, webinars=False):
            added = {"meeting_number": occurrence.meeting.id, "meeting_uuid": occurrence.uuid}
            yield from _part(lambda o: _one(self._answers.transcript(o)), added, occurrence)

    def _past(self, start: datetime | None, *, webinars: bool) -> list[Occurrence]:
        earliest = start.timestamp() if start else 0.0
        return [o for o in self._reach.occurrences(webinars=webinars) if o.start >= earliest]

    def _history(self, since: float | None) -> Iterator[Record]:
        """Only the account-wide history has these rows. Owed is their canonical form, however Zoom writes them."""
        form = Knobs(history_numbers="missing") if self._answers.knobs.history_numbers == "missing" else Knobs()
        for occurrence in self._reach.history():
            if since is None or occurrence.start >= since:
                yield reports.history_row(occurrence, form)

    # Summaries

    def _summaries(self, since: float | None) -> Iterator[Record]:
        if not _raises(lambda: self._answers.check_summaries(listing=True)):
            for summary in self._answers.summaries().all:
                if self._span.reached(summary.created) and (since is None or summary.created >= since):
                    yield summary_row(summary)

    def _contents(self, since: float | None) -> Iterator[Record]:
        """One for each occurrence that the list names, less those in the trash."""
        seen: set[str] = set()
        if _raises(lambda: self._answers.check_summaries(listing=True)):
            return
        for summary in self._answers.summaries().all:
            uuid = summary.occurrence.uuid
            made = self._span.reached(summary.created) and (since is None or summary.created >= since)
            if made and uuid not in seen:
                seen.add(uuid)
                for rows, _ in _part(lambda o: _one(self._answers.summary_content(o)), {}, summary.occurrence):
                    yield from rows

    # Logs, groups

    def _logs(self, of_day: Callable[[Account, date, Span], list[Record]], since: float | None) -> Iterator[Record]:
        for day in kept_days(self._account, self._span):
            for row in numbered(of_day(self._account, day, self._span)):
                if since is None or datetime.fromisoformat(row["time"].replace("Z", "+00:00")).timestamp() >= since:
                    yield row

    def _groups(self) -> Iterator[Record]:
        if not _raises(lambda: self._answers.check_groups(listing=True)):
            for group in self._answers.groups():
                yield group_row(group)

    def _group_members(self) -> Iterator[Part]:
        if not _raises(lambda: self._answers.check_groups(listing=True)):
            for group in self._answers.groups():
                yield from _part(self._answers.group_members, {"group_id": group.id}, group)


def _raises(check: Callable[[], None]) -> bool:
    try:
        check()
    except ZoomError:
        return True
    return False


def _one(record: Record) -> Rows:
    return Rows(1, lambda _: record)


def _part(answer: Callable[..., Rows], added: Record, *parent: Any) -> Iterator[Part]:
    """The rows of one parent, or nothing where Zoom answers with an error."""
    try:
        yield answer(*parent), added
    except ZoomError:
        return
