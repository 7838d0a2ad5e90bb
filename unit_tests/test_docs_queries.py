"""The sample queries of docs/zoom.md: standard SQL that counts people, not stays."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = Path(__file__).parent.parent / "docs" / "zoom.md"
ATTENDANCE, NO_SHOWS, HOSTS = re.findall(r"```sql\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)

PARTICIPANT = ("user_id", "participant_user_id", "registrant_id", "user_email", "name", "status")
PEOPLE = [
    # Ada, signed in, comes back once; Bob, a registrant, too; Cleo is a guest of whom only the name is known.
    ("1", "ada", "", "ada@example.com", "Ada", "in_meeting"),
    ("2", "ada", "", "ada@example.com", "Ada L.", "in_meeting"),
    ("3", "", "bob", "", "Bob", "in_meeting"),
    ("4", "", "bob", "bob@example.com", "Robert", "in_meeting"),
    ("5", "", None, "", "Cleo", "in_meeting"),
    ("6", "", None, "", "Dan", "in_waiting_room"),
]


@pytest.fixture
def database() -> Iterator[sqlite3.Connection]:
    """Two meetings of one host, the second without participants, and a webinar with three registrants."""
    made = sqlite3.connect(":memory:")

    def fill(table: str, columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
        made.execute(f"create table {table} ({', '.join(columns)})")
        made.executemany(f"insert into {table} values ({', '.join('?' * len(columns))})", rows)

    reports = [("m1", "Plan", "2026-03-10T09:00:00Z", 30, "host@example.com")]
    reports += [("m2", "Empty", "2026-03-11T09:00:00Z", 60, "host@example.com")]
    fill("report_meetings", ("meeting_uuid", "topic", "start_time", "duration", "user_email"), reports)
    fill("report_meeting_participants", ("meeting_uuid", *PARTICIPANT), [("m1", *person) for person in PEOPLE])
    fill("report_webinars", ("webinar_uuid", "topic", "start_time"), [("w1", "Launch", "2026-03-12T09:00:00Z")])
    fill("report_webinar_participants", ("webinar_uuid", *PARTICIPANT), [("w1", *person) for person in PEOPLE])
    fill("webinar_absentees", ("webinar_uuid", "id"), [("w1", "eve"), ("w1", "fay")])
    yield made
    made.close()


def test_attendance_counts_each_person_once(database: sqlite3.Connection) -> None:
    assert database.execute(ATTENDANCE).fetchall() == [
        ("m1", "Plan", "2026-03-10T09:00:00Z", 3, 5),
        ("m2", "Empty", "2026-03-11T09:00:00Z", 0, 0),
    ]


def test_no_shows_are_registrants(database: sqlite3.Connection) -> None:
    assert database.execute(NO_SHOWS).fetchall() == [("w1", "Launch", "2026-03-12T09:00:00Z", 2, 1, 66.7)]


def test_hosts_have_meetings_hours_and_people(database: sqlite3.Connection) -> None:
    assert database.execute(HOSTS).fetchall() == [("host@example.com", 2, 1.5, 3.0)]
