"""An account that grows and a table that reads it night after night: what it read, how often, and what states say."""

from __future__ import annotations

import json
import random
from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from source_zoom.parents.day_walk import DayWalk
from source_zoom.parents.occurrence import EPOCH_DAY, Occurrence
from source_zoom.streams.ledger import SETTLE_DAYS, Ledger
from source_zoom.streams.ledger_state import fingerprint
from source_zoom.streams.plan import OccurrencePlan, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

HOUR = 3600
DAY = 24 * HOUR
# Day 0 of every world.
FIRST = int(datetime(2026, 1, 1, tzinfo=timezone.utc).timestamp())
FIRST_DAY = FIRST // DAY + EPOCH_DAY
# Requests under way at once.
IN_FLIGHT = 3


@dataclass(frozen=True)
class Held:
    """One occurrence of a world. All times in seconds since its first day."""

    uuid: str
    start: int
    #: From when on Zoom lists it, and from when on its report is there.
    listed: int
    ready: int

    @property
    def day(self) -> int:
        return self.start // DAY

    def as_occurrence(self, attended: bool) -> Occurrence:
        return Occurrence(self.uuid, 85_000_000_000 + self.start % 97, FIRST + self.start, attended)


def world(seed: int, days: int, a_day: int = 8, *, late_days: int = 13, slow_hours: int = 22) -> list[Held]:
    """One in ten is listed up to ``late_days`` late, one in five reports is ready up to ``slow_hours`` after that."""
    draw = random.Random(seed)
    found = []
    for number in range(days * a_day):
        start = number // a_day * DAY + draw.randrange(DAY)
        end = start + draw.choice([1, 1, 2, 30]) * HOUR
        is_late = draw.random() < 0.1
        listed = end + (draw.randrange(HOUR, max(late_days * DAY - 30 * HOUR, 2 * HOUR)) if is_late else 0)
        ready = listed + (0 if draw.random() < 0.8 else draw.randrange(slow_hours * HOUR + 1))
        found.append(Held(f"{seed}-{number}==", start, listed, ready))
    return found


@dataclass
class Trouble:
    """What goes wrong: shares of one, unless said otherwise."""

    kill: float = 0
    partial_walk: float = 0.05
    #: Requests that Zoom answers a day.
    cap: int = 10**9
    #: UUIDs with the moment until which they cannot be read.
    poison: dict[str, int] = field(default_factory=dict)


@dataclass
class Table:
    """A table of a world. Its rows and requests outlive syncs, as the destination and Zoom's log do."""

    world: list[Held]
    seed: int = 0
    lookback: int = 2
    trouble: Trouble = field(default_factory=Trouble)
    #: A state after so many answers.
    every: int = 10
    expects_rows: bool = False
    start: datetime | None = None
    state: Any = None
    #: The last answer of each occurrence that was read: whether its report was ready.
    rows: dict[str, bool] = field(default_factory=dict)
    requests: Counter[str] = field(default_factory=Counter)
    largest: int = 0
    states: int = 0

    def __post_init__(self) -> None:
        self._draw = random.Random(self.seed)
        self._spent: Counter[int] = Counter()
        self._by_uuid = {held.uuid: held for held in self.world}
        self._complete_until = ""

    def sync(self, now: int) -> None:
        """One sync at ``now``; what a killed one has emitted counts."""
        moment = datetime.fromtimestamp(FIRST + now, timezone.utc)
        ledger = Ledger.resume(self.state, start=self.start, lookback_days=self.lookback, now=moment)
        assert ledger.unreadable == ""
        plan = OccurrencePlan(ledger, lambda: moment, believed_before=0, expects_rows=self.expects_rows)
        if ledger.limited_until(moment) is None:
            walk, shown = self._walk(ledger, now)
            if not self._read(plan, walk, now, lambda: self._emit(plan, shown, now)):
                return
        else:
            shown = []
        self._emit(plan, shown, now)

    def _walk(self, ledger: Ledger, now: int) -> tuple[DayWalk[Occurrence], list[Held]]:
        lowest = (ledger.reads_from or FIRST_DAY) - FIRST_DAY
        shown = [held for held in self.world if held.listed <= now and held.day >= lowest]
        is_partial = self._draw.random() < self.trouble.partial_walk
        if is_partial:
            shown = [held for held in shown if self._draw.random() < 0.7]
        self._draw.shuffle(shown)
        walk: DayWalk[Occurrence] = DayWalk("nights", Occurrence.packed, Occurrence.unpacked, Occurrence.merged)
        for held in shown:
            walk.publish(held.as_occurrence(attended=held.start % 2 == 0))
        walk.finish(ConnectionError("a window failed") if is_partial else None)
        return walk, [] if is_partial else shown

    def _read(self, plan: OccurrencePlan, walk: DayWalk[Occurrence], now: int, emit: Callable[[], None]) -> bool:
        """False where the sync was killed."""
        in_flight: deque[str] = deque()
        occurrences = plan.due(walk)
        answers = 0
        is_limited = False
        while True:
            try:
                occurrence = next(occurrences, None)
            except ConnectionError:
                occurrence = None
            if occurrence is not None:
                in_flight.append(occurrence.uuid)
                if len(in_flight) < IN_FLIGHT:
                    continue
            if not in_flight:
                return True
            if self._draw.random() < self.trouble.kill:
                return False
            uuid = in_flight.popleft()
            if is_limited:
                continue
            if self._spent[now // DAY] >= self.trouble.cap:
                is_limited = True
                plan.limit(datetime.fromtimestamp(FIRST + (now // DAY + 1) * DAY, timezone.utc))
                continue
            self._request(plan, uuid, now)
            answers += 1
            if answers % self.every == 0:
                emit()

    def _request(self, plan: OccurrencePlan, uuid: str, now: int) -> None:
        self._spent[now // DAY] += 1
        self.requests[uuid] += 1
        if now < self.trouble.poison.get(uuid, -1):
            assert plan.failed(uuid)
            return
        is_ready = now >= self._by_uuid[uuid].ready
        # A report that was whole once stays in the destination.
        self.rows[uuid] = is_ready or self.rows.get(uuid, False)
        plan.answered(uuid, Outcome.ROWS if is_ready else Outcome.NOTHING)

    def _emit(self, plan: OccurrencePlan, shown: Iterable[Held], now: int) -> None:
        """Take a state as Airbyte does, and check what must hold of every one."""
        written = json.dumps(plan.state())
        self.state = json.loads(written)
        self.states += 1
        self.largest = max(self.largest, len(written))
        asked = {
            (day, prints[place : place + 8])
            for day, groups in self.state["asked"].items()
            for prints in groups.values()
            for place in range(0, len(prints), 8)
        }
        answered = {
            (str(datetime.fromtimestamp(FIRST + self._by_uuid[uuid].start, timezone.utc).date()), fingerprint(uuid))
            for uuid in self.rows
        }
        assert asked <= answered, "a state names what was not read"
        complete_until = self.state["complete_until"] or ""
        assert complete_until >= self._complete_until, "a state went back"
        assert complete_until <= str(datetime.fromtimestamp(FIRST + now, timezone.utc).date()), "a state is ahead"
        self._complete_until = complete_until
        if complete_until:
            floor = datetime.fromisoformat(complete_until).toordinal() - FIRST_DAY - SETTLE_DAYS
            again = {entry["uuid"] for entry in self.state["again"]}
            skipped = [held for held in shown if held.day < floor and held.uuid not in {*self.rows, *again}]
            assert not skipped, "a state passes over what was not read"

    def sync_until(self, end: int, step: int, first: int = DAY + 2 * HOUR) -> Table:
        """Syncs from ``first`` on, every ``step`` seconds."""
        for now in range(first, end, step):
            self.sync(now)
        return self

    @property
    def never_read(self) -> list[str]:
        return [held.uuid for held in self.world if held.uuid not in self.rows]

    @property
    def not_ready(self) -> list[str]:
        return [uuid for uuid, is_ready in self.rows.items() if not is_ready]

    def reopen(self, start: datetime | None) -> None:
        """The start date is changed in the form; the covered days may start over."""
        self.start = start
        self._complete_until = ""


def start_at(day: int) -> datetime:
    """The start date of a form."""
    return datetime.fromtimestamp(FIRST, timezone.utc) + timedelta(days=day)
