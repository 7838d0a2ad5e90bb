"""The one place that reads the calendar, so that a test can move it."""

from __future__ import annotations

from datetime import date, datetime, timezone


def utc_now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(timezone.utc)


def utc_today() -> date:
    """The present day in UTC, by which Zoom's reports count."""
    return utc_now().date()
