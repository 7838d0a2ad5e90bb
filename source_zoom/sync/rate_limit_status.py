"""Tells the platform that a table waits for Zoom's rate limits, as the CDK's own HTTP client does."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from airbyte_cdk.models import (
    AirbyteStreamStatus,
    AirbyteStreamStatusReason,
    AirbyteStreamStatusReasonType,
    StreamDescriptor,
)
from airbyte_cdk.utils.stream_status_utils import as_airbyte_message

if TYPE_CHECKING:
    from collections.abc import Collection

    from airbyte_cdk.sources.message import MessageRepository

SECONDS_BETWEEN = 60.0


class RateLimitStatus:
    """Emits the stream status RUNNING with reason RATE_LIMITED, at most once a minute for each table."""

    def __init__(self, tables: Collection[str], repository: MessageRepository) -> None:
        """:param repository: one that keeps the order of messages, because nothing may follow a table's end"""
        self._tables = tables
        self._repository = repository
        self._lock = threading.Lock()
        self._emitted: dict[str, float] = {}

    def __call__(self, table: str) -> None:
        """Zoom has refused a request of this table for now. Called while the table is being read."""
        if table not in self._tables:
            return
        with self._lock:
            now = time.monotonic()
            if now - self._emitted.get(table, -SECONDS_BETWEEN) < SECONDS_BETWEEN:
                return
            self._emitted[table] = now
        reason = AirbyteStreamStatusReason(type=AirbyteStreamStatusReasonType.RATE_LIMITED)
        self._repository.emit_message(
            as_airbyte_message(StreamDescriptor(name=table), AirbyteStreamStatus.RUNNING, [reason])
        )
