"""progress.py: how far a sync is, and what it skipped and repeated."""

from __future__ import annotations

import logging
import re
import threading

import pytest

from source_zoom.parents.known import Known, SkipKey
from source_zoom.progress import Progress
from source_zoom.streams.table_status import TableStatus
from source_zoom.zoom.labels import Label
from source_zoom.zoom.traffic import Traffic
from unit_tests.failures import config_error
from unit_tests.threads import WAIT


class Counts:
    """What a sync counts, and the progress that reports on it."""

    def __init__(self) -> None:
        self.traffic = Traffic()
        self.known = Known()
        self.meetings = TableStatus("meetings", "scheduled meetings")
        self.webinars = TableStatus("webinars", "scheduled webinars")
        self.progress = Progress(self.traffic, self.known, [self.meetings, self.webinars])

    def read(self, found: int, *records: int) -> None:
        """So many meetings were found, and some of them read."""
        for _ in range(found):
            self.meetings.found()
        for count in records:
            self.meetings.read(count)

    def skip(self, table: str, reason: str, *examples: str, warn: bool = False) -> None:
        for example in examples:
            self.known.count(SkipKey(table, reason, warn), example)


@pytest.fixture
def counts() -> Counts:
    return Counts()


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, logger="airbyte")
    return caplog


class TestLine:
    def test_nothing_done_yet(self, counts: Counts) -> None:
        assert re.fullmatch(r"Progress: 0 s, 0 requests \(0\.0 a second\)", counts.progress.line())

    def test_requests_of_all_labels(self, counts: Counts) -> None:
        for label in (*Label, Label.HEAVY):
            counts.traffic.sent(label)
        assert ", 4 requests (" in counts.progress.line()

    def test_table_whose_parents_are_still_being_found(self, counts: Counts) -> None:
        counts.read(1200, 7, 0)
        assert "meetings 2 of 1,200 parents known so far, 7 records" in counts.progress.line()
        assert "webinars" not in counts.progress.line()

    def test_table_whose_parents_are_all_known(self, counts: Counts) -> None:
        counts.read(2, 1)
        counts.meetings.found_all()
        assert "meetings 1 of 2 parents, 1 records" in counts.progress.line()

    def test_table_that_is_complete(self, counts: Counts) -> None:
        counts.read(1, 1234)
        assert "complete" not in counts.progress.line()
        counts.meetings.found_all()
        assert "meetings complete, 1,234 records" in counts.progress.line()

    def test_table_that_failed_is_not_complete(self, counts: Counts) -> None:
        counts.read(1, 5)
        counts.meetings.failed(config_error())
        counts.meetings.found_all()
        assert "meetings incomplete, 5 records" in counts.progress.line()

    def test_table_without_parents_is_complete(self, counts: Counts) -> None:
        counts.webinars.found_all()
        assert "webinars complete, 0 records" in counts.progress.line()


class TestSummary:
    def test_nothing_skipped_and_nothing_repeated(self, counts: Counts) -> None:
        counts.read(1, 3)
        assert counts.progress.summary() == []

    def test_skips_by_table_and_reason_with_count_and_one_example(self, counts: Counts) -> None:
        counts.skip("meeting_polls", "polls are switched off", *map(str, range(12)))
        counts.skip("meeting_polls", "it has no polls", "99")
        counts.skip("webinar_polls", "polls are switched off", "7", warn=True)
        assert counts.progress.summary() == [
            (logging.INFO, "meeting_polls: 12 skipped: polls are switched off (one of them: 0)"),
            (logging.INFO, "meeting_polls: 1 skipped: it has no polls (one of them: 99)"),
            (logging.WARNING, "webinar_polls: 1 skipped: polls are switched off (one of them: 7)"),
        ]

    def test_retries_by_cause(self, counts: Counts) -> None:
        for cause in ("HTTP 500", "ReadTimeout", "HTTP 500"):
            counts.traffic.retried(cause)
        assert counts.progress.summary() == [
            (logging.INFO, "Retried 2 requests after HTTP 500"),
            (logging.INFO, "Retried 1 request after ReadTimeout"),
        ]


class TestReports:
    def test_it_reports_until_it_stops(
        self, counts: Counts, log: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("source_zoom.progress.REPORT_SECONDS", 0.001)
        reported = threading.Event()
        line = counts.progress.line

        def noted() -> str:
            reported.set()
            return line()

        monkeypatch.setattr(counts.progress, "line", noted)
        counts.progress.start()
        assert reported.wait(WAIT)
        counts.skip("meetings", "it was deleted", "1")
        counts.progress.stop()
        for thread in [thread for thread in threading.enumerate() if thread.name == "progress"]:
            thread.join(WAIT)
            assert not thread.is_alive()
        assert "Progress: 0 s, 0 requests" in log.text
        assert log.messages.count("meetings: 1 skipped: it was deleted (one of them: 1)") == 1

    def test_short_sync_reports_nothing(self, counts: Counts, log: pytest.LogCaptureFixture) -> None:
        counts.progress.start()
        counts.progress.stop()
        assert log.messages == []

    def test_skips_of_rows_that_zoom_may_have_are_warnings(self, counts: Counts, log: pytest.LogCaptureFixture) -> None:
        counts.skip("meetings", "a web firewall refused the URL", "1", warn=True)
        counts.skip("meeting_polls", "polls are switched off", "3")
        counts.progress.stop()
        assert [record.levelname for record in log.records] == ["WARNING", "INFO"]
