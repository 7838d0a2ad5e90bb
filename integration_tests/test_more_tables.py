"""Full reads of recordings, summaries, transcripts, logs, groups and roles: records, requests, refusals and secrets."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime, time, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest

from integration_tests.compare import differences
from integration_tests.faulty import asked, assert_whole, at_once, repeated, sync, tables_named
from integration_tests.sandbox import ACCOUNT_TABLES, AccountShape, Sandbox
from integration_tests.sandbox.answers import Answers

if TYPE_CHECKING:
    from integration_tests.connector import Output

pytestmark = pytest.mark.long

SECRETS = ("recording_play_passcode", "password", "download_access_token", "host_key")
# Days from the start date until today, so that users x windows are few.
DAYS, WINDOWS = 160, 6


def part(catalog: dict[str, Any], tables: tuple[str, ...], *, failed: tuple[str, ...] = (), **knobs: Any) -> Output:
    """A sync of these tables, of which some fail and the others have all that they owe."""
    with Sandbox(AccountShape(), **knobs) as zoom:
        output = sync(zoom, catalog, tables)
        whole = [table for table in tables if table not in failed]
        for table in whole:
            assert differences(output.records[table], zoom.truth(table)) == [], table
            assert output.statuses[table][-1] == "COMPLETE", table
        for table in failed:
            assert output.statuses[table][-1] == "INCOMPLETE", table
        assert output.exit_code == bool(failed), output.tail()
        assert not repeated(zoom)
        return output


def days_ago(days: int) -> datetime:
    today = datetime.now(timezone.utc).date()
    return datetime.combine(today - timedelta(days=days), time.min, timezone.utc)


def ending(output: Output) -> str:
    message: str = output.errors[-1]["message"]
    return message


# Records


def test_all_records_have_their_oddities(full_read: Output, zoom: Sandbox) -> None:
    """The account has what the documents leave open; the records themselves are compared in test_read.py."""
    records = full_read.records
    files = records["recording_files"]
    assert {"processing", "completed", None} <= {file.get("status") for file in files}
    assert any("id" not in file for file in files)
    assert any("download_url" not in file and "file_path" in file for file in files)
    assert all(file["meeting_id"] == file["meeting_uuid"] for file in files)
    users = {user.get("id") for user in records["users"]}
    assert any(row["host_id"] not in users for row in records["recordings"])
    summaries = Counter(row["meeting_uuid"] for row in records["meeting_summaries"])
    assert max(summaries.values()) == 2
    assert any("summary_start_time" not in row for row in records["meeting_summaries"])
    assert any("summary_content" not in row for row in records["meeting_summary_contents"])
    assert {row.get("download_restriction_reason") for row in records["meeting_transcripts"]} > {None}
    for table in ("report_operation_logs", "report_activities"):
        alike = Counter(json.dumps({**row, "log_id": ""}, sort_keys=True) for row in records[table])
        assert max(alike.values()) > 1, table
    assert any("id" not in row for row in records["group_members"])
    assert len({row["group_id"] for row in records["group_members"]}) < len(records["groups"])


def test_nothing_emitted_holds_a_secret(full_read: Output, zoom: Sandbox) -> None:
    of_recordings = json.dumps([full_read.records[table] for table in ("recordings", "recording_files")])
    everything = json.dumps(full_read.records)
    assert [secret for secret in SECRETS if f'"{secret}"' in of_recordings] == []
    # A meeting's password is a column of meetings.
    assert [secret for secret in SECRETS if f'"{secret}"' in everything and secret != "password"] == []
    recordings = Answers(zoom.account, zoom.knobs).recordings()
    rows = [recordings.record(recording, zoom.account.now, own_list=True) for recording in recordings.all]
    passcodes = {row["recording_play_passcode"] for row in rows}
    text = "\n".join(full_read.lines)
    assert passcodes
    assert [passcode for passcode in passcodes if passcode in text] == []
    assert "pwd=" not in of_recordings


def test_rows_before_the_start_date_are_left_out(catalog: dict[str, Any]) -> None:
    start = days_ago(78)
    with Sandbox(AccountShape()) as zoom:
        output = sync(zoom, catalog, ACCOUNT_TABLES, start_date=f"{start:%Y-%m-%d}")
        assert output.exit_code == 0, output.tail()
        for table in ACCOUNT_TABLES:
            assert differences(output.records[table], zoom.truth(table, start=start)) == [], table


# Requests


def test_history_selected_or_not_costs_the_same_requests(catalog: dict[str, Any]) -> None:
    tables = ("report_meetings", "webinar_poll_results")

    def requests(*selected: str) -> Counter[str]:
        # Of older occurrences it depends on the order of answers which are known to be too old.
        with Sandbox(AccountShape()) as zoom:
            output = sync(zoom, catalog, selected, start_date=f"{days_ago(120):%Y-%m-%d}")
            assert output.exit_code == 0, output.tail()
            return asked(zoom)

    found = at_once(
        {"with": lambda: requests(*tables, "report_history_meetings"), "without": lambda: requests(*tables)}
    )
    assert found["with"] == found["without"]


def test_history_alone_costs_its_windows(catalog: dict[str, Any]) -> None:
    with Sandbox(AccountShape()) as zoom:
        assert_whole(sync(zoom, catalog, ["report_history_meetings"]), zoom, ["report_history_meetings"])
        assert {request.path for request in zoom.requests} == {"/oauth/token", "/v2/report/history_meetings"}


def test_recordings_of_the_account_cost_windows_and_not_users(catalog: dict[str, Any]) -> None:
    tables = ("recordings", "recording_files")
    with Sandbox(AccountShape(users=30, recorded_share=0.2)) as zoom:
        output = sync(zoom, catalog, tables, start_date=f"{days_ago(100):%Y-%m-%d}")
        assert output.exit_code == 0, output.tail()
        assert len(asked(zoom)) == 4
        assert all("/v2/accounts/me/recordings" in url for url in asked(zoom))


# Refusals


@pytest.mark.parametrize("state", ["scope", "no_permission", "unauthorized", "unknown"])
def test_recordings_come_from_the_users_where_the_list_of_the_account_is_refused(
    catalog: dict[str, Any], state: Any
) -> None:
    tables = ("users", "recordings", "recording_files")
    start = days_ago(DAYS)
    with Sandbox(AccountShape(users=4), account_recordings=state) as zoom:
        output = sync(zoom, catalog, tables, start_date=f"{start:%Y-%m-%d}")
        assert output.exit_code == 0, output.tail()
        assert differences(output.records["users"], zoom.truth("users")) == []
        for table in tables[1:]:
            assert differences(output.records[table], zoom.truth(table, start=start)) == []
        # Four active users, one of whom may not record, and two inactive ones.
        assert len(asked(zoom, "^/v2/users/[^/]+/recordings")) == 6 * WINDOWS
        assert not repeated(zoom) or state == "unauthorized"
        (warning,) = [line for line in output.logs if "come from the lists of each user" in line]
        assert warning.startswith("WARN")
        assert sum(request.path == "/oauth/token" for request in zoom.requests) == (2 if state == "unauthorized" else 1)


def test_refused_both_ways_the_list_of_the_account_is_named(catalog: dict[str, Any]) -> None:
    scopes = (
        "cloud_recording:read:list_account_recordings:admin",
        "cloud_recording:read:list_user_recordings:admin",
    )
    output = part(
        catalog,
        ("recordings", "recording_files", "groups"),
        failed=("recordings", "recording_files"),
        without_scopes=scopes,
    )
    assert scopes[0] in ending(output)
    assert output.errors[-1]["failure_type"] == "config_error"


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("disabled", "AI Companion's meeting summaries are switched off"),
        ("by_email_only", "switch off 'Only share meeting summaries by email'"),
        ("ip_ranges", "add the addresses that Airbyte connects from"),
        ("paid_only", "paid plans only"),
    ],
)
def test_summaries_that_a_setting_forbids_fail_alone_and_with_advice(
    catalog: dict[str, Any], state: Any, words: str
) -> None:
    failed = ("meeting_summaries", "meeting_summary_contents")
    output = part(catalog, (*failed, "roles"), failed=failed, summaries=state)
    assert words in ending(output)
    assert tables_named(ending(output)) == set(failed)
    assert output.errors[-1]["failure_type"] == "config_error"


@pytest.mark.parametrize("state", ["paid_only", "error_in_200"])
def test_groups_without_a_paid_plan_fail_alone(catalog: dict[str, Any], state: Any) -> None:
    failed = ("groups", "group_members")
    output = part(catalog, (*failed, "roles"), failed=failed, groups=state)
    assert "paid plans only" in ending(output)
    assert tables_named(ending(output)) == set(failed)


def test_transcripts_that_may_not_be_viewed_fail_alone(catalog: dict[str, Any]) -> None:
    tables = ("meeting_transcripts", "past_meeting_participants")
    output = part(catalog, tables, failed=tables[:1], transcripts="forbidden")
    assert "Zoom lets the app view none of the" in ending(output)


@pytest.mark.parametrize("state", ["refused", "unknown", "paid_only"])
def test_history_refused_fails_its_table_alone(catalog: dict[str, Any], state: Any) -> None:
    tables = ("report_history_meetings", "past_webinar_participants")
    output = part(catalog, tables, failed=tables[:1], history=state)
    assert tables_named(ending(output)) == {"report_history_meetings"}
    assert output.errors[-1]["failure_type"] == "config_error"


@pytest.mark.parametrize(
    ("table", "scope"),
    [
        ("report_operation_logs", "report:read:operation_logs:admin"),
        ("report_activities", "report:read:user_activities:admin"),
        ("group_members", "group:read:list_members:admin"),
        ("roles", "role:read:list_roles:admin"),
        ("past_meeting_participants", "meeting:read:list_past_participants:admin"),
    ],
)
def test_a_missing_scope_is_named_by_its_table_alone(catalog: dict[str, Any], table: str, scope: str) -> None:
    output = part(catalog, (table, "groups"), failed=(table,), without_scopes=(scope,))
    assert f"[{table}] " in ending(output)
    assert scope in ending(output)


@pytest.mark.parametrize("numbers", ["text", "spaced", "missing"])
def test_history_is_canonical_however_zoom_writes_it(catalog: dict[str, Any], numbers: Any) -> None:
    part(catalog, ("report_history_meetings",), history_numbers=numbers, history_times="plain")
