"""parents/parallel.py: work that several threads share."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING

import pytest

from source_zoom.base.exceptions import ConnectorError
from source_zoom.parents.parallel import RunOnce, in_parallel
from source_zoom.parents.walk import Walk
from source_zoom.zoom.errors import LabelClosed
from unit_tests.failures import config_error, system_error, transient_error
from unit_tests.threads import WAIT, in_thread

if TYPE_CHECKING:
    from collections.abc import Iterator

# Different items that may fail in a row: in an outage, and by odd answers.
OUTAGES, ODD_ANSWERS = 3, 20


@pytest.fixture
def _restless_threads() -> Iterator[None]:
    """Threads take turns much more often than usual."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


class TestInParallel:
    def test_every_item_is_worked_on_once(self) -> None:
        done: list[int] = []
        in_parallel(range(1000), done.append, 8)
        assert sorted(done) == list(range(1000))

    def test_it_returns_when_all_work_is_done(self) -> None:
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

    def test_as_many_items_as_threads_are_worked_on_at_once(self) -> None:
        together = threading.Barrier(4)

        def work(_: int) -> None:
            together.wait(WAIT)

        in_parallel(range(8), work, 4)
        assert not together.broken

    def test_no_items_no_work(self) -> None:
        def work(item: int) -> None:
            pytest.fail(f"worked on {item}")

        in_parallel([], work, 4)

    def test_items_are_taken_only_as_fast_as_they_are_worked_off(self) -> None:
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


class TestFailures:
    @pytest.mark.parametrize("failure", [config_error(), LabelClosed("The daily limit is used up.")], ids=repr)
    def test_failure_that_every_item_would_meet_ends_the_work(self, failure: ConnectorError) -> None:
        worked: list[int] = []

        def work(item: int) -> None:
            worked.append(item)
            raise failure

        with pytest.raises(ConnectorError) as caught:
            in_parallel(range(1000), work, 4)
        assert caught.value is failure
        assert len(worked) <= 4

    @pytest.mark.parametrize("failure", [KeyError(0), transient_error(), system_error()], ids=repr)
    def test_failure_of_one_item_lets_the_others_go_on(self, failure: Exception) -> None:
        worked: list[int] = []

        def work(item: int) -> None:
            worked.append(item)
            if item == 0:
                raise failure

        with pytest.raises(type(failure)) as caught:
            in_parallel(range(200), work, 4)
        assert caught.value is failure
        assert sorted(worked) == list(range(200))

    def test_failures_that_are_not_in_a_row_let_the_others_go_on(self) -> None:
        worked: list[int] = []

        def work(item: int) -> None:
            worked.append(item)
            if item % OUTAGES != OUTAGES - 1:
                raise transient_error()

        with pytest.raises(ConnectorError, match="down"):
            in_parallel(range(300), work, 1)
        assert worked == list(range(300))

    @pytest.mark.parametrize(
        ("failure", "limit"), [(transient_error(), OUTAGES), (system_error(), ODD_ANSWERS), (KeyError(0), ODD_ANSWERS)]
    )
    def test_failures_of_several_items_in_a_row_end_the_work(self, failure: Exception, limit: int) -> None:
        worked: list[int] = []

        def work(item: int) -> None:
            worked.append(item)
            raise failure

        with pytest.raises(type(failure)):
            in_parallel(range(1000), work, 1)
        assert len(worked) == limit

    def test_sentence_says_after_how_many_the_list_was_stopped(self) -> None:
        def work(item: int) -> None:
            raise transient_error()

        with pytest.raises(ConnectorError, match=r"Zoom is down\. The list was stopped after 3 failures in a row\."):
            in_parallel(range(10), work, 1)

    def test_failures_of_the_same_item_count_once(self) -> None:
        worked: list[int] = []

        def work(item: int) -> None:
            worked.append(item)
            raise transient_error()

        with pytest.raises(ConnectorError):
            in_parallel([1, 1, 1, 1, 2, 2], work, 1)
        assert worked == [1, 1, 1, 1, 2, 2]

    def test_failure_that_the_user_can_fix_is_reported_before_others(self) -> None:
        def work(item: int) -> None:
            raise transient_error() if item == 0 else config_error()

        with pytest.raises(ConnectorError, match="scope"):
            in_parallel(range(2), work, 1)

    @pytest.mark.usefixtures("_restless_threads")
    def test_failure_of_the_source_costs_no_item_before_it(self) -> None:
        # The thread that meets the failure may be faster than the one that works on the last item.
        def items() -> Iterator[int]:
            yield from range(20)
            raise transient_error("The list broke off.")

        for _ in range(300):
            worked: list[int] = []
            with pytest.raises(ConnectorError, match="broke off"):
                in_parallel(items(), worked.append, 8)
            assert sorted(worked) == list(range(20))

    def test_source_may_be_a_walk_that_failed(self) -> None:
        worked: list[int] = []
        walk: Walk[int] = Walk("numbers")
        walk.publish(1)
        walk.publish(2)
        walk.finish(config_error())
        with pytest.raises(ConnectorError, match="scope"):
            in_parallel(walk, worked.append, 4)
        assert sorted(worked) == [1, 2]


class TestRunOnce:
    def test_work_is_done_once_and_all_wait_for_it(self) -> None:
        done: list[int] = []
        go_on = threading.Event()

        def work() -> None:
            go_on.wait(WAIT)
            done.append(1)

        once = RunOnce(work)
        calls = [in_thread(once) for _ in range(4)]
        assert not any(call.done() for call in calls)
        go_on.set()
        for call in calls:
            call.result(WAIT)
        assert done == [1]

    def test_failure_reaches_all(self) -> None:
        def work() -> None:
            raise config_error()

        once = RunOnce(work)
        for _ in range(3):
            with pytest.raises(ConnectorError, match="scope"):
                once()
