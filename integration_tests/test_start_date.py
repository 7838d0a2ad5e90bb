"""The start date over the real command line: what lies before it is left out, and nothing else."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from integration_tests.compare import differences
from integration_tests.sandbox import TABLES, Sandbox

if TYPE_CHECKING:
    from integration_tests.connector import Read

TODAY = datetime.now(timezone.utc).date()
TOO_EARLY = "INFO Zoom reports past meetings and webinars since "


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=timezone.utc)


def windows(zoom: Sandbox) -> list[tuple[str, str]]:
    """(from, to) of every request for the history."""
    asked = [request.query for request in zoom.requests if request.path.endswith("/history_meetings")]
    return sorted({(query["from"], query["to"]) for query in asked})


# Days before today, and how the form writes the date: months back, weeks back, and a day on which nothing is over.
@pytest.mark.parametrize(
    ("days", "form"), [(140, "%Y-%m-%d"), (45, "%m/%d/%Y"), (14, "%Y-%m-%dT00:00:00Z"), (0, "%Y-%m-%d")]
)
def test_tables_hold_what_took_place_since(zoom: Sandbox, read: Read, days: int, form: str) -> None:
    zoom.clear_requests()
    day = TODAY - timedelta(days=days)
    output = read(zoom, start_date=day.strftime(form))
    assert output.exit_code == 0, output.tail()
    for table in TABLES:
        assert differences(output.records[table], zoom.truth(table, midnight(day))) == [], table
    # The days before and after are requested too, because Zoom may count in another time zone.
    asked, one = windows(zoom), timedelta(days=1)
    assert (asked[0][0], asked[-1][1]) == ((day - one).isoformat(), (TODAY + one).isoformat())
    assert [line for line in output.logs if line.startswith(TOO_EARLY)] == []


def test_a_moment_of_a_day_counts(zoom: Sandbox, read: Read) -> None:
    started = sorted(record["start_time"] for record in zoom.truth("report_meetings"))
    moment = started[len(started) // 2]
    output = read(zoom, ["report_meetings"], start_date=moment)
    assert output.exit_code == 0, output.tail()
    since = datetime.fromisoformat(moment.replace("Z", "+00:00"))
    assert differences(output.records["report_meetings"], zoom.truth("report_meetings", since)) == []
    assert min(record["start_time"] for record in output.records["report_meetings"]) == moment


def test_a_start_before_all_that_zoom_keeps_is_clamped_and_told_once(zoom: Sandbox, read: Read) -> None:
    zoom.clear_requests()
    output = read(zoom, ["report_meetings", "report_webinars", "meetings"], start_date="2019-02-28")
    assert output.exit_code == 0, output.tail()
    for table in ("report_meetings", "report_webinars", "meetings"):
        assert differences(output.records[table], zoom.truth(table)) == []
    (told,) = [line for line in output.logs if line.startswith(TOO_EARLY)]
    first = windows(zoom)[0][0]
    assert first in told
    assert TODAY - timedelta(days=185) < date.fromisoformat(first) < TODAY - timedelta(days=180)
