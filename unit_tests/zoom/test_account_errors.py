"""errors.py and messages.py: what Zoom answers about recordings, summaries, transcripts, logs, groups and roles."""

from __future__ import annotations

import pytest
from airbyte_cdk.models import FailureType

from source_zoom.zoom.errors import ErrorResponse, Meaning, rule_for
from source_zoom.zoom.messages import to_exception
from source_zoom.zoom.scopes import granular
from source_zoom.zoom.severity import ends_table

SUMMARY = "/v2/meetings/mQ3xT9aLS0%2BfU2yEwB7k1Q%3D%3D/meeting_summary"
SUMMARIES = "/v2/meetings/meeting_summaries"
BY_EMAIL = (
    "Access to meeting summaries is restricted by account settings. To use this feature, disable the **Only share "
    "meeting summaries by email** setting in the **Account Settings** page of the Zoom web portal."
)
IP_RANGES = (
    "Access to meeting summaries is restricted to specific IP address ranges. To allow access, go to the **Settings** "
    "page in the Zoom web portal and update the **IP address access control** setting."
)
DISABLED = "Meeting summary disabled. To enable this feature, enable the **Meeting Summary with AI Companion** setting."
TRASH = "The meeting summary has been moved to Trash and cannot be accessed."
PAID = "Only available for Paid account."


@pytest.mark.parametrize(
    ("path", "status", "code", "message", "meaning", "words"),
    [
        (SUMMARY, 403, 2305, TRASH, Meaning.NOTHING_THERE, "trash"),
        (SUMMARY, 403, 2305, BY_EMAIL, Meaning.SETTING_FORBIDS, "by email"),
        (SUMMARIES, 403, 2305, BY_EMAIL, Meaning.SETTING_FORBIDS, "by email"),
        (SUMMARIES, 403, 2305, IP_RANGES, Meaning.SETTING_FORBIDS, "IP address"),
        (SUMMARIES, 400, 3000, DISABLED, Meaning.SETTING_FORBIDS, "switched off"),
        (SUMMARIES, 400, 200, PAID, Meaning.SETTING_FORBIDS, "paid plans only"),
        (SUMMARY, 400, 200, PAID, Meaning.HOST_CANNOT, "the host is not on a paid plan"),
        (SUMMARY, 400, 300, "Invalid meeting ID.", Meaning.NOTHING_THERE, ""),
        ("/v2/groups", 400, 200, PAID, Meaning.SETTING_FORBIDS, "paid plans only"),
        ("/v2/groups", 200, 200, "Only available for paid accounts.", Meaning.SETTING_FORBIDS, "paid plans only"),
        ("/v2/groups/a/members", 404, 4130, "A group with this a does not exist.", Meaning.NOTHING_THERE, "deleted"),
        ("/v2/groups", 404, 4130, "A group with this a does not exist.", Meaning.UNEXPECTED, ""),
        ("/v2/groups/a/members", 400, 3161, "Meeting hosting is not allowed.", Meaning.UNEXPECTED, ""),
        ("/v2/roles", 400, 4700, "does not contain role:read:admin scope.", Meaning.SCOPE_MISSING, ""),
        ("/v2/accounts/me/recordings", 404, 2001, "Account does not exist: me.", Meaning.ENDPOINT_GONE, ""),
        ("/v2/users/a/recordings", 404, 3301, "There is no recording for this session.", Meaning.NOTHING_THERE, ""),
        ("/v2/meetings/a/transcript", 404, 3322, "does not exist.", Meaning.NOTHING_THERE, "no transcript"),
        ("/v2/meetings/a/transcript", 403, None, "Forbidden No permission", Meaning.HOST_CANNOT, "may not be viewed"),
        ("/v2/meetings/a/transcript", 403, None, "Forbidden", Meaning.ACCESS_DENIED, ""),
        ("/v2/past_meetings/a/participants", 404, 3001, "Meeting does not exist: a.", Meaning.NOTHING_THERE, "deleted"),
        ("/v2/past_meetings/a/participants", 400, 12702, "a year ago.", Meaning.TOO_OLD, ""),
        ("/v2/past_meetings/a/participants", 400, 200, f"{PAID}: a", Meaning.HOST_CANNOT, ""),
        ("/v2/report/operationlogs", 400, 300, "Invalid parameter: from.", Meaning.WINDOW_REFUSED, ""),
        ("/v2/report/activities", 400, 300, "the last six months", Meaning.WINDOW_REFUSED, ""),
        ("/v2/accounts/me/recordings", 400, 300, "Invalid parameter: to.", Meaning.UNEXPECTED, ""),
        (SUMMARIES, 400, 300, "Invalid parameter: to.", Meaning.UNEXPECTED, ""),
    ],
)
def test_answer_has_meaning(
    path: str, status: int, code: int | None, message: str, meaning: Meaning, words: str
) -> None:
    rule = rule_for(ErrorResponse(status, code, message, path=path))
    assert rule.meaning is meaning
    assert words in rule.reason


def test_reports_of_participants_and_past_participants_have_reasons_of_their_own() -> None:
    reports, past = (
        rule_for(ErrorResponse(404, 3001, "Meeting does not exist: a.", path=path)).reason
        for path in ("/v2/report/meetings/a/participants", "/v2/past_meetings/a/participants")
    )
    assert "no participant report" in reports
    assert "report" not in past


@pytest.mark.parametrize(
    ("path", "permission"),
    [
        ("/v2/report/operationlogs", "UsageReport:Read"),
        ("/v2/accounts/me/recordings", "Recording:Read"),
        ("/v2/users/a/recordings", "Recording:Read"),
        (SUMMARY, "SmartMeetingSummaryMgt:Read"),
        (SUMMARIES, "SmartMeetingSummaryMgt:Read"),
        ("/v2/groups", "Group:Read"),
        ("/v2/groups/a/members", "Group:Read"),
        ("/v2/past_meetings/a/participants", "User:Read"),
    ],
)
def test_missing_role_permission_is_named_by_path(path: str, permission: str) -> None:
    response = ErrorResponse(400, 200, "No permission.", path=path)
    error = to_exception(rule_for(response), response, "the table")
    assert error.failure_type is FailureType.config_error
    assert f"lacks the permission {permission} (" in str(error)


@pytest.mark.parametrize(
    ("response", "advice"),
    [
        (ErrorResponse(403, 2305, BY_EMAIL, path=SUMMARIES), "switch off 'Only share meeting summaries by email', or"),
        (ErrorResponse(403, 2305, IP_RANGES, path=SUMMARIES), "add the addresses that Airbyte connects from, or"),
        (ErrorResponse(400, 3000, DISABLED, path=SUMMARIES), "switch on 'Meeting Summary with AI Companion', or"),
    ],
)
def test_setting_that_forbids_ends_the_table_with_advice(response: ErrorResponse, advice: str) -> None:
    error = to_exception(rule_for(response), response, "meeting_summaries")
    assert error.failure_type is FailureType.config_error
    assert ends_table(error)
    assert str(error).startswith("Cannot read meeting_summaries: ")
    assert f"{advice} deselect the table." in str(error)


@pytest.mark.parametrize(
    ("name", "opened_by"),
    [
        ("cloud_recording:read:meeting_transcript:admin", ["recording:read:admin", "recording:read"]),
        ("cloud_recording:read:meeting_transcript:admin", ["cloud_recording:read:meeting_transcript"]),
        ("group:read:list_groups:admin", ["group:read:admin", "group:read:list_groups:master"]),
        ("role:read:list_roles:admin", ["role:read:admin"]),
    ],
)
def test_classic_scopes_of_products_with_another_classic_word(name: str, opened_by: list[str]) -> None:
    scope = granular(name)
    assert all(scope.is_in({granted}) for granted in opened_by)
    assert not scope.is_in({"meeting:read:admin", "user:read:admin", "cloud_recording:read:admin"})
