"""Which past occurrences a table requests in this sync, in which order, and what came of each."""

from __future__ import annotations

import threading
from collections import Counter
from enum import Enum
from typing import TYPE_CHECKING, Any

from source_zoom.parents.occurrence import UNKNOWN_DAY, Occurrence
from source_zoom.streams.bisection import AgeLimit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from source_zoom.parents.day_walk import DayReader, DayWalk
    from source_zoom.streams.ledger import Ledger

# After so many failures in a row among those that failed before, the others of them wait for the next sync.
MAX_FAILED_AGAIN = 3


class Outcome(Enum):
    """What Zoom has said of one occurrence."""

    ROWS = "rows, and all of them are on the queue"
    NOTHING = "an empty list, or that it does not exist"
    EXCLUDED = "that there can be none: the host's plan, a setting, a user who left"
    TOO_OLD = "that it does not keep it any more"
    UNFINISHED = "rows that it has not completed yet, or a refusal that may be lifted"


class OccurrencePlan:
    """The work of one table in one sync, for all its threads: one takes, any may report.

    Without a ledger it is a full refresh: everything is due. An occurrence counts as read only once answered() says so;
    a partition that the CDK closed proves nothing, for a stopped table closes its partitions unread.
    """

    def __init__(
        self,
        ledger: Ledger | None,
        clock: Callable[[], datetime],
        *,
        believed_before: int,
        expects_rows: bool = False,
    ) -> None:
        """:param clock: the present moment in UTC
        :param believed_before: ordinal of the day from which on "too old" spares no request
        :param expects_rows: an occurrence with two participants has rows in this table
        """
        self._ledger = ledger
        self._clock = clock
        self._expects_rows = expects_rows
        self._age = AgeLimit(believed_before)
        self._lock = threading.Lock()
        self._walk: DayWalk[Occurrence] | None = None
        self._reader: DayReader[Occurrence] | None = None
        self._is_partial: Callable[[], bool] = lambda: False
        self._in_flight: dict[str, Occurrence] = {}
        # How many of a day are due and not read: no state may call that day complete.
        self._open_days: Counter[int] = Counter()
        # What belongs to no day, as it failed before or has no start time.
        self._apart: set[str] = set()
        self._failed_in_a_row = 0
        self._looked_at = 0
        self._ended = False
        self._counts_rest = False
        self._retired = False
        #: Occurrences that were found due.
        self.found = 0
        #: Those of them of which Zoom has said what there is.
        self.answers = 0
        #: Those that are neither answered nor noted as failed; of a stopped table, as far as they are counted.
        self.left = 0
        #: Those that were found after the table had been stopped.
        self.rest = 0
        #: Those of which Zoom names no start, so that no state can tell whether they have been read.
        self.undated = 0

    def due(
        self,
        walk: DayWalk[Occurrence],
        spared: Callable[[Occurrence], None] = lambda _: None,
        *,
        is_partial: Callable[[], bool] = lambda: False,
    ) -> Iterator[Occurrence]:
        """What to request: first what failed before, then by day, oldest first, among what the walk has found so far.

        :param spared: called with what other answers prove to be too old
        :param is_partial: whether a walk that ended without a failure lacks something all the same
        :raises BaseException: the walk's failure, after what it found
        """
        reader = walk.reader()
        with self._lock:
            self._walk, self._reader, self._is_partial = walk, reader, is_partial
        for occurrence in self._ledger.failed() if self._ledger else ():
            if self._ended or self._failed_in_a_row >= MAX_FAILED_AGAIN:
                break
            with self._lock:
                self._apart.add(occurrence.uuid)
                self._open(occurrence)
            yield occurrence
        while (not self._ended or self._counts_rest) and reader.wait():
            with self._lock:
                # Taken and opened at once: no state in between may call its day complete.
                taken = self._take_due(reader)
                is_spared = taken is not None and self._spare(taken)
                if taken is None or not (is_spared or self._open(taken)):
                    continue
            if is_spared:
                spared(taken)
            else:
                yield taken

    def expected(self, listed: float) -> float:
        """How many of so many listed occurrences will be due, going by those that were looked at."""
        looked_at = self._looked_at
        return self.found + max(0.0, listed - looked_at) * (self.found + 1) / (looked_at + 1)

    def _take_due(self, reader: DayReader[Occurrence]) -> Occurrence | None:
        occurrence = reader.take(self._age.choose)
        self._looked_at += occurrence is not None
        if occurrence is None or self._retired or occurrence.uuid in self._apart:
            return None
        if self._ledger and not self._ledger.is_due(occurrence, self._clock()):
            return None
        return occurrence

    def _spare(self, occurrence: Occurrence) -> bool:
        """Whether other answers prove it too old. That is noted as if Zoom had said it of this one."""
        is_too_old = self._age.is_too_old(occurrence.start)
        if is_too_old and self._ledger:
            self._ledger.record_answer(occurrence, self._clock())
        return is_too_old

    def _open(self, occurrence: Occurrence) -> bool:
        """Count it as due. Returns whether it is to be requested now, False once the table is stopped."""
        self.found += 1
        self.left += 1
        if occurrence.day == UNKNOWN_DAY:
            self._apart.add(occurrence.uuid)
            self.undated += 1
        if occurrence.uuid not in self._apart:
            self._open_days[occurrence.day] += 1
        if self._ended:
            self.rest += 1
        else:
            self._in_flight[occurrence.uuid] = occurrence
        return not self._ended

    def _close(self, occurrence: Occurrence) -> None:
        del self._in_flight[occurrence.uuid]
        self.left -= 1
        if occurrence.uuid not in self._apart:
            self._open_days[occurrence.day] -= 1
            if not self._open_days[occurrence.day]:
                del self._open_days[occurrence.day]

    def tries(self, uuid: str) -> int:
        """Earlier syncs in which this occurrence failed. Where it is gone or too old now, it is lost."""
        with self._lock:
            return self._ledger.tries(uuid) if self._ledger else 0

    def requested(self, uuid: str) -> Occurrence | None:
        """What due() gave under this UUID, until it is answered. What failed before may not be in the walk any more."""
        with self._lock:
            return self._in_flight.get(uuid)

    def answered(self, uuid: str, outcome: Outcome) -> None:
        """Zoom has said what there is of it. Called after the last of its rows was taken."""
        with self._lock:
            occurrence = self._in_flight.get(uuid)
            if occurrence is None:
                return
            self._close(occurrence)
            self.answers += 1
            self._failed_in_a_row = 0
            if occurrence.start is not None and outcome is Outcome.ROWS:
                self._age.served(occurrence.start)
            elif occurrence.start is not None and outcome is Outcome.TOO_OLD:
                self._age.refused(occurrence.id or uuid, occurrence.start)
            if self._ledger:
                is_odd = outcome is Outcome.NOTHING and self._expects_rows and self._is_attended(occurrence)
                is_open = is_odd or outcome is Outcome.UNFINISHED
                self._ledger.record_answer(occurrence, self._clock(), contradicted=is_open)

    def _is_attended(self, occurrence: Occurrence) -> bool:
        """By the history, of which one that failed before knows only what the walk has found meanwhile."""
        found = self._walk.find(occurrence.uuid) if self._walk is not None else None
        return (found or occurrence).attended

    def failed(self, uuid: str) -> int | None:
        """It cannot be read for now, and will be requested again in the next sync.

        Returns the number of syncs in which it failed: after the first, the table must not end as complete. None where
        it is not remembered, because too many are or the sync is a full refresh.
        """
        with self._lock:
            occurrence = self._in_flight.get(uuid)
            if occurrence is None or self._ledger is None:
                return None
            self._failed_in_a_row += self._ledger.tries(uuid) > 0
            tries = self._ledger.record_failure(occurrence)
            if tries is not None:
                self._close(occurrence)
            return tries

    def stop(self, *, counts_rest: bool) -> None:
        """Request nothing more.

        :param counts_rest: due() goes on to the end of the walk, to count what is left
        """
        with self._lock:
            self._counts_rest = self._counts_rest or (counts_rest and not self._ended)
            self._ended = True

    def retire(self) -> None:
        """Zoom does not serve the endpoint any more: the table is empty, and complete once the walk has ended."""
        self.stop(counts_rest=True)
        with self._lock:
            self._retired = True
            self._in_flight.clear()
            self._open_days.clear()
            self.left = 0

    def limit(self, until: datetime | None) -> None:
        """A daily limit has stopped the table after some answers: no sync sends a request for it before ``until``."""
        self.stop(counts_rest=True)
        with self._lock:
            if self._ledger:
                self._ledger.limit(until, self._clock())

    def state(self) -> dict[str, Any]:
        """The table's state as of now, {} in a full refresh."""
        with self._lock:
            if self._ledger is None:
                return {}
            is_whole = self._walk is not None and self._walk.has_succeeded and not self._is_partial()
            if is_whole and self._reader:
                self._ledger.advance([*self._open_days, self._reader.lowest_unread()])
            return self._ledger.to_json(self._clock())
