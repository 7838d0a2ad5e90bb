"""Past occurrences as the instances, history and report endpoints send them, with their files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import words
from .draw import digest, iso, pick, short_id
from .entities import FIXED_TIME, WEBINAR_FIXED_TIME, Occurrence
from .rows import Record, Rows
from .users import full_name

if TYPE_CHECKING:
    from .account import Account
    from .knobs import Knobs

_FEATURES = (
    "screen_sharing", "video_on", "remote_control", "closed_caption", "breakout_room", "language_interpretation",
    "telephone_usage", "in_meeting_chat", "poll", "join_by_room", "waiting_room", "live_transcription", "reaction",
    "zoom_apps", "annotation", "raise_hand", "virtual_background", "whiteboard", "immersive_scene", "avatar",
    "switch_to_mobile", "file_sharing", "meeting_summary", "meeting_questions", "record_to_computer",
    "record_to_cloud", "live_translation", "registration", "smart_recording",
)  # fmt: skip
_HISTORY_TIMES = ("start_time", "end_time", "create_time")


def used(occurrence: Occurrence, feature: str) -> bool:
    """Whether the history says that the occurrence used the feature."""
    return bool(occurrence.raw[_FEATURES.index(feature) % 32] & 1)


def instance(occurrence: Occurrence) -> Record:
    """One element of `meetings[]` or `webinars[]` of GET /past_…/{id}/instances."""
    start = iso(occurrence.start + occurrence.instance_shift)
    row = {"uuid": occurrence.uuid, "start_time": "" if occurrence.startless else start}
    if occurrence.meeting.type in (FIXED_TIME, WEBINAR_FIXED_TIME):
        row["occurrence_id"] = f"{occurrence.start // 3600 * 3600}000"
    return row


def history_row(occurrence: Occurrence, knobs: Knobs) -> Record:
    """One element of `history_meetings[]`, its times and number as the knobs write them."""
    raw = occurrence.raw
    meeting = occurrence.meeting
    row: Record = {
        "meeting_uuid": occurrence.uuid,
        "meeting_id": meeting.id,
        "type": "Webinar" if meeting.is_webinar else "Meeting",
        "host_display_name": full_name(meeting.host),
        "host_email": meeting.host.email,
        "start_time": occurrence.start_time,
        "end_time": iso(occurrence.start + occurrence.minutes * 60),
        "topic": words.topic(meeting.raw),
        "participants": occurrence.rows,
        "duration": occurrence.minutes,
        "total_participant_minutes": occurrence.minutes * occurrence.rows,
        "department": pick(words.DEPARTMENTS, raw[0]),
        "group": [],
        "source": "Zoom",
        "create_time": iso(occurrence.start - 3600),
        "custom_fields": [],
        "tracking_fields": [],
        "feature_used": {name: used(occurrence, name) for name in _FEATURES},
    }
    if meeting.is_webinar:
        row |= {"unique_viewers": occurrence.rows, "max_concurrent_views": occurrence.rows}
    if occurrence.startless:
        row |= {"start_time": "", "end_time": "", "participants": 0, "duration": 0, "total_participant_minutes": 0}
    if knobs.history_times == "plain":
        row |= {name: row[name].replace("T", " ").removesuffix("Z") for name in _HISTORY_TIMES}
    return _renumbered(row, knobs.history_numbers)


def _renumbered(row: Record, form: str) -> Record:
    digits = str(row["meeting_id"])
    if form == "text":
        row["meeting_id"] = digits
    elif form == "spaced":
        row["meeting_id"] = f"{digits[:3]} {digits[3:-4]} {digits[-4:]}"
    elif form == "missing":
        del row["meeting_id"]
    return row


def reported_meeting(occurrence: Occurrence) -> Record:
    """One element of `meetings[]` of GET /report/users/{userId}/meetings."""
    row = report(occurrence) | {
        "source": "Zoom",
        "has_chat": occurrence.raw[5] % 2 == 0,
        "has_recording": False,
        "has_screen_share": True,
        "participants_count_my_account": occurrence.rows,
    }
    if occurrence.startless:
        row |= {"start_time": "", "end_time": "", "participants_count": 0, "duration": 0, "total_minutes": 0}
    return row


def report(occurrence: Occurrence, *, undocumented: bool = False) -> Record:
    """GET /report/meetings/{x} and /report/webinars/{x}."""
    raw = occurrence.raw
    meeting = occurrence.meeting
    row: Record = {
        "uuid": occurrence.uuid,
        "id": meeting.id,
        "type": meeting.type,
        "topic": words.topic(meeting.raw),
        "user_name": full_name(meeting.host),
        "user_email": meeting.host.email,
        "start_time": occurrence.start_time,
        "end_time": iso(occurrence.start + occurrence.minutes * 60),
        "duration": occurrence.minutes,
        "total_minutes": occurrence.minutes * occurrence.rows,
        "participants_count": occurrence.rows,
    }
    if raw[1] % 3:
        row["dept"] = pick(words.DEPARTMENTS, raw[0]) if raw[1] % 7 else None
    if raw[2] % 4 == 0:
        row["tracking_fields"] = [{"field": "Host Nation", "value": "Österreich"}]
        row["custom_keys"] = [{"key": "Host Nation", "value": "US"}]
    if undocumented and raw[3] % 6 == 0:
        row["beta_carbon_kg"] = raw[4] / 8
    return row


def past_meeting(occurrence: Occurrence) -> Record:
    """GET /past_meetings/{x}."""
    row = report(occurrence) | {
        "host_id": occurrence.meeting.host.id,
        "source": "Zoom",
        "has_meeting_summary": False,
    }
    row.pop("tracking_fields", None)
    row.pop("custom_keys", None)
    return row


def files(account: Account, occurrence: Occurrence) -> Rows:
    """`in_meeting_files[]`; the same file can be sent twice, then only the download_url differs."""
    count = occurrence.raw[17] * (2 * account.shape.files + 1) // 256
    return Rows(count, lambda i: _file(occurrence, i))


def _file(occurrence: Occurrence, index: int) -> dict[str, Any]:
    raw = digest(f"{occurrence.uuid}|file|{index}")
    name = "example.pdf" if index < 2 else f"Präsentation {index}.pptx"
    return {
        "file_name": name,
        "download_url": f"https://zoom.us/file/{short_id(raw)}",
        "file_size": 1_000 + int.from_bytes(raw[:3], "big"),
    }
