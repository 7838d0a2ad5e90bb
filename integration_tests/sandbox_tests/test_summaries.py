"""The simulated Zoom's summaries: their list and filter, their texts, and what keeps them from the API."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from integration_tests.sandbox_tests.client import TODAY, Client, Record, Walk, canonical
from integration_tests.sandbox_tests.paths import segment, windows

if TYPE_CHECKING:
    from integration_tests.sandbox import Sandbox

FIRST = date(2025, 1, 1)
CREATED = {"time_filter_field": "summary_created_time"}
LIST = "meetings/meeting_summaries"


def read(client: Client, **query: str) -> list[Record]:
    walk = Walk(client, TODAY)
    return [row for window in windows(FIRST, TODAY) for row in walk.pages(LIST, "summaries", **window, **query)]


def test_windows_by_the_time_of_making_find_the_truth(zoom: Sandbox, client: Client) -> None:
    zoom.clear_requests()
    found = read(client, **CREATED)
    assert canonical(found) == canonical(zoom.truth("meeting_summaries"))
    assert len(found) > 30
    assert {request.label for request in zoom.requests} == {"Medium"}


def test_the_filter_of_the_default_misses_what_lacks_a_start(zoom: Sandbox, client: Client) -> None:
    found = read(client)
    lacking = [row for row in zoom.truth("meeting_summaries") if "summary_start_time" not in row]
    assert lacking
    assert all("summary_start_time" in row for row in found)
    assert len(found) == zoom.owed("meeting_summaries") - len(lacking)


def test_an_occurrence_can_have_two_summaries_and_one_text(zoom: Sandbox) -> None:
    rows = list(zoom.truth("meeting_summaries"))
    counts = Counter(row["meeting_uuid"] for row in rows)
    assert set(counts.values()) == {1, 2}
    assert len({(row["meeting_uuid"], row["summary_created_time"]) for row in rows}) == len(rows)
    latest: dict[str, str] = {}
    for row in rows:
        latest[row["meeting_uuid"]] = max(latest.get(row["meeting_uuid"], ""), row["summary_created_time"])
    texts = list(zoom.truth("meeting_summary_contents"))
    assert len({row["meeting_uuid"] for row in texts}) == len(texts)
    assert all(row["summary_created_time"] == latest[row["meeting_uuid"]] for row in texts)


def test_a_start_date_is_held_against_the_time_of_making(zoom: Sandbox) -> None:
    start = datetime(2026, 3, 4, 12, tzinfo=timezone.utc)
    later = [r for r in zoom.truth("meeting_summaries") if r["summary_created_time"] >= "2026-03-04T12:00:00Z"]
    assert canonical(zoom.truth("meeting_summaries", start)) == canonical(later)
    assert 0 < len(later) < zoom.owed("meeting_summaries")
    texts = {row["meeting_uuid"] for row in zoom.truth("meeting_summary_contents", start)}
    assert texts < {row["meeting_uuid"] for row in later}


def test_dates_and_moments_bound_the_list(zoom: Sandbox, client: Client) -> None:
    made = max(row["summary_created_time"] for row in zoom.truth("meeting_summaries"))
    after = (datetime.fromisoformat(made.replace("Z", "+00:00")) + timedelta(seconds=1)).isoformat()
    day = made[:10]

    def count(**window: str) -> int:
        return len(client.get(LIST, **CREATED, **window).json()["summaries"])

    assert count(from_=day, to=day) >= 1
    assert count(from_=made, to=day) == count(from_=made, to=after.replace("+00:00", "Z")) == 1
    assert count(from_=after.replace("+00:00", "Z"), to=day) == 0
    assert client.error(LIST, from_="2026-04-01", to="2026-05-02")[:2] == (400, 300)
    assert client.error(LIST, from_="2026-05-01", to="2026-05-02", time_filter_field="made")[:2] == (400, 300)


# Texts


def test_texts_asked_for_by_uuid_are_the_truth(zoom: Sandbox, client: Client) -> None:
    zoom.clear_requests()
    walk = Walk(client, TODAY)
    uuids = {row["meeting_uuid"] for row in zoom.truth("meeting_summaries")}
    found = [row for uuid in uuids for row in walk.whole(f"meetings/{segment(uuid)}/meeting_summary")]
    assert canonical(found) == canonical(zoom.truth("meeting_summary_contents"))
    assert set(walk.errors) == {(403, 2305, "The meeting summary has been m")}
    assert {request.label for request in zoom.requests} == {"Light"}
    assert {"summary_content" in row for row in found} == {True, False}


def test_a_number_is_no_uuid(zoom: Sandbox, client: Client) -> None:
    number = next(row["meeting_id"] for row in zoom.truth("meeting_summaries"))
    assert client.error(f"meetings/{number}/meeting_summary") == (400, 300, "Invalid meeting ID.")
    assert client.error("meetings/bm90IHRoZXJl/meeting_summary")[:2] == (404, 3001)
    # The path of the list is no id of a meeting.
    assert client.error("meetings/meeting_summary")[1] == 3001


# What keeps them from the API


@pytest.mark.parametrize(
    ("state", "error", "words"),
    [
        ("disabled", (400, 3000), "Meeting Summary with AI Companion"),
        ("by_email_only", (403, 2305), "Only share meeting summaries by email"),
        ("ip_ranges", (403, 2305), "IP address access control"),
        ("paid_only", (400, 200), "Only available for Paid account."),
    ],
)
def test_refusals_of_the_whole_list(
    zoom: Sandbox, client: Client, state: str, error: tuple[int, int], words: str
) -> None:
    zoom.set_knobs(summaries=state)
    status, code, message = client.error(LIST, from_="2026-05-01", to="2026-05-20")
    assert (status, code) == error
    assert words in message
    assert zoom.owed("meeting_summaries") == zoom.owed("meeting_summary_contents") == 0


def test_the_same_code_says_trash_of_one_and_restriction_of_all(zoom: Sandbox, client: Client) -> None:
    texts = {row["meeting_uuid"] for row in zoom.truth("meeting_summary_contents")}
    listed = {row["meeting_uuid"] for row in zoom.truth("meeting_summaries")}
    trashed, kept = (listed - texts).pop(), texts.pop()
    path = "meetings/{}/meeting_summary"
    assert client.error(path.format(segment(trashed)))[2].startswith("The meeting summary has been moved to Trash")
    zoom.set_knobs(summaries="by_email_only")
    assert client.error(path.format(segment(kept)))[:2] == (403, 2305)
    assert "restricted by account settings" in client.error(path.format(segment(kept)))[2]


def test_the_classic_scope_is_another_word(zoom: Sandbox) -> None:
    for scope, status in (("meeting_summary:read:admin", 200), ("meeting:read:admin", 400)):
        zoom.set_knobs(scopes=(scope,))
        with Client(zoom) as client:
            assert client.get(LIST, from_="2026-05-01", to="2026-05-20").status_code == status
    zoom.set_knobs(**vars(type(zoom.knobs)()))
