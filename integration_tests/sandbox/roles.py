"""Roles of the account: those that every account has, its own, and those of Zoom Revenue Accelerator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .draw import digest, short_id

if TYPE_CHECKING:
    from .account import Account
    from .rows import Record

COMMON, REVENUE = "common", "iq"
KINDS = (COMMON, REVENUE)
_BUILT_IN = (("0", "Owner"), ("1", "Admin"), ("2", "Member"))


def roles(account: Account, kind: str) -> list[Record]:
    """`roles[]` of one kind. Not paged."""
    if kind == REVENUE:
        return [_own(account, 9, "Deal reviewer", REVENUE)] if account.shape.special_cases else []
    active = account.shape.users
    counts = {"0": 1, "1": 0, "2": active - 1}
    built_in = [
        {"id": identity, "name": name, "type": COMMON, "total_members": counts[identity]}
        for identity, name in _BUILT_IN
    ]
    return [*built_in, _own(account, 0, "Berichte lesen", COMMON), _own(account, 1, "Help desk", COMMON)]


def _own(account: Account, index: int, name: str, kind: str) -> Record:
    raw = digest(f"role|{account.shape.seed}|{index}")
    row: Record = {"id": f"R{short_id(raw)}", "name": name, "type": kind, "total_members": raw[0] % 4}
    if index % 2 == 0:
        row["description"] = "Reads reports, changes nothing"
    if account.shape.undocumented:
        row["beta_level"] = index
    return row
