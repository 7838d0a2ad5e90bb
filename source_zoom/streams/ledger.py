"""Which past occurrences a table must request, by what it has read before: rules without threads and clock.

Work is decided by set difference, never by "newer than": what Zoom lists late, what failed and what a stop left over
need no rule of their own.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from source_zoom.parents.occurrence import EPOCH_DAY, SECONDS_A_DAY, UNKNOWN_DAY, Occurrence
from source_zoom.streams.ledger_state import (
    SECONDS_AN_HOUR,
    SETTLED,
    Failed,
    LedgerState,
    UnreadableState,
    fingerprint,
    read_state,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

# Zoom may list an occurrence, or complete a report, as many days late.
SETTLE_DAYS = 14
MAX_LOOKBACK_DAYS = SETTLE_DAYS
# A report that is read so soon after the start may be one of an occurrence that still goes on.
_YOUNG = 6 * SECONDS_AN_HOUR
# The least time between two requests for one occurrence: a day less what a nightly schedule varies.
_REPEAT = 22 * SECONDS_AN_HOUR
# A last request further ahead than this was written down by a wrong clock.
_AHEAD = 48 * SECONDS_AN_HOUR
MAX_FAILED = 1000
# Zoom resets its daily limits at midnight UTC; a moment further ahead is wrong.
MAX_LIMIT = timedelta(hours=25)


class Ledger:
    """What one table has read, day by day, and the rules of what is due.

    Days are proleptic ordinals of UTC days. One object serves one sync.
    """

    def __init__(
        self, state: LedgerState, *, start: datetime | None, lookback_days: int, now: datetime, unreadable: str = ""
    ) -> None:
        """:param start: the configured start date, None for everything
        :param lookback_days: occurrences younger than this are requested once more, 0 to 14
        :param unreadable: why the given state was not used
        """
        self._state = state
        self._start = start
        self._lookback = lookback_days
        self.unreadable = unreadable
        #: The day on which the sync began: later ones cannot be complete.
        self.first_day = _day_of(_seconds(now))
        self._apply_start()
        # Of the state that came in: what falls below a floor of this sync is still due in it.
        self._floor = _floor(state.complete_until)

    @classmethod
    def resume(cls, raw: Any, *, start: datetime | None, lookback_days: int, now: datetime) -> Ledger:
        """The ledger of a state as Airbyte gives it. One that cannot be used counts as none: everything is read."""
        unreadable = ""
        try:
            state = read_state(raw, start)
        except UnreadableState as error:
            state, unreadable = LedgerState(since=start), str(error)
        return cls(state, start=start, lookback_days=lookback_days, now=now, unreadable=unreadable)

    def _apply_start(self) -> None:
        """A start before what is covered reopens the table; a later one leaves days uncovered from now on."""
        state, start = self._state, self._start
        if state.since is not None and (start is None or start < state.since):
            state.since, state.complete_until, state.asked = start, None, {}
            return
        is_later = start is not None and (state.since is None or start > state.since)
        if is_later and start is not None and _day_of(_seconds(start)) > _floor(state.complete_until):
            state.since = start

    @property
    def reads_from(self) -> int | None:
        """The day from which on the list of occurrences is needed, None for as far back as Zoom goes."""
        floor = self._floor if self._state.complete_until is not None else None
        start = None if self._start is None else _day_of(_seconds(self._start))
        days = [day for day in (floor, start) if day is not None]
        return max(min(max(days), self.first_day), 1) if days else None

    @property
    def complete_until(self) -> int | None:
        """Every earlier day is read, but for failed occurrences. None before the first full list."""
        return self._state.complete_until

    @property
    def is_ahead(self) -> bool:
        """Whether the state is complete until a day more than one ahead, so that nothing new can be due."""
        return self._state.complete_until is not None and self._state.complete_until > self.first_day + 1

    def limited_until(self, now: datetime) -> datetime | None:
        """The moment before which Zoom refuses, as a daily limit has said; None where requests are allowed."""
        limit = self._state.limit_until
        return limit if limit is not None and now < limit <= now + MAX_LIMIT else None

    def limit(self, until: datetime | None, now: datetime) -> None:
        """A daily limit has ended the table's requests; later syncs send none before this moment, or for an hour.

        One that is too far ahead counts as Zoom's next reset, so that a nightly sync is not left out.
        """
        if until is None or until <= now:
            until = now + timedelta(hours=1)
        self._state.limit_until = _next_midnight(now) if until > now + MAX_LIMIT else until

    def failed(self) -> list[Occurrence]:
        """What failed in earlier syncs and lies in the configured time, least tried first."""
        start = None if self._start is None else _seconds(self._start)
        return [
            Occurrence(uuid, entry.id, entry.start)
            for uuid, entry in sorted(self._state.again.items(), key=lambda item: item[1].tries)
            if start is None or entry.start is None or entry.start >= start
        ]

    def tries(self, uuid: str) -> int:
        """Syncs in which this occurrence failed, 0 where it did not."""
        entry = self._state.again.get(uuid)
        return entry.tries if entry else 0

    def is_due(self, occurrence: Occurrence, now: datetime) -> bool:
        """Whether a listed occurrence must be requested. Those that failed before are due by failed() alone."""
        day = occurrence.day
        if occurrence.uuid in self._state.again:
            return False
        if day == UNKNOWN_DAY:
            return True
        if day < self._floor:
            return False
        asked = self._state.asked.get(day)
        last = asked.get(fingerprint(occurrence.uuid)) if asked else None
        return last is None or (last != SETTLED and _is_rested(last, now))

    def record_answer(self, occurrence: Occurrence, now: datetime, *, contradicted: bool = False) -> None:
        """Zoom has said what there is, and its rows are out.

        :param contradicted: it said that there is nothing, where the history counts participants, or that what there is
            is not finished
        """
        self._state.again.pop(occurrence.uuid, None)
        day, seconds = occurrence.day, _seconds(now)
        if occurrence.start is None or day < self._floor or seconds - occurrence.start < _YOUNG:
            return
        asked = self._state.asked.setdefault(day, {})
        print_ = fingerprint(occurrence.uuid)
        last = asked.get(print_)
        hour = seconds // SECONDS_AN_HOUR
        is_second = last is not None and hour >= last and _is_rested(last, now)
        is_settled = last == SETTLED or self._is_settled(_day_of(seconds) - day, is_second, contradicted)
        asked[print_] = SETTLED if is_settled else hour

    def _is_settled(self, age: int, is_second: bool, contradicted: bool) -> bool:
        if age >= SETTLE_DAYS:
            return True
        if contradicted:
            return False
        return self._lookback == 0 or (age >= self._lookback and is_second)

    def record_failure(self, occurrence: Occurrence) -> int | None:
        """The occurrence cannot be read for now. Returns in how many syncs it has failed; None where too many have."""
        again = self._state.again
        if occurrence.uuid not in again and len(again) >= MAX_FAILED:
            return None
        tries = self.tries(occurrence.uuid) + 1
        again[occurrence.uuid] = Failed(occurrence.id, occurrence.start, tries)
        return tries

    def advance(self, open_days: Iterable[int]) -> None:
        """The list was read without an error; these are the days that still have something due.

        Called as often as that changes. Never moves back, nor past the day on which the sync began.
        """
        state = self._state
        until = max(state.complete_until or 0, min(self.first_day, *open_days, self.first_day))
        if until == state.complete_until:
            return
        state.complete_until = until
        floor = _floor(until)
        state.asked = {day: asked for day, asked in state.asked.items() if day >= floor}

    def to_json(self, now: datetime) -> dict[str, Any]:
        """The state for Airbyte."""
        if self.limited_until(now) is None:
            self._state.limit_until = None
        return self._state.to_json()


def _is_rested(last: int, now: datetime) -> bool:
    """Whether an hour in which an occurrence was requested is long enough ago, or impossibly far ahead."""
    since_then = _seconds(now) - (last + 1) * SECONDS_AN_HOUR
    return since_then >= _REPEAT or since_then < -_AHEAD


def _next_midnight(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def _floor(complete_until: int | None) -> int:
    return (complete_until or 0) - SETTLE_DAYS


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def _day_of(seconds: int) -> int:
    return seconds // SECONDS_A_DAY + EPOCH_DAY
