"""Routes of recordings, summaries, transcripts, logs, groups, roles and past participants, as plain data."""

from __future__ import annotations

from typing import Literal

from .scopes import ACCOUNT_RECORDINGS, Needed, needed

Row = tuple[str, Literal["Light", "Medium", "Heavy"], Needed, str | None, int]


def _both(scope: str, *classic: str) -> Needed:
    """Scopes that exist for one user and, ending in :admin, for the account."""
    return needed((scope, f"{scope}:admin"), (*classic, *(f"{name}:admin" for name in classic)))


def _admin(scope: str, classic: str) -> Needed:
    return needed((f"{scope}:admin",), (f"{classic}:admin",))


_RECORDING, _SUMMARY = "Recording:Read", "SmartMeetingSummaryMgt:Read"
_REPORT, _GROUP = "UsageReport:Read", "Group:Read"

# By path: name of the endpoint's method, label, scopes, role permission (None: none is documented), place of the id.
ACCOUNT_ROUTES: dict[tuple[str, ...], Row] = {
    ("accounts", "*", "recordings"): ("account_recordings", "Medium", ACCOUNT_RECORDINGS, _RECORDING, 1),
    ("users", "*", "recordings"): (
        "user_recordings", "Medium", _both("cloud_recording:read:list_user_recordings", "recording:read"),
        _RECORDING, 1,
    ),
    ("meetings", "*", "transcript"): (
        "transcript", "Medium", _both("cloud_recording:read:meeting_transcript", "recording:read"), None, 1,
    ),
    ("meetings", "meeting_summaries"): (
        "summaries", "Medium", _admin("meeting:read:list_summaries", "meeting_summary:read"), _SUMMARY, 1,
    ),
    ("meetings", "*", "meeting_summary"): (
        "summary", "Light", _both("meeting:read:summary", "meeting_summary:read"), _SUMMARY, 1,
    ),
    ("past_meetings", "*", "participants"): (
        "past_meeting_participants", "Medium", _both("meeting:read:list_past_participants", "meeting:read"),
        "User:Read", 1,
    ),
    ("past_webinars", "*", "participants"): (
        "past_webinar_participants", "Medium", _both("webinar:read:list_past_participants", "webinar:read"),
        "User:Read", 1,
    ),
    ("report", "operationlogs"): (
        "operation_logs", "Heavy", _admin("report:read:operation_logs", "report:read"), _REPORT, 2,
    ),
    ("report", "activities"): ("activities", "Heavy", _admin("report:read:user_activities", "report:read"), _REPORT, 2),
    ("groups",): ("groups", "Medium", _admin("group:read:list_groups", "group:read"), _GROUP, 1),
    ("groups", "*", "members"): ("group_members", "Medium", _admin("group:read:list_members", "group:read"), _GROUP, 1),
    ("roles",): ("roles", "Medium", _admin("role:read:list_roles", "role:read"), None, 1),
}  # fmt: skip
