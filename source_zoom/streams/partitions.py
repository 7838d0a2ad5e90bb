"""A table on the CDK's concurrent engine: one partition a parent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airbyte_cdk.models import SyncMode
from airbyte_cdk.sources.streams.concurrent.default_stream import DefaultStream
from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition
from airbyte_cdk.sources.streams.concurrent.partitions.partition_generator import PartitionGenerator
from airbyte_cdk.sources.types import Record

if TYPE_CHECKING:
    import logging
    from collections.abc import Iterable, Mapping

    from airbyte_cdk.sources.streams.concurrent.cursor import Cursor

    from source_zoom.streams.base import ZoomStream


class ParentPartition(Partition):
    """The records of one parent. The CDK's own adapter would copy every slice twice and every record once."""

    def __init__(self, stream: ZoomStream, ids: Mapping[str, Any]) -> None:
        self._stream = stream
        self._ids = ids

    def read(self) -> Iterable[Record]:
        """The records.

        :raises Exception: the parent cannot be read
        """
        name = self._stream.name
        for data in self._stream.read_records(SyncMode.full_refresh, stream_slice=self._ids):
            yield Record(data, name)

    def to_slice(self) -> Mapping[str, Any]:
        """The ids of the parent."""
        return self._ids

    def stream_name(self) -> str:
        """The table's name."""
        return self._stream.name

    def __hash__(self) -> int:
        # The engine keeps running partitions in a set. No two partitions are equal.
        return id(self)


class ParentPartitions(PartitionGenerator):
    """The partitions of a table."""

    def __init__(self, stream: ZoomStream) -> None:
        self._stream = stream

    def generate(self) -> Iterable[Partition]:
        """One partition for each parent, as the parents are found.

        :raises Exception: after all of them have been read, what makes the table incomplete
        """
        for ids in self._stream.stream_slices():
            yield ParentPartition(self._stream, ids)


def concurrent(stream: ZoomStream, cursor: Cursor, logger: logging.Logger) -> DefaultStream:
    """The table as the concurrent engine takes it."""
    return DefaultStream(
        partition_generator=ParentPartitions(stream),
        name=stream.name,
        json_schema=stream.get_json_schema,
        primary_key=[str(column) for column in stream.primary_key or ()],
        cursor_field=None,
        logger=logger,
        cursor=cursor,
    )
