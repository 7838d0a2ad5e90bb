"""checkpoints.py: the order of messages, and which of them come out."""

from __future__ import annotations

from queue import Queue
from typing import Any

from airbyte_cdk.models import AirbyteLogMessage, AirbyteMessage, Level
from airbyte_cdk.models import Type as MessageType
from airbyte_cdk.utils.airbyte_secrets_utils import update_secrets

from source_zoom.streams.checkpoints import CheckpointRepository
from unit_tests.threads import WAIT, in_thread


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
