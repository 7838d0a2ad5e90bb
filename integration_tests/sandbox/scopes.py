"""Scopes: what a token may read, by Zoom's granular and classic names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import ZoomError

if TYPE_CHECKING:
    from collections.abc import Collection

GRANULAR_SCOPES = (
    "user:read:list_users:admin",
    "user:read:user:admin",
    "meeting:read:list_meetings:admin",
    "meeting:read:meeting:admin",
    "meeting:read:list_registrants:admin",
    "meeting:read:list_polls:admin",
    "meeting:read:list_poll_results:admin",
    "meeting:read:list_registration_questions:admin",
    "meeting:read:list_past_instances:admin",
    "meeting:read:past_meeting:admin",
    "webinar:read:list_webinars:admin",
    "webinar:read:webinar:admin",
    "webinar:read:list_panelists:admin",
    "webinar:read:list_registrants:admin",
    "webinar:read:list_absentees:admin",
    "webinar:read:list_polls:admin",
    "webinar:read:list_past_polls:admin",
    "webinar:read:past_qa:admin",
    "webinar:read:list_registration_questions:admin",
    "webinar:read:list_tracking_sources:admin",
    "webinar:read:list_past_instances:admin",
    "report:read:meeting:admin",
    "report:read:list_meeting_participants:admin",
    "report:read:webinar:admin",
    "report:read:list_webinar_participants:admin",
    "report:read:list_history_meetings:admin",
    "report:read:list_users:admin",
    "report:read:user:admin",
    "report:read:operation_logs:admin",
    "report:read:user_activities:admin",
    "cloud_recording:read:list_account_recordings:admin",
    "cloud_recording:read:list_user_recordings:admin",
    "cloud_recording:read:meeting_transcript:admin",
    "meeting:read:list_past_participants:admin",
    "meeting:read:list_summaries:admin",
    "meeting:read:summary:admin",
    "webinar:read:list_past_participants:admin",
    "group:read:list_groups:admin",
    "group:read:list_members:admin",
    "role:read:list_roles:admin",
)
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
