"""parsing.py: what is taken for text, a number or a time."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from source_zoom.zoom.parsing import as_int, as_text, as_utc

NO_NUMBERS: list[Any] = [None, True, 1.0, "", " ", "1.5", "-1", "\u0661", "weekly", [1], {}, "9" * 5000]
NO_TIMES: list[Any] = [None, "", "soon", 1772323200, ["2026-03-10"], "2026-02-30"]


@pytest.mark.parametrize(("value", "found"), [("a", "a"), ("", ""), (None, ""), (5, ""), (["a"], "")])
def test_as_text(value: Any, found: str) -> None:
    assert as_text(value) == found


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (85012345678, 85012345678),
        ("85012345678", 85012345678),
        ("850 1234 5678", 85012345678),
        (" 1", 1),
        (2**63, 2**63),
        (0, 0),
        ("0", 0),
        *((wrong, None) for wrong in NO_NUMBERS),
    ],
)
def test_as_int(value: Any, found: int | None) -> None:
    assert as_int(value) == found


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("2026-03-10T09:00:00Z", datetime(2026, 3, 10, 9, tzinfo=timezone.utc)),
        ("2026-03-10T09:00:00+02:00", datetime(2026, 3, 10, 7, tzinfo=timezone.utc)),
        ("2026-03-10T09:00:00", datetime(2026, 3, 10, 9, tzinfo=timezone.utc)),
        ("2026-03-10 09:00:00", datetime(2026, 3, 10, 9, tzinfo=timezone.utc)),
        ("2026-03-10", datetime(2026, 3, 10, tzinfo=timezone.utc)),
        ("2026-03-10T09:00:00.123456789Z", datetime(2026, 3, 10, 9, 0, 0, 123456, tzinfo=timezone.utc)),
        ("9999-12-31T23:59:59Z", datetime(9999, 12, 31, 23, 59, 59, tzinfo=timezone.utc)),
        ("0001-01-01T00:00:00Z", datetime(1, 1, 1, tzinfo=timezone.utc)),
        *((wrong, None) for wrong in NO_TIMES),
    ],
)
def test_as_utc(value: Any, found: datetime | None) -> None:
    moment = as_utc(value)
    assert moment == found
    assert moment is None or moment.tzinfo is timezone.utc


@pytest.mark.parametrize("value", ["0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00"])
def test_time_outside_of_the_calendar_is_unknown(value: str) -> None:
    # In UTC these lie before the year 1 and after the year 9999.
    assert as_utc(value) is None


@pytest.mark.parametrize("offset", ["+24:00", "+99:00", "-99:59"])
def test_offset_of_a_day_or_more_makes_a_time_unknown(offset: str) -> None:
    assert as_utc(f"2026-03-10T09:00:00{offset}") is None
