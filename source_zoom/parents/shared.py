"""SharedRows: the rows of a list that several tables are made of, read once in a sync and kept on disk in between."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from tempfile import SpooledTemporaryFile
from typing import IO, Any, NamedTuple, cast

import orjson

from source_zoom.parents.walk import Walk

# A part larger than this, in bytes, goes to the disk.
MEMORY = 256_000
# Bytes that a table takes at once.
CHUNK = 64_000

Row = dict[str, Any]
WriteRow = Callable[[Mapping[str, Any]], None]


class Part(NamedTuple):
    """A part of a list, such as a window of dates. ``is_whole``: it was read to its end."""

    key: Hashable
    is_whole: bool

    def packed(self) -> tuple[Hashable, bool]:
        """(key, rest) for a walk."""
        return self.key, self.is_whole


class SharedRows:
    """The parts of one list, and the rows of each part until every table has read them.

    Who reads the list never waits for a table, and a table waits for nothing but whole parts: so neither can keep the
    other from going on. Rows wait in temporary files, and memory does not grow with them.
    """

    def __init__(self, name: str, tables: int) -> None:
        """:param tables: how many tables read the rows; with none, the rows are not kept"""
        self.parts: Walk[Part] = Walk(name, Part.packed, Part)
        self._tables = tables
        self._spools: dict[Hashable, _Spool] = {}

    @contextmanager
    def part(self, key: Hashable) -> Iterator[WriteRow]:
        """Takes the rows of one part from any thread. What came before a failure is a part, too, but no whole one."""
        spool = _Spool(self._tables) if self._tables else None
        is_whole = False
        try:
            yield spool.write if spool else _drop
            is_whole = True
        finally:
            if spool:
                self._spools[key] = spool
            self.parts.publish(Part(key, is_whole))

    def rows(self, key: Hashable) -> Iterator[Row]:
        """The rows of a published part, for one of the tables."""
        yield from self._spools[key].rows()


class _Spool:
    """Rows that are written once, and then read by several threads."""

    def __init__(self, readers: int) -> None:
        self._file = cast("IO[bytes]", SpooledTemporaryFile(max_size=MEMORY))  # noqa: SIM115 - closed by the last reader
        self._readers = readers
        self._lock = threading.Lock()
        # For a table that was stopped, and never takes the rows.
        weakref.finalize(self, self._file.close)

    def write(self, row: Mapping[str, Any]) -> None:
        line = orjson.dumps(row) + b"\n"
        with self._lock:
            self._file.write(line)

    def rows(self) -> Iterator[Row]:
        position = 0
        while True:
            with self._lock:
                self._file.seek(position)
                lines = self._file.readlines(CHUNK)
                position = self._file.tell()
            if not lines:
                break
            yield from map(orjson.loads, lines)
        with self._lock:
            self._readers -= 1
            if self._readers <= 0:
                self._file.close()


def _drop(_: Mapping[str, Any]) -> None:
    """No table reads the rows."""
