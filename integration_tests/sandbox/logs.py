"""Logs of the account: what admins changed, and who signed in and out. Rows have no id, and some equal each other."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING

from .account import HISTORY_MONTHS, Account
from .draw import day_of, digest, iso, midnight, months_back, pick

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from .clock import Span
    from .rows import Record

_CATEGORIES = ("User", "Account", "Role", "Meeting", "Recording", "Billing")
_ACTIONS = ("Add", "Update", "Delete")
_CLIENTS = ("Browser", "Windows", "Mac", "iPhone", "Android", "Zoom Rooms")
# A day's rows are of its first minutes, so that a test can hardly run into one that is being written.
_FIRST_SECONDS = 600
# Rows are written for so many days after the account was built.
_DAYS_AHEAD = 60
# The last moment of the year 9998, in Unix seconds: no row is later.
_FAR_AHEAD = 253_370_764_799


def operation_logs(account: Account, day: date, span: Span) -> list[Record]:
    """`operation_logs[]` of one UTC day, newest first. An admin's bulk change makes equal rows in one second."""
    return _visible(_rows_of_day(account, day, "operation", account.shape.operation_logs, _operation), span)


def sign_ins(account: Account, day: date, span: Span) -> list[Record]:
    """`activity_logs[]` of one UTC day, newest first."""
    return _visible(_rows_of_day(account, day, "activity", account.shape.sign_ins, _sign_in), span)


def days(first: date, last: date) -> Iterator[date]:
    """From `last` back to `first`, both included."""
    for back in range((last - first).days + 1):
        yield last - timedelta(days=back)


def kept_days(account: Account, span: Span) -> Iterator[date]:
    """Every day of which Zoom still has logs at any moment of the span, latest first."""
    last = account.first_day + timedelta(days=_DAYS_AHEAD)
    if span.last < midnight(last):
        last = day_of(int(span.last))
    return days(months_back(day_of(int(span.first)), HISTORY_MONTHS), last)


def numbered(rows: Iterable[Record]) -> Iterator[Record]:
    """The rows with a log_id: the SHA-256 of all columns and of the number among equal rows, 32 digits of it."""
    seen: Counter[str] = Counter()
    for row in rows:
        text = json.dumps(row, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        number = seen[text]
        seen[text] += 1
        yield row | {"log_id": hashlib.sha256(f"{text}|{number}".encode()).hexdigest()[:32]}


def _rows_of_day(
    account: Account, day: date, kind: str, mean: int, build: Callable[[Account, bytes, str], Record]
) -> list[Record]:
    age = (account.first_day - day).days
    raw = digest(f"{kind}|{account.shape.seed}|{age}")
    count = raw[0] * (2 * mean + 1) // 256 if age >= -_DAYS_AHEAD else 0
    made = []
    for index in range(count):
        own = digest(f"{kind}|{account.shape.seed}|{age}|{index}")
        moment = midnight(day) + int.from_bytes(own[:3], "big") % _FIRST_SECONDS
        made.append((moment, build(account, own, iso(moment))))
    made.sort(key=lambda pair: pair[0], reverse=True)
    rows = [row for _, row in made]
    if rows and account.shape.special_cases and raw[1] % 3 == 0:
        rows[-1:] = [dict(rows[-1]) for _ in range(2 + raw[2] % 2)]
    return rows


def _visible(rows: list[Record], span: Span) -> list[Record]:
    if not rows:
        return []
    until = iso(int(min(span.last, _FAR_AHEAD)))
    return [row for row in rows if row["time"] <= until]


def _operation(account: Account, raw: bytes, time: str) -> Record:
    user = account.users[raw[4] % len(account.users)]
    row: Record = {
        "action": pick(_ACTIONS, raw[5]),
        "category_type": pick(_CATEGORIES, raw[6]),
        "operation_detail": f"{pick(_ACTIONS, raw[5])} {user.email}: Größe → {raw[7]}",
        "operator": account.users[0].email,
        "time": time,
    }
    if account.shape.undocumented and raw[8] % 9 == 0:
        row["beta_session"] = raw.hex()[:12]
    return row


def _sign_in(account: Account, raw: bytes, time: str) -> Record:
    active = account.shape.users
    return {
        "client_type": pick(_CLIENTS, raw[4]),
        "email": account.users[int.from_bytes(raw[5:7], "big") % active].email,
        "ip_address": f"192.0.2.{raw[7]}",
        "time": time,
        "type": "Sign in" if raw[8] % 3 else "Sign out",
        "version": f"6.{raw[9] % 5}.{raw[10]}",
    }
