"""bisection.py: a table that is read oldest day first finds Zoom's age limit in a few requests, and spares only what is
proved."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from source_zoom.streams.bisection import WITNESSES, AgeLimit

TODAY = 739_000
# Five months back.
BELIEVED = TODAY - 150
# Requests that are sent before the first of them is answered.
IN_FLIGHT = 12
ROUNDS = 9
# What Zoom does with an occurrence of (meeting, day): "rows", "nothing" or "too old".
Zoom = Callable[[int, int], str]


class Table:
    """A table of occurrences, several a day, read as the plan does it."""

    def __init__(self, days: range, zoom: Zoom, *, a_day: int = 5, meetings: int = 10**9) -> None:
        self.age = AgeLimit(BELIEVED)
        self.zoom = zoom
        unread = {day: [(day * a_day + n) % meetings for n in range(a_day)] for day in days}
        self.requested: list[tuple[int, str]] = []
        self.spared: list[int] = []
        self.in_flight: deque[tuple[int, int]] = deque()
        while unread:
            day = self.age.choose(sorted(unread))
            meeting = unread[day].pop(0)
            if not unread[day]:
                del unread[day]
            if self.age.is_too_old(day):
                self.spared.append(day)
                continue
            self.in_flight.append((meeting, day))
            if len(self.in_flight) >= IN_FLIGHT:
                self._answer()
        while self.in_flight:
            self._answer()

    def _answer(self) -> None:
        meeting, day = self.in_flight.popleft()
        answer = self.zoom(meeting, day)
        self.requested.append((day, answer))
        if answer == "too old":
            self.age.refused(meeting, day)
        elif answer == "rows":
            self.age.served(day)

    @property
    def refused(self) -> list[int]:
        return [day for day, answer in self.requested if answer == "too old"]


def kept_since(first: int) -> Zoom:
    return lambda _, day: "rows" if day >= first else "too old"


FIFTEEN_MONTHS = range(TODAY - 455, TODAY + 1)


class TestHonestZoom:
    @pytest.mark.parametrize("kept", [365, 270, 183, 152])
    def test_limit_is_found_in_a_few_rounds_and_everything_it_keeps_is_read(self, kept: int):
        table = Table(FIFTEEN_MONTHS, kept_since(TODAY - kept))
        assert len(table.refused) <= IN_FLIGHT * ROUNDS
        assert sorted(day for day, answer in table.requested if answer == "rows") == [
            day for day in range(TODAY - kept, TODAY + 1) for _ in range(5)
        ]
        assert len(table.requested) + len(table.spared) == len(FIFTEEN_MONTHS) * 5

    def test_where_a_month_is_kept_no_day_younger_than_five_months_is_spared(self):
        table = Table(FIFTEEN_MONTHS, kept_since(TODAY - 30))
        assert max(table.spared) < BELIEVED
        assert {day for day, _ in table.requested} >= set(range(BELIEVED, TODAY + 1))
        assert len([day for day in table.refused if day < BELIEVED]) <= IN_FLIGHT * ROUNDS

    def test_without_any_refusal_days_are_read_in_order(self):
        table = Table(FIFTEEN_MONTHS, kept_since(0))
        assert [day for day, _ in table.requested] == sorted(day for day, _ in table.requested)
        assert table.spared == []

    def test_after_the_limit_is_found_days_are_read_in_order(self):
        table = Table(FIFTEEN_MONTHS, kept_since(TODAY - 365))
        rest = [day for day, _ in table.requested][IN_FLIGHT * ROUNDS :]
        assert rest == sorted(rest)

    def test_answers_without_rows_do_not_hide_the_limit(self):
        """Most occurrences have no polls: only one in five has rows to prove that Zoom keeps them."""
        first = TODAY - 365

        def zoom(meeting: int, day: int) -> str:
            return "too old" if day < first else "rows" if meeting % 5 == 0 else "nothing"

        table = Table(FIFTEEN_MONTHS, zoom)
        assert len(table.refused) <= IN_FLIGHT * ROUNDS
        assert {day for day, answer in table.requested if answer == "rows"} == set(range(first, TODAY + 1))


class TestWrongAnswers:
    @pytest.mark.parametrize("wrong", [TODAY, TODAY - 100, BELIEVED, BELIEVED - 1, TODAY - 300])
    def test_a_single_wrong_refusal_spares_nothing(self, wrong: int):
        table = Table(FIFTEEN_MONTHS, lambda meeting, day: "too old" if meeting == wrong * 5 + 2 else "rows")
        assert table.spared == []

    def test_refusals_of_one_series_spare_nothing(self):
        table = Table(FIFTEEN_MONTHS, lambda *_: "too old", a_day=1, meetings=1)
        assert table.spared == []
        two = Table(FIFTEEN_MONTHS, lambda *_: "too old", a_day=2, meetings=2)
        assert two.spared == []

    def test_refusals_of_three_series_do(self):
        assert Table(FIFTEEN_MONTHS, lambda *_: "too old", a_day=3, meetings=3).spared

    def test_any_number_of_wrong_refusals_of_young_days_spares_nothing(self):
        table = Table(FIFTEEN_MONTHS, lambda _, day: "too old" if day >= BELIEVED else "rows")
        assert table.spared == []

    def test_rows_win_over_refusals_of_younger_days(self):
        age = AgeLimit(BELIEVED)
        age.served(BELIEVED - 100)
        for meeting in range(WITNESSES):
            age.refused(meeting, BELIEVED - 10)
        assert not age.is_too_old(BELIEVED - 100)
        assert not age.is_too_old(BELIEVED - 50)
        assert age.is_too_old(BELIEVED - 101)

    def test_the_days_of_the_witnesses_themselves_are_read(self):
        age = AgeLimit(BELIEVED)
        for meeting, day in enumerate((BELIEVED - 30, BELIEVED - 20, BELIEVED - 10)):
            age.refused(meeting, day)
        assert [day for day in (-31, -30, -20) if age.is_too_old(BELIEVED + day)] == [-31]

    @settings(max_examples=300, deadline=None, derandomize=True)
    @given(
        st.integers(100, 455),
        st.integers(0, 455),
        st.sets(st.integers(0, 455 * 3), max_size=2),
        st.integers(1, 4),
    )
    def test_rows_are_never_spared_for_fewer_than_three_wrong_answers(
        self, listed: int, kept: int, wrong: set[int], a_day: int
    ):
        days = range(TODAY - listed, TODAY + 1)
        first = TODAY - kept

        def zoom(meeting: int, day: int) -> str:
            return "too old" if day < first or meeting - days[0] * a_day in wrong else "rows"

        # Of two wrong witnesses and a right one, the oldest counts, which is the right one.
        table = Table(days, zoom, a_day=a_day)
        assert not [day for day in table.spared if day >= first]
        assert len(table.requested) + len(table.spared) == len(days) * a_day
