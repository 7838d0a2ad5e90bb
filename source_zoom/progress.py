"""How far a sync is: one line every half minute, and what was skipped and repeated at the end."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence

from source_zoom.parents.known import Known
from source_zoom.streams.table_status import TableStatus
from source_zoom.zoom.traffic import Traffic

logger = logging.getLogger("airbyte")

REPORT_SECONDS = 30.0


class Progress:
    """Reports on one sync from what its rooms have counted."""

    def __init__(self, traffic: Traffic, known: Known, statuses: Sequence[TableStatus]) -> None:
        self._traffic = traffic
        self._known = known
        self._statuses = statuses
        self._started = time.monotonic()
        self._stop = threading.Event()

    def start(self) -> None:
        """Report every half minute from a thread of its own until stop()."""
        threading.Thread(target=self._report_until_stopped, name="progress", daemon=True).start()

    def stop(self) -> None:
        """End the reports, and log what was skipped and repeated."""
        self._stop.set()
        for level, line in self.summary():
            logger.log(level, line)

    def summary(self) -> list[tuple[int, str]]:
        """(log level, line) for each reason of skips and each cause of repetitions."""
        lines = [
            (
                logging.WARNING if key.warn else logging.INFO,
                f"{key.table}: {skip.skipped} skipped: {key.reason} (one of them: {skip.example})",
            )
            for key, skip in self._known.skips().items()
        ]
        for cause, count in self._traffic.retries().items():
            lines.append((logging.INFO, f"Retried {count} {'request' if count == 1 else 'requests'} after {cause}"))
        return lines

    def line(self) -> str:
        """How far the sync is."""
        seconds = max(time.monotonic() - self._started, 1e-9)
        requests = sum(self._traffic.requests().values())
        parts = [f"{seconds:,.0f} s, {requests:,} requests ({requests / seconds:.1f} a second)"]
        for status in self._statuses:
            if not (status.parents_found or status.all_found):
                continue
            if status.parents_read == status.parents_found and status.all_found:
                state = "incomplete" if status.failure else "complete"
                parts.append(f"{status.table} {state}, {status.records:,} records")
            else:
                more = "" if status.all_found else " known so far"
                counts = f"{status.parents_read:,} of {status.parents_found:,} parents{more}"
                parts.append(f"{status.table} {counts}, {status.records:,} records")
        return "Progress: " + "; ".join(parts)

    def _report_until_stopped(self) -> None:
        while not self._stop.wait(REPORT_SECONDS):
            logger.info(self.line())
