"""How far back Zoom goes: reports that are too old, instances of fifteen months, an endpoint that is shut down."""

from __future__ import annotations

import re
from typing import Any

import pytest

from integration_tests.night_accounts import MEETING_TABLES, empty_account, requests_about, sync_at, take_place
from integration_tests.nights import Connection
from integration_tests.sandbox import Fault, path_of

pytestmark = pytest.mark.long

PARTICIPANTS = ("report_meeting_participants",)


@pytest.mark.parametrize("months", [12, 6, 1])
def test_reports_that_zoom_keeps_for_some_months_only(months: int) -> None:
    """The oldest day comes first, so what is too old is found by halving and not one by one."""
    with empty_account(meeting_participants_months=months) as zoom:
        # Fifteen months of a series, of which the history shows six.
        numbers = [meeting.id for meeting in zoom.account.listed_meetings()]
        held = [
            zoom.occur(numbers[n % 3], start=zoom.now.timestamp() - (24 * 1.5 * n + 30) * 3600, minutes=30, rows=5)
            for n in range(300)
        ]
        connection = Connection(zoom, PARTICIPANTS)
        sync_at(connection, 0)
        requests = connection.nights[0].requests
        wasted = [request for request in requests if request.code == 12702]
        # What is younger than five months is never spared for the sake of others.
        young = sum(30 * months < 1.5 * n < 155 for n in range(300))
        assert len(wasted) <= 12 * 9 + young
        connection.assert_exact()
        assert sum(map(bool, (requests_about(connection, occurrence)[0] for occurrence in held))) < 300
        sync_at(connection, 1)
        assert not [request for request in connection.nights[1].requests if request.code == 12702]
        sync_at(connection, 2, 3)
        assert not connection.nights[-1].of_occurrences
        connection.assert_whole()


def test_first_load_brings_what_the_instances_show_of_fifteen_months() -> None:
    with empty_account() as zoom:
        held = [take_place(zoom, hours_ago=24 * days) for days in (10, 100, 300, 420)]
        webinars = [take_place(zoom, hours_ago=24 * days, webinar=True) for days in (10, 100, 300, 420)]
        connection = Connection(zoom)
        sync_at(connection, 0)
        connection.assert_exact()
        assert {row["meeting_uuid"] for row in connection.rows["report_meeting_participants"].values()} == {
            occurrence.uuid for occurrence in held[:3]
        }
        assert {webinar.uuid for webinar in webinars} <= {
            row["webinar_uuid"] for row in connection.rows["webinar_qna_results"].values()
        }


def test_files_endpoint_that_is_shut_down_and_served_again() -> None:
    with empty_account(files="gone") as zoom:
        old = [zoom.occur(start=zoom.now.timestamp() - days * 86_400, minutes=30) for days in (20, 30, 40, 50, 60)]
        young = [zoom.occur(start=zoom.now.timestamp() - days * 86_400, minutes=30) for days in (1, 2, 3, 4)]
        gone = Fault("answer", "/files", status=404, code=2300, message="This API endpoint is not recognized.")
        zoom.faults.add(gone)
        connection = Connection(zoom, ("meeting_files",), unproved=frozenset({"meeting_files"}))
        sync_at(connection, 0)
        assert connection.state("meeting_files")["complete_until"] == "2026-05-20"
        assert connection.state("meeting_files")["asked"] == {}
        assert any("no longer serves" in line for line in connection.nights[0].warnings("meeting_files"))
        sync_at(connection, 1)
        # The walk stays short.
        assert len(connection.nights[1].paths("report/history_meetings")) == 1
        assert sum(map(sum, (requests_about(connection, occurrence)[1:] for occurrence in old))) == 0
        zoom.clear_faults()
        zoom.set_knobs(files="served")
        sync_at(connection, 2)
        found = {row["meeting_uuid"] for row in connection.rows["meeting_files"].values()}
        owed = {row["meeting_uuid"] for row in zoom.truth("meeting_files")}
        assert found == owed & {occurrence.uuid for occurrence in young}
        for row in connection.rows["meeting_files"].values():
            occurrence = zoom.account.occurrences[row["meeting_uuid"]]
            assert row["meeting_start_time"] == occurrence.start_time
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", row["meeting_start_time"])


def test_wrong_answers_that_something_is_too_old_spare_nothing_young() -> None:
    with empty_account() as zoom:
        held: list[Any] = [
            zoom.occur(start=zoom.now.timestamp() - d * 86_400, minutes=30, rows=5) for d in range(2, 40)
        ]
        wrong = Fault("answer", path_of(*(o.uuid for o in held[:6])), status=400, code=12702, message="Can not access.")
        zoom.faults.add(wrong)
        connection = Connection(zoom, MEETING_TABLES, unproved=frozenset(MEETING_TABLES))
        sync_at(connection, 0)
        zoom.clear_faults()
        sync_at(connection, 1)
        connection.assert_exact()
