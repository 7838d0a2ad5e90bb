"""day_walk.py: parents that several tables read oldest day first, while their list grows."""

from __future__ import annotations

import threading
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from hypothesis import given, settings
from hypothesis import strategies as st

from source_zoom.parents.day_walk import DayWalk
from source_zoom.parents.occurrence import EPOCH_DAY, UNKNOWN_DAY, Occurrence
from source_zoom.parents.walk import Walk
from unit_tests.threads import WAIT, collect, in_thread

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

DAY = 86_400


def occurrence(uuid: str, day: int | None = 0, number: int = 1, *, attended: bool = False) -> Occurrence:
    """An occurrence that started at noon of a day, counted from 1970; None without a start time."""
    return Occurrence(uuid, number, None if day is None else day * DAY + DAY // 2, attended)


def new_walk() -> DayWalk[Occurrence]:
    return DayWalk("past meetings", Occurrence.packed, Occurrence.unpacked, Occurrence.merged)


def walk_of(*items: Occurrence, error: BaseException | None = None) -> DayWalk[Occurrence]:
    walk = new_walk()
    for item in items:
        walk.publish(item)
    walk.finish(error)
    return walk


def uuids(walk: DayWalk[Occurrence]) -> list[str]:
    return [item.uuid for item in walk]


class TestOrder:
    def test_days_come_in_order_and_items_of_a_day_as_they_were_found(self) -> None:
        walk = walk_of(occurrence("c", 9), occurrence("a", 2), occurrence("d", 9), occurrence("b", 2))
        assert uuids(walk) == ["a", "b", "c", "d"]

    def test_items_without_a_start_come_last(self) -> None:
        assert uuids(walk_of(occurrence("b", None), occurrence("a", 20_000))) == ["a", "b"]

    def test_older_day_that_is_found_later_comes_next(self) -> None:
        walk = new_walk()
        for item in (occurrence("b", 5), occurrence("c", 5), occurrence("d", 7)):
            walk.publish(item)
        items = iter(walk)
        assert next(items).uuid == "b"
        walk.publish(occurrence("a", 3))
        walk.finish()
        assert [item.uuid for item in items] == ["a", "c", "d"]

    def test_day_that_was_read_to_its_end_is_read_again_for_what_is_new_in_it(self) -> None:
        walk = new_walk()
        walk.publish(occurrence("a", 3))
        walk.publish(occurrence("b", 4))
        items = iter(walk)
        assert [next(items).uuid, next(items).uuid] == ["a", "b"]
        walk.publish(occurrence("late", 3))
        walk.finish()
        assert [item.uuid for item in items] == ["late"]

    def test_reader_may_choose_another_day(self) -> None:
        walk = walk_of(*(occurrence(f"{day}{letter}", day) for day in range(4) for letter in "xy"))
        reader = walk.reader()
        seen: list[list[int]] = []

        def choose(days: Sequence[int]) -> int:
            seen.append(list(days))
            return days[len(days) // 2]

        taken = []
        while reader.wait():
            taken.append(reader.take(choose))
        assert [item.uuid for item in taken if item] == ["2x", "2y", "1x", "1y", "3x", "3y", "0x", "0y"]
        assert seen[0] == [EPOCH_DAY + day for day in range(4)]
        assert seen[-1] == [EPOCH_DAY]

    def test_lowest_unread_day_counts_what_was_found_but_not_taken(self) -> None:
        walk = walk_of(occurrence("a", 3), occurrence("b", 3), occurrence("c", 8))
        reader = walk.reader()
        lowest = [reader.lowest_unread() - EPOCH_DAY]
        while reader.wait():
            reader.take()
            lowest.append(reader.lowest_unread() - EPOCH_DAY)
        assert lowest == [3, 3, 8, UNKNOWN_DAY - EPOCH_DAY]

    @settings(max_examples=200, deadline=None, derandomize=True)
    @given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), max_size=40))
    def test_whatever_is_published_when_it_is_taken_once_and_from_the_lowest_day(
        self, steps: list[tuple[int, bool]]
    ) -> None:
        walk = new_walk()
        reader = walk.reader()
        unread: list[tuple[int, str]] = []
        taken: list[str] = []
        for number, (day, takes) in enumerate(steps):
            walk.publish(occurrence(str(number), day))
            unread.append((day, str(number)))
            if takes:
                item = reader.take()
                expected = min(unread, key=lambda entry: entry[0])
                assert item is not None
                assert item.uuid == expected[1]
                unread.remove(expected)
                taken.append(item.uuid)
        walk.finish()
        while reader.wait():
            item = reader.take()
            assert item is not None
            taken.append(item.uuid)
        assert sorted(taken, key=int) == [str(number) for number in range(len(steps))]


class TestSameKey:
    def test_it_comes_once_with_what_both_say(self) -> None:
        walk = walk_of(
            Occurrence("a", 0, DAY), Occurrence("a", 77, DAY + 5, attended=True), Occurrence("a", 0, 9 * DAY)
        )
        assert list(walk) == [Occurrence("a", 77, DAY, attended=True)]
        assert walk.find("a") == Occurrence("a", 77, DAY, attended=True)
        assert len(walk) == 1

    def test_one_whose_start_is_found_later_comes_once_and_on_its_day(self) -> None:
        walk = walk_of(occurrence("a", None), occurrence("b", 9), occurrence("a", 4))
        assert uuids(walk) == ["a", "b"]

    def test_state_of_a_reader_knows_the_day_of_one_whose_start_was_found_later(self) -> None:
        walk = new_walk()
        walk.publish(occurrence("a", None))
        reader = walk.reader()
        assert reader.lowest_unread() == UNKNOWN_DAY
        walk.publish(occurrence("a", 4))
        assert reader.lowest_unread() == EPOCH_DAY + 4


class TestReaders:
    def test_every_reader_gets_everything_while_the_list_grows(self) -> None:
        walk = new_walk()
        readers = 10
        together = threading.Barrier(readers)

        def read(_: int) -> list[str]:
            together.wait(WAIT)
            return uuids(walk)

        def publish() -> None:
            for number in range(3000):
                walk.publish(occurrence(str(number), number * 37 % 450))

        walk.produce_by(publish)
        with ThreadPoolExecutor(readers) as pool:
            found = list(pool.map(read, range(readers)))
        assert [sorted(each, key=int) for each in found] == [[str(number) for number in range(3000)]] * readers

    def test_nothing_is_produced_before_somebody_reads(self) -> None:
        called = threading.Event()
        walk = new_walk()
        walk.produce_by(called.set)
        assert not called.is_set()
        assert uuids(walk) == []
        assert called.is_set()

    def test_reader_waits_for_more(self) -> None:
        walk = new_walk()
        rest = in_thread(uuids, walk)
        walk.publish(occurrence("a"))
        assert not rest.done()
        walk.finish()
        assert rest.result(WAIT) == ["a"]

    def test_failure_comes_after_the_items_and_to_every_reader(self) -> None:
        walk = walk_of(occurrence("b", 2), occurrence("a", 1), error=ValueError("broken"))
        for _ in range(3):
            found, error = collect(walk)
            assert [item.uuid for item in found] == ["a", "b"]
            assert str(error) == "broken"

    def test_of_two_failures_the_one_the_user_can_fix_is_reported(self) -> None:
        fixable = AirbyteTracedException(message="A scope is missing.", failure_type=FailureType.config_error)
        walk = walk_of(error=ValueError("broken"))
        walk.finish(fixable)
        assert collect(walk)[1] is fixable

    @pytest.mark.parametrize("error", [None, ValueError("broken")])
    def test_it_has_succeeded_when_all_producers_have_ended_without_a_failure(self, error: Exception | None) -> None:
        walk = new_walk()
        walk.produce_by(lambda: None, lambda: None)
        assert not walk.has_succeeded
        walk.finish(error)
        assert not walk.has_succeeded
        walk.finish()
        assert walk.has_succeeded is (error is None)


class TestOccurrence:
    @settings(max_examples=200, deadline=None, derandomize=True)
    @given(
        st.text(min_size=1),
        st.integers(0, 10**12),
        st.none() | st.integers(0, 2**33 - 2),
        st.booleans(),
    )
    def test_packed_and_unpacked_it_is_the_same(
        self, uuid: str, number: int, start: int | None, attended: bool
    ) -> None:
        item = Occurrence(uuid, number, start, attended)
        assert Occurrence.unpacked(*item.packed()) == item

    def test_day_is_that_of_utc(self) -> None:
        last_second = datetime(2026, 3, 1, 23, 59, 59, tzinfo=timezone.utc)
        east = last_second.astimezone(timezone(timedelta(hours=14)))
        assert Occurrence.starting("a", 1, east).day == datetime(2026, 3, 1).toordinal()  # noqa: DTZ001 - a day
        assert Occurrence.starting("a", 1, last_second + timedelta(seconds=1)).day == Occurrence("a", 1, 0).day + 20514
        assert Occurrence.starting("a", 1, east).started == last_second

    @pytest.mark.parametrize("year", [1, 1969, 2243, 9999])
    def test_impossible_start_counts_as_unknown(self, year: int) -> None:
        item = Occurrence.starting("a", 1, datetime(year, 6, 1, tzinfo=timezone.utc))
        assert (item.start, item.day) == (None, UNKNOWN_DAY)

    @pytest.mark.parametrize(("participants", "attended"), [(None, False), (0, False), (1, False), (2, True)])
    def test_reports_are_expected_of_two_participants(self, participants: int | None, attended: bool) -> None:
        assert Occurrence.starting("a", None, None, participants) == Occurrence("a", 0, None, attended)


def bytes_held(walk: Walk[Occurrence], items: Iterator[Occurrence]) -> int:
    tracemalloc.start()
    try:
        for item in items:
            walk.publish(item)
        walk.finish()
        readers = [iter(walk) for _ in range(10)]
        for reader in readers:
            for _ in range(1000):
                next(reader)
        return tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()


def test_memory_is_about_that_of_a_plain_walk() -> None:
    count = 20_000

    def items() -> Iterator[Occurrence]:
        for number in range(count):
            yield Occurrence(f"{number:022}==", 85_000_000_000 + number, number % 450 * DAY + number)

    plain = bytes_held(Walk("past meetings", Occurrence.packed, Occurrence.unpacked), items()) / count
    by_day = bytes_held(new_walk(), items()) / count
    assert by_day < 250
    assert by_day < plain * 1.15
