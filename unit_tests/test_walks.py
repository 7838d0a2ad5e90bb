"""walks.py: lists of parents that several tables read while they grow."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_zoom.walks import MAX_FAILURES_IN_A_ROW, Once, Publish, Registration, Walk, in_parallel
from unit_tests.threads import WAIT, collect, in_thread


class Refused(AirbyteTracedException):
    def __init__(self, message: str, kind: FailureType = FailureType.config_error) -> None:
        super().__init__(message=message, internal_message=message, failure_type=kind)


def transient(message: str) -> Refused:
    return Refused(message, FailureType.transient_error)


def producer(*items: Any, error: BaseException | None = None) -> Callable[[Publish[Any]], None]:
    def produce(publish: Publish[Any]) -> None:
        for item in items:
            publish(item)
        if error is not None:
            raise error

    return produce


@pytest.fixture
def restless_threads() -> Iterator[None]:
    """Threads take turns much more often than usual."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


class TestWalk:
    def test_items_come_in_order(self):
        assert list(Walk("numbers", producer(*range(2500)))) == list(range(2500))

    def test_items_with_the_same_key_come_once_and_the_first_one_counts(self):
        walk = Walk("pairs", producer((1, "a"), (2, "b"), (1, "c")), pack=lambda pair: pair, unpack=lambda *pair: pair)
        assert list(walk) == [(1, "a"), (2, "b")]

    def test_nothing_is_produced_before_somebody_reads(self):
        called = threading.Event()
        walk: Walk[int] = Walk("numbers", lambda publish: called.set())
        assert not called.is_set()
        assert list(walk) == []
        assert called.is_set()

    def test_many_readers_get_everything_and_it_is_produced_once(self):
        runs = []
        readers = 12
        all_there = threading.Barrier(readers)

        def produce(publish: Publish[int]) -> None:
            runs.append(1)
            for number in range(3000):
                publish(number)

        walk: Walk[int] = Walk("numbers", produce)

        def read(_: int) -> list[int]:
            all_there.wait(WAIT)
            return list(walk)

        with ThreadPoolExecutor(readers) as pool:
            found = list(pool.map(read, range(readers)))
        assert found == [list(range(3000))] * readers
        assert runs == [1]

    def test_reader_that_comes_late_gets_everything(self):
        walk = Walk("numbers", producer(1, 2, 3))
        assert list(walk) == [1, 2, 3]
        assert list(walk) == [1, 2, 3]

    def test_items_are_read_before_the_slow_producer_ends(self):
        go_on = threading.Event()

        def produce(publish: Publish[int]) -> None:
            publish(1)
            assert go_on.wait(WAIT)
            publish(2)

        items = iter(Walk("numbers", produce))
        assert next(items) == 1
        rest = in_thread(list, items)
        assert not rest.done()
        go_on.set()
        assert rest.result(WAIT) == [2]

    def test_producers_run_side_by_side_and_all_are_waited_for(self):
        met = threading.Barrier(2)

        def meet(*items: int) -> Callable[[Publish[int]], None]:
            def produce(publish: Publish[int]) -> None:
                met.wait(WAIT)
                for item in items:
                    publish(item)

            return produce

        assert sorted(Walk("numbers", meet(1, 3), meet(2, 3))) == [1, 2, 3]

    def test_failure_comes_after_the_items_and_to_every_reader(self):
        walk = Walk("numbers", producer(1, 2, error=ValueError("broken")))
        for _ in range(3):
            found, error = collect(walk)
            assert found == [1, 2]
            assert str(error) == "broken"

    def test_failure_of_one_producer_does_not_cost_the_items_of_another(self):
        failed = threading.Event()

        def fail(publish: Publish[int]) -> None:
            failed.set()
            raise ValueError("broken")

        def produce(publish: Publish[int]) -> None:
            assert failed.wait(WAIT)
            for number in range(100):
                publish(number)

        found, error = collect(Walk("numbers", fail, produce))
        assert found == list(range(100))
        assert isinstance(error, ValueError)

    @pytest.mark.parametrize("first", [0, 1])
    def test_of_two_failures_the_one_the_user_can_mend_is_told(self, first: int):
        errors = [transient("Zoom is down."), Refused("A scope is missing.")]
        turn = threading.Event()

        def fail_first(publish: Publish[int]) -> None:
            turn.set()
            raise errors[first]

        def fail_second(publish: Publish[int]) -> None:
            assert turn.wait(WAIT)
            raise errors[1 - first]

        assert collect(Walk("numbers", fail_first, fail_second))[1] is errors[1]

    def test_walk_without_producers_is_fed_from_outside(self):
        walk: Walk[str] = Walk("users")
        walk.publish("a")
        readers = [in_thread(list, walk) for _ in range(3)]
        walk.publish("b")
        walk.publish("a")
        assert not any(reader.done() for reader in readers)
        walk.finish()
        assert [reader.result(WAIT) for reader in readers] == [["a", "b"]] * 3

    def test_feeder_that_failed_is_told_to_the_readers(self):
        walk: Walk[str] = Walk("users")
        reader = in_thread(collect, walk)
        walk.publish("a")
        walk.finish(Refused("A scope is missing."))
        found, error = reader.result(WAIT)
        assert found == ["a"]
        assert str(error) == "A scope is missing."

    def test_reader_that_stops_early_disturbs_nobody(self):
        walk = Walk("numbers", producer(*range(10)))
        for item in walk:
            if item == 2:
                break
        assert list(walk) == list(range(10))


class TestInParallel:
    def test_every_item_is_worked_once(self):
        done: list[int] = []
        in_parallel(range(1000), done.append, 8)
        assert sorted(done) == list(range(1000))

    def test_it_returns_when_all_work_is_done(self):
        done = []
        release = threading.Event()

        def work(item: int) -> None:
            assert release.wait(WAIT)
            done.append(item)

        call = in_thread(in_parallel, [1, 2, 3], work, 2)
        assert not call.done()
        release.set()
        call.result(WAIT)
        assert sorted(done) == [1, 2, 3]

    def test_as_many_run_at_once_as_told(self):
        together = threading.Barrier(4)
        in_parallel(range(8), lambda _: together.wait(WAIT) and None, 4)
        assert not together.broken

    def test_no_items_no_work(self):
        in_parallel([], pytest.fail, 4)

    def test_items_are_taken_only_as_fast_as_they_are_worked_off(self):
        taken: list[int] = []
        release = threading.Event()
        busy = threading.Barrier(3)

        def items() -> Iterator[int]:
            for number in range(10):
                taken.append(number)
                yield number

        def work(item: int) -> None:
            if item < 2:
                busy.wait(WAIT)
            assert release.wait(WAIT)

        call = in_thread(in_parallel, items(), work, 2)
        busy.wait(WAIT)
        assert taken == [0, 1]
        release.set()
        call.result(WAIT)
        assert taken == list(range(10))

    def test_failure_the_user_must_mend_ends_it(self):
        worked: list[int] = []

        def work(item: int) -> None:
            worked.append(item)
            raise Refused("A scope is missing.")

        with pytest.raises(Refused, match="scope"):
            in_parallel(range(1000), work, 4)
        assert len(worked) <= 4

    def test_unknown_error_of_one_item_lets_the_others_go_on(self):
        worked: list[int] = []

        def work(item: int) -> None:
            worked.append(item)
            if item == 0:
                raise KeyError(item)

        with pytest.raises(KeyError):
            in_parallel(range(200), work, 4)
        assert sorted(worked) == list(range(200))

    def test_fault_of_one_item_lets_the_others_go_on(self):
        worked: list[int] = []

        def work(item: int) -> None:
            worked.append(item)
            if item == 0:
                raise transient("Zoom is down.")

        with pytest.raises(Refused, match="down"):
            in_parallel(range(200), work, 4)
        assert sorted(worked) == list(range(200))

    def test_faults_that_are_not_in_a_row_let_the_others_go_on(self):
        worked: list[int] = []

        def work(item: int) -> None:
            worked.append(item)
            if item % 3 != 2:
                raise transient("Zoom is down.")

        with pytest.raises(Refused, match="down"):
            in_parallel(range(300), work, 1)
        assert worked == list(range(300))

    def test_several_faults_in_a_row_end_it(self):
        worked: list[int] = []

        def work(item: int) -> None:
            worked.append(item)
            raise transient("Zoom is down.")

        with pytest.raises(Refused, match="down"):
            in_parallel(range(1000), work, 1)
        assert len(worked) == MAX_FAILURES_IN_A_ROW

    def test_failure_the_user_must_mend_is_told_before_faults(self):
        def work(item: int) -> None:
            raise transient("Zoom is down.") if item == 0 else Refused("A scope is missing.")

        with pytest.raises(Refused, match="scope"):
            in_parallel(range(2), work, 1)

    def test_failure_of_the_source_costs_no_item_before_it(self, restless_threads: None):
        # The thread that meets the failure may be faster than the one that works on the last item.
        for _ in range(300):
            worked: list[int] = []

            def items() -> Iterator[int]:
                yield from range(20)
                raise transient("The list broke off.")

            with pytest.raises(Refused, match="broke off"):
                in_parallel(items(), worked.append, 8)
            assert sorted(worked) == list(range(20))

    def test_source_may_be_a_walk_that_failed(self):
        worked: list[int] = []
        walk = Walk("numbers", producer(1, 2, error=Refused("A scope is missing.")))
        with pytest.raises(Refused, match="scope"):
            in_parallel(walk, worked.append, 4)
        assert sorted(worked) == [1, 2]


class TestOnce:
    def test_work_is_done_once_and_all_wait_for_it(self):
        done: list[int] = []
        go_on = threading.Event()

        def work() -> None:
            go_on.wait(WAIT)
            done.append(1)

        once = Once(work)
        calls = [in_thread(once) for _ in range(4)]
        assert not any(call.done() for call in calls)
        go_on.set()
        for call in calls:
            call.result(WAIT)
        assert done == [1]

    def test_failure_reaches_all(self):
        def work() -> None:
            raise Refused("A scope is missing.")

        once = Once(work)
        for _ in range(3):
            with pytest.raises(Refused, match="scope"):
                once()


class TestRegistration:
    @pytest.mark.parametrize(("on", "off"), [(True, False), (False, True), (None, False)])
    def test_what_the_teacher_told(self, on: bool | None, off: bool):
        registration = Registration("meetings")
        registration.tell(1, on)
        assert registration.is_off(1) is off

    def test_first_word_counts(self):
        registration = Registration("meetings")
        registration.tell(1, False)
        registration.tell(1, None)
        registration.tell(1, True)
        assert registration.is_off(1)

    def test_without_a_teacher_nobody_waits(self):
        assert Registration(None).is_off(1) is False

    def test_readers_wait_for_their_meeting(self):
        registration = Registration("meetings")
        readers = {number: in_thread(registration.is_off, number) for number in (1, 2)}
        registration.tell(1, False)
        assert readers[1].result(WAIT) is True
        assert not readers[2].done()
        registration.tell(2, True)
        assert readers[2].result(WAIT) is False

    def test_teacher_that_stops_early_frees_who_waits(self):
        registration = Registration("meetings")
        waiting = [in_thread(registration.is_off, number) for number in range(5)]
        registration.tell(0, False)
        registration.close()
        assert [reader.result(WAIT) for reader in waiting] == [True, False, False, False, False]
