"""cursor.py and checkpoints.py: states among the records of a real concurrent read."""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections import Counter
from datetime import datetime, timedelta, timezone
from queue import Queue
from typing import TYPE_CHECKING, Any

import pytest
from airbyte_cdk.models import AirbyteLogMessage, AirbyteMessage, Level
from airbyte_cdk.models import Type as MessageType
from airbyte_cdk.sources.concurrent_source.concurrent_source import ConcurrentSource
from airbyte_cdk.sources.message import MessageRepository
from airbyte_cdk.sources.streams.concurrent.cursor import CursorField
from airbyte_cdk.sources.streams.concurrent.default_stream import DefaultStream
from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition
from airbyte_cdk.sources.streams.concurrent.partitions.partition_generator import PartitionGenerator
from airbyte_cdk.sources.types import Record
from airbyte_cdk.sources.utils.slice_logger import DebugSliceLogger
from airbyte_cdk.utils.airbyte_secrets_utils import update_secrets

from source_zoom.parents.day_walk import DayWalk
from source_zoom.parents.occurrence import Occurrence
from source_zoom.streams.checkpoints import CheckpointRepository
from source_zoom.streams.cursor import STATE_INTERVAL, PlanCursor
from source_zoom.streams.ledger import Ledger
from source_zoom.streams.ledger_state import fingerprint
from source_zoom.streams.plan import OccurrencePlan, Outcome
from unit_tests.threads import WAIT, in_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from airbyte_cdk.sources.streams.concurrent.abstract_stream import AbstractStream

NOW = datetime(2026, 11, 24, 2, tzinfo=timezone.utc)
OCCURRENCES = 300
ROWS = 10
POISON = "7"


def clock() -> datetime:
    return NOW


def new_plan(state: Any = None, *, is_full_refresh: bool = False) -> OccurrencePlan:
    ledger = None if is_full_refresh else Ledger.resume(state, start=None, lookback_days=2, now=NOW)
    return OccurrencePlan(ledger, clock, believed_before=0)


def new_walk() -> DayWalk[Occurrence]:
    return DayWalk("past meetings", Occurrence.packed, Occurrence.unpacked, Occurrence.merged)


def filled(count: int = OCCURRENCES, error: BaseException | None = None) -> DayWalk[Occurrence]:
    """Occurrences "0", "1", … of the last week, finished."""
    walk = new_walk()
    for number in range(count):
        walk.publish(Occurrence.starting(str(number), 1, NOW - timedelta(days=1 + number % 7)))
    walk.finish(error)
    return walk


def named(state: Mapping[str, Any]) -> set[str]:
    """Fingerprints in a state."""
    return {
        prints[place : place + 8]
        for groups in state["asked"].values()
        for prints in groups.values()
        for place in range(0, len(prints), 8)
    }


def state_in(message: AirbyteMessage) -> dict[str, Any]:
    """What a message with a state of one table writes down."""
    assert message.state is not None
    assert message.state.stream is not None
    return dict(message.state.stream.stream_state.__dict__)


class ReadOccurrence(Partition):
    """Ten rows of one occurrence. One is poison, and what comes after the stop is left unread."""

    def __init__(self, table: str, plan: OccurrencePlan, uuid: str, stop_after: int) -> None:
        self._table, self._plan, self._uuid, self._stop_after = table, plan, uuid, stop_after

    def read(self) -> Iterable[Record]:
        if self._uuid == POISON:
            raise RuntimeError("poison")
        if self._plan.answers >= self._stop_after:
            self._plan.stop(counts_rest=True)
            return
        for row in range(ROWS):
            yield Record(data={"uuid": self._uuid, "row": row}, stream_name=self._table)
        self._plan.answered(self._uuid, Outcome.ROWS)

    def to_slice(self) -> Mapping[str, Any]:
        return {"uuid": self._uuid}

    def stream_name(self) -> str:
        return self._table

    def __hash__(self) -> int:
        return hash((self._table, self._uuid))


class Slices(PartitionGenerator):
    def __init__(self, table: str, plan: OccurrencePlan, walk: DayWalk[Occurrence], stop_after: int) -> None:
        self._table, self._plan, self._walk, self._stop_after = table, plan, walk, stop_after

    def generate(self) -> Iterable[Partition]:
        for occurrence in self._plan.due(self._walk):
            yield ReadOccurrence(self._table, self._plan, occurrence.uuid, self._stop_after)


class Sync:
    """A read of two tables whose every closed partition is a good moment for a state."""

    def __init__(
        self,
        *,
        workers: int = 10,
        queue_size: int = 10_000,
        pause: float = 0,
        stop_after: int = 10**9,
        log: str = "test",
    ) -> None:
        queue: Queue[Any] = Queue(maxsize=queue_size)
        repository = CheckpointRepository(queue)
        logger = logging.getLogger(f"{log} of a cursor")
        logger.setLevel(logging.CRITICAL)
        source = ConcurrentSource.create(
            workers, max(1, workers // 5), logger, DebugSliceLogger(), repository, queue=queue
        )
        walk = filled()
        ticks = itertools.count(step=STATE_INTERVAL + 1)
        self.plans = {table: new_plan() for table in ("a", "b")}
        streams: list[AbstractStream] = [
            DefaultStream(
                Slices(table, plan, walk, stop_after),
                table,
                {"properties": {}},
                [],
                CursorField("uuid"),
                logger,
                PlanCursor(table, plan, repository, monotonic=lambda: next(ticks)),
            )
            for table, plan in self.plans.items()
        ]
        self.messages: list[AirbyteMessage] = []
        self.error: Exception | None = None
        try:
            for message in source.read(streams):
                self.messages.append(message)
                time.sleep(pause)
        except Exception as error:
            self.error = error

    def states(self, table: str) -> Iterator[tuple[Mapping[str, Any], Counter[str], bool]]:
        """Each state with the rows before it by UUID, and whether the table had ended."""
        rows: Counter[str] = Counter()
        has_ended = False
        for message in self.messages:
            if message.record and message.record.stream == table:
                rows[message.record.data["uuid"]] += 1
            elif message.trace and message.trace.stream_status:
                status = message.trace.stream_status
                is_end = status.status.value in ("COMPLETE", "INCOMPLETE")
                has_ended = has_ended or (status.stream_descriptor.name == table and is_end)
            elif message.state and message.state.stream and message.state.stream.stream_descriptor.name == table:
                yield state_in(message), Counter(rows), has_ended


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


def log(message: str) -> AirbyteMessage:
    return AirbyteMessage(type=MessageType.LOG, log=AirbyteLogMessage(level=Level.INFO, message=message))


def text_of(message: AirbyteMessage) -> str:
    assert message.log is not None
    return str(message.log.message)


class TestRepository:
    def test_the_main_thread_never_waits_for_room_in_the_queue(self) -> None:
        def main() -> tuple[list[str], int]:
            queue: Queue[Any] = Queue(maxsize=1)
            queue.put("full")
            repository = CheckpointRepository(queue)
            for text in "abc":
                repository.emit_message(log(text))
            first = [text_of(message) for message in repository.consume_queue()]
            assert list(repository.consume_queue()) == []
            return first, queue.qsize()

        assert in_thread(main).result(WAIT) == (["a", "b", "c"], 1)

    def test_messages_of_workers_stand_in_the_queue_in_order(self) -> None:
        queue: Queue[Any] = Queue()
        repository = CheckpointRepository(queue)

        def work() -> None:
            for text in "ab":
                queue.put(f"record {text}")
                repository.emit_message(log(text))

        in_thread(work).result(WAIT)
        assert list(repository.consume_queue()) == []
        found = [queue.get() for _ in range(queue.qsize())]
        assert [each if isinstance(each, str) else text_of(each) for each in found] == [
            "record a",
            "a",
            "record b",
            "b",
        ]

    def test_log_messages_are_filtered_by_level_and_of_secrets(self) -> None:
        repository = CheckpointRepository(Queue(), Level.INFO)
        update_secrets(["a-long-secret-value"])
        try:
            repository.log_message(Level.DEBUG, lambda: {"text": "too detailed"})
            repository.log_message(Level.INFO, lambda: {"text": "with a-long-secret-value"})
        finally:
            update_secrets([])
        assert [text_of(message) for message in repository.consume_queue()] == ['{"text": "with ****"}']
