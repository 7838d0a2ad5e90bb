"""Cloud recordings, as the lists of the account and of one user send them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from . import words
from .draw import DAY, day_of, digest, iso, midnight, pick, short_id, uuid_of
from .entities import LICENSED, SCHEDULED, User
from .reports import used
from .rows import Record, Rows

if TYPE_CHECKING:
    from .account import Account
    from .clock import Span

MY_NOTES, UPLOAD = 96, 99
# Columns that the list of one user has and that of the account lacks.
_OWN_COLUMNS = ("account_id", "auto_delete", "auto_delete_date", "recording_play_passcode")
# Ages in days of what the user who left has recorded.
_LEAVER_AGES = (9, 45, 200, 400)
# Beyond the ordinals of all occurrences, and the same after more of them take place.
_ODD_ORDINAL = 1 << 20
_VIEWS = ("shared_screen_with_speaker_view", "shared_screen_with_gallery_view", "active_speaker", "gallery_view")


@dataclass(slots=True, eq=False)
class Recording:
    """What was recorded of one occurrence, or uploaded; `type` is coded as for meetings.

    It started at `start` and is visible from `since` on, in Unix seconds.
    """

    ordinal: int
    uuid: str
    number: int
    host: User
    type: int
    topic: str
    start: int
    minutes: int
    since: float = 0
    trashed: bool = False

    @property
    def my_notes(self) -> bool:
        """Somebody's personal notes, which only their own list shows."""
        return self.type == MY_NOTES

    @property
    def ready(self) -> int:
        """When its files are, in Unix seconds: at the second midnight after its start."""
        return midnight(day_of(self.start)) + 2 * DAY

    @property
    def on_premise(self) -> bool:
        """The company's own recorder made it, and its files lie on the company's own server."""
        return self.raw[4] % 9 == 0

    @property
    def raw(self) -> bytes:
        """The digest that the recording's fields are drawn from."""
        return digest(f"{self.uuid}|recording")


class Recordings:
    """All recordings of an account, newest first, those to come included."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self.leaver = _leaver(account)
        found = list(_of_occurrences(account))
        if account.shape.special_cases and account.shape.recorded_share:
            found += _odd_ones(account, self.leaver, _ODD_ORDINAL)
        self.all = sorted(found, key=lambda recording: (recording.start, recording.uuid), reverse=True)

    def of_account(self, first: date, last: date, span: Span) -> Rows:
        """`meetings[]` of the account's list, by the day of the meeting. It never shows anybody's My Notes."""
        found = [r for r in _between(self.all, first, last, span) if not r.my_notes]
        return self._rows(found, span, own_list=False)

    def of_user(self, user: User, first: date, last: date, span: Span, *, cloud_only: bool = False) -> Rows:
        """`meetings[]` of one user's list."""
        own = [r for r in _between(self.all, first, last, span) if r.host is user]
        return self._rows([r for r in own if not (cloud_only and r.my_notes)], span, own_list=True)

    def trash_of(self, user: User, span: Span) -> Rows:
        """What of one user's lies in the trash."""
        trashed = [r for r in self.all if r.host is user and r.trashed and span.reached(r.ready)]
        return Rows(len(trashed), lambda i: self.record(trashed[i], span, own_list=True))

    def record(self, recording: Recording, span: Span, *, own_list: bool) -> Record:
        """One element of `meetings[]`; `type` is a number in the account's list and a text in that of one user."""
        raw = recording.raw
        files = recording_files(recording, span)
        row: Record = {
            "uuid": recording.uuid,
            "id": recording.number,
            "account_id": self._account.account_id,
            "host_id": recording.host.id,
            "topic": recording.topic,
            "type": str(recording.type) if own_list else recording.type,
            "start_time": iso(recording.start),
            "duration": recording.minutes,
            "total_size": sum(file.get("file_size", 0) for file in files),
            "recording_count": len(files) + raw[0] % 2,
            "share_url": f"https://zoom.us/rec/share/{short_id(raw[1:])}",
            "recording_play_passcode": f"{short_id(raw[2:])}{short_id(raw[9:])[:10]}",
            "recording_files": files,
        }
        if raw[3] % 4 == 0:
            row |= {"auto_delete": True, "auto_delete_date": day_of(recording.start + 600 * DAY).isoformat()}
        if recording.on_premise:
            row |= {"rc_zone": "zone-0815", "service_name": "node_1", "instance_id": raw.hex()[:32]}
            row["external_storage_addr"] = "192.0.2.33"
        if raw[5] % 8 == 0:
            row["zra_status"] = "completed"
        if self._account.shape.undocumented and raw[6] % 6 == 0:
            row["beta_highlights"] = {"count": raw[7] % 5, "language": None}
        if not own_list:
            for column in _OWN_COLUMNS:
                row.pop(column, None)
        return row

    def _rows(self, recordings: list[Recording], span: Span, *, own_list: bool) -> Rows:
        return Rows(len(recordings), lambda i: self.record(recordings[i], span, own_list=own_list))


def recording_files(recording: Recording, span: Span) -> list[Record]:
    """`recording_files[]`: placeholders for a day or two, then the files; recording twice makes two of each."""
    raw = recording.raw
    if not span.reached(recording.ready):
        return [_placeholder(recording, typed=typed) for typed in (False, True)]
    parts = 2 if raw[9] % 5 == 0 and recording.type != UPLOAD else 1
    files = [file for part in range(parts) for file in _files_of_part(recording, part)]
    if recording.trashed:
        for file in files:
            file["deleted_time"] = iso(recording.start + 3 * DAY)
    return files


def _placeholder(recording: Recording, *, typed: bool) -> Record:
    # The ids are those that the finished video and sound will have.
    raw = digest(f"{recording.uuid}|file|0|{0 if typed else 1}")
    row: Record = {
        "id": _file_id(raw),
        "meeting_id": recording.uuid,
        "recording_start": iso(recording.start + 60),
        "recording_type": pick(_VIEWS, raw[0]),
        "status": "processing",
    }
    if typed:
        row |= {"file_type": "MP4", "file_extension": "MP4", "recording_end": iso(recording.start + 600)}
    else:
        row |= {"file_type": "", "file_extension": "", "file_size": 0}
    return row


def _files_of_part(recording: Recording, part: int) -> list[Record]:
    raw = digest(f"{recording.uuid}|part|{part}")
    half = recording.minutes * 60 // 2
    start = recording.start + 60 + part * half
    kinds = [("MP4", "MP4", pick(_VIEWS, raw[0])), ("M4A", "M4A", "audio_only")]
    if raw[1] % 2:
        kinds.append(("TRANSCRIPT", "VTT", "audio_transcript"))
    if raw[2] % 2:
        kinds.append(("CHAT", "TXT", "chat_file"))
    if raw[3] % 3 == 0:
        kinds.append(("CC", "VTT", ""))
    kinds.append(("TIMELINE", "JSON", ""))
    return [_file(recording, kind, f"{part}|{index}", start, start + half) for index, kind in enumerate(kinds)]


def _file(recording: Recording, kind: tuple[str, str, str], place: str, start: int, end: int) -> Record:
    file_type, extension, recording_type = kind
    raw = digest(f"{recording.uuid}|file|{place}")
    row: Record = {
        "meeting_id": recording.uuid,
        "recording_start": iso(start),
        "recording_end": iso(end),
        "file_type": file_type,
        "file_extension": extension,
        "download_url": f"https://zoom.us/rec/download/{short_id(raw)}",
    }
    if recording_type:
        # Captions and timelines have none of these.
        row |= {
            "id": _file_id(raw),
            "file_size": 1_000 + int.from_bytes(raw[1:4], "big"),
            "play_url": f"https://zoom.us/rec/play/{short_id(raw[5:])}",
            "recording_type": recording_type,
            "status": "completed",
        }
    if recording.on_premise:
        row["file_path"] = f"/recordings/{place.replace('|', '/')}.{extension.lower()}"
        del row["download_url"]
    return row


def _file_id(raw: bytes) -> str:
    text = raw.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:32]}"


def _between(recordings: list[Recording], first: date, last: date, span: Span) -> list[Recording]:
    low, high = midnight(first), midnight(last) + DAY
    return [r for r in recordings if low <= r.start < high and not r.trashed and span.reached(r.since)]


def _of_occurrences(account: Account) -> list[Recording]:
    """Those of licensed hosts that the history shows as recorded to the cloud, less what was deleted since."""
    shape = account.shape
    return [
        Recording(
            o.ordinal, o.uuid, o.meeting.id, o.meeting.host, o.meeting.type, words.topic(o.meeting.raw), o.start,
            o.minutes, o.timing.ended, trashed=shape.special_cases and o.raw[27] % 11 == 0,
        )
        for o in account.occurrences.values()
        if o.meeting.host.type == LICENSED and o.raw[26] < 256 * shape.recorded_share and used(o, "record_to_cloud")
    ]  # fmt: skip


def _leaver(account: Account) -> User:
    """A user who is in no list of users any more."""
    raw = digest(f"leaver|{account.shape.seed}")
    email = f"gone.s{account.shape.seed}@example.com"
    return User(ordinal=-1, id=short_id(raw), email=email, status="deleted", type=LICENSED, pmi=2_999_999_999)


def _odd_ones(account: Account, leaver: User, ordinal: int) -> list[Recording]:
    """Recordings that belong to no occurrence: the leaver's, one of yesterday, an upload, and My Notes."""
    owner = account.users[0]
    made = [(leaver, SCHEDULED, age) for age in _LEAVER_AGES]
    made += [(owner, SCHEDULED, 1), (owner, UPLOAD, 70), (owner, MY_NOTES, 3), (owner, MY_NOTES, 40)]
    found = []
    for index, (host, kind, age) in enumerate(made):
        raw = digest(f"odd recording|{account.shape.seed}|{index}")
        start = midnight(account.first_day - timedelta(days=age)) + 9 * 3600 + raw[0] * 60
        number = 70_000_000_000 + int.from_bytes(raw[1:4], "big")
        uuid = uuid_of(raw, ordinal + index)
        found.append(Recording(ordinal + index, uuid, number, host, kind, words.topic(raw), start, 20 + raw[5] % 30))
    return found
