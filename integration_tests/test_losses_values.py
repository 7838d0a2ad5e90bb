"""Values that are easily lost: characters that no JSON should hold, columns that a parameter brings, keys."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from integration_tests.faulty import PLAIN, assert_whole, repeated, skips, sync
from integration_tests.losses import missing
from integration_tests.sandbox import Fault, Sandbox, path_of
from unit_tests.resource import facts

SMALL = replace(PLAIN, users=2, meetings_per_user=3)
SENT = ["users", "meetings", "meeting_registrants", "report_meetings", "report_meeting_participants", "webinars"]


def test_half_an_emoji_a_byte_order_mark_and_nan(catalog: dict[str, Any]) -> None:
    with Sandbox(SMALL, odd_json=("surrogate", "bom", "nan")) as zoom:
        assert "�" in str([list(zoom.truth(table)) for table in SENT])
        assert_whole(sync(zoom, catalog, SENT), zoom, SENT)
        assert not repeated(zoom)


def test_columns_that_a_parameter_brings(catalog: dict[str, Any]) -> None:
    with Sandbox(replace(SMALL, recurring_share=1)) as zoom:
        tables = ["users", "meetings", "webinars"]
        output = sync(zoom, catalog, tables)
        assert_whole(output, zoom, tables)
        assert any(row.get("custom_attributes") for row in output.records["users"])
        starts = [one["start_time"] for row in output.records["meetings"] for one in row.get("occurrences", ())]
        assert min(starts) < f"{zoom.now:%Y-%m-%dT%H:%M:%SZ}" < max(starts)


def test_report_without_its_ids_keeps_its_key(catalog: dict[str, Any]) -> None:
    fault = Fault("answer", r"^/v2/report/meetings/[^/]+$", first=3, body={"topic": "Without ids", "uuid": None})
    with Sandbox(SMALL, faults=[fault]) as zoom:
        output = sync(zoom, catalog, ["report_meetings"], num_workers=1)
        assert output.exit_code == 0, output.tail()
        rows = output.records["report_meetings"]
        keys = [tuple(row.get(column) for column in facts.TABLES["report_meetings"].key) for row in rows]
        assert [key for key in keys if None in key] == []
        assert len(set(keys)) == len(keys)
        assert sum(row["topic"] == "Without ids" for row in rows) == 3
        assert {row["meeting_uuid"] for row in rows} >= {row["meeting_uuid"] for row in zoom.truth("report_meetings")}


# Refusals in other words or under another status than those seen so far: table, status, code, message, reason.
WORDS: dict[str, tuple[str, int, int, str, str]] = {
    "gone": ("report_meetings", 400, 3001, "Meeting does not exist.", "it has expired"),
    "unknown": ("report_meetings", 404, 404, "Not Found", "nothing under this id"),
    "meeting ID": ("meetings", 400, 300, "Invalid meeting ID.", "the number is a webinar's"),
    "meeting info": ("meetings", 400, 3000, "Cannot access meeting info.", "the number is a webinar's"),
}


@pytest.mark.parametrize("name", WORDS)
def test_refusal_in_other_words_skips_its_parent_alone(catalog: dict[str, Any], name: str) -> None:
    table, status, code, message, reason = WORDS[name]
    with Sandbox(SMALL) as zoom:
        newest = max(zoom.occurrences(), key=lambda occurrence: occurrence.start)
        report, details = f"^/v2/report/meetings{path_of(newest.uuid)}", rf"^/v2/meetings/{newest.meeting.id}\?"
        path = report if table == "report_meetings" else details
        zoom.faults.add(Fault("answer", path, status=status, code=code, message=message))
        output = sync(zoom, catalog, [table])
        assert output.exit_code == 0, output.tail()
        assert len(missing(output, zoom, table)) == 1
        told = {words: count for (name, words), count in skips(output).items() if name == table}
        assert [count for words, count in told.items() if reason in words] == [1]
