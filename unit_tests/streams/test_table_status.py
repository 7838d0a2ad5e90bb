"""streams/table_status.py: how far one table is."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from source_zoom.streams.table_status import TableStatus
from unit_tests.failures import config_error, transient_error
from unit_tests.threads import WAIT, in_thread


def test_first_failure_counts() -> None:
    status = TableStatus("meetings", "scheduled meetings")
    first = transient_error()
    status.failed(first)
    status.failed(config_error())
    assert status.failure is first


def test_waits_until_every_found_parent_is_done_with() -> None:
    status = TableStatus("meetings", "scheduled meetings")
    status.found()
    status.found()
    waiting = in_thread(status.wait_until_read)
    status.read(3)
    assert not waiting.done()
    status.read(0)
    waiting.result(WAIT)
    assert status.records == 3


def test_without_parents_nobody_waits() -> None:
    in_thread(TableStatus("meetings", "scheduled meetings").wait_until_read).result(WAIT)


def test_counts_of_many_threads_are_right() -> None:
    status = TableStatus("meetings", "scheduled meetings")

    def work(_: int) -> None:
        for _ in range(200):
            status.found()
            status.left_unread()
            status.read(2)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert (status.parents_found, status.parents_read, status.records, status.unread) == (1600, 1600, 3200, 1600)
    in_thread(status.wait_until_read).result(WAIT)
