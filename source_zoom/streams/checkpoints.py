"""Where messages of a sync go, so that a state never overtakes the records it stands for."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING

from airbyte_cdk.models import AirbyteMessage, Level
from airbyte_cdk.sources.message import InMemoryMessageRepository, MessageRepository

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from queue import Queue

    from airbyte_cdk.sources.message.repository import LogMessage
    from airbyte_cdk.sources.streams.concurrent.partitions.types import QueueItem


class CheckpointRepository(MessageRepository):
    """Puts the messages of workers on the queue of the records, and yields those of the main thread at once.

    Built by the thread that reads the queue, which must never wait for room in it; the end status of a stream is
    yielded by that thread directly, so its last state must not go through the queue either.
    """

    def __init__(self, queue: Queue[QueueItem], log_level: Level = Level.INFO) -> None:
        self._queue = queue
        self._log_level = log_level
        self._main_thread = threading.get_ident()
        self._inline: deque[AirbyteMessage] = deque()

    def emit_message(self, message: AirbyteMessage) -> None:
        """Called by any thread; a worker waits while the queue is full."""
        if threading.get_ident() == self._main_thread:
            self._inline.append(message)
        else:
            self._queue.put(message)

    def log_message(self, level: Level, message_provider: Callable[[], LogMessage]) -> None:
        """Emit a log message if the level asks for it, without secrets."""
        # The CDK's own repository formats and filters; one for each message, as it is not made for many threads.
        formatted = InMemoryMessageRepository(self._log_level)
        formatted.log_message(level, message_provider)
        for message in formatted.consume_queue():
            self.emit_message(message)

    def consume_queue(self) -> Iterable[AirbyteMessage]:
        """Messages of the main thread since the last call."""
        while self._inline:
            yield self._inline.popleft()
