"""cursor.py: states among the records of a real concurrent read."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest
from airbyte_cdk.sources.message import MessageRepository
from airbyte_cdk.sources.types import Record

from source_zoom.streams.cursor import PlanCursor
from source_zoom.streams.ledger_state import fingerprint
from source_zoom.streams.plan import Outcome
from unit_tests.streams.stateful_sync import (
    OCCURRENCES,
    POISON,
    ROWS,
    Sync,
    filled,
    named,
    new_plan,
    state_in,
)
from unit_tests.threads import WAIT, in_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from airbyte_cdk.models import AirbyteMessage, Level


class TestOrder:
    @pytest.mark.parametrize(
        ("workers", "queue_size", "pause"),
        [(10, 10_000, 0.0), (10, 10_000, 0.00002), (10, 5, 0.0), (2, 3, 0.0), (1, 50, 0.0)],
    )
    def test_no_state_is_ahead_of_its_records_or_behind_the_end(
        self, workers: int, queue_size: int, pause: float
    ) -> None:
        call = in_thread(lambda: Sync(workers=workers, queue_size=queue_size, pause=pause))
        sync = call.result(WAIT * 3)
        of = {fingerprint(str(number)): str(number) for number in range(OCCURRENCES)}
        for table in ("a", "b"):
            states = list(sync.states(table))
            assert len(states) > 20
            assert not any(has_ended for _, _, has_ended in states)
            for state, rows, _ in states:
                assert not [of[print_] for print_ in named(state) if rows[of[print_]] < ROWS]
            sizes = [len(named(state)) for state, _, _ in states]
            assert sizes == sorted(sizes), "an older state came after a newer one"

    def test_what_failed_is_in_no_state_and_the_last_one_has_everything_else(self) -> None:
        sync = Sync()
        for table in ("a", "b"):
            last, _, _ = list(sync.states(table))[-1]
            assert named(last) == {fingerprint(str(n)) for n in range(OCCURRENCES)} - {fingerprint(POISON)}
            # Its day is the eighth to last, which stays open.
            assert last["complete_until"] == "2026-11-23"
            assert sync.plans[table].left == 1
        assert sync.error is not None

    def test_partitions_that_a_stopped_table_closes_are_in_no_state(self) -> None:
        sync = Sync(stop_after=100)
        for table in ("a", "b"):
            last, rows, _ = list(sync.states(table))[-1]
            whole = {fingerprint(uuid) for uuid, count in rows.items() if count == ROWS}
            assert named(last) == whole
            assert 100 <= len(whole) < 120
            plan = sync.plans[table]
            assert (plan.found, plan.left) == (OCCURRENCES, OCCURRENCES - len(whole))
            assert last["complete_until"] <= "2026-11-20"


class Recorder(MessageRepository):
    """Keeps what it is given."""

    def __init__(self, on_emit: Callable[[], None] = lambda: None) -> None:
        self.states: list[Mapping[str, Any]] = []
        self._on_emit = on_emit

    def emit_message(self, message: AirbyteMessage) -> None:
        self._on_emit()
        self.states.append(state_in(message))

    def log_message(self, level: Level, message_provider: Callable[[], Any]) -> None:
        raise AssertionError("the cursor logs nothing")

    def consume_queue(self) -> Iterable[AirbyteMessage]:
        return []


NO_PARTITION: Any = None


class TestCursor:
    def test_a_state_at_most_every_minute_and_one_at_the_end(self) -> None:
        seconds = [0.0]
        recorder = Recorder()
        cursor = PlanCursor("a", new_plan(), recorder, monotonic=lambda: seconds[0])
        emitted = []
        for second in range(200):
            seconds[0] = float(second)
            before = len(recorder.states)
            cursor.close_partition(NO_PARTITION)
            emitted += [second] * (len(recorder.states) - before)
        assert emitted == [60, 120, 180]
        cursor.ensure_at_least_one_state_emitted()
        assert len(recorder.states) == 4

    def test_a_worker_does_not_wait_for_a_state_that_another_one_emits(self) -> None:
        seconds = [0.0]
        stuck, go_on = threading.Event(), threading.Event()

        def wait() -> None:
            stuck.set()
            assert go_on.wait(WAIT)

        recorder = Recorder(wait)
        cursor = PlanCursor("a", new_plan(), recorder, monotonic=lambda: seconds[0])
        seconds[0] = 60.0
        first = in_thread(cursor.close_partition, NO_PARTITION)
        assert stuck.wait(WAIT)
        seconds[0] = 500.0
        in_thread(cursor.close_partition, NO_PARTITION).result(WAIT)
        assert recorder.states == []
        go_on.set()
        first.result(WAIT)
        assert len(recorder.states) == 1

    def test_state_that_was_emitted_does_not_change_afterwards(self) -> None:
        plan = new_plan()
        recorder = Recorder()
        cursor = PlanCursor("a", plan, recorder)
        due = list(plan.due(filled(9)))
        for count, occurrence in enumerate(due, start=1):
            plan.answered(occurrence.uuid, Outcome.ROWS)
            cursor.ensure_at_least_one_state_emitted()
            assert [len(named(state)) for state in recorder.states] == list(range(1, count + 1))

    def test_records_and_partitions_say_nothing_of_what_is_read(self) -> None:
        plan = new_plan()
        cursor = PlanCursor("a", plan, Recorder())
        for occurrence in plan.due(filled(9)):
            record = Record(data={"uuid": occurrence.uuid}, stream_name="a")
            cursor.observe(record)
            assert cursor.should_be_synced(record)
            cursor.close_partition(NO_PARTITION)
        assert cursor.state["asked"] == {}
        assert plan.left == 9
