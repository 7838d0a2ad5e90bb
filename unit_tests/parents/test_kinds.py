"""parents/kinds.py: what the lists hold, and how a walk keeps it."""

from __future__ import annotations

from datetime import date, datetime, timezone

import pytest

from source_zoom.parents.kinds import UNKNOWN_DAY, Listed, Occurrence, Series, User

DAY = date(2026, 3, 10).toordinal()


@pytest.mark.parametrize("identifier", [0, 1, 85012345678, 2**62])
@pytest.mark.parametrize("day", [1, DAY, date.max.toordinal(), UNKNOWN_DAY])
def test_occurrence_is_unpacked_as_it_was(identifier: int, day: int) -> None:
    occurrence = Occurrence("/a//b+==", identifier, day)
    assert Occurrence.unpacked(*occurrence.packed()) == occurrence


def test_occurrence_has_the_day_of_its_start() -> None:
    started = datetime(2026, 3, 10, 23, 59, tzinfo=timezone.utc)
    assert Occurrence.starting("a", 1, started) == Occurrence("a", 1, DAY)
    assert Occurrence.starting("a", 1, None) == Occurrence("a", 1, UNKNOWN_DAY)
    assert Occurrence.starting("a", None, None).id == 0


def test_unknown_day_is_later_than_any_day() -> None:
    assert date.max.toordinal() < UNKNOWN_DAY


def test_users_and_listed_meetings_are_unpacked_as_they_were() -> None:
    user, listed = User("u1", 5), Listed(1, Series("u1", repeats=True))
    assert User(*user.packed()) == user
    assert Listed(*listed.packed()) == listed
