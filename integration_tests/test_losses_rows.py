"""Rows that are hard to read, and columns that only a parameter brings: all of them come, with their keys."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from integration_tests.faulty import PLAIN, assert_true, assert_whole, skips, sync
from integration_tests.sandbox import TABLES, Fault, Sandbox, path_of
from unit_tests.resource.facts import TABLES as FACTS

if TYPE_CHECKING:
    from integration_tests.sandbox.entities import Meeting

ODDITIES = [["surrogate"], ["bom"], ["nan"], ["surrogate", "bom", "nan"]]
SERIES = replace(PLAIN, occurrences_per_recurring=6)


@pytest.mark.parametrize("oddities", ODDITIES, ids=" ".join)
def test_json_that_a_strict_reader_refuses(catalog: dict[str, Any], oddities: list[str]) -> None:
    tables = ["users", "meetings", "webinar_tracking_sources", "report_meetings", "report_meeting_participants"]
    with Sandbox(PLAIN, odd_json=oddities) as zoom:
        output = sync(zoom, catalog, tables)
        assert_whole(output, zoom, tables)
        if "surrogate" in oddities:
            assert any("\N{REPLACEMENT CHARACTER}" in str(row) for row in output.records["users"])


def test_columns_that_only_a_parameter_brings(catalog: dict[str, Any]) -> None:
    with Sandbox(SERIES) as zoom:
        output = sync(zoom, catalog, ["users", "meetings", "webinars"])
        assert_whole(output, zoom, ["users", "meetings", "webinars"])
        assert all(row["custom_attributes"] for row in output.records["users"])
        for table, listed in (
            ("meetings", zoom.account.listed_meetings()),
            ("webinars", zoom.account.listed_webinars()),
        ):
            rows = {row["id"]: row for row in output.records[table]}
            series = [meeting for meeting in listed if meeting.type in (8, 9) and meeting.occurrences]
            assert series
            assert all(_past(meeting) <= _occurrences(rows[meeting.id]) for meeting in series)
        # They cost no request: one page a status and list, and one a meeting.
        paths = [
            request.path for request in zoom.requests if re.match(r"/v2/(users$|meetings/|webinars/)", request.path)
        ]
        listed_ids = len(output.records["meetings"]) + len(output.records["webinars"])
        assert len(paths) == 3 + listed_ids


def _past(meeting: Meeting) -> set[str]:
    return {occurrence.start_time for occurrence in meeting.occurrences}


def _occurrences(row: dict[str, Any]) -> set[str]:
    return {occurrence["start_time"] for occurrence in row["occurrences"]}


@pytest.mark.parametrize("table", ["report_meetings", "report_webinars"])
@pytest.mark.parametrize("body", [{}, {"uuid": None, "id": None}, {"topic": "nothing else"}], ids=str)
def test_report_without_its_ids_has_its_key(catalog: dict[str, Any], table: str, body: dict[str, Any]) -> None:
    with Sandbox(PLAIN, faults=[Fault("answer", rf"^/v2/report/{table[7:]}/[^/]+$", body=body)]) as zoom:
        output = sync(zoom, catalog, [table])
        assert output.exit_code == 0, output.tail()
        uuid, number = f"{table[7:-1]}_uuid", f"{table[7:-1]}_id"
        assert list(FACTS[table].key) == [uuid]
        owed = {row[uuid]: row[number] for row in zoom.truth(table)}
        read = {row[uuid]: row[number] for row in output.records[table]}
        assert read.items() >= owed.items()
        assert len(output.records[table]) == len(read)
        assert None not in {*read, *read.values()}


def test_keys_are_filled_where_zoom_sends_no_number(catalog: dict[str, Any]) -> None:
    with Sandbox(PLAIN, history_numbers="missing") as zoom:
        output = sync(zoom, catalog)
        assert output.exit_code == 0, output.tail()
        for table in TABLES:
            if FACTS[table].is_past:
                found = {column: [row[column] for row in output.records[table]] for column in FACTS[table].key}
                assert [column for column, values in found.items() if None in values] == [], table


# Words and statuses that differ from those seen so far: (path, status, code, message, reason).
WORDS: dict[str, tuple[str, int, int | None, str, str]] = {
    "3001 under 400": ("report", 400, 3001, "Meeting does not exist.", "expired"),
    "meeting ID": ("meetings", 400, 300, "Invalid meeting ID.", "the number is a webinar's"),
    "meeting info": ("meetings", 400, 3000, "Cannot access meeting info.", "the number is a webinar's"),
    "404": ("report", 404, 404, "Not Found", "nothing under this id"),
}


@pytest.mark.parametrize("name", WORDS)
def test_refusal_in_other_words_skips_its_parent_alone(catalog: dict[str, Any], name: str) -> None:
    where, status, code, message, reason = WORDS[name]
    with Sandbox(PLAIN) as zoom:
        victim = zoom.occurrences()[3]
        meeting = zoom.account.listed_meetings()[3]
        table, path = (
            ("report_meetings", f"^/v2/report/meetings{path_of(victim.uuid)}")
            if where == "report"
            else ("meetings", rf"^/v2/meetings/{meeting.id}\?")
        )
        zoom.faults.add(Fault("answer", path, status=status, code=code, message=message))
        output = sync(zoom, catalog, [table, "users"])
        assert output.exit_code == 0, output.tail()
        gone = {victim.uuid, meeting.id}
        kept = [row for row in zoom.truth(table) if not gone & {row.get("meeting_uuid"), row["id"]}]
        assert len(kept) == zoom.owed(table) - 1
        assert_true(output, zoom, ["users"])
        assert len(output.records[table]) == len(kept)
        ((_, told), count), *others = skips(output).items()
        assert reason in told
        assert (count, others) == (1, [])
