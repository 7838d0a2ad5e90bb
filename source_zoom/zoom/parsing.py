"""Typed values from Zoom's answers, whatever type they arrive in."""

from __future__ import annotations

from datetime import datetime, timezone

from airbyte_cdk.utils.datetime_helpers import ab_datetime_try_parse


def as_text(value: object) -> str:
    """The value if it is text, else ""."""
    return value if isinstance(value, str) else ""


def as_int(value: object) -> int | None:
    """An id or a code, which Zoom sends as a number or as digits, also grouped by spaces; None for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    digits = value.replace(" ", "") if isinstance(value, str) else ""
    try:
        return int(digits) if digits.isascii() and digits.isdigit() else None
    except ValueError:
        # More digits than Python converts.
        return None


def as_utc(value: object) -> datetime | None:
    """A time in UTC, which it also is where it names no zone; None where it cannot be read."""
    try:
        parsed = ab_datetime_try_parse(value) if isinstance(value, str) else None
        return parsed.astimezone(timezone.utc) if parsed else None
    except (OverflowError, ValueError):
        # A year outside 1 to 9999, possibly only after the shift to UTC, or an offset of a day or more.
        return None
