"""Shortcuts that would spare a request and lose rows: what one endpoint says decides nothing for another."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from integration_tests.faulty import PLAIN, assert_true, assert_whole, at_once, skips, sync
from integration_tests.losses import assert_told, missing
from integration_tests.sandbox import Fault, Sandbox
from integration_tests.sandbox.faults import path_of

pytestmark = pytest.mark.long

REGISTERED = replace(PLAIN, users=2, webinars_per_user=6, registration_share=1, occurrences_per_recurring=6)
GONE = "it has expired, was deleted or has not ended"
TOO_OLD = "Zoom keeps reports for one year"


@pytest.mark.parametrize("workers", [1, 4])
def test_absentees_of_a_webinar_that_vanished_are_read(catalog: dict[str, Any], workers: int) -> None:
    listed = Sandbox(REGISTERED).account.listed_webinars()
    victim = next(webinar for webinar in listed if webinar.registration and len(webinar.occurrences) > 1)
    with Sandbox(REGISTERED, faults=[Fault("vanish", rf"^/v2/webinars/{victim.id}\?")]) as zoom:
        output = sync(zoom, catalog, ["webinars", "webinar_absentees"], num_workers=workers)
        assert [row["webinar_id"] for row in zoom.truth("webinar_absentees")].count(victim.id) > 5
        assert_true(output, zoom, ["webinar_absentees"])
        assert [row["id"] for row in missing(output, zoom, "webinars")] == [victim.id]
        assert skips(output)["webinars", GONE] == 1


def test_webinars_that_are_gone_keep_their_past(catalog: dict[str, Any]) -> None:
    with Sandbox(replace(REGISTERED, gone_listed=2)) as zoom:
        tables = ["webinars", "webinar_absentees", "report_webinars", "webinar_qna_results", "meeting_poll_results"]
        assert_whole(sync(zoom, catalog, tables), zoom, tables)


def test_absentees_do_not_depend_on_todays_registration(catalog: dict[str, Any]) -> None:
    """Registration was switched off after some occurrences, and on after others."""
    shape = replace(REGISTERED, registration_changes=4)

    def read(tables: list[str]) -> None:
        with Sandbox(shape) as zoom:
            off = {webinar.id for webinar in zoom.account.listed_webinars() if not webinar.registration}
            assert off & {row["webinar_id"] for row in zoom.truth("webinar_absentees")}
            assert_whole(sync(zoom, catalog, tables), zoom, tables)

    alone, beside = ["webinar_absentees"], ["webinar_absentees", "webinars", "webinar_registrants"]
    at_once({"alone": partial(read, alone), "beside": partial(read, beside)})


@pytest.mark.parametrize("age", ["newest", "three months"])
def test_one_wrong_too_old_hides_its_own_occurrence_only(catalog: dict[str, Any], age: str) -> None:
    shape = replace(PLAIN, meetings_per_user=8, occurrences_per_recurring=10)
    past = sorted(Sandbox(shape).occurrences(), key=lambda occurrence: -occurrence.start)
    wrong = past[0] if age == "newest" else past[len(past) // 3]
    words = "Can not access a meeting a year ago."
    fault = Fault("answer", f"^/v2/report/meetings{path_of(wrong.uuid)}", status=400, code=12702, message=words)
    with Sandbox(shape, faults=[fault]) as zoom:
        output = sync(zoom, catalog, ["report_meetings"])
        assert [row["meeting_uuid"] for row in missing(output, zoom, "report_meetings")] == [wrong.uuid]


def test_newest_occurrences_that_are_wrongly_too_old(catalog: dict[str, Any]) -> None:
    shape = replace(PLAIN, meetings_per_user=8, occurrences_per_recurring=10)
    with Sandbox(shape, wrongly_too_old=3) as zoom:
        tables = ["report_meetings", "report_meeting_participants", "report_webinars"]
        assert_whole(sync(zoom, catalog, tables), zoom, tables)


def test_two_old_meetings_are_no_proof_of_an_age(catalog: dict[str, Any]) -> None:
    """Three different meetings beyond five months have to say so, however many occurrences two of them have."""
    shape = replace(PLAIN, webinar_share=0, meetings_per_user=5, recurring_share=0.8, occurrences_per_recurring=20)
    with Sandbox(shape) as zoom:
        beyond, year = (zoom.now.timestamp() - days * 86_400 for days in (200, 360))
        old = sorted((o for o in zoom.occurrences() if year < o.start < beyond), key=lambda o: -o.start)
        numbers = list(dict.fromkeys(o.meeting.id for o in old))[:2]
        wrong = {o.uuid for o in old if o.meeting.id in numbers}
        words = "Can not access a meeting a year ago."
        path = f"^/v2/report/meetings{path_of(*wrong)}"
        zoom.faults.add(Fault("answer", path, status=400, code=12702, message=words))
        assert len(wrong) > 4
        output = sync(zoom, catalog, ["report_meetings"])
        assert {row["meeting_uuid"] for row in missing(output, zoom, "report_meetings")} == wrong


@pytest.mark.parametrize("numbers", ["text", "spaced", "missing"])
def test_history_rows_without_a_plain_number_are_read(catalog: dict[str, Any], numbers: str) -> None:
    tables = ["report_meetings", "report_meeting_participants", "webinar_absentees", "meeting_poll_results"]
    with Sandbox(PLAIN, history_numbers=numbers, history_times="plain") as zoom:
        output = sync(zoom, catalog, tables)
        assert output.exit_code == 0, output.tail()
        for table in tables:
            assert _without_number(output.records[table]) == _without_number(list(zoom.truth(table))), table
        if numbers != "missing":
            assert_told(output, zoom, tables)


def _without_number(rows: list[dict[str, Any]]) -> list[str]:
    """The rows in an order of their own, less the number that only the history knows."""
    return sorted(str(sorted((k, str(v)) for k, v in row.items() if k not in _NUMBERS)) for row in rows)


_NUMBERS = ("meeting_id", "webinar_id")
