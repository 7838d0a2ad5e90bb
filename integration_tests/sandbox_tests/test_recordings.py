"""The simulated Zoom's recordings and transcripts: both lists, windows, files that are not ready, refusals."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import orjson
import pytest

from integration_tests.sandbox import AccountShape, Sandbox
from integration_tests.sandbox_tests.client import TODAY, Client, Record, Walk, canonical
from integration_tests.sandbox_tests.paths import segment, windows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# All that the account has lies in the last seventeen months.
FIRST = date(2025, 1, 1)
ACCOUNT = "accounts/me/recordings"
SECRET = "recording_play_passcode"


def read(client: Client, path: str, **query: str) -> list[Record]:
    walk = Walk(client, TODAY)
    rows = [row for window in windows(FIRST, TODAY) for row in walk.pages(path, "meetings", **window, **query)]
    return [{name: value for name, value in row.items() if name != SECRET} for row in rows]


def files_of(recordings: Iterable[Record]) -> Iterator[Record]:
    for recording in recordings:
        for file in recording["recording_files"]:
            yield file | {
                "file_id": file["id"] if "id" in file else f"{file['file_type']}:{file['recording_start']}",
                "host_id": recording["host_id"],
                "meeting_number": recording["id"],
                "meeting_start_time": recording["start_time"],
                "meeting_uuid": recording["uuid"],
            }


# What is owed


def test_the_accounts_list_is_the_truth_in_windows_not_users(zoom: Sandbox, client: Client) -> None:
    zoom.clear_requests()
    found = read(client, ACCOUNT)
    assert canonical(found) == canonical(zoom.truth("recordings"))
    assert canonical(files_of(found)) == canonical(zoom.truth("recording_files"))
    assert len(found) > 30
    assert len(zoom.requests) == len(list(windows(FIRST, TODAY)))
    assert {request.label for request in zoom.requests} == {"Medium"}


def test_a_start_date_is_held_against_the_start_of_the_meeting(zoom: Sandbox) -> None:
    start = datetime(2026, 3, 4, 12, tzinfo=timezone.utc)
    later = [r for r in zoom.truth("recordings") if r["start_time"] >= "2026-03-04T12:00:00Z"]
    assert canonical(zoom.truth("recordings", start)) == canonical(later)
    assert 0 < len(later) < zoom.owed("recordings")
    assert canonical(zoom.truth("recording_files", start)) == canonical(files_of(later))


def test_the_lists_of_the_users_are_the_truth_where_the_accounts_list_is_closed(zoom: Sandbox, client: Client) -> None:
    zoom.set_knobs(account_recordings="scope")
    users = [user for user in zoom.account.users if user.id]
    found = [
        row
        for u in users
        for row in read(client, f"users/{u.id}/recordings", recording_source_type="cloud_recording_only")
    ]
    assert {row["type"] for row in found} <= {"1", "2", "3", "4", "5", "6", "8", "9", "99"}
    as_numbers = [row | {"type": int(row["type"])} for row in found]
    assert canonical(as_numbers) == canonical(zoom.truth("recordings"))
    assert all(row["account_id"] == zoom.account.account_id for row in found)
    assert any(row.get("auto_delete_date") for row in found)


def test_only_the_accounts_list_has_what_a_user_recorded_who_left(zoom: Sandbox, client: Client) -> None:
    known = {user.id for user in zoom.account.users}
    by_account = [r for r in zoom.truth("recordings") if r["host_id"] not in known]
    (leaver,) = {r["host_id"] for r in by_account}
    assert len(by_account) == 4
    assert client.error(f"users/{leaver}/recordings")[:2] == (404, 1001)
    zoom.set_knobs(account_recordings="no_permission")
    assert {r["host_id"] for r in zoom.truth("recordings")} <= known
    assert zoom.owed("recordings") > 20


def test_nothing_is_owed_where_neither_list_may_be_read(zoom: Sandbox, client: Client) -> None:
    zoom.set_knobs(role_permissions=("User:Read",))
    assert zoom.owed("recordings") == zoom.owed("recording_files") == 0
    assert client.error(ACCOUNT) == (400, 200, "No permission.")


# Rows


def test_the_accounts_list_has_numbers_for_types_and_lacks_four_columns(zoom: Sandbox, client: Client) -> None:
    by_account = read(client, ACCOUNT)
    assert all(type(row["type"]) is int for row in by_account)
    own = {"account_id", "auto_delete", "auto_delete_date"}
    assert not any(own & row.keys() for row in by_account)
    answer = client.get(ACCOUNT, from_="2026-05-01", to="2026-05-20")
    assert SECRET.encode() not in answer.content
    assert "page_count" not in answer.json()


def test_passcodes_are_sent_and_not_owed(zoom: Sandbox, client: Client) -> None:
    owner = zoom.account.users[0]
    walk = Walk(client, TODAY)
    rows = [
        row
        for window in windows(FIRST, TODAY)
        for row in walk.pages(f"users/{owner.id}/recordings", "meetings", **window)
    ]
    codes = {row[SECRET] for row in rows}
    assert len(codes) == len(rows) > 5
    zoom.set_knobs(account_recordings="unknown")
    owed = b"".join(orjson.dumps(r) for table in ("recordings", "recording_files") for r in zoom.truth(table))
    assert not any(code.encode() in owed for code in codes)
    assert b"pwd=" not in owed


def test_files_are_placeholders_at_first(zoom: Sandbox) -> None:
    files = list(zoom.truth("recording_files"))
    placeholders = [file for file in files if not {"download_url", "file_path"} & file.keys()]
    assert {(file["status"], file["file_type"]) for file in placeholders} == {("processing", ""), ("processing", "MP4")}
    assert {file["meeting_start_time"][:10] for file in placeholders} <= {"2026-05-19", "2026-05-20"}
    # A file on the company's own server has no link and is complete all the same.
    assert any("file_path" in file and file.get("status") == "completed" for file in files)


def test_placeholders_become_files_under_the_same_id() -> None:
    with Sandbox(AccountShape(seed=7), today=TODAY) as zoom:
        before = {f["file_id"] for f in zoom.truth("recording_files") if f.get("status") == "processing"}
        foretold = canonical(zoom.truth("recording_files", at=zoom.clock.now + timedelta(days=2)))
        zoom.advance(days=2)
        after = {f["file_id"]: f for f in zoom.truth("recording_files")}
        assert canonical(after.values()) == foretold
        assert before <= after.keys()
        assert {after[file_id]["status"] for file_id in before} == {"completed"}
        with Client(zoom) as client:
            found = [
                row
                for w in windows(FIRST, zoom.clock.today)
                for row in Walk(client, TODAY).pages(ACCOUNT, "meetings", **w)
            ]
        assert canonical(files_of(found)) == foretold


def test_captions_and_timelines_have_no_id_and_files_are_told_apart_all_the_same(zoom: Sandbox) -> None:
    files = list(zoom.truth("recording_files"))
    nameless = [file for file in files if "id" not in file]
    assert {file["file_type"] for file in nameless} == {"CC", "TIMELINE"}
    assert not any({"status", "file_size", "recording_type", "play_url"} & file.keys() for file in nameless)
    assert len({(file["meeting_uuid"], file["file_id"]) for file in files}) == len(files)


def test_the_meeting_id_of_a_file_is_the_uuid(zoom: Sandbox) -> None:
    for file in zoom.truth("recording_files"):
        assert file["meeting_id"] == file["meeting_uuid"] != str(file["meeting_number"])


def test_a_meeting_that_was_recorded_twice_has_the_files_of_both(zoom: Sandbox) -> None:
    starts = [
        {f["recording_start"] for f in r["recording_files"] if f["file_type"] == "MP4"}
        for r in zoom.truth("recordings")
    ]
    assert {len(found) for found in starts if found} == {1, 2}


def test_my_notes_are_in_the_list_of_their_owner_alone(zoom: Sandbox, client: Client) -> None:
    owner = zoom.account.users[0]
    path = f"users/{owner.id}/recordings"
    assert [row["type"] for row in read(client, path)].count("96") == 2
    assert "96" not in {row["type"] for row in read(client, path, recording_source_type="cloud_recording_only")}
    assert 96 not in {row["type"] for row in read(client, ACCOUNT)}


def test_the_trash_is_a_list_of_its_own(zoom: Sandbox, client: Client) -> None:
    users = [user for user in zoom.account.users if user.id and user.type == 2]
    trashed = [row for u in users for row in client.get(f"users/{u.id}/recordings", trash="true").json()["meetings"]]
    assert trashed
    assert all("deleted_time" in file for row in trashed for file in row["recording_files"])
    assert {row["uuid"] for row in trashed}.isdisjoint(row["uuid"] for row in zoom.truth("recordings"))
    both = client.error(f"users/{users[0].id}/recordings", trash="true", from_="2026-05-01")
    assert both[:2] == (400, 300)


# Windows


def test_without_from_only_today(zoom: Sandbox, client: Client) -> None:
    body = client.get(ACCOUNT, page_size=300).json()
    assert (body["from"], body["to"]) == ("2026-05-20", "2026-05-20")
    assert all(row["start_time"].startswith("2026-05-20") for row in body["meetings"])


def test_one_month_a_call(zoom: Sandbox, client: Client) -> None:
    assert client.get(ACCOUNT, from_="2026-04-01", to="2026-05-01").status_code == 200
    assert client.error(ACCOUNT, from_="2026-04-01", to="2026-05-02")[:2] == (400, 300)
    assert client.error(ACCOUNT, from_="2026-04-01")[:2] == (400, 300)
    assert client.error(ACCOUNT, from_="2026-05-02", to="2026-05-01")[:2] == (400, 300)
    assert client.error(ACCOUNT, from_="May")[:2] == (400, 300)


def test_both_days_of_a_window_are_in_it(zoom: Sandbox, client: Client) -> None:
    day = next(r["start_time"] for r in zoom.truth("recordings"))[:10]
    body = client.get(ACCOUNT, from_=day, to=day).json()
    assert body["meetings"]
    assert {row["start_time"][:10] for row in body["meetings"]} == {day}


# Refusals


@pytest.mark.parametrize(
    ("state", "error"),
    [
        ("scope", (400, 4711)),
        ("no_permission", (400, 200)),
        ("unauthorized", (401, 124)),
        ("unknown", (404, 2300)),
    ],
)
def test_the_accounts_list_refuses_as_live_accounts_do(
    zoom: Sandbox, client: Client, state: str, error: tuple[int, int]
) -> None:
    zoom.set_knobs(account_recordings=state)
    assert client.error(ACCOUNT)[:2] == error
    owner = zoom.account.users[0]
    assert client.get(f"users/{owner.id}/recordings").status_code == 200


def test_scope_errors_name_the_scope_or_not(zoom: Sandbox, client: Client) -> None:
    zoom.set_knobs(account_recordings="scope", scope_error_code=4700)
    assert client.error(ACCOUNT) == (400, 4700, "Invalid access token, does not contain scopes.")
    zoom.set_knobs(scope_error_code=4711)
    assert client.error(ACCOUNT)[2].endswith("[cloud_recording:read:list_account_recordings:admin].")
    own = client.error(f"accounts/{zoom.account.account_id}/recordings")
    assert own[2].endswith("[cloud_recording:read:list_account_recordings:master].")


def test_the_classic_scope_is_another_word(zoom: Sandbox) -> None:
    zoom.set_knobs(scopes=("recording:read:admin",))
    with Client(zoom) as client:
        assert client.get(ACCOUNT).status_code == 200
        assert client.get(f"users/{zoom.account.users[0].id}/recordings").status_code == 200
        assert client.error("groups")[:2] == (400, 4711)
    zoom.set_knobs(scopes=("cloud_recording:read:admin",))
    with Client(zoom) as client:
        assert client.error(ACCOUNT)[:2] == (400, 4711)
    zoom.set_knobs(**vars(type(zoom.knobs)()))


def test_a_user_who_cannot_record_is_a_404(zoom: Sandbox, client: Client) -> None:
    unassigned = next(user for user in zoom.account.users if user.type == 4)
    path = f"users/{unassigned.id}/recordings"
    assert client.error(path) == (404, 3301, "There is no recording for this session.")


# Transcripts


def test_transcripts_asked_for_by_uuid_are_the_truth(zoom: Sandbox, client: Client) -> None:
    walk = Walk(client, TODAY)
    found = []
    for o in zoom.occurrences():
        parent = {"meeting_number": o.meeting.id, "meeting_uuid": o.uuid}
        found += [row | parent for row in walk.whole(f"meetings/{segment(o.uuid)}/transcript")]
    assert canonical(found) == canonical(zoom.truth("meeting_transcripts"))
    assert len(found) > 10
    assert set(walk.errors) == {(404, 3322, "This meeting transcript does n")}


def test_a_transcript_has_a_link_or_the_reason_why_not(zoom: Sandbox) -> None:
    rows = list(zoom.truth("meeting_transcripts"))
    assert all(("download_url" in row) is row["can_download"] for row in rows)
    assert all(("download_restriction_reason" in row) is not row["can_download"] for row in rows)
    assert {row["can_download"] for row in rows} == {True, False}
    assert all(row["meeting_id"] == row["meeting_uuid"] for row in rows)


def test_the_history_tells_where_a_transcript_can_be(zoom: Sandbox) -> None:
    features = ("live_transcription", "record_to_cloud", "meeting_summary")
    used = {h["meeting_uuid"]: h["feature_used"] for h in zoom.truth("report_history_meetings")}
    known = [row for row in zoom.truth("meeting_transcripts") if row["meeting_uuid"] in used]
    assert known
    assert all(any(used[row["meeting_uuid"]][name] for name in features) for row in known)
    assert any(not any(flags[name] for name in features) for flags in used.values())


def test_transcripts_can_be_forbidden(zoom: Sandbox, client: Client) -> None:
    uuid = next(row["meeting_uuid"] for row in zoom.truth("meeting_transcripts"))
    zoom.set_knobs(transcripts="forbidden")
    assert client.error(f"meetings/{segment(uuid)}/transcript")[0] == 403
    assert zoom.owed("meeting_transcripts") == 0
