"""The simulated Zoom against itself: an independent walk over real HTTPS finds exactly what the truth says is owed."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import orjson
import pytest

from integration_tests.sandbox import HOST_SECRETS, TABLES, AccountShape, Sandbox
from integration_tests.sandbox_tests.client import Client, Walk, canonical

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def zoom() -> Iterator[Sandbox]:
    with Sandbox(AccountShape(seed=7)) as sandbox:
        yield sandbox


def test_a_full_walk_finds_the_truth_and_meets_the_documented_errors(zoom: Sandbox) -> None:
    with Client(zoom) as client:
        walk = Walk(client, zoom.account.today)
        found = walk.run()
    for table in found:
        assert canonical(found[table]) == canonical(zoom.truth(table)), table
        assert zoom.owed(table) == len(found[table]) >= 5, table
    assert len(zoom.requests) < 1_500
    assert {(status, code) for status, code, _ in walk.errors} == {
        (400, 3161),
        (400, 200),
        (200, 200),
        (404, 3001),
        (400, 300),
        (400, 3000),
        (400, 4400),
        (404, 404),
        (400, 12702),
    }


def test_a_walk_from_a_start_date_finds_the_truth_from_there(zoom: Sandbox) -> None:
    start = datetime.now(timezone.utc) - timedelta(days=12)
    with Client(zoom) as client:
        found = Walk(client, zoom.account.today, start).run()
    for table in found:
        assert canonical(found[table]) == canonical(zoom.truth(table, start)), table
    assert 0 < zoom.owed("report_meetings", start) < zoom.owed("report_meetings")
    assert 0 < zoom.owed("meetings", start) < zoom.owed("meetings")
    assert zoom.owed("users", start) == zoom.owed("users")


@pytest.mark.parametrize(
    "shape",
    [
        AccountShape(users=1, inactive_users=0, pending_users=0, webinar_share=0),
        AccountShape(users=6, seed=3, special_cases=False, undocumented=False),
        AccountShape(users=30, seed=11, big_lists=0, meetings_per_user=1.5, unlisted_per_user=0.5),
    ],
)
@pytest.mark.parametrize("today", [date(2026, 2, 28), date(2024, 8, 31), date(2025, 12, 31)])
def test_other_shapes_and_dates(shape: AccountShape, today: date) -> None:
    with Sandbox(shape, today=today) as zoom, Client(zoom) as client:
        found = Walk(client, today).run()
        for table in found:
            assert canonical(found[table]) == canonical(zoom.truth(table)), table


def test_same_shape_seed_and_date_are_the_same_account() -> None:
    def read(seed: int) -> list[list[bytes]]:
        sandbox = Sandbox(AccountShape(users=6, seed=seed), today=date(2026, 6, 1))
        return [canonical(sandbox.truth(table)) for table in TABLES]

    assert read(5) == read(5)
    assert all(one != other for one, other in zip(read(5), read(6), strict=True))


def test_every_kind_of_parent_and_row_occurs(zoom: Sandbox) -> None:
    account = zoom.account
    assert {user.status for user in account.users} == {"active", "inactive", "pending"}
    assert {user.type for user in account.users} == {1, 2, 4}
    assert {m.type for m in account.listed_meetings()} == {2, 3, 8}
    assert {w.type for w in account.listed_webinars()} == {5, 6, 9}
    assert {m.type for m in account.meetings.values() if not m.listed} >= {1, 2, 4, 8, 5}
    uuids = [o.uuid for webinars in (False, True) for o in zoom.occurrences(webinars=webinars)]
    assert any(u.startswith("/") for u in uuids)
    assert any("//" in u for u in uuids)
    assert any("+" in u for u in uuids)
    assert any("/" in u and "//" not in u and not u.startswith("/") for u in uuids)
    numbers = Counter(o.meeting.id for o in account.occurrences.values())
    assert max(numbers.values()) > 1
    for owner in ("meeting_rows", "webinar_rows"):
        rows = Counter(row.id for user in account.users for row in getattr(user, owner))
        assert max(rows.values()) == 2, owner
    people = list(zoom.truth("report_meeting_participants"))
    assert {p["status"] for p in people} == {"in_meeting", "in_waiting_room"}
    assert any("bo_mtg_id" in p for p in people)
    assert any(p["id"] == "" and p["user_email"] == "" for p in people)
    assert any(p["registrant_id"] for p in people)
    keys = Counter((p["meeting_uuid"], p["user_id"]) for p in people)
    assert max(keys.values()) == 2, "a waiting-room row repeats the user_id of its person"
    whole = Counter((p["meeting_uuid"], p["user_id"], p["join_time"]) for p in people)
    assert max(whole.values()) == 1
    answers = list(zoom.truth("meeting_poll_results"))
    assert Counter(a["email"] for a in answers)[""] > 1
    assert any(a["name"] == "Anonymous Attendee" for a in answers)
    everything = b"".join(orjson.dumps(r) for table in TABLES for r in zoom.truth(table))
    assert b'"beta_' in everything
    assert b":null" in everything
    assert not everything.isascii()
    for secret in HOST_SECRETS:
        assert f'"{secret}"'.encode() not in everything


def test_documented_fields_only_when_undocumented_ones_are_off() -> None:
    zoom = Sandbox(AccountShape(undocumented=False))
    for table in TABLES:
        for record in zoom.truth(table):
            assert not any(name.startswith("beta_") for name in record), table


def test_many_parents_are_cheap() -> None:
    shape = AccountShape.of_parents(5_000)
    zoom = Sandbox(shape)
    parents = sum(zoom.owed(table) for table in ("meetings", "webinars", "users"))
    parents += sum(len(zoom.occurrences(webinars=w)) for w in (False, True))
    assert 4_500 < parents < 5_500
    assert 35_000 < sum(zoom.owed(table) for table in TABLES) < 200_000


def test_log_tells_how_many_rows_a_page_had(zoom: Sandbox) -> None:
    with Client(zoom) as client:
        (meeting, *_) = zoom.account.listed_meetings()
        for path, query, rows in (
            ("users", {"page_size": 5}, 5),
            ("users", {"page_size": 5, "page_number": 100}, 0),
            (f"meetings/{meeting.id}", {}, None),
            ("meetings/1/registrants", {"page_size": 5}, None),
        ):
            client.get(path, **query)
            assert (zoom.requests[-1].rows, zoom.requests[-1].as_dict()["rows"]) == (rows, rows)
