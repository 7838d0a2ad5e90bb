"""Transcripts of past meetings: most have none, and of some only the reason why it cannot be fetched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import words
from .draw import DAY, day_of, iso, midnight, short_id
from .entities import LICENSED, Occurrence
from .reports import used

if TYPE_CHECKING:
    from .account import Account
    from .clock import Span
    from .rows import Record

# A transcript comes with one of these, so the history tells where there can be one.
FEATURES = ("live_transcription", "record_to_cloud", "meeting_summary")


def has_transcript(account: Account, occurrence: Occurrence, span: Span) -> bool:
    """Whether Zoom has a transcript of it, ready or not."""
    return (
        span.reached(_made(occurrence))
        and occurrence.meeting.host.type == LICENSED
        and occurrence.raw[25] < 256 * account.shape.transcribed_share
        and any(used(occurrence, feature) for feature in FEATURES)
    )


def transcript(account: Account, occurrence: Occurrence, span: Span) -> Record:
    """GET /meetings/{x}/transcript; its `meeting_id` is the UUID."""
    raw = occurrence.raw
    row: Record = {
        "meeting_id": occurrence.uuid,
        "account_id": account.account_id,
        "meeting_topic": words.topic(occurrence.meeting.raw),
        "host_id": occurrence.meeting.host.id,
        "transcript_created_time": iso(_made(occurrence)),
    }
    reason = _restriction(account, occurrence, span)
    row["can_download"] = not reason
    if reason:
        row["download_restriction_reason"] = reason
    else:
        row["download_url"] = f"https://zoom.us/rec/meeting/transcript/download/{short_id(raw[3:])}"
    if raw[14] % 3 == 0:
        row |= {"auto_delete": True, "auto_delete_date": day_of(occurrence.start + 600 * DAY).isoformat()}
    if account.shape.undocumented and raw[15] % 7 == 0:
        row["beta_language"] = "is"
    return row


def _made(occurrence: Occurrence) -> int:
    return occurrence.end + 900


def _restriction(account: Account, occurrence: Occurrence, span: Span) -> str:
    # Ready at the second midnight after the start.
    if not span.reached(midnight(day_of(occurrence.start)) + 2 * DAY):
        return "NOT_READY"
    if account.shape.special_cases and occurrence.ordinal % 9 == 4:
        return "DELETED_OR_TRASHED"
    return "NO_TRANSCRIPT_DATA" if account.shape.special_cases and occurrence.ordinal % 13 == 5 else ""
