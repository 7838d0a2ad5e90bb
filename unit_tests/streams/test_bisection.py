"""bisection.py: a table that is read oldest day first finds Zoom's age limit in a few requests, and spares only what is
proved."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from source_zoom.parents.occurrence import EPOCH_DAY, SECONDS_A_DAY, Occurrence
from source_zoom.streams.bisection import WITNESSES, AgeLimit

# Days since 1970.
TODAY = 20_000
# Five months back.
BELIEVED = TODAY - 150
# Requests that are sent before the first of them is answered.
IN_FLIGHT = 12
ROUNDS = 9
FIFTEEN_MONTHS = range(TODAY - 455, TODAY + 1)
# What Zoom does with an occurrence: "rows", "nothing" or "too old".
Zoom = Callable[[Occurrence], str]


def at(day: float) -> int:
    return int(day * SECONDS_A_DAY)


def day_of(occurrence: Occurrence) -> int:
    return occurrence.day - EPOCH_DAY


class Table:
    """A table of occurrences, several a day, read as the plan does it."""

    def __init__(
        self, days: range, zoom: Zoom, *, a_day: int = 5, meetings: int = 10**9, in_flight: int = IN_FLIGHT
    ) -> None:
        self.age = AgeLimit(EPOCH_DAY + BELIEVED)
        self.zoom = zoom
        draw = random.Random(0)
        unread: dict[int, list[Occurrence]] = {}
        for number in range(len(days) * a_day):
            day = days[number // a_day]
            occurrence = Occurrence(str(number), number % meetings + 1, at(day) + draw.randrange(SECONDS_A_DAY))
            unread.setdefault(occurrence.day, []).append(occurrence)
        self.requested: list[tuple[Occurrence, str]] = []
        self.spared: list[Occurrence] = []
        self.in_flight: deque[Occurrence] = deque()
        in_order = sorted(unread)
        while in_order:
            day = self.age.choose(in_order)
            occurrence = unread[day].pop()
            if not unread[day]:
                in_order.remove(day)
            if self.age.is_too_old(occurrence.start):
                self.spared.append(occurrence)
                continue
            self.in_flight.append(occurrence)
            if len(self.in_flight) >= in_flight:
                self._answer()
        while self.in_flight:
            self._answer()

    def _answer(self) -> None:
        occurrence = self.in_flight.popleft()
        answer = self.zoom(occurrence)
        self.requested.append((occurrence, answer))
        assert occurrence.start is not None
        if answer == "too old":
            self.age.refused(occurrence.id, occurrence.start)
        elif answer == "rows":
            self.age.served(occurrence.start)

    def days(self, answer: str) -> list[int]:
        return [day_of(occurrence) for occurrence, given in self.requested if given == answer]

    @property
    def spared_days(self) -> list[int]:
        return [day_of(occurrence) for occurrence in self.spared]


def kept_since(first: float) -> Zoom:
    """All that started from a moment on, a day since 1970 with its fraction."""
    return lambda occurrence: "rows" if (occurrence.start or 0) >= at(first) else "too old"


class TestHonestZoom:
    @pytest.mark.parametrize("kept", [365.4, 365, 270.9, 183, 152])
    @pytest.mark.parametrize("in_flight", [IN_FLIGHT, 1])
    @pytest.mark.parametrize("a_day", [1, 5, 60])
    def test_limit_is_found_in_a_few_rounds_and_everything_it_keeps_is_read(
        self, kept: float, in_flight: int, a_day: int
    ) -> None:
        table = Table(FIFTEEN_MONTHS, kept_since(TODAY - kept), a_day=a_day, in_flight=in_flight)
        count = len(FIFTEEN_MONTHS) * a_day
        assert len(table.days("too old")) <= (in_flight + WITNESSES) * ROUNDS
        assert len(table.requested) + len(table.spared) == count
        assert not [occurrence for occurrence in table.spared if (occurrence.start or 0) >= at(TODAY - kept)]

    def test_where_a_month_is_kept_no_day_younger_than_five_months_is_spared(self) -> None:
        table = Table(FIFTEEN_MONTHS, kept_since(TODAY - 30))
        assert max(table.spared_days) < BELIEVED
        requested = [day_of(occurrence) for occurrence, _ in table.requested]
        assert set(requested) >= set(range(BELIEVED, TODAY + 1))
        assert len([day for day in requested if day < BELIEVED]) <= IN_FLIGHT * ROUNDS

    def test_without_any_refusal_days_are_read_in_order(self) -> None:
        table = Table(FIFTEEN_MONTHS, kept_since(0))
        assert table.days("rows") == sorted(table.days("rows"))
        assert table.spared == []

    def test_after_the_limit_is_found_days_are_read_in_order(self) -> None:
        table = Table(FIFTEEN_MONTHS, kept_since(TODAY - 365))
        rest = [day_of(occurrence) for occurrence, _ in table.requested][(IN_FLIGHT + WITNESSES) * ROUNDS :]
        assert len(rest) > 1000
        assert rest == sorted(rest)

    def test_limit_in_a_gap_is_found_too(self) -> None:
        """Nothing took place around the limit, so the days that are halved are few."""
        table = Table(range(TODAY - 455, TODAY - 399), kept_since(TODAY - 365), in_flight=1)
        assert len(table.days("too old")) <= WITNESSES * ROUNDS

    def test_answers_without_rows_do_not_hide_the_limit(self) -> None:
        """Most occurrences have no polls: only one in five has rows to prove that Zoom keeps them."""
        keeps = kept_since(TODAY - 365)

        def zoom(occurrence: Occurrence) -> str:
            return "nothing" if keeps(occurrence) == "rows" and occurrence.id % 5 else keeps(occurrence)

        table = Table(FIFTEEN_MONTHS, zoom)
        assert len(table.days("too old")) <= IN_FLIGHT * ROUNDS
        assert set(table.days("rows")) == set(range(TODAY - 365, TODAY + 1))


class TestWrongAnswers:
    @pytest.mark.parametrize("wrong", [TODAY, TODAY - 100, BELIEVED, BELIEVED - 1, TODAY - 300, TODAY - 455])
    def test_a_single_wrong_refusal_spares_nothing(self, wrong: int) -> None:
        number = (wrong - FIFTEEN_MONTHS[0]) * 5 + 1
        table = Table(FIFTEEN_MONTHS, lambda occurrence: "too old" if occurrence.id == number else "rows")
        assert table.days("too old") == [wrong]
        assert table.spared == []

    @pytest.mark.parametrize(("meetings", "spares"), [(1, False), (2, False), (3, True)])
    def test_refusals_of_fewer_than_three_series_spare_nothing(self, meetings: int, spares: bool) -> None:
        table = Table(FIFTEEN_MONTHS, lambda _: "too old", a_day=meetings, meetings=meetings)
        assert bool(table.spared) is spares

    def test_any_number_of_wrong_refusals_of_young_days_spares_nothing(self) -> None:
        table = Table(FIFTEEN_MONTHS, lambda occurrence: "too old" if day_of(occurrence) >= BELIEVED else "rows")
        assert table.spared == []

    def test_refusals_of_young_days_are_no_witnesses(self) -> None:
        age = AgeLimit(EPOCH_DAY + BELIEVED)
        for meeting in range(WITNESSES):
            age.refused(meeting, at(BELIEVED + meeting))
        assert not age.is_too_old(at(BELIEVED - 100))
        assert age.choose([EPOCH_DAY + BELIEVED - 100, EPOCH_DAY + BELIEVED - 10]) == EPOCH_DAY + BELIEVED - 100

    def test_rows_win_over_refusals_of_younger_days(self) -> None:
        age = AgeLimit(EPOCH_DAY + BELIEVED)
        age.served(at(BELIEVED - 100))
        for meeting in range(WITNESSES):
            age.refused(meeting, at(BELIEVED - 10))
        assert not age.is_too_old(at(BELIEVED - 100))
        assert not age.is_too_old(at(BELIEVED - 50))
        assert age.is_too_old(at(BELIEVED - 100) - 1)

    def test_a_refusal_that_rows_prove_wrong_changes_no_order(self) -> None:
        age = AgeLimit(EPOCH_DAY + BELIEVED)
        age.served(at(BELIEVED - 100))
        age.refused("a meeting", at(BELIEVED - 10))
        assert age.choose([EPOCH_DAY + BELIEVED - days for days in (50, 20, 10, 5)]) == EPOCH_DAY + BELIEVED - 50

    def test_of_three_witnesses_the_oldest_counts(self) -> None:
        age = AgeLimit(EPOCH_DAY + BELIEVED)
        for meeting, day in enumerate((BELIEVED - 20, BELIEVED - 30, BELIEVED - 10)):
            assert not age.is_too_old(at(BELIEVED - 100))
            age.refused(meeting, at(day))
        assert age.is_too_old(at(BELIEVED - 30) - 1)
        assert not age.is_too_old(at(BELIEVED - 30))
        assert not age.is_too_old(None)

    @settings(max_examples=300, deadline=None, derandomize=True)
    @given(
        listed=st.integers(100, 455),
        kept=st.integers(0, 455),
        wrong=st.sets(st.integers(1, 455 * 3), max_size=2),
        a_day=st.integers(1, 4),
        in_flight=st.integers(1, 12),
    )
    def test_rows_are_never_spared_for_fewer_than_three_wrong_answers(
        self, listed: int, kept: int, wrong: set[int], a_day: int, in_flight: int
    ) -> None:
        days = range(TODAY - listed, TODAY + 1)
        keeps = kept_since(TODAY - kept)

        def zoom(occurrence: Occurrence) -> str:
            return "too old" if occurrence.id in wrong else keeps(occurrence)

        # Of two wrong witnesses and a right one, the oldest counts, which is the right one.
        table = Table(days, zoom, a_day=a_day, in_flight=in_flight)
        assert not [day for day in table.spared_days if day >= TODAY - kept]
        assert len(table.requested) + len(table.spared) == len(days) * a_day
