"""values.py: what is taken for text, a number or a time."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from source_zoom.values import moment, text, whole_number


@pytest.mark.parametrize(("value", "found"), [("a", "a"), ("", ""), (None, ""), (5, ""), (["a"], "")])
def test_text(value: Any, found: str):
    assert text(value) == found


@pytest.mark.parametrize(
    ("value", "found"),
    [(85012345678, 85012345678), ("85012345678", 85012345678), (0, 0), ("0", 0)]
    + [(wrong, None) for wrong in (None, True, 1.0, "", "1.5", "-1", " 1", "\u0661", "weekly", [1], {})],
)
def test_whole_number(value: Any, found: int | None):
    assert whole_number(value) == found


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("2026-03-10T09:00:00Z", datetime(2026, 3, 10, 9, tzinfo=timezone.utc)),
        ("2026-03-10T09:00:00+02:00", datetime(2026, 3, 10, 7, tzinfo=timezone.utc)),
        ("2026-03-10T09:00:00", datetime(2026, 3, 10, 9, tzinfo=timezone.utc)),
        ("2026-03-10", datetime(2026, 3, 10, tzinfo=timezone.utc)),
    ]
    + [(wrong, None) for wrong in (None, "", "soon", 1772323200, ["2026-03-10"])],
)
def test_moment(value: Any, found: datetime | None):
    assert moment(value) == found
