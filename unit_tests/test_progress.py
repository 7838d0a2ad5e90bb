"""progress.py: how far a sync is, how long it may take, and what it skipped and repeated."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from source_zoom.parents.kinds import MEETINGS, Listed, Series, User
from source_zoom.parents.known import SkipKey
from source_zoom.sync.progress import Progress, duration
from source_zoom.sync.sync import Sync
from source_zoom.zoom.labels import Label
from unit_tests.failures import config_error
from unit_tests.threads import WAIT

if TYPE_CHECKING:
    from unit_tests.conftest import Clock

Make = Callable[..., Sync]


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, logger="airbyte")
    return caplog


@pytest.fixture
def started(sync: Make, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Make:
    """started(*tables): a sync that goes by the clock of the test."""
    monkeypatch.setattr("source_zoom.sync.progress.time", clock)
    return sync


def schedule(made: Sync, meetings: int) -> None:
    """One user has scheduled so many one-time meetings, and all of them are known."""
    made.parents.users.publish(User("u1"))
    made.parents.users.finish()
    made.traffic.sent(Label.MEDIUM, "the list of meetings")
    walk = made.parents.scheduled[MEETINGS]
    walk.produce_by()
    for number in range(meetings):
        walk.publish(Listed(number, Series("u1", repeats=False)))


def read(made: Sync, table: str, parents: int, records: int = 1) -> None:
    """So many parents of the table were read, by one request each."""
    (found,) = (each for each in made.tables if each.name == table)
    for _ in range(parents):
        found.status.found()
        made.traffic.sent(found.label, table)
        found.status.read(records)


class TestLine:
    def test_nothing_is_known_yet(self, started: Make) -> None:
        assert started("meetings").progress.line() == "Progress after 0 s: 0 of 1 tables done, 0 records."

    def test_requests_that_are_left_and_the_time_they_take(self, started: Make, clock: Clock) -> None:
        made = started("meetings", "meeting_registrants")
        schedule(made, 100)
        read(made, "meetings", 60, records=2)
        read(made, "meeting_registrants", 20)
        clock.sleep(10)
        # 80 medium requests are left at 2.1 a second, one of the list among those sent; 40 light ones at 6 a second.
        assert made.progress.line() == (
            "Progress after 10 s: 0 of 2 tables done, 140 records. Medium requests (2.1 a second) set the pace: "
            "21 of about 101 sent, about 38 s to go."
        )

    def test_pace_is_that_since_the_line_before(self, started: Make, clock: Clock) -> None:
        made = started("meetings")
        schedule(made, 100)
        clock.sleep(30)
        made.progress.line()
        read(made, "meetings", 60)
        clock.sleep(30)
        assert "Light requests (2.0 a second) set the pace: 60 of about 100 sent, about 20 s" in made.progress.line()

    def test_several_requests_a_parent(self, started: Make, clock: Clock) -> None:
        made = started("meeting_registrants")
        schedule(made, 100)
        read(made, "meeting_registrants", 10)
        for _ in range(20):
            made.traffic.sent(Label.MEDIUM, "meeting_registrants")
        clock.sleep(31)
        assert "31 of about 301 sent" in made.progress.line()

    def test_rows_of_a_shared_list_cost_no_requests(self, started: Make, clock: Clock) -> None:
        made = started("recordings", "recording_files")
        for _ in range(40):
            made.traffic.sent(Label.MEDIUM, "recordings")
        for table in made.tables:
            for _ in range(3):
                table.status.found()
                table.status.read(2)
        clock.sleep(10)
        windows = len(made.parents.windows["recordings"])
        assert f"Medium requests (4.0 a second) set the pace: 40 of about {windows} sent" in made.progress.line()

    def test_label_that_rests_is_judged_by_the_whole_sync(self, started: Make, clock: Clock) -> None:
        made = started("meetings")
        schedule(made, 100)
        read(made, "meetings", 60)
        clock.sleep(30)
        made.progress.line()
        clock.sleep(30)
        assert "Light requests (1.0 a second) set the pace: 60 of about 100 sent, about 40 s" in made.progress.line()

    def test_table_that_is_done_needs_no_requests(self, started: Make, clock: Clock) -> None:
        made = started("meetings", "meeting_polls")
        schedule(made, 4)
        read(made, "meetings", 4)
        made.tables[0].status.found_all()
        made.tables[1].status.found_all()
        clock.sleep(1)
        assert made.progress.line() == "Progress after 1 s: 2 of 2 tables done, 4 records."


class TestSummary:
    def test_nothing_skipped_and_nothing_repeated(self, sync: Make) -> None:
        assert sync("meetings").progress.summary() == []

    def test_skips_by_reason_with_their_tables_and_one_example(self, sync: Make) -> None:
        made = sync("meeting_polls")
        for table, reason, count, warn in (
            ("meeting_polls", "polls are switched off", 1200, False),
            ("webinar_polls", "polls are switched off", 1, False),
            ("meeting_polls", "it has no polls", 1, False),
            ("webinar_polls", "the host has no webinar licence", 1, True),
        ):
            for number in range(count):
                made.parents.known.count(SkipKey(table, reason, warn), str(number + 7))
        assert made.progress.summary() == [
            (
                logging.INFO,
                "Skipped 1,201: polls are switched off (meeting_polls 1,200, webinar_polls 1; for example 7)",
            ),
            (logging.INFO, "Skipped 1: it has no polls (meeting_polls 1; for example 7)"),
            (logging.WARNING, "Skipped 1: the host has no webinar licence (webinar_polls 1; for example 7)"),
        ]

    def test_retries_by_cause(self, sync: Make) -> None:
        made = sync("meetings")
        for cause in ("HTTP 500", "ReadTimeout", "HTTP 500"):
            made.traffic.retried(cause)
        assert made.progress.summary() == [
            (logging.INFO, "Retried 2 requests after HTTP 500"),
            (logging.INFO, "Retried 1 request after ReadTimeout"),
        ]

    def test_totals(self, started: Make, clock: Clock) -> None:
        made = started("meetings", "meeting_polls")
        read(made, "meetings", 3, records=500)
        made.tables[1].status.failed(config_error())
        made.traffic.retried("HTTP 500")
        clock.sleep(51)
        assert made.progress.totals() == (
            "Done in 51 s: 1 of 2 tables complete, 1,500 records, 3 requests, 1 of them repeated."
        )


class TestReports:
    def test_it_reports_until_it_stops(
        self, sync: Make, log: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("source_zoom.sync.progress.REPORT_SECONDS", 0.001)
        progress = sync("meetings").progress
        reported = threading.Event()
        line = progress.line

        def noted() -> str:
            reported.set()
            return line()

        monkeypatch.setattr(progress, "line", noted)
        progress.start()
        assert reported.wait(WAIT)
        progress.stop()
        for thread in [thread for thread in threading.enumerate() if thread.name == "progress"]:
            thread.join(WAIT)
            assert not thread.is_alive()
        assert "Progress after 0 s: 0 of 1 tables done" in log.text

    def test_it_ends_with_totals_and_then_warnings(self, sync: Make, log: pytest.LogCaptureFixture) -> None:
        made = sync("meetings")
        made.parents.known.count(SkipKey("meetings", "the host is not on a paid plan", warn=True), "1")
        made.parents.known.count(SkipKey("meetings", "it was deleted", warn=False), "2")
        made.progress.start()
        made.progress.stop()
        first, second, third = log.messages
        assert first == "Skipped 1: it was deleted (meetings 1; for example 2)"
        assert second.startswith("Done in 0 s: ")
        assert third == "Skipped 1: the host is not on a paid plan (meetings 1; for example 1)"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.4, "0 s"), (119, "119 s"), (125, "2 min"), (5400, "90 min"), (7500, "2 h 5 min"), (7199, "2 h 0 min")],
)
def test_durations(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_a_progress_is_part_of_every_sync(sync: Make) -> None:
    assert isinstance(sync().progress, Progress)
