"""Values of Zoom's answers that the connector itself works with, whatever type they come in."""

from __future__ import annotations


def text(value: object) -> str:
    """The value where it is text, as a UUID or a time must be, and else ""."""
    return value if isinstance(value, str) else ""


def whole_number(value: object) -> int | None:
    """An id or a code, which may come as a number or as its digits, None for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else None
