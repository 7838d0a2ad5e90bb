"""Scopes: what a token may read, by Zoom's granular and classic names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import ZoomError

if TYPE_CHECKING:
    from collections.abc import Collection

CLASSIC_SCOPES = (
    "user:read:admin",
    "meeting:read:admin",
    "webinar:read:admin",
    "report:read:admin",
    "recording:read:admin",
    "meeting_summary:read:admin",
    "group:read:admin",
    "role:read:admin",
)
# The scopes that the error names, and all that open the endpoint.
Needed = tuple[tuple[str, ...], frozenset[str]]

_CLASSIC = {
    "user": ("user:read", "user:write", "user:read:admin", "user:write:admin"),
    "meeting": ("meeting:read:admin", "meeting:read"),
    "webinar": ("webinar:read:admin", "webinar:read"),
    "report": ("report:read:admin",),
}


def accepted(product: str, *granular: str) -> Needed:
    """For an endpoint whose granular and classic scopes begin with the same word."""
    return needed(granular, _CLASSIC[product])


def needed(granular: tuple[str, ...], classic: tuple[str, ...]) -> Needed:
    """For any endpoint."""
    return granular, frozenset((*granular, *classic))


ACCOUNT_RECORDINGS = needed(("cloud_recording:read:list_account_recordings:admin",), ("recording:read:admin",))
MASTER_RECORDINGS = needed(("cloud_recording:read:list_account_recordings:master",), ("recording:master",))


def require(granted: Collection[str], scopes: Needed, code: int) -> None:
    """Zoom's error unless one of the accepted scopes is granted; code 4711 names them, code 4700 does not."""
    named, opening = scopes
    if opening.isdisjoint(granted):
        detail = f":[{', '.join(named)}]" if code == 4711 else ""
        raise ZoomError(400, code, f"Invalid access token, does not contain scopes{detail}.")
