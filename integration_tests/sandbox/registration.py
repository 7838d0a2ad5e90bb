"""Registrants, absentees, registration questions, panelists and tracking sources of meetings and webinars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import words
from .draw import DAY, digest, iso, midnight, pick, short_id
from .rows import Record, Rows

if TYPE_CHECKING:
    from .account import Account
    from .entities import Meeting, Occurrence

STATUSES = ("approved", "pending", "denied")


def registrants(account: Account, meeting: Meeting, status: str) -> Rows:
    """`registrants[]` of one status."""
    raw = meeting.raw
    shape = account.shape
    if status == "approved":
        count = shape.big_list_size if meeting.big else raw[23] * (2 * shape.registrants + 1) // 256
    else:
        count = raw[24 if status == "pending" else 25] % 3
    return Rows(count, lambda i: registrant(account, meeting, status, i))


def registrant_id(meeting: Meeting, status: str, index: int) -> str:
    """The id of the index-th registrant of that status."""
    return short_id(digest(f"{meeting.uuid}|{status}|{index}"))


def registrant(account: Account, meeting: Meeting, status: str, index: int) -> Record:
    """One element of `registrants[]`; empty fields are left out, as Zoom does, and now and then null."""
    raw = digest(f"{meeting.uuid}|{status}|{index}")
    first, last = words.person(raw)
    identity = short_id(raw)
    row: Record = {
        "id": identity,
        "email": f"r{index}.{raw[0]:02x}{raw[1]:02x}@example.com",
        "first_name": first,
        "last_name": last,
        "status": status,
        "create_time": iso(midnight(account.first_day) - (1 + raw[2] % 120) * DAY + raw[3] * 300),
        "join_url": f"https://zoom.us/w/{meeting.id}?tk={identity}.DQ",
    }
    variety = raw[4]
    if variety & 1:
        row |= {
            "address": "1800 Amphibious Blvd.",
            "city": pick(words.CITIES, raw[5]),
            "country": pick(words.COUNTRIES, raw[6]),
            "state": "CA",
            "zip": f"{94000 + raw[7]}",
            "phone": f"555{raw[8]:04d}",
        }
    if variety & 2:
        row |= {
            "org": pick(words.ORGS, raw[9]),
            "industry": pick(words.INDUSTRIES, raw[10]),
            "job_title": pick(words.JOBS, raw[11]),
            "no_of_employees": pick(words.EMPLOYEES, raw[12]),
            "purchasing_time_frame": pick(words.TIME_FRAMES, raw[13]),
            "role_in_purchase_process": pick(words.PURCHASE_ROLES, raw[14]),
        }
    if variety & 4:
        row["comments"] = "Looking forward to the discussion.\n" + first
        row["custom_questions"] = [{"title": pick(words.QUESTIONS, raw[15]), "value": pick(words.ANSWERS, raw[16])}]
    if variety & 24 == 24:
        row["comments"] = None
    if not meeting.is_webinar and status == "approved":
        row["participant_pin_code"] = 100_000 + int.from_bytes(raw[17:19], "big")
    if account.shape.undocumented and variety & 0xE0 == 0xE0:
        row["beta_source"] = {"utm": None, "score": raw[19] / 4}
    return row


def absentees(account: Account, occurrence: Occurrence, *, too_many: int = 0) -> Rows:
    """`registrants[]` of GET /past_webinars/{x}/absentees: approved registrants who did not come.

    A registrant of a recurring webinar can be absent from several of its occurrences.
    """
    webinar = occurrence.meeting
    shape = account.shape
    if occurrence.rows == shape.big_list_size:
        count = shape.big_list_size
    else:
        count = occurrence.raw[16] * (2 * shape.absentees + 1) // 256
    return Rows(count + too_many, lambda i: registrant(account, webinar, "approved", i))


def questions(account: Account, meeting: Meeting) -> Record:
    """The body of …/registrants/questions; custom_questions is missing where there are none."""
    raw = meeting.raw
    fields = ("last_name", "city", "country", "org", "comments", "no_of_employees")
    body: Record = {
        "questions": [{"field_name": name, "required": name == "last_name"} for name in fields[: 1 + raw[26] % 6]]
    }
    if raw[27] % 3:
        body["custom_questions"] = [
            {"title": pick(words.QUESTIONS, raw[28]), "type": "short", "required": True, "answers": []},
            {"title": "Größe?", "type": "single", "required": False, "answers": ["S", "M", "L"]},
        ][: 1 + raw[26] % 2]
    if account.shape.undocumented and meeting.ordinal % 6 == 3:
        body["beta_order"] = [2, 1]
    return body


def panelists(account: Account, webinar: Meeting) -> Rows:
    """`panelists[]`; not paged."""
    count = webinar.raw[28] * (2 * account.shape.panelists + 1) // 256
    return Rows(count, lambda i: _panelist(account, webinar, i))


def _panelist(account: Account, webinar: Meeting, index: int) -> Record:
    raw = digest(f"{webinar.uuid}|panelist|{index}")
    row: Record = {
        "id": short_id(raw),
        "email": f"p{index}.{raw[0]:02x}@example.com",
        "name": " ".join(words.person(raw)),
        "join_url": f"https://zoom.us/w/{webinar.id}?tk={short_id(raw[3:])}",
    }
    if raw[1] % 2:
        row |= {
            "name_tag_id": short_id(raw[5:]),
            "name_tag_name": row["name"],
            "name_tag_pronouns": "they/them",
            "name_tag_description": None,
        }
    if raw[2] % 3 == 0:
        row["virtual_background_id"] = short_id(raw[7:])
    if account.shape.undocumented and raw[4] % 8 == 0:
        row["beta_rank"] = index
    return row


def sources(account: Account, webinar: Meeting) -> Rows:
    """Where registrants come from; not paged."""
    count = webinar.raw[24] * (2 * account.shape.sources_per_webinar + 1) // 256
    return Rows(count, lambda i: _source(webinar, i))


def _source(webinar: Meeting, index: int) -> Record:
    raw = digest(f"{webinar.uuid}|source|{index}")
    identity = str(5_516_482_804_110 + int.from_bytes(raw[:4], "big"))
    return {
        "id": identity,
        "source_name": f"Kampagne {index}",
        "tracking_url": f"https://zoom.us/webinar/register/{identity}/WN_{short_id(raw)}",
        "registration_count": raw[5],
        "visitor_count": raw[5] + raw[6],
    }
