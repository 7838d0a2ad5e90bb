"""Polls of a meeting or webinar, and what people answered: poll results and Q&A."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import words
from .draw import digest, iso, pick, short_id
from .rows import Record, Rows

if TYPE_CHECKING:
    from .account import Account
    from .entities import Meeting, Occurrence

# What a meeting's or an occurrence's polls look like; the ordinal decides.
SOME, NONE, DISABLED, NOT_FOUND, WITHOUT_LIST = "some", "none", "disabled", "not found", "without list"
_POLL_STATES = (SOME, SOME, DISABLED, SOME, NOT_FOUND, NONE)
_RESULT_STATES = (SOME, SOME, NOT_FOUND, SOME, WITHOUT_LIST, NONE)


def poll_state(account: Account, meeting: Meeting) -> str:
    """Whether GET …/polls has some, has none, or fails as Zoom documents it."""
    return _POLL_STATES[meeting.ordinal % 6] if account.shape.special_cases else SOME


def result_state(account: Account, occurrence: Occurrence) -> str:
    """Whether GET /past_…/polls and /qa have some, an empty list, no list at all, or say 404."""
    return _RESULT_STATES[occurrence.ordinal % 6] if account.shape.special_cases else SOME


def polls(account: Account, meeting: Meeting) -> Rows:
    """`polls[]`; not paged."""
    if poll_state(account, meeting) == NONE:
        return Rows(0, lambda _: {})
    return Rows(1 + meeting.raw[25] % 2, lambda i: _poll(account, meeting, i))


def _poll(account: Account, meeting: Meeting, index: int) -> Record:
    raw = digest(f"{meeting.uuid}|poll|{index}")
    poll: Record = {
        "id": short_id(raw),
        "title": "Learn something new" if raw[0] % 2 else "Umfrage, 2. Teil",
        "status": pick(("notstart", "started", "ended", "sharing"), raw[1]),
        "anonymous": raw[2] % 2 == 0,
        "poll_type": 1 + raw[3] % 3,
        "questions": [
            {
                "name": pick(words.QUESTIONS, raw[4]),
                "type": "single",
                "answers": ["Good", "Extremely useful", "はい"],
                "right_answers": ["Good"],
                "answer_required": False,
                "show_as_dropdown": False,
            },
            {
                "name": "Rate us",
                "type": "rating_scale",
                "rating_min_value": 0,
                "rating_max_value": 4,
                "rating_min_label": "Not likely",
                "rating_max_label": "Extremely Likely",
                "answer_required": True,
            },
            {
                "name": "Match",
                "type": "matching",
                "prompts": [{"prompt_question": "How are you?", "prompt_right_answers": ["Good"]}],
            },
        ][: 1 + raw[5] % 3],
    }
    if raw[6] % 6 == 0:
        poll["anonymous"] = None
    if account.shape.undocumented and raw[7] % 5 == 0:
        poll["beta_library"] = "shared"
    return poll


def poll_results(account: Account, occurrence: Occurrence) -> Rows:
    """`questions[]` of GET /past_…/polls: one element a person, anonymous ones and guests without an email."""
    if result_state(account, occurrence) != SOME:
        return Rows(0, lambda _: {})
    count = 1 + occurrence.raw[22] * (2 * account.shape.poll_results - 1) // 256
    return Rows(count, lambda i: _poll_result(account, occurrence, i))


def _poll_result(account: Account, occurrence: Occurrence, index: int) -> Record:
    raw = digest(f"{occurrence.uuid}|answer|{index}")
    row = _respondent(raw, index)
    row["question_details"] = [
        {
            "question": pick(words.QUESTIONS, raw[4 + k]),
            "answer": pick(words.ANSWERS, raw[8 + k]),
            "polling_id": short_id(raw[k:]),
            "date_time": iso(occurrence.start + 60 * (k + 1) + raw[12 + k]),
        }
        for k in range(1 + raw[3] % 3)
    ]
    if account.shape.undocumented and raw[16] % 9 == 0:
        row["beta_device"] = "room"
    return row


def qna_results(account: Account, occurrence: Occurrence) -> Rows:
    """`questions[]` of GET /past_webinars/{x}/qa."""
    if result_state(account, occurrence) != SOME:
        return Rows(0, lambda _: {})
    count = 1 + occurrence.raw[23] * (2 * account.shape.qna_results - 1) // 256
    return Rows(count, lambda i: _qna_result(occurrence, i))


def _qna_result(occurrence: Occurrence, index: int) -> Record:
    raw = digest(f"{occurrence.uuid}|qna|{index}")
    row = _respondent(raw, index)
    row["question_details"] = [
        {"question": pick(words.QUESTIONS, raw[4 + k]), "answer": pick(words.ANSWERS, raw[8 + k])}
        for k in range(1 + raw[3] % 3)
    ]
    return row


def _respondent(raw: bytes, index: int) -> Record:
    """Every third is anonymous, every fourth of the others an outsider without email."""
    if index % 3 == 1:
        return {"name": "Anonymous Attendee", "email": ""}
    first, last = words.person(raw)
    email = "" if raw[0] % 4 == 0 else f"q{index}.{raw[1]:02x}@example.com"
    row: Record = {"name": f"{first} {last}", "email": email}
    if raw[2] % 12 == 0:
        row["name"] = None
    return row
