"""What Zoom refuses until somebody changes a setting: named once with the remedy, and cheap to find out."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from integration_tests.faulty import (
    PLAIN,
    asked,
    assert_failed,
    assert_true,
    assert_whole,
    met,
    repeated,
    sent_again,
    skips,
    sync,
)
from integration_tests.sandbox import CLASSIC_SCOPES, TABLES, Fault, Sandbox

pytestmark = pytest.mark.long

MEETING_TABLES = ["meetings", "meeting_registrants", "meeting_polls", "meeting_questions"]
PAST_MEETING_TABLES = [
    "meeting_poll_results",
    "meeting_files",
    "meeting_transcripts",
    "past_meeting_participants",
    "report_meetings",
    "report_meeting_participants",
]
PAST_WEBINAR_TABLES = [
    "webinar_absentees",
    "webinar_poll_results",
    "webinar_qna_results",
    "webinar_files",
    "past_webinar_participants",
    "report_webinars",
    "report_webinar_participants",
]
OF_REPORTS = [table for table in TABLES if table.startswith("report_")]
ACCOUNT_REPORTS = ["report_history_meetings", "report_operation_logs", "report_activities"]
# Tables whose lists are of the account, so that they need no list of users.
WITHOUT_USERS = [
    *ACCOUNT_REPORTS,
    "groups",
    "group_members",
    "roles",
    "recordings",
    "recording_files",
    "meeting_summaries",
    "meeting_summary_contents",
]
ADD_SCOPE = "Add it in the Zoom App Marketplace under Manage > your app > Scopes and save."
# Windows of one list that are read side by side.
WINDOW_THREADS = 8
# Times that a URL is sent which a firewall refuses.
FIREWALL_ATTEMPTS = 4
# Of six workers, one stays free for each of the two other labels; the rest may be at one label's parents when the first
# of them is refused.
SIX_WORKERS: dict[str, Any] = {"num_workers": 6}
UNDER_WAY = 4


def all_but(*tables: str) -> list[str]:
    return [table for table in TABLES if table not in tables]


# Scopes

# Table: (scope, path of its requests).
SCOPES = {
    "meetings": ("meeting:read:meeting:admin", r"^/v2/meetings/\d+$"),
    "webinar_panelists": ("webinar:read:list_panelists:admin", "/panelists$"),
    "report_meeting_participants": (
        "report:read:list_meeting_participants:admin",
        "^/v2/report/meetings/.*/participants$",
    ),
}


@pytest.mark.parametrize("table", SCOPES)
def test_missing_scope_of_one_table(catalog: dict[str, Any], table: str) -> None:
    scope, path = SCOPES[table]
    others = ["users", "meeting_polls", "webinar_polls", "meeting_registrants"]
    with Sandbox(PLAIN, without_scopes=[scope]) as zoom:
        output = sync(zoom, catalog, [table, *others], **SIX_WORKERS)
        words = ("the Zoom app lacks the scope", scope, ADD_SCOPE, f"Cannot read {table} of ", "code 4711")
        assert_failed(output, zoom, [table], others, "config_error", *words)
        assert 1 <= sum(asked(zoom, path).values()) <= UNDER_WAY
        assert not repeated(zoom)
        # One trace of the table, and the one that ends the sync.
        assert [error.get("stream_descriptor", {}).get("name") for error in output.errors] == [table, None]


def test_missing_scope_that_zoom_does_not_name(catalog: dict[str, Any]) -> None:
    with Sandbox(PLAIN, without_scopes=["webinar:read:list_polls:admin"], scope_error_code=4700) as zoom:
        output = sync(zoom, catalog, ["webinar_polls", "webinars"])
        assert_failed(output, zoom, ["webinar_polls"], ["webinars"], "config_error", "lacks a scope", ADD_SCOPE)


def test_missing_scope_of_a_list_fails_the_tables_below_it(catalog: dict[str, Any]) -> None:
    with Sandbox(PLAIN, without_scopes=["meeting:read:list_meetings:admin"]) as zoom:
        output = sync(zoom, catalog)
        failed = [*MEETING_TABLES, *PAST_MEETING_TABLES]
        words = ("Cannot read the list of meetings of user ", "meeting:read:list_meetings:admin", ADD_SCOPE)
        assert_failed(output, zoom, failed, all_but(*failed), "config_error", *words)
        # One reason for all of them, told once.
        assert output.errors[-1]["message"].count(ADD_SCOPE) == 1
        assert sum(asked(zoom, "^/v2/users/[^/]+/meetings$").values()) <= len(zoom.account.users)
        assert not repeated(zoom)


def test_missing_scope_of_past_instances_fails_what_took_place(catalog: dict[str, Any]) -> None:
    with Sandbox(PLAIN, without_scopes=["webinar:read:list_past_instances:admin"]) as zoom:
        output = sync(zoom, catalog)
        words = ("Cannot read instances of webinars of ", "webinar:read:list_past_instances:admin")
        assert_failed(output, zoom, PAST_WEBINAR_TABLES, all_but(*PAST_WEBINAR_TABLES), "config_error", *words)


def test_missing_scope_of_users_fails_all_that_needs_users(catalog: dict[str, Any]) -> None:
    with Sandbox(PLAIN, without_scopes=["user:read:list_users:admin"]) as zoom:
        output = sync(zoom, catalog)
        below = [table for table in TABLES if table not in WITHOUT_USERS]
        words = ("Cannot read users", "user:read:list_users:admin")
        assert_failed(output, zoom, below, WITHOUT_USERS, "config_error", *words)
        assert output.errors[-1]["message"].count("Cannot read") == 1
        assert sum(asked(zoom, "^/v2/users").values()) <= 3


def test_missing_scope_and_an_outage_of_another_table_make_a_sync_worth_repeating(catalog: dict[str, Any]) -> None:
    fault = Fault("daily_429", "^/v2/report/meetings/")
    with Sandbox(PLAIN, without_scopes=["webinar:read:list_polls:admin"], faults=[fault]) as zoom:
        failed = ["webinar_polls", "report_meetings"]
        output = sync(zoom, catalog, [*failed, "meetings"])
        words = ("webinar:read:list_polls:admin", "daily limit for heavy API requests")
        assert_failed(output, zoom, failed, ["meetings"], "transient_error", *words)


def test_classic_scopes_are_enough(catalog: dict[str, Any]) -> None:
    with Sandbox(PLAIN, scopes=CLASSIC_SCOPES) as zoom:
        tables = ["users", "meeting_polls", "webinar_panelists", "report_webinars"]
        assert_whole(sync(zoom, catalog, tables), zoom, tables)


# Roles

PERMISSIONS = ["User:Read", "UsageReport:Read", "Recording:Read", "SmartMeetingSummaryMgt:Read", "Group:Read"]


def all_permissions_but(name: str) -> list[str]:
    return [permission for permission in PERMISSIONS if permission != name]


def test_role_without_reports(catalog: dict[str, Any]) -> None:
    with Sandbox(PLAIN, role_permissions=all_permissions_but("UsageReport:Read")) as zoom:
        output = sync(zoom, catalog)
        words = ("lacks the permission UsageReport:Read (Reports > Usage reports)", "User Management > Roles")
        # The others have what the instances of scheduled meetings and webinars show.
        assert_failed(output, zoom, OF_REPORTS, all_but(*OF_REPORTS), "config_error", *words)
        # The history, the reports of users in its place, and what is under way when its table stops.
        assert len(asked(zoom, "^/v2/report/(history_meetings|users)")) <= 8
        assert not repeated(zoom)


def test_role_without_users(catalog: dict[str, Any]) -> None:
    with Sandbox(PLAIN, role_permissions=all_permissions_but("User:Read")) as zoom:
        output = sync(zoom, catalog)
        below = all_but(*WITHOUT_USERS)
        words = ("lacks the permission User:Read (Users)", "User Management > Roles")
        assert_failed(output, zoom, below, WITHOUT_USERS, "config_error", *words)
        assert output.errors[-1]["message"].count("Cannot read") == 1
        assert sum(asked(zoom, "^/v2/users").values()) <= 3


# Access


def test_allow_list_that_refuses_this_machine(catalog: dict[str, Any]) -> None:
    with Sandbox(PLAIN, faults=[Fault("waf_403", "^/v2/")]) as zoom:
        output = sync(zoom, catalog)
        words = ("a firewall in front of Zoom refuses this machine", "IP address", "allow list", "HTTP 403")
        assert_failed(output, zoom, TABLES, [], "config_error", *words)
        # Three lists of users, and of each list by dates the first window and those under way until three failed.
        urls = Counter(url.partition("?")[0] for url in asked(zoom))
        assert urls.pop("/v2/users") <= 3
        assert max(urls.values()) <= 1 + 3 + WINDOW_THREADS
        assert len(urls) == 7
        assert set(asked(zoom).values()) == {FIREWALL_ATTEMPTS}


def test_firewall_that_lets_only_the_users_through(catalog: dict[str, Any]) -> None:
    with Sandbox(PLAIN, faults=[Fault("waf_403", "^/v2/(?!users)")]) as zoom:
        output = sync(zoom, catalog)
        assert output.exit_code == 1
        assert output.errors[-1]["failure_type"] == "config_error"
        assert "allow list" in output.errors[-1]["message"]
        assert_true(output, zoom, ["users"])
        assert {output.statuses[table][-1] for table in all_but("users")} == {"INCOMPLETE"}
        assert set(met(zoom).values()) == {FIREWALL_ATTEMPTS}


def test_firewall_that_refuses_a_whole_table(catalog: dict[str, Any]) -> None:
    """Other tables are answered meanwhile, so it is no matter of the machine; an empty table would be a lie."""
    with Sandbox(PLAIN, faults=[Fault("waf_403", "^/v2/report/meetings/[^/]+$")]) as zoom:
        others = ["meetings", "meeting_polls", "report_meeting_participants"]
        output = sync(zoom, catalog, ["report_meetings", *others], **SIX_WORKERS)
        refused = skips(output)["report_meetings", "a web firewall refused the URL"]
        words = ("Cannot read report_meetings of ", f"It refused {refused} of {refused} requests for report_meetings.")
        assert_failed(output, zoom, ["report_meetings"], others, "config_error", *words)
        # After twenty in a row, those that are under way come to their end, and no other is sent.
        assert 20 <= refused <= 26
        assert list(met(zoom).values()) == [FIREWALL_ATTEMPTS] * refused


def test_account_without_access_to_the_api(catalog: dict[str, Any]) -> None:
    fault = Fault("answer", "^/v2/users", status=403, message="Access to the Zoom REST API has been denied.")
    with Sandbox(PLAIN, faults=[fault]) as zoom:
        output = sync(zoom, catalog, ["users", "meetings"])
        words = ("Zoom denies this account access to the API", "Zoom Support", "HTTP 403")
        assert_failed(output, zoom, ["users", "meetings"], [], "config_error", *words)


def test_redirect_to_another_host_gets_no_token(catalog: dict[str, Any]) -> None:
    with Sandbox(PLAIN, faults=[Fault("redirect", r"^/v2/(users\?|meetings/\d+\?)", at=(0, 5))]) as zoom:
        output = sync(zoom, catalog, ["users", "meetings"])
        assert_whole(output, zoom, ["users", "meetings"])
        assert repeated(zoom) == met(zoom, "redirect")
        assert zoom.refused_hosts == []
        assert {request.host for request in zoom.requests} == {"zoom.us", "api.zoom.us"}
        assert sent_again(output) == {"HTTP 302 with an HTML page": 2}
