"""Path segments and windows, as a client of the simulated Zoom has to build them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterator


def segment(uuid: str) -> str:
    """The UUID as one path segment: encoded twice where it begins with a slash or has two in a row."""
    once = quote(uuid, safe="")
    return quote(once, safe="") if uuid.startswith("/") or "//" in uuid else once


def windows(first: date, last: date, days: int = 28) -> Iterator[dict[str, str]]:
    """`from_` and `to` of windows from `first` to `last`, each beginning on the day after the one before."""
    while first <= last:
        end = min(first + timedelta(days=days - 1), last)
        yield {"from_": first.isoformat(), "to": end.isoformat()}
        first = end + timedelta(days=1)
