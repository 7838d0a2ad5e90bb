"""parents/windows.py: the windows of dates in which Zoom's reports are read."""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from airbyte_cdk.models import FailureType

from source_zoom.parents.windows import (
    ListRefused,
    ReportWindows,
    SharedDays,
    Window,
    begun,
    months_back,
    read_windows,
    recent_windows,
)
from source_zoom.zoom.errors import Meaning, ZoomRequestFailed
from unit_tests.parents.support import SIX_MONTHS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


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


@pytest.mark.usefixtures("today")
@pytest.mark.parametrize(
    ("start", "windows"),
    [
        ("2026-03-01", [("2026-02-28", "2026-03-21")]),
        ("2026-02-01", [("2026-01-31", "2026-02-21"), ("2026-02-21", "2026-03-21")]),
        ("2026-03-20", [("2026-03-19", "2026-03-21")]),
        ("2998-12-25", [("2026-03-21", "2026-03-21")]),
    ],
)
def test_recent_windows_go_from_the_day_before_the_start_to_tomorrow(
    start: str, windows: list[tuple[str, str]]
) -> None:
    found = recent_windows(date.fromisoformat(start))
    assert [(first.isoformat(), last.isoformat()) for first, last in found] == windows


class TestSharedDays:
    WINDOWS: ClassVar[list[Window]] = [(date(2026, 1, 1), date(2026, 1, 29)), (date(2026, 1, 29), date(2026, 2, 26))]

    @staticmethod
    def at(day: int) -> datetime:
        return datetime(2026, 1, 1, 12, tzinfo=timezone.utc) + timedelta(days=day - 1)

    @pytest.mark.parametrize(("day", "twice"), [(27, False), (28, True), (29, True), (30, True), (31, False)])
    def test_keys_of_days_around_a_shared_one_count_once(self, day: int, twice: bool) -> None:
        days = SharedDays(self.WINDOWS)
        assert not days.is_repeated("a", self.at(day))
        assert days.is_repeated("a", self.at(day)) is twice
        assert not days.is_repeated("b", self.at(day))

    def test_keys_of_unknown_days_count_once(self) -> None:
        days = SharedDays(self.WINDOWS)
        assert [days.is_repeated("a", None) for _ in range(2)] == [False, True]

    def test_the_first_and_last_day_of_all_are_not_shared(self) -> None:
        days = SharedDays(self.WINDOWS)
        assert [days.is_repeated("a", self.at(1)) for _ in range(2)] == [False, False]


class TestReadWindows:
    WINDOWS = TestSharedDays.WINDOWS

    @staticmethod
    def failing(meaning: Meaning, kind: FailureType, *windows: Window) -> tuple[list[Window], Callable[[Window], None]]:
        read: list[Window] = []

        def one(window: Window) -> None:
            read.append(window)
            if window in windows:
                raise ZoomRequestFailed(meaning, "Cannot read things.", kind)

        return read, one

    def test_the_first_window_comes_first_and_then_the_others(self) -> None:
        read, one = self.failing(Meaning.RETRY, FailureType.transient_error)
        read_windows(self.WINDOWS, one)
        assert read == self.WINDOWS

    def test_a_refusal_of_the_first_window_is_one_of_the_list(self) -> None:
        read, one = self.failing(Meaning.ROLE_MISSING, FailureType.config_error, *self.WINDOWS)
        with pytest.raises(ListRefused, match="Cannot read things") as caught:
            read_windows(self.WINDOWS, one, {Meaning.ROLE_MISSING})
        assert caught.value.failure_type is FailureType.config_error
        assert read == self.WINDOWS[:1]

    def test_a_refusal_of_a_later_window_is_a_failure(self) -> None:
        _, one = self.failing(Meaning.ROLE_MISSING, FailureType.config_error, self.WINDOWS[1])
        with pytest.raises(ZoomRequestFailed):
            read_windows(self.WINDOWS, one, {Meaning.ROLE_MISSING})

    def test_any_other_failure_of_the_first_window_does_not_keep_the_others_from_being_read(self) -> None:
        read, one = self.failing(Meaning.RETRY, FailureType.transient_error, self.WINDOWS[0])
        with pytest.raises(ZoomRequestFailed):
            read_windows(self.WINDOWS, one, {Meaning.ROLE_MISSING})
        assert read == self.WINDOWS

    def test_one_that_all_would_meet_does(self) -> None:
        read, one = self.failing(Meaning.SCOPE_MISSING, FailureType.config_error, self.WINDOWS[0])
        with pytest.raises(ZoomRequestFailed):
            read_windows(self.WINDOWS, one)
        assert read == self.WINDOWS[:1]


def test_begun_sends_the_first_request_and_loses_no_row() -> None:
    sent = []

    def rows() -> Iterator[dict[str, Any]]:
        for number in range(3):
            sent.append(number)
            yield {"number": number}

    found = begun(rows())
    assert sent == [0]
    assert [row["number"] for row in found] == [0, 1, 2]
    assert list(begun(iter(()))) == []
