"""Summaries that AI Companion wrote of meetings and webinars, as their list and GET …/meeting_summary send them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import words
from .draw import digest, iso, short_id
from .entities import LICENSED, Occurrence
from .reports import used
from .rows import Record, Rows

if TYPE_CHECKING:
    from .account import Account
    from .clock import Span

STARTED, CREATED = "summary_start_time", "summary_created_time"
_CONTENT = (
    "## Überblick\n- {topic}: agreed as planned.\n- Open: budget & schedule.\n\n## Action items\n- **{name}**\n"
    "  - Send the notes 📝"
)


@dataclass(slots=True, eq=False)
class Summary:
    """One summary of an occurrence, of which there can be two; times in Unix seconds."""

    ordinal: int
    occurrence: Occurrence
    part: int
    start: int | None
    created: int

    @property
    def raw(self) -> bytes:
        """The digest that the summary's fields are drawn from."""
        return digest(f"{self.occurrence.uuid}|summary|{self.part}")

    @property
    def trashed(self) -> bool:
        """The list still shows it, but its text is not handed out any more."""
        return self.ordinal % 6 == 3


class Summaries:
    """All summaries of an account, newest first, those to come included."""

    def __init__(self, account: Account) -> None:
        self._account = account
        found = [
            summary for o in account.occurrences.values() if _is_summarized(account, o) for summary in _of(account, o)
        ]
        self.all = sorted(found, key=lambda summary: (summary.created, summary.ordinal, summary.part), reverse=True)
        self._of: dict[str, list[Summary]] = {}
        for summary in self.all:
            self._of.setdefault(summary.occurrence.uuid, []).append(summary)

    def between(self, low: float, high: float, field: str, span: Span) -> Rows:
        """`summaries[]` whose time in `field` lies from `low` to before `high`; none that lacks the field."""
        visible = (summary for summary in self.all if span.reached(summary.created))
        found = [s for s in visible if (moment := _moment(s, field)) is not None and low <= moment < high]
        return Rows(len(found), lambda i: summary_row(found[i]))

    def latest(self, occurrence: Occurrence, span: Span) -> Summary | None:
        """The summary whose text Zoom hands out for the occurrence: the last one made."""
        return next((s for s in self._of.get(occurrence.uuid, ()) if span.reached(s.created)), None)

    def content(self, summary: Summary) -> Record:
        """GET /meetings/{uuid}/meeting_summary."""
        raw = summary.raw
        host = summary.occurrence.meeting.host
        topic = words.topic(summary.occurrence.meeting.raw)
        row = summary_row(summary) | {
            "summary_last_modified_user_id": host.id,
            "summary_last_modified_user_email": host.email,
            "summary_title": f"Meeting summary: {topic}",
            "summary_doc_url": f"https://docs.zoom.us/doc/{short_id(raw[3:])}",
        }
        if summary.ordinal % 7 != 4:
            # Some answers lack the text although the web portal shows one.
            row["summary_content"] = _CONTENT.format(topic=topic, name=" ".join(words.person(raw)))
        if raw[4] % 2:
            row |= {
                "summary_overview": f"About {topic}",
                "summary_details": [{"label": "Überblick", "summary": "Alles nach Plan."}],
                "next_steps": ["Send the notes"],
            }
        if raw[5] % 4 == 0:
            edited = {"summary_overview": "Shorter", "summary_details": "Edited", "next_steps": ["Nothing"]}
            row["edited_summary"] = edited
        if self._account.shape.undocumented and raw[6] % 5 == 0:
            row["beta_model"] = {"name": "companion", "confidence": raw[7] / 8}
        return row


def summary_row(summary: Summary) -> Record:
    """One element of `summaries[]`."""
    occurrence = summary.occurrence
    meeting = occurrence.meeting
    row: Record = {
        "meeting_host_id": meeting.host.id,
        "meeting_host_email": meeting.host.email,
        "meeting_uuid": occurrence.uuid,
        "meeting_id": meeting.id,
        "meeting_topic": words.topic(meeting.raw),
        "meeting_start_time": occurrence.start_time,
        "meeting_end_time": iso(occurrence.start + occurrence.minutes * 60),
        "summary_end_time": iso(occurrence.start + occurrence.minutes * 60),
        "summary_created_time": iso(summary.created),
        "summary_last_modified_time": iso(summary.created + summary.raw[0] * 60),
    }
    if summary.start is not None:
        row["summary_start_time"] = iso(summary.start)
    return row


def _is_summarized(account: Account, occurrence: Occurrence) -> bool:
    return (
        occurrence.meeting.host.type == LICENSED
        and occurrence.raw[28] < 256 * account.shape.summarized_share
        and used(occurrence, "meeting_summary")
    )


def _of(account: Account, occurrence: Occurrence) -> list[Summary]:
    """Mostly one; a few have a second, made some hours later, and a few lack the start."""
    n = occurrence.ordinal
    special = account.shape.special_cases
    start = None if special and n % 4 == 1 else occurrence.start + 30
    created = occurrence.start + occurrence.minutes * 60 + 300 + occurrence.raw[24] * 4
    found = [Summary(n, occurrence, 0, start, created)]
    if special and n % 5 == 2:
        found.append(Summary(n, occurrence, 1, start, created + 3 * 3600))
    return found


def _moment(summary: Summary, field: str) -> int | None:
    return summary.created if field == CREATED else summary.start
