"""forecast.py: how much a sync has still to find, from what its lists have shown so far."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from source_zoom.parents.forecast import Forecast, Work
from source_zoom.parents.history import PAST
from source_zoom.parents.instances import instance_lists
from source_zoom.parents.kinds import MEETINGS, WEBINARS, Listed, Series, User
from source_zoom.parents.recordings import RECORDINGS
from source_zoom.parents.scheduled import scheduled_list
from source_zoom.zoom.labels import Label
from source_zoom.zoom.traffic import Traffic


class Found:
    """A list of parents that has shown these so far."""

    def __init__(self, *items: Any, ended: bool = False, started: bool = True) -> None:
        self._items = items
        self.has_ended = ended
        self.has_started = started

    def __len__(self) -> int:
        return len(self._items)

    def so_far(self) -> list[Any]:
        return list(self._items)


def meetings(once: int = 0, repeating: int = 0) -> list[Listed]:
    return [Listed(number, Series("host", number < repeating)) for number in range(once + repeating)]


def forecast(sent: dict[str, int] | None = None, **lists: Any) -> Forecast:
    """Of ten users, one of whom has a personal meeting room; ``sent`` requests by list, other lists are empty."""
    traffic = Traffic()
    for name, count in (sent or {}).items():
        for _ in range(count):
            traffic.sent(Label.MEDIUM, name)
    users = Found(*(User(f"u{number}", 85_000_000_000 if number == 0 else None) for number in range(10)), ended=True)
    nothing = {MEETINGS: Found(started=False), WEBINARS: Found(started=False)}
    parents = {"users": users, "scheduled": nothing, "past": nothing, "reported": {MEETINGS: 0, WEBINARS: 0}, **lists}
    found: Any = SimpleNamespace(**parents)
    return Forecast(found, traffic)


def of_meetings(found: Found) -> dict[Any, Found]:
    return {MEETINGS: found, WEBINARS: Found(started=False)}


LIST, INSTANCES = scheduled_list(MEETINGS), instance_lists(MEETINGS)


class TestScheduled:
    def test_list_that_has_ended_is_known(self) -> None:
        found = forecast(scheduled=of_meetings(Found(*meetings(once=7), ended=True)))
        assert found.scheduled(MEETINGS) == 7

    @pytest.mark.parametrize(("read", "expected"), [(5, 14), (10, 7), (30, 7), (0, 350)])
    def test_users_that_are_not_read_have_as_many_as_the_others(self, read: int, expected: float) -> None:
        # Of ten users; a list of several pages counts as several users, and nothing read as a fiftieth.
        found = forecast({LIST: read}, scheduled=of_meetings(Found(*meetings(once=7))))
        assert found.scheduled(MEETINGS) == expected


class TestPast:
    def test_list_that_has_ended_is_known(self) -> None:
        assert forecast(past=of_meetings(Found(*range(12), ended=True))).past(MEETINGS) == 12

    def test_instances_that_are_not_read_have_as_many_as_the_others(self) -> None:
        lists = {
            "scheduled": of_meetings(Found(*meetings(once=4, repeating=7), ended=True)),
            "past": of_meetings(Found(*range(30))),
            "reported": {MEETINGS: 10, WEBINARS: 0},
        }
        # Seven that repeat and one personal room, of which two are read and have shown twenty.
        assert forecast({INSTANCES: 2}, **lists).past(MEETINGS) == 10 + 20 / (2 / 8)


class TestLists:
    def test_nothing_is_expected_of_lists_that_nobody_reads(self) -> None:
        assert list(forecast().lists()) == []

    def test_a_request_for_each_user_and_each_series(self) -> None:
        lists = {
            "scheduled": of_meetings(Found(*meetings(once=1, repeating=3))),
            "past": of_meetings(Found()),
        }
        found = list(forecast({LIST: 5, INSTANCES: 1}, **lists).lists())
        # Half of the users are read, so there are six that repeat, and one personal room.
        assert found == [Work(Label.MEDIUM, 5, 10), Work(Label.MEDIUM, 1, 7)]

    def test_instances_of_webinars_are_light(self) -> None:
        past = {MEETINGS: Found(started=False), WEBINARS: Found()}
        assert list(forecast(past=past).lists()) == [Work(Label.LIGHT, 0, 0)]

    def test_a_request_for_each_window_of_a_list_that_is_read(self) -> None:
        windows = {"history": ["window"] * 7, "recordings": ["window"] * 180, "summaries": ["window"] * 50}
        found = list(forecast({PAST: 3, RECORDINGS: 40}, windows=windows).lists())
        assert found == [Work(Label.HEAVY, 3, 7), Work(Label.MEDIUM, 40, 180)]

    def test_more_than_expected_was_sent(self) -> None:
        lists = {"scheduled": of_meetings(Found(ended=True))}
        assert list(forecast({LIST: 14}, **lists).lists()) == [Work(Label.MEDIUM, 14, 14)]
