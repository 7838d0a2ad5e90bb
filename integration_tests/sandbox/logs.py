"""Logs of the account: what admins changed, and who signed in and out. Rows have no id, and some equal each other."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta

from .account import HISTORY_MONTHS, Account
from .draw import digest, iso, midnight, months_back, pick
from .rows import Record

DayOf = Callable[[Account, date], list[Record]]

_CATEGORIES = ("User", "Account", "Role", "Meeting", "Recording", "Billing")
_ACTIONS = ("Add", "Update", "Delete")
_CLIENTS = ("Browser", "Windows", "Mac", "iPhone", "Android", "Zoom Rooms")
# Of today there are only rows of the first minutes after midnight, so that none lies ahead of the clock.
_TODAY_SECONDS, _DAY_SECONDS = 300, 86_000


def operation_logs(account: Account, day: date) -> list[Record]:
    """`operation_logs[]` of one UTC day, newest first. An admin's bulk change makes equal rows in one second."""
    return _rows_of_day(account, day, "operation", account.shape.operation_logs, _operation)


def sign_ins(account: Account, day: date) -> list[Record]:
    """`activity_logs[]` of one UTC day, newest first."""
    return _rows_of_day(account, day, "activity", account.shape.sign_ins, _sign_in)


def days(first: date, last: date) -> Iterator[date]:
    """From `last` back to `first`, both included."""
    for back in range((last - first).days + 1):
        yield last - timedelta(days=back)


def kept_days(account: Account) -> Iterator[date]:
    """Every day of which Zoom still has logs, latest first."""
    return days(months_back(account.today, HISTORY_MONTHS), account.today)


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
    age = (account.today - day).days
    raw = digest(f"{kind}|{account.shape.seed}|{age}")
    count = raw[0] * (2 * mean + 1) // 256
    span = _DAY_SECONDS if age else _TODAY_SECONDS
    made = []
    for index in range(count):
        own = digest(f"{kind}|{account.shape.seed}|{age}|{index}")
        moment = midnight(day) + int.from_bytes(own[:3], "big") % span
        made.append((moment, build(account, own, iso(moment))))
    made.sort(key=lambda pair: pair[0], reverse=True)
    rows = [row for _, row in made]
    if rows and account.shape.special_cases and raw[1] % 3 == 0:
        rows[-1:] = [dict(rows[-1]) for _ in range(2 + raw[2] % 2)]
    return rows


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
