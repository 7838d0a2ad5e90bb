"""parents/walk.py: lists of parents that several tables read while they grow."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from source_zoom.parents.walk import Walk
from unit_tests.failures import config_error, transient_error
from unit_tests.threads import WAIT, collect, in_thread

if TYPE_CHECKING:
    from collections.abc import Callable


def walk_of(*items: Any, error: BaseException | None = None) -> Walk[Any]:
    """A walk with one producer, which publishes the items and then fails with the error."""
    walk: Walk[Any] = Walk("numbers")

    def produce() -> None:
        for item in items:
            walk.publish(item)
        if error is not None:
            raise error

    walk.produce_by(produce)
    return walk


def test_items_come_in_order() -> None:
    assert list(walk_of(*range(2500))) == list(range(2500))


def test_items_with_the_same_key_come_once_and_the_first_one_counts() -> None:
    walk: Walk[tuple[int, str]] = Walk("pairs", pack=lambda pair: pair, unpack=lambda *pair: pair)

    def produce() -> None:
        for pair in ((1, "a"), (2, "b"), (1, "c")):
            walk.publish(pair)

    walk.produce_by(produce)
    assert list(walk) == [(1, "a"), (2, "b")]
    assert len(walk) == 2


def test_published_item_is_found_by_its_key() -> None:
    walk: Walk[tuple[int, str]] = Walk("pairs", pack=lambda pair: pair, unpack=lambda *pair: pair)
    walk.publish((1, "a"))
    assert walk.find(1) == (1, "a")
    assert walk.find(2) is None


def test_nothing_is_produced_before_somebody_reads() -> None:
    called = threading.Event()
    walk: Walk[int] = Walk("numbers")
    walk.produce_by(called.set)
    assert not called.is_set()
    assert list(walk) == []
    assert called.is_set()


def test_many_readers_get_everything_and_it_is_produced_once() -> None:
    runs = []
    readers = 12
    all_there = threading.Barrier(readers)
    walk: Walk[int] = Walk("numbers")

    def produce() -> None:
        runs.append(1)
        for number in range(3000):
            walk.publish(number)

    def read(_: int) -> list[int]:
        all_there.wait(WAIT)
        return list(walk)

    walk.produce_by(produce)
    with ThreadPoolExecutor(readers) as pool:
        found = list(pool.map(read, range(readers)))
    assert found == [list(range(3000))] * readers
    assert runs == [1]


def test_reader_that_comes_late_gets_everything() -> None:
    walk = walk_of(1, 2, 3)
    assert list(walk) == [1, 2, 3]
    assert list(walk) == [1, 2, 3]


def test_items_are_read_before_the_slow_producer_ends() -> None:
    go_on = threading.Event()
    walk: Walk[int] = Walk("numbers")

    def produce() -> None:
        walk.publish(1)
        assert go_on.wait(WAIT)
        walk.publish(2)

    walk.produce_by(produce)
    items = iter(walk)
    assert next(items) == 1
    rest = in_thread(list, items)
    assert not rest.done()
    assert not walk.has_ended
    go_on.set()
    assert rest.result(WAIT) == [2]
    assert walk.has_ended


def test_producers_run_side_by_side_and_all_are_waited_for() -> None:
    both_run = threading.Barrier(2)
    walk: Walk[int] = Walk("numbers")

    def producer_of(*items: int) -> Callable[[], None]:
        def produce() -> None:
            both_run.wait(WAIT)
            for item in items:
                walk.publish(item)

        return produce

    walk.produce_by(producer_of(1, 3), producer_of(2, 3))
    assert sorted(walk) == [1, 2, 3]


def test_failure_comes_after_the_items_and_to_every_reader() -> None:
    walk = walk_of(1, 2, error=ValueError("broken"))
    for _ in range(3):
        found, error = collect(walk)
        assert found == [1, 2]
        assert str(error) == "broken"
    assert walk.has_ended


def test_failure_of_one_producer_does_not_cost_the_items_of_another() -> None:
    failed = threading.Event()
    walk: Walk[int] = Walk("numbers")

    def fail() -> None:
        failed.set()
        raise ValueError("broken")

    def produce() -> None:
        assert failed.wait(WAIT)
        for number in range(100):
            walk.publish(number)

    walk.produce_by(fail, produce)
    found, error = collect(walk)
    assert found == list(range(100))
    assert isinstance(error, ValueError)


@pytest.mark.parametrize("first", [0, 1])
def test_of_two_failures_readers_get_the_one_that_the_user_can_fix(first: int) -> None:
    errors = [transient_error(), config_error()]
    turn = threading.Event()
    walk: Walk[int] = Walk("numbers")

    def fail_first() -> None:
        turn.set()
        raise errors[first]

    def fail_second() -> None:
        assert turn.wait(WAIT)
        raise errors[1 - first]

    walk.produce_by(fail_first, fail_second)
    assert collect(walk)[1] is errors[1]


def test_walk_without_producers_is_fed_from_outside() -> None:
    walk: Walk[str] = Walk("users")
    walk.publish("a")
    readers = [in_thread(list, walk) for _ in range(3)]
    walk.publish("b")
    walk.publish("a")
    assert not any(reader.done() for reader in readers)
    walk.finish()
    assert [reader.result(WAIT) for reader in readers] == [["a", "b"]] * 3


def test_failure_from_outside_reaches_the_readers() -> None:
    walk: Walk[str] = Walk("users")
    reader = in_thread(collect, walk)
    walk.publish("a")
    walk.finish(config_error())
    found, error = reader.result(WAIT)
    assert found == ["a"]
    assert str(error) == "A scope is missing."


def test_reader_that_stops_early_disturbs_nobody() -> None:
    walk = walk_of(*range(10))
    for item in walk:
        if item == 2:
            break
    assert list(walk) == list(range(10))
