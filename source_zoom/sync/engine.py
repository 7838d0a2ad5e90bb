"""The CDK's concurrent engine, set up for one sync."""

from __future__ import annotations

from contextlib import suppress
from queue import Empty, Queue
from typing import TYPE_CHECKING

from airbyte_cdk.sources.concurrent_source.concurrent_source import ConcurrentSource
from airbyte_cdk.sources.streams.concurrent.cursor import Cursor, FinalStateCursor
from airbyte_cdk.sources.utils.slice_logger import DebugSliceLogger

from source_zoom.streams.cursor import PlanCursor
from source_zoom.streams.partitions import ParentPartition, concurrent

if TYPE_CHECKING:
    import logging
    from collections.abc import Iterator

    from airbyte_cdk.models import AirbyteMessage
    from airbyte_cdk.sources.streams.concurrent.partitions.types import QueueItem

    from source_zoom.streams import ZoomStream
    from source_zoom.streams.checkpoints import CheckpointRepository
    from source_zoom.sync.sync import Sync

# Messages that wait for the destination. Workers wait when it is full.
QUEUE_SIZE = 10_000
# A worker whose reader has left puts nothing more on the queue for this long.
SECONDS_TO_RELEASE = 60.0


def read_tables(
    sync: Sync, queue: Queue[QueueItem], repository: CheckpointRepository, logger: logging.Logger
) -> Iterator[AirbyteMessage]:
    """Messages of all tables of a sync, read side by side.

    :raises AirbyteTracedException: at the end, when a table is incomplete
    """
    if not sync.tables:
        return
    # Each table's slices are generated in a pool thread that mostly waits: for its parents, or for its label. Those
    # threads come on top of the workers, so that no number of waiting tables can leave none to read.
    engine = ConcurrentSource.create(
        num_workers=sync.config.workers + len(sync.tables),
        initial_number_of_partitions_to_generate=len(sync.tables),
        logger=logger,
        slice_logger=DebugSliceLogger(),
        message_repository=repository,
        queue=queue,
    )
    yield from engine.read([concurrent(table, _cursor(table, repository), logger) for table in sync.tables])


def release_workers(sync: Sync, queue: Queue[QueueItem]) -> None:
    """Let the engine's threads end though nobody reads their messages any more: the process waits for them."""
    for table in sync.tables:
        table.stop()
    with suppress(Empty):
        while True:
            item = queue.get(timeout=SECONDS_TO_RELEASE)
            if isinstance(item, ParentPartition):
                for _ in item.read():
                    pass


def _cursor(table: ZoomStream, repository: CheckpointRepository) -> Cursor:
    if table.plan is not None and table.is_incremental:
        return PlanCursor(table.name, table.plan, repository)
    return FinalStateCursor(table.name, None, repository)
