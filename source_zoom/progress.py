"""What a sync has done so far: counted by all threads, told every half minute and at the end."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from source_zoom.errors import WARNED

logger = logging.getLogger("airbyte")

REPORT_SECONDS = 30.0


@dataclass
class _Skip:
    count: int = 0
    example: str = ""


@dataclass
class _Table:
    known: int = 0
    done: int = 0
    records: int = 0
    all_known: bool = False
    skips: dict[str, _Skip] = field(default_factory=dict)


class Progress:
    """Counts parents, records, requests, skips and retries of one sync."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tables: dict[str, _Table] = {}
        self._requests = 0
        self._retries: Counter[str] = Counter()
        self._started = time.monotonic()
        self._stop = threading.Event()

    def requested(self) -> None:
        with self._lock:
            self._requests += 1

    def retried(self, cause: str) -> None:
        with self._lock:
            self._retries[cause] += 1

    def parent_known(self, table: str) -> None:
        with self._lock:
            self._table(table).known += 1

    def all_parents_known(self, table: str) -> None:
        with self._lock:
            self._table(table).all_known = True

    def parent_done(self, table: str, records: int) -> None:
        with self._lock:
            counts = self._table(table)
            counts.done += 1
            counts.records += records

    def skipped(self, table: str, reason: str, example: str) -> None:
        """One parent of a table that has nothing to read; told once a table and reason, with one example."""
        with self._lock:
            skip = self._table(table).skips.setdefault(reason, _Skip(example=example))
            skip.count += 1

    def start(self) -> None:
        """Report every half minute from a thread of its own until stop()."""
        threading.Thread(target=self._report_until_stopped, name="progress", daemon=True).start()

    def stop(self) -> None:
        self._stop.set()
        for level, line in self._summary():
            logger.log(level, line)

    def summary(self) -> list[str]:
        """What was skipped and asked again, a line each."""
        return [line for _, line in self._summary()]

    def _summary(self) -> list[tuple[int, str]]:
        with self._lock:
            lines = [
                (
                    logging.WARNING if reason in WARNED else logging.INFO,
                    f"{table}: {skip.count} skipped: {reason} (one of them: {skip.example})",
                )
                for table, counts in self._tables.items()
                for reason, skip in counts.skips.items()
            ]
            lines += [
                (logging.INFO, f"{count} {'request was' if count == 1 else 'requests were'} sent again after: {cause}")
                for cause, count in self._retries.items()
            ]
        return lines

    def line(self) -> str:
        """How far the sync is."""
        with self._lock:
            seconds = max(time.monotonic() - self._started, 1e-9)
            parts = [f"{seconds:,.0f} s, {self._requests:,} requests ({self._requests / seconds:.1f} a second)"]
            for table, counts in self._tables.items():
                if not (counts.known or counts.all_known):
                    # A walk of which something was skipped, or a table that has not begun.
                    continue
                if counts.done == counts.known and counts.all_known:
                    parts.append(f"{table} complete, {counts.records:,} records")
                else:
                    more = "" if counts.all_known else " known so far"
                    parts.append(
                        f"{table} {counts.done:,} of {counts.known:,} parents{more}, {counts.records:,} records"
                    )
        return "Progress: " + "; ".join(parts)

    def _table(self, name: str) -> _Table:
        return self._tables.setdefault(name, _Table())

    def _report_until_stopped(self) -> None:
        while not self._stop.wait(REPORT_SECONDS):
            logger.info(self.line())
