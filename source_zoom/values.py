"""Values of Zoom's answers that the connector itself works with, whatever type they come in."""

from __future__ import annotations

from datetime import datetime, timezone


def text(value: object) -> str:
    """The value where it is text, as a UUID or a time must be, and else ""."""
    return value if isinstance(value, str) else ""


def whole_number(value: object) -> int | None:
    """An id or a code, which may come as a number or as its digits, None for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else None


def moment(value: object) -> datetime | None:
    """A time as Zoom writes it, in UTC where it names no zone, None where it cannot be read."""
    try:
        found = datetime.fromisoformat(text(value).replace("Z", "+00:00"))
    except ValueError:
        return None
    return found.astimezone(timezone.utc) if found.tzinfo else found.replace(tzinfo=timezone.utc)
