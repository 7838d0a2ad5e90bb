"""Deterministic values: every field of every record is drawn from a digest of (seed, what it belongs to)."""

from __future__ import annotations

import base64
from calendar import monthrange
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")

DAY = 86_400
_EPOCH = date(1970, 1, 1)


def digest(key: str) -> bytes:
    """32 bytes that depend on `key` alone: the source of all choices for one entity or record."""
    return blake2b(key.encode(), digest_size=32).digest()


def pick(choices: tuple[T, ...], byte: int) -> T:
    """One of at most 256 choices."""
    return choices[byte % len(choices)]


def spread(ordinal: int, share: float) -> bool:
    """True for `share` of all ordinals, evenly spaced: the n-th is in when the running total passes a whole number."""
    return int((ordinal + 1) * share + 1e-9) > int(ordinal * share + 1e-9)


def short_id(raw: bytes) -> str:
    """22 characters of URL-safe base64, the look of Zoom's user, registrant, poll and panelist ids."""
    return base64.urlsafe_b64encode(raw[:16]).decode()[:22]


def uuid_of(raw: bytes, ordinal: int) -> str:
    """A meeting UUID: standard base64 of 16 bytes.

    Of every sixteen, one begins with `/`, one contains `//`, one contains `+` and one has a single inner `/`:
    the shapes that decide how often a client must percent-encode it.
    """
    data = bytearray(raw[:16])
    shape = ordinal % 16
    if shape == 3:
        data[0] |= 0xFC
    elif shape == 7:
        data[3], data[4] = 0xFF, data[4] | 0xF0
    elif shape == 11:
        data[6] = 0xF8 | (data[6] & 0x03)
    elif shape == 13:
        data[9], data[10] = 0xFC | (data[9] & 0x03), data[10] & 0x0F
    return base64.b64encode(bytes(data)).decode()


def needs_double_encoding(uuid: str) -> bool:
    """Zoom's rule: a UUID that begins with `/` or contains `//` has to be percent-encoded twice."""
    return uuid.startswith("/") or "//" in uuid


@lru_cache(maxsize=8192)
def _day(number: int) -> str:
    return (_EPOCH + timedelta(days=number)).isoformat()


def iso(seconds: int) -> str:
    """UTC date-time as Zoom writes it, `2026-03-23T06:58:09Z`, from Unix seconds."""
    day, rest = divmod(seconds, DAY)
    minutes, second = divmod(rest, 60)
    return f"{_day(day)}T{minutes // 60:02d}:{minutes % 60:02d}:{second:02d}Z"


def midnight(day: date) -> int:
    """Unix seconds of 00:00 UTC of `day`."""
    return (day - _EPOCH).days * DAY


def day_of(seconds: int) -> date:
    """UTC date of a moment in Unix seconds."""
    return _EPOCH + timedelta(days=seconds // DAY)


def utc_today() -> date:
    """The current date in UTC."""
    return datetime.now(timezone.utc).date()


def months_back(day: date, months: int) -> date:
    """The same day `months` calendar months earlier (negative: later), or that month's last day."""
    month = day.year * 12 + day.month - 1 - months
    year, month = divmod(month, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
