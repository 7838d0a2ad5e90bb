"""Rows of the participants reports: one a join, so people repeat who rejoin, wait or go to a breakout room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import words
from .draw import digest, iso, short_id
from .registration import registrant_id, registrants
from .rows import Record, Rows

if TYPE_CHECKING:
    from .account import Account
    from .entities import Occurrence
    from .knobs import Knobs

# What the i-th row of every ten is: a person's first join, or another row of the person just before.
_FIRST, _REJOIN, _WAITING, _BREAKOUT = range(4)
_PATTERN = (_FIRST, _FIRST, _FIRST, _REJOIN, _FIRST, _WAITING, _FIRST, _BREAKOUT, _FIRST, _FIRST)
_GUEST, _EXTERNAL, _MEMBER = range(3)


def participants(account: Account, knobs: Knobs, occurrence: Occurrence, *, registrant_ids: bool) -> Rows:
    """`participants[]`; with registrant_id only where include_fields=registrant_id asked for it."""
    meeting = occurrence.meeting
    registered = len(registrants(account, meeting, "approved")) if occurrence.registration else 0
    waiting = knobs.waiting_room_rows

    def build(i: int) -> Record:
        return _participant(account, occurrence, i, waiting, registered if registrant_ids else -1)

    return Rows(occurrence.rows, build)


def _participant(account: Account, occurrence: Occurrence, index: int, waiting: str, registered: int) -> Record:
    kind = _PATTERN[index % 10]
    person = index if kind == _FIRST else index - 1
    raw = digest(f"{occurrence.uuid}|p|{person}")
    join = occurrence.start + 60 + int.from_bytes(raw[:2], "big") % 240 + person
    stay = 30 + raw[2] * 2
    user_id = 16_778_240 + person * 2048 + raw[3] % 4 * 256
    row: Record = {
        "id": "",
        "user_id": str(user_id),
        "participant_user_id": "",
        "name": " ".join(words.person(raw)),
        "user_email": "",
        "join_time": "",
        "leave_time": "",
        "duration": stay,
        "failover": False,
        "status": "in_meeting",
    }
    _identify(account, occurrence, row, person, raw)
    if kind == _REJOIN:
        join += stay + 45
        row["user_id"] = str(user_id + 512)
    elif kind == _WAITING:
        row["status"] = "in_waiting_room"
        if waiting == "own_user_id":
            row["user_id"] = str(user_id + 128)
        if waiting != "same_join_time":
            join -= 25
        row["duration"] = stay = 20
    elif kind == _BREAKOUT:
        join += 10
        row["bo_mtg_id"] = short_id(raw[4:]) + "=="
        row["duration"] = stay = max(stay - 20, 5)
    row["join_time"] = iso(join)
    row["leave_time"] = iso(join + stay)
    if registered >= 0:
        row["registrant_id"] = registrant_id(occurrence.meeting, "approved", person) if 0 < person < registered else ""
    if raw[5] % 10 == 0:
        row["customer_key"] = None if raw[6] % 2 else "349589LkJyeW"
    if account.shape.undocumented and raw[7] % 16 == 0:
        row["beta_camera"] = "lobby"
    return row


def _identify(account: Account, occurrence: Occurrence, row: Record, person: int, raw: bytes) -> None:
    """The host and members of the account carry their Zoom user id; guests have empty ids, many no email."""
    host = occurrence.meeting.host
    if person == 0:
        user = host
    else:
        sort = raw[8] % 3
        if sort == _GUEST:
            return
        if sort == _EXTERNAL:
            row["user_email"] = f"x{raw[9]:02x}{raw[10]:02x}@example.org"
            return
        user = account.users[int.from_bytes(raw[11:13], "big") % account.shape.users]
    row["id"] = row["participant_user_id"] = user.id
    row["user_email"] = user.email
    if person == 0:
        row["name"] = f"{row['name']} (host)"
