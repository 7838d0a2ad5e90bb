"""What one answer says is believed of nothing else: no request is spared that would have brought a row."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from integration_tests.compare import differences
from integration_tests.faulty import PLAIN, asked, assert_failed, assert_true, assert_whole, skips, sync
from integration_tests.losses import assert_nothing_is_lost_in_silence
from integration_tests.sandbox import Fault, Sandbox, path_of

WEBINARS = replace(PLAIN, webinars_per_user=6, registration_share=1, occurrences_per_recurring=6, meetings_per_user=1)
SERIES = replace(PLAIN, users=4, webinar_share=0.25, meetings_per_user=5, occurrences_per_recurring=20)
TOO_OLD = "Zoom keeps reports for one year"
REPORTS = r"^/v2/report/meetings/[^/]+$"


def odd(path: str, **which: Any) -> Fault:
    """An answer that no rule knows."""
    return Fault("answer", path, status=400, code=9310, message="The resource could not be processed.", **which)


# Webinars that are gone, or without registration by now


@pytest.mark.parametrize("workers", [1, 40])
@pytest.mark.parametrize("tables", [["webinar_absentees"], ["webinar_absentees", "webinars"]], ids=len)
def test_absentees_of_webinars_whose_own_record_is_gone(
    catalog: dict[str, Any], tables: list[str], workers: int
) -> None:
    with Sandbox(replace(WEBINARS, gone_listed=2)) as zoom:
        output = sync(zoom, catalog, tables, num_workers=workers)
        gone = [webinar.id for webinar in zoom.account.listed_webinars() if webinar.gone]
        assert [row for row in output.records["webinar_absentees"] if row["webinar_id"] in gone]
        assert_whole(output, zoom, tables)


@pytest.mark.parametrize(
    "tables", [["webinar_absentees"], ["webinar_absentees", "webinars", "webinar_registrants"]], ids=len
)
def test_absentees_from_before_registration_was_switched_off(catalog: dict[str, Any], tables: list[str]) -> None:
    with Sandbox(replace(WEBINARS, registration_changes=4)) as zoom:
        assert_whole(sync(zoom, catalog, tables), zoom, tables)


# Age


def test_one_recent_meeting_that_zoom_calls_too_old_hides_no_other(catalog: dict[str, Any]) -> None:
    with Sandbox(SERIES, wrongly_too_old=1) as zoom:
        output = sync(zoom, catalog, ["report_meetings", "report_meeting_participants"])
        assert_whole(output, zoom, ["report_meetings", "report_meeting_participants"])
        assert zoom.owed("report_meetings") > 50


def test_many_recent_meetings_that_zoom_calls_too_old_hide_no_other(catalog: dict[str, Any]) -> None:
    with Sandbox(SERIES, wrongly_too_old=12) as zoom:
        assert_whole(sync(zoom, catalog, ["report_meetings"]), zoom, ["report_meetings"])


def test_two_meetings_beyond_five_months_that_zoom_calls_too_old_hide_no_other(catalog: dict[str, Any]) -> None:
    """Three different meetings have to say so: two are no proof, however many occurrences they have."""
    with Sandbox(SERIES, today=None) as zoom:
        old = sorted(zoom.occurrences(), key=lambda o: o.start)
        line = (zoom.now - timedelta(days=200)).timestamp()
        year = (zoom.now - timedelta(days=360)).timestamp()
        numbers = list(dict.fromkeys(o.meeting.id for o in reversed(old) if year < o.start < line))[:2]
        wrong = [o.uuid for o in old if o.meeting.id in numbers and year < o.start < line]
        message = "Can not access meeting a year ago."
        path = "^/v2/report/meetings" + path_of(*wrong)
        zoom.faults.add(Fault("answer", path, status=400, code=12702, message=message))
        output = sync(zoom, catalog, ["report_meetings"])
        kept = [row for row in zoom.truth("report_meetings") if row["meeting_uuid"] not in wrong]
        assert differences(output.records["report_meetings"], kept) == []


# Odd answers


@pytest.mark.parametrize("workers", [1, 40])
def test_series_that_always_answers_oddly_stops_no_table(catalog: dict[str, Any], workers: int) -> None:
    """It has twenty occurrences, which come one after the other."""
    tables = ["report_meetings", "meeting_poll_results"]
    with Sandbox(SERIES, odd_series=1) as zoom:
        output = sync(zoom, catalog, [*tables, "meetings"], num_workers=workers)
        assert {table: output.statuses[table][-1] for table in tables} == dict.fromkeys(tables, "INCOMPLETE")
        assert {table: differences(output.records[table], zoom.truth(table)) for table in tables} == {
            table: [] for table in tables
        }
        assert "The table was stopped" not in output.errors[-1]["message"]
        assert_true(output, zoom, ["meetings"])


def test_neighbours_whose_lists_answer_oddly_stop_no_list(catalog: dict[str, Any]) -> None:
    shape = replace(PLAIN, users=30, webinar_share=0.1, meetings_per_user=2, occurrences_per_recurring=1)
    with Sandbox(shape, odd_users=12) as zoom:
        tables = ["meetings", "report_meetings"]
        output = sync(zoom, catalog, [*tables, "users"])
        assert len(asked(zoom, "^/v2/users/[^/]+/meetings$")) == 30
        assert_failed(output, zoom, tables, ["users"], "system_error", "Cannot read the list of meetings of user ")
        assert differences(output.records["meetings"], zoom.truth("meetings")) == []


def test_twenty_meetings_in_a_row_stop_the_table_and_the_message_says_how_much_is_unread(
    catalog: dict[str, Any],
) -> None:
    shape = replace(PLAIN, users=10, webinar_share=0, meetings_per_user=10, recurring_share=0)
    with Sandbox(shape, faults=[odd(r"^/v2/meetings/\d+\?")]) as zoom:
        output = sync(zoom, catalog, ["meetings", "meeting_polls"], num_workers=1)
        meetings = len(zoom.account.listed_meetings())
        sent = len(asked(zoom, r"^/v2/meetings/\d+$"))
        assert 20 <= sent < 40
        stopped = (
            f"The table was stopped after 20 failures in a row: {meetings - sent} of {meetings} scheduled meetings "
            "were not read."
        )
        assert_failed(output, zoom, ["meetings"], ["meeting_polls"], "system_error", stopped)


def test_odd_answers_among_good_ones_never_stop_the_table(catalog: dict[str, Any]) -> None:
    with Sandbox(SERIES, faults=[odd(REPORTS, rate=0.5, lasting=True)]) as zoom:
        output = sync(zoom, catalog, ["report_meetings"], num_workers=2)
        assert output.statuses["report_meetings"][-1] == "INCOMPLETE"
        assert "The table was stopped" not in output.errors[-1]["message"]
        past = len(zoom.occurrences())
        spared = skips(output)["report_meetings", TOO_OLD]
        assert len(asked(zoom, REPORTS)) >= past - spared
        assert_nothing_is_lost_in_silence(output, zoom, ["report_meetings"])
