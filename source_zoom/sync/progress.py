"""How far a sync is: one line every half minute by what is left, and totals at the end."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from source_zoom.zoom.labels import Label

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from source_zoom.parents.forecast import Forecast
    from source_zoom.parents.known import Known
    from source_zoom.streams.base import ZoomStream
    from source_zoom.zoom.traffic import Traffic

logger = logging.getLogger("airbyte")

REPORT_SECONDS = 30.0
_PER_MINUTE = 60.0


class Progress:
    """Reports on one sync from what its rooms have counted."""

    def __init__(self, traffic: Traffic, known: Known, forecast: Forecast, tables: Sequence[ZoomStream]) -> None:
        self._traffic = traffic
        self._known = known
        self._forecast = forecast
        self._tables = tables
        self._started = time.monotonic()
        self._stop = threading.Event()
        # Requests by label, and the moment, of the line before.
        self._before: tuple[float, Mapping[Label, int]] = (self._started, {})

    def start(self) -> None:
        """Report every half minute from a thread of its own until stop()."""
        threading.Thread(target=self._report_until_stopped, name="progress", daemon=True).start()

    def stop(self) -> None:
        """End the reports. Log what was skipped and repeated, the totals, and last what a person should look at."""
        self._stop.set()
        summary = self.summary()
        for level, line in summary:
            if level == logging.INFO:
                logger.info(line)
        logger.info(self.totals())
        for level, line in summary:
            if level != logging.INFO:
                logger.log(level, line)

    def summary(self) -> list[tuple[int, str]]:
        """(log level, line) for each reason of skips and each cause of repetitions."""
        lines = self._skips()
        for cause, count in self._traffic.retries().items():
            lines.append((logging.INFO, f"Retried {counted(count, 'request')} after {cause}"))
        return lines

    def totals(self) -> str:
        """The sentence that closes a sync."""
        complete = sum(not table.status.failure for table in self._tables)
        records = sum(table.status.records for table in self._tables)
        requests = sum(self._traffic.requests().values())
        retried = sum(self._traffic.retries().values())
        return (
            f"Done in {duration(time.monotonic() - self._started)}: {complete} of {len(self._tables)} tables complete, "
            f"{records:,} records, {counted(requests, 'request')}, {retried:,} of them repeated."
        )

    def line(self) -> str:
        """How far the sync is, which label sets the pace, and how long it may take."""
        now, requests = time.monotonic(), self._traffic.requests()
        done = sum(table.status.has_ended for table in self._tables)
        records = sum(table.status.records for table in self._tables)
        start = f"Progress after {duration(now - self._started)}: {done} of {len(self._tables)} tables done, "
        start += f"{records:,} records."
        left = self._left()
        rates = self._rates(now, requests)
        slowest = max(left, key=lambda label: left[label] / rates[label], default=None)
        if slowest is None:
            return start
        sent, rate, more = requests.get(slowest, 0), rates[slowest], left[slowest]
        return (
            f"{start} {slowest.value.capitalize()} requests ({rate:.1f} a second) set the pace: "
            f"{sent:,} of about {sent + more:,.0f} sent, about {duration(more / rate)} to go."
        )

    def _left(self) -> Mapping[Label, float]:
        """Requests that are still to be sent, by label, without labels that are done."""
        left = dict.fromkeys(Label, 0.0)
        for table in self._tables:
            if table.sends_requests and not table.status.has_ended:
                sent = self._traffic.of(table.name)
                per_parent = max(1.0, sent / max(1, table.status.parents_found))
                left[table.label] += max(0.0, table.expected_parents(self._forecast) * per_parent - sent)
        for work in self._forecast.lists():
            left[work.label] += work.expected - work.sent
        return {label: count for label, count in left.items() if count >= 1}

    def _rates(self, now: float, requests: Mapping[Label, int]) -> Mapping[Label, float]:
        """Requests a second of late, by label; of one that had none, those since the start, or a low guess."""
        moment, before = self._before
        self._before = (now, requests)
        seconds, total = max(now - moment, 1e-9), max(now - self._started, 1e-9)
        rates = {}
        for label in Label:
            sent = requests.get(label, 0)
            recent = sent - before.get(label, 0)
            rates[label] = recent / seconds if recent else max(1, sent) / total
        return rates

    def _skips(self) -> list[tuple[int, str]]:
        """(log level, line) for each reason, with its tables."""
        reasons: dict[tuple[str, bool], dict[str, int]] = {}
        examples: dict[tuple[str, bool], str] = {}
        for key, skip in self._known.skips().items():
            reasons.setdefault((key.reason, key.warn), {})[key.table] = skip.skipped
            examples.setdefault((key.reason, key.warn), skip.example)
        lines = []
        for (reason, warn), tables in reasons.items():
            counts = ", ".join(f"{table} {count:,}" for table, count in tables.items())
            line = f"Skipped {sum(tables.values()):,}: {reason} ({counts}; for example {examples[reason, warn]})"
            lines.append((logging.WARNING if warn else logging.INFO, line))
        return lines

    def _report_until_stopped(self) -> None:
        while not self._stop.wait(REPORT_SECONDS):
            logger.info(self.line())


def counted(number: int, noun: str) -> str:
    """A number with its noun, in the singular or plural."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def duration(seconds: float) -> str:
    """Seconds as a person says them: 50 s, 4 min, 2 h 5 min."""
    if seconds < 2 * _PER_MINUTE:
        return f"{seconds:.0f} s"
    minutes = round(seconds / _PER_MINUTE)
    return f"{minutes} min" if minutes < 2 * _PER_MINUTE else f"{minutes // 60} h {minutes % 60} min"
