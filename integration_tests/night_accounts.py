"""Small accounts whose nights are told by hand: nothing takes place in them but what a test lets occur."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from integration_tests.sandbox import REGULAR, Clock, Sandbox

if TYPE_CHECKING:
    from integration_tests.nights import Connection
    from integration_tests.sandbox.entities import Meeting, Occurrence

# Two in the morning, when nightly syncs run.
NIGHT = datetime(2026, 5, 20, 2, tzinfo=timezone.utc)
MEETING_TABLES = ("report_meetings", "report_meeting_participants")
EMPTY = replace(
    REGULAR,
    users=1,
    seed=7,
    webinar_share=1,
    meetings_per_user=3,
    webinars_per_user=3,
    recurring_share=1,
    occurrences_per_recurring=0,
    unlisted_per_user=0,
    unlisted_webinars_per_user=0,
    registration_share=1,
)


def empty_account(now: datetime = NIGHT, **settings: Any) -> Sandbox:
    """An account with series that have not taken place yet, and a clock that stands still."""
    return Sandbox(EMPTY, clock=Clock.standing_at(now), **settings)


def series(zoom: Sandbox, *, webinars: bool = False) -> Meeting:
    """A recurring meeting or webinar of it, with registration."""
    listed = zoom.account.listed_webinars() if webinars else zoom.account.listed_meetings()
    return next(meeting for meeting in listed if meeting.recurring and meeting.registration)


def take_place(zoom: Sandbox, *, hours_ago: float = 10, webinar: bool = False, **event: Any) -> Occurrence:
    """An occurrence of the series began so many hours ago; 0.5 hours and five participants, unless said otherwise."""
    start = zoom.now - timedelta(hours=hours_ago)
    return zoom.occur(series(zoom, webinars=webinar).id, **{"start": start, "minutes": 30, "rows": 5, **event})


def days_later(zoom: Sandbox, day: float) -> None:
    """Move the clock to so many days after the account was built."""
    zoom.advance(hours=(zoom.dawn + timedelta(days=day) - zoom.now).total_seconds() / 3600)


def requests_about(connection: Connection, occurrence: Occurrence) -> list[int]:
    """How many each sync has sent."""
    return [len(night.about(occurrence.uuid)) for night in connection.nights]


def sync_at(connection: Connection, *days: float) -> None:
    """Syncs so many days after the account was built, all of which succeed."""
    for day in days:
        days_later(connection.zoom, day)
        assert connection.sync().output.exit_code == 0
