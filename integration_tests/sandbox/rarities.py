"""Rarities: what an account can be and few are, done to parents that are already built."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .entities import Meeting, User


def list_twice(hosts: list[User], licensed: list[User]) -> None:
    """An alternative host sees the meeting too, and a list can show one on two of its pages."""
    for users, rows_of in ((hosts, "meeting_rows"), (licensed, "webinar_rows")):
        for user, neighbour in zip(users, users[1:] + users[:1], strict=True):
            for row in list(getattr(user, rows_of)):
                if row.host is user and row.ordinal % 20 == 4:
                    getattr(neighbour, rows_of).append(row)
                elif row.host is user and row.ordinal % 20 == 9:
                    getattr(user, rows_of).append(row)


def vanish(listed: list[Meeting], count: int) -> None:
    """The first `count` webinars, and meetings, that have a past: their lists show them, their records are gone."""
    for webinars in (False, True):
        past = [m for m in listed if m.is_webinar == webinars and m.occurrences and m.registration]
        for meeting in past[:count]:
            meeting.gone = True


def change_registration(listed: list[Meeting], count: int) -> None:
    """The first `count` recurring webinars that have a past and still exist: what held for it holds no more.

    The first of them had registration and has it no longer, the second the reverse, and so on. The last occurrence
    of each is already as the webinar is now, where there is more than one.
    """
    series = [m for m in listed if m.is_webinar and m.recurring and m.occurrences and not m.gone]
    for position, webinar in enumerate(series[:count]):
        webinar.registration = position % 2 == 1
        past = sorted(webinar.occurrences, key=lambda o: o.start)
        for occurrence in past:
            occurrence.registration = not webinar.registration
        if len(past) > 1:
            past[-1].registration = webinar.registration
