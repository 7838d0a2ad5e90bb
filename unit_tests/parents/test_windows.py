"""parents/windows.py: the windows of dates in which Zoom's reports are read."""

from __future__ import annotations

import logging
from datetime import date, timedelta

import pytest

from source_zoom.parents.windows import ReportWindows, months_back
from unit_tests.parents.support import SIX_MONTHS


def start_of(day: str | None) -> date | None:
    return date.fromisoformat(day) if day else None


@pytest.mark.usefixtures("today")
class TestWindows:
    @pytest.mark.parametrize(
        ("start", "windows"),
        [
            (None, SIX_MONTHS),
            ("2020-01-01", SIX_MONTHS),
            ("2025-09-21", SIX_MONTHS),
            ("2025-09-22", [*SIX_MONTHS[:6], ("2025-09-21", "2025-10-04")]),
            ("2026-02-22", SIX_MONTHS[:1]),
            ("2026-02-21", [SIX_MONTHS[0], ("2026-02-20", "2026-02-21")]),
            ("2026-03-20", [("2026-03-19", "2026-03-21")]),
            ("2026-03-22", [("2026-03-21", "2026-03-21")]),
        ],
    )
    def test_they_reach_from_tomorrow_to_the_day_before_the_start_or_as_far_as_zoom_reports(
        self, start: str | None, windows: list[tuple[str, str]]
    ) -> None:
        found = [(first.isoformat(), last.isoformat()) for first, last in ReportWindows(start_of(start))]
        assert found == windows

    def test_no_window_is_longer_than_the_shortest_month(self) -> None:
        assert max(last - first for first, last in ReportWindows(None)) == timedelta(days=28)

    @pytest.mark.parametrize(("start", "lines"), [(None, 1), ("2020-01-01", 1), ("2026-03-01", 0)])
    def test_log_says_since_when_zoom_reports_if_the_start_is_earlier(
        self, caplog: pytest.LogCaptureFixture, start: str | None, lines: int
    ) -> None:
        caplog.set_level(logging.INFO, logger="airbyte")
        list(ReportWindows(start_of(start)))
        assert caplog.text.count("since 2025-09-20 only") == lines


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 3, 20), 6, date(2025, 9, 20)),
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2024, 3, 31), 1, date(2024, 2, 29)),
        (date(2026, 1, 15), 1, date(2025, 12, 15)),
        (date(2025, 12, 31), 6, date(2025, 6, 30)),
        (date(2026, 2, 1), 2, date(2025, 12, 1)),
    ],
)
def test_months_back(day: date, months: int, expected: date) -> None:
    assert months_back(day, months) == expected
