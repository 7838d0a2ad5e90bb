"""Knobs: how this Zoom behaves where its documents leave room, and what state the account and the app are in."""

from __future__ import annotations

from collections.abc import Collection  # noqa: TC003 - get_type_hints() looks it up
from dataclasses import dataclass, fields
from typing import Literal, get_args, get_origin, get_type_hints

FilesState = Literal[
    "served",
    "gone",
    "unrecognized",
    "bad_request",
    "forbidden",
    "scope",
    "html_403",
    "html_404",
    "html_410",
    "html_501",
]


@dataclass
class Knobs:
    """All of them may be changed while the server runs. The defaults are what Zoom's documents make likely."""

    # What the account is and may do
    environment: Literal["zoom.us", "zoomgov.com"] = "zoom.us"
    """The world that the account lives in; the hosts of the other world know neither its app nor its tokens."""
    app: Literal["active", "deactivated", "type_not_enabled"] = "active"
    scopes: Collection[str] | None = None
    """Scopes of the app, exactly; None: all granular ones that GRANULAR_SCOPES lists."""
    without_scopes: Collection[str] = ()
    """Scopes taken away from that."""
    role_permissions: Collection[str] = (
        "User:Read",
        "UsageReport:Read",
        "Recording:Read",
        "SmartMeetingSummaryMgt:Read",
        "Group:Read",
    )

    # Tokens
    token_seconds: float = 3600
    """Real lifetime of an access token."""
    expires_in: int | None = None
    """What the token answer claims; None: one second less than the lifetime, as seen live."""
    one_token: bool = False
    """A new access token voids the earlier ones."""
    api_url: str | None = ""
    """The `api_url` of the token answer: empty for the world's usual host, None to leave the field out."""
    invalid_token_status: Literal[401, 400] = 401
    """HTTP status of code 124."""
    bad_client_status: Literal[400, 401] = 400
    """HTTP status of `invalid_client`."""
    bad_account_reason: str = "Bad Request"
    scope_error_code: Literal[4711, 4700] = 4711

    # Paging
    page_size_over: Literal["cap", "refuse"] = "cap"
    """A page_size above 300."""
    users_page_cap: int = 300
    page_token_seconds: float = 900
    webinar_list_token: bool = True
    """Whether GET /users/{id}/webinars gives a next_page_token, or only page_number leads on."""
    webinar_list_counts: bool = True
    """Whether it gives page_count and page_number, or only total_records."""

    # Reports and history
    history: Literal["served", "refused", "unknown", "paid_only"] = "served"
    history_lacks: Collection[Literal["instant", "one_participant"]] = ()
    history_page_cap: int = 300
    history_numbers: Literal["number", "text", "spaced", "missing"] = "number"
    """How a history row writes its meeting_id: `85012345678`, `"85012345678"`, `"850 1234 5678"`, or not at all."""
    history_times: Literal["zoned", "plain"] = "zoned"
    """Times of a history row: `2026-07-23T17:51:22Z` or `2026-07-23 17:51:22`."""
    report_zone_hours: float = 0
    """Time zone of the days that `from` and `to` of history and user reports mean, in hours east of UTC."""
    report_window_days: int | None = None
    """Longest from-to distance of a report; None: one calendar month."""
    one_participant_report: Literal["not_found", "served"] = "not_found"
    meeting_participants_months: int = 12
    webinar_participants_months: int = 12
    waiting_room_rows: Literal["same_user_id", "own_user_id", "same_join_time"] = "same_user_id"
    """Whether a waiting-room row repeats the user_id of the main-room row, and even its join_time."""

    # What is odd
    odd_users: int = 0
    """So many neighbours in the list of users, from the second on, whose lists answer an unknown HTTP 400."""
    odd_series: int = 0
    """So many meetings, and webinars, with the longest past: everything about it answers an unknown HTTP 400."""
    wrongly_too_old: int = 0
    """So many of the newest past meetings, and webinars, are too old (12702) for every report."""
    odd_json: Collection[Literal["surrogate", "bom", "nan"]] = ()
    """Lone surrogates in texts, a byte order mark before every body, NaN among the undocumented fields."""
    retry_after_shift: float = 0
    """Seconds by which Retry-After of the daily limit is off: below zero it can lie in the past."""

    # What is off
    registration_off: tuple[int, int] = (400, 300)
    """Status and code of "Registration has not been enabled for this meeting"."""
    webinar_registration_off: Literal["error", "empty"] = "error"
    files: FilesState = "served"
    """Whether the deprecated files endpoints still serve, or how they are dead; html_…: with a web page."""
    unknown_path_status: Literal[404, 400] = 404
    account_recordings: Literal["served", "scope", "no_permission", "unauthorized", "unknown"] = "served"
    """GET /accounts/me/recordings: what an app without the right to it is told."""
    summaries: Literal["served", "disabled", "by_email_only", "ip_ranges", "paid_only"] = "served"
    transcripts: Literal["served", "forbidden"] = "served"
    groups: Literal["served", "paid_only", "error_in_200"] = "served"

    def __post_init__(self) -> None:
        hints = get_type_hints(type(self))
        for knob in fields(self):
            hint = hints[knob.name]
            if get_origin(hint) is Literal and getattr(self, knob.name) not in get_args(hint):
                raise ValueError(f"{knob.name} is one of {', '.join(map(str, get_args(hint)))}")
        unknown = set(self.odd_json) - {"surrogate", "bom", "nan"}
        if unknown:
            raise ValueError(f"odd_json: there is no {', '.join(sorted(unknown))}")
