"""Rows of GET /past_meetings/{x}/participants and /past_webinars/{x}/participants: the report's, with less and more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .participants import participants
from .rows import NO_ROWS, Record, Rows

if TYPE_CHECKING:
    from .account import Account
    from .entities import Occurrence
    from .knobs import Knobs

_OF_THE_REPORT_ALONE = ("participant_user_id", "customer_key", "bo_mtg_id", "beta_camera")


def past_participants(account: Account, knobs: Knobs, occurrence: Occurrence) -> Rows:
    """`participants[]`, with registrant_id in any case; empty where only the host was there."""
    if occurrence.lone:
        return NO_ROWS
    rows = participants(account, knobs, occurrence, registrant_ids=True)
    return Rows(len(rows), lambda i: _past(account, rows.slice(i, i + 1)[0]))


def _past(account: Account, row: Record) -> Record:
    row["internal_user"] = row["id"] != ""
    if account.shape.undocumented and "beta_camera" in row:
        row["beta_lobby"] = True
    for column in _OF_THE_REPORT_ALONE:
        row.pop(column, None)
    return row
