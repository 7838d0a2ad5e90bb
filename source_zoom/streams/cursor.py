"""PlanCursor: hands the state of a table to Airbyte as the sync proceeds."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
from airbyte_cdk.sources.streams.concurrent.cursor import Cursor

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping

    from airbyte_cdk.sources.message import MessageRepository
    from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition
    from airbyte_cdk.sources.types import Record

    from source_zoom.streams.resources import Plan

# A killed sync repeats the requests of at most so many seconds.
STATE_INTERVAL = 60.0


class PlanCursor(Cursor):
    """Emits the state of a table's plan: at most every minute, and at the end of its stream.

    It decides nothing. The stream reports to the plan what came of each parent, after its rows were taken.
    """

    def __init__(
        self,
        stream_name: str,
        plan: Plan,
        repository: MessageRepository,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """:param monotonic: seconds of a clock that never goes back"""
        self._stream_name = stream_name
        self._plan = plan
        self._repository = repository
        self._monotonic = monotonic
        self._emitted_at = monotonic()
        # Held from building a state until it is on the queue, so that no older one comes after it.
        self._emission = threading.Lock()

    @property
    def state(self) -> MutableMapping[str, Any]:
        """The state as of now."""
        return self._plan.state()

    def observe(self, record: Record) -> None:
        """Rows say nothing of what is complete."""

    def close_partition(self, partition: Partition) -> None:
        """A good moment for a state; whether the partition was read, the plan knows."""
        if not self._emission.acquire(blocking=False):
            return
        try:
            if self._monotonic() - self._emitted_at >= STATE_INTERVAL:
                self._emit()
        finally:
            self._emission.release()

    def ensure_at_least_one_state_emitted(self) -> None:
        """The last state, from the main thread when all partitions of the stream are closed, read or not."""
        self._emit()

    def should_be_synced(self, record: Record) -> bool:
        """Every row that is read is due."""
        return True

    def _emit(self) -> None:
        self._emitted_at = self._monotonic()
        manager = ConnectorStateManager()
        manager.update_state_for_stream(self._stream_name, None, self.state)
        self._repository.emit_message(manager.create_state_message(self._stream_name, None))
