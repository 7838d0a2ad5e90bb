"""Paging: page_size, next_page_token and page_number, in the envelopes that Zoom documents."""

from __future__ import annotations

import base64
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from .errors import PAGE_TOKEN_DEAD, ZoomError, invalid_parameter

if TYPE_CHECKING:
    from .clock import Clock
    from .knobs import Knobs
    from .rows import Rows

DEFAULT_PAGE_SIZE = 30
MAX_PAGE_SIZE = 300


class PageTokens:
    """Issues next_page_tokens and takes them back.

    A token belongs to one list with one set of parameters, and dies `page_token_seconds` after it was last
    issued. The same place in the same list gets the same token, so that a run can be repeated exactly.
    """

    def __init__(self, knobs: Knobs, clock: Clock) -> None:
        self._knobs = knobs
        self._clock = clock
        self._issued: dict[str, tuple[str, int, float]] = {}
        self._epoch = 0

    def expire(self) -> None:
        """Voids every token issued so far; their places get new ones."""
        self._issued.clear()
        self._epoch += 1

    def issue(self, listing: str, offset: int) -> str:
        place = f"{self._epoch}|{listing}|{offset}".encode()
        token = base64.urlsafe_b64encode(blake2b(place, digest_size=26).digest()).decode()[:35]
        self._issued[token] = (listing, offset, self._clock())
        return token

    def offset(self, listing: str, token: str) -> int:
        """Where the token leads; the documented error for one that is unknown, expired or of another list."""
        known, offset, issued = self._issued.get(token, ("", 0, 0.0))
        if known != listing or self._clock() - issued > self._knobs.page_token_seconds:
            raise ZoomError(400, 300, PAGE_TOKEN_DEAD)
        return offset

    def page_number(self, query: dict[str, str]) -> int:
        """Which page of its list these parameters lead to, from 1; 1 where they lead to none."""
        size = query.get("page_size", "")
        rows = min(int(size), MAX_PAGE_SIZE) if size.isdigit() and int(size) else DEFAULT_PAGE_SIZE
        token = query.get("next_page_token")
        if token:
            return self._issued.get(token, ("", 0, 0.0))[1] // rows + 1
        number = query.get("page_number", "")
        return int(number) if number.isdigit() else 1


def page(
    tokens: PageTokens,
    knobs: Knobs,
    listing: str,
    query: dict[str, str],
    key: str,
    rows: Rows,
    *,
    cap: int = MAX_PAGE_SIZE,
    by_number: bool = False,
    with_token: bool = True,
) -> dict[str, Any]:
    """One page of `rows` under `key`, in Zoom's envelope. `by_number`: page_number is accepted and echoed."""
    size = _page_size(query, knobs, cap)
    token = query.get("next_page_token")
    others = sorted((name, value) for name, value in query.items() if name != "next_page_token")
    listing = f"{listing}?{others}"
    if token:
        start = tokens.offset(listing, token)
    else:
        start = (_positive(query, "page_number", 1) - 1) * size if by_number else 0
    end = start + size
    total = len(rows)
    body: dict[str, Any] = {
        "next_page_token": tokens.issue(listing, end) if with_token and end < total else "",
        "page_count": -(-total // size),
        "page_size": size,
        "total_records": total,
        key: rows.slice(start, end),
    }
    if by_number:
        body["page_number"] = start // size + 1
    return body


def _page_size(query: dict[str, str], knobs: Knobs, cap: int) -> int:
    size = _positive(query, "page_size", DEFAULT_PAGE_SIZE)
    if size > cap:
        if knobs.page_size_over == "refuse":
            invalid_parameter("page_size")
        return cap
    return size


def _positive(query: dict[str, str], name: str, default: int) -> int:
    text = query.get(name)
    if text is None or text == "":
        return default
    if not text.isdigit() or int(text) < 1:
        invalid_parameter(name)
    return int(text)
