"""A concurrent read of two tables that writes a state whenever it can."""

from __future__ import annotations

import itertools
import logging
import time
from collections import Counter
from datetime import datetime, timedelta, timezone
from queue import Queue
from typing import TYPE_CHECKING, Any

from airbyte_cdk.sources.concurrent_source.concurrent_source import ConcurrentSource
from airbyte_cdk.sources.streams.concurrent.cursor import CursorField
from airbyte_cdk.sources.streams.concurrent.default_stream import DefaultStream
from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition
from airbyte_cdk.sources.streams.concurrent.partitions.partition_generator import PartitionGenerator
from airbyte_cdk.sources.types import Record
from airbyte_cdk.sources.utils.slice_logger import DebugSliceLogger

from source_zoom.parents.day_walk import DayWalk
from source_zoom.parents.occurrence import Occurrence
from source_zoom.streams.checkpoints import CheckpointRepository
from source_zoom.streams.cursor import STATE_INTERVAL, PlanCursor
from source_zoom.streams.ledger import Ledger
from source_zoom.streams.plan import OccurrencePlan, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from airbyte_cdk.models import AirbyteMessage
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
