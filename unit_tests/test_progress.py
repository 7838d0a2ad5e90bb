"""progress.py: what a sync has done so far, in words."""

from __future__ import annotations

import logging
import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from source_zoom.progress import Progress


@pytest.fixture
def progress() -> Progress:
    return Progress()


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, logger="airbyte")
    return caplog


class TestLine:
    def test_nothing_done_yet(self, progress: Progress):
        assert re.fullmatch(r"Progress: 0 s, 0 requests \(0\.0 a second\)", progress.line())

    def test_table_on_its_way(self, progress: Progress):
        for _ in range(1200):
            progress.parent_known("meetings")
        progress.parent_done("meetings", 7)
        progress.parent_done("meetings", 0)
        progress.requested()
        assert "1 requests" in progress.line()
        assert "meetings 2 of 1,200 parents known so far, 7 records" in progress.line()

    def test_table_whose_parents_are_all_known(self, progress: Progress):
        progress.parent_known("meetings")
        progress.parent_known("meetings")
        progress.all_parents_known("meetings")
        progress.parent_done("meetings", 1)
        assert "meetings 1 of 2 parents, 1 records" in progress.line()

    def test_table_that_is_complete(self, progress: Progress):
        progress.parent_known("meetings")
        progress.parent_done("meetings", 1234)
        assert "complete" not in progress.line()
        progress.all_parents_known("meetings")
        assert "meetings complete, 1,234 records" in progress.line()

    def test_walk_of_which_something_was_skipped_is_no_table(self, progress: Progress):
        progress.skipped("past meetings", "expired", "1")
        assert "past meetings" not in progress.line()

    def test_table_without_parents_is_complete_too(self, progress: Progress):
        progress.all_parents_known("webinars")
        assert "webinars complete, 0 records" in progress.line()


class TestSummary:
    def test_nothing_to_tell(self, progress: Progress):
        progress.parent_known("meetings")
        progress.parent_done("meetings", 3)
        assert progress.summary() == []

    def test_skips_are_told_once_a_table_and_reason_with_count_and_one_example(self, progress: Progress):
        for number in range(12):
            progress.skipped("meeting_polls", "polls are switched off", str(number))
        progress.skipped("meeting_polls", "it has no polls", "99")
        progress.skipped("webinar_polls", "polls are switched off", "7")
        lines = progress.summary()
        assert len(lines) == 3
        assert re.search(r"meeting_polls: 12 .*polls are switched off.*\b0\b", lines[0])
        assert re.search(r"meeting_polls: 1 .*it has no polls.*\b99\b", lines[1])
        assert re.search(r"webinar_polls: 1 .*polls are switched off.*\b7\b", lines[2])

    def test_retries_are_told_once_a_cause(self, progress: Progress):
        for cause in ("HTTP 500", "ReadTimeout", "HTTP 500"):
            progress.retried(cause)
        assert progress.summary() == [
            "2 requests were sent again after: HTTP 500",
            "1 request was sent again after: ReadTimeout",
        ]


def test_counts_of_many_threads_are_right(progress: Progress):
    def work(_: int) -> None:
        for _ in range(200):
            progress.requested()
            progress.parent_known("meetings")
            progress.parent_done("meetings", 2)
            progress.skipped("meetings", "gone", "1")
            progress.retried("HTTP 500")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert "1,600 requests" in progress.line()
    assert "meetings 1,600 of 1,600 parents known so far, 3,200 records" in progress.line()
    skips, retries = progress.summary()
    assert "1600" in skips
    assert "1600" in retries


def test_skips_of_what_zoom_has_are_warnings(progress: Progress, log: pytest.LogCaptureFixture):
    progress.skipped("meetings", "a web firewall refused the URL", "1")
    progress.skipped("webinars", "the host has no webinar licence", "2")
    progress.skipped("meeting_polls", "polls are switched off", "3")
    progress.stop()
    assert [record.levelname for record in log.records] == ["WARNING", "WARNING", "INFO"]


class TestReports:
    def test_tells_how_far_it_is_until_it_stops(
        self, progress: Progress, log: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr("source_zoom.progress.REPORT_SECONDS", 0.001)
        told = threading.Event()
        line = progress.line
        monkeypatch.setattr(progress, "line", lambda: told.set() or line())
        progress.start()
        assert told.wait(10)
        progress.skipped("meetings", "gone", "1")
        progress.stop()
        for thread in [one for one in threading.enumerate() if one.name == "progress"]:
            thread.join(10)
            assert not thread.is_alive()
        assert "Progress: 0 s, 0 requests" in log.text
        assert log.messages.count(progress.summary()[0]) == 1

    def test_short_sync_tells_no_progress(self, progress: Progress, log: pytest.LogCaptureFixture):
        progress.start()
        progress.stop()
        assert log.messages == []
