"""parents/kinds.py: what the lists hold, and how a walk keeps it."""

from __future__ import annotations

from source_zoom.parents.kinds import Listed, Series, User


def test_users_and_listed_meetings_are_unpacked_as_they_were() -> None:
    user, listed = User("u1", 5), Listed(1, Series("u1", repeats=True))
    assert User(*user.packed()) == user
    assert Listed(*listed.packed()) == listed
