"""Growth: what takes place while the clock of an account goes on, and when it shows up where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, get_args

from .build import Builder, share_of
from .draw import DAY, digest, midnight, pick
from .entities import INSTANT, PMI, WEBINAR, Meeting, Occurrence, Timing, Unready

if TYPE_CHECKING:
    from collections.abc import Iterator

HOUR = 3600


@dataclass(frozen=True)
class Event:
    """One meeting or webinar that takes place at `start`: an occurrence of `number`, or, without one, a new one.

    Delays count from its end: of the history row, of the instance row, and of reports with their content, which are
    `unready` until then. For `poison_days` (inf: for ever) everything about it answers HTTP 500. `in_history`,
    `startless`, `instance_shift` and `registration` are those of Occurrence.
    """

    number: int | None = None
    start: datetime | str | float = 0.0
    minutes: int | None = None
    rows: int | None = None
    webinar: bool = False
    history_delay_days: float = 0
    instance_delay_days: float = 0
    report_delay_hours: float = 0
    unready: Unready = "not_found"
    poison_days: float = 0
    in_history: bool = True
    startless: bool = False
    instance_shift: int = 0
    registration: bool | None = None

    @property
    def moment(self) -> int:
        """The start in Unix seconds."""
        start = self.start
        if isinstance(start, str):
            start = datetime.fromisoformat(start.replace("Z", "+00:00"))
        if isinstance(start, datetime):
            start = (start if start.tzinfo else start.replace(tzinfo=timezone.utc)).timestamp()
        return int(start)


@dataclass(frozen=True)
class Growth:
    """How an account grows: so many occurrences a day, for `days` days from the first one on.

    Meetings are those of recurring series, instant ones and uses of personal rooms in turn; webinars are those of
    recurring ones. What was scheduled for a moment to come takes place then.
    """

    per_day: float = 4
    """Meetings."""
    webinars_per_day: float = 1
    days: int = 60
    late_share: float = 0.1
    """Occurrences whose row in the history, or among the instances, comes late."""
    history_delay_days: float = 0
    """By so many days at most, each by its own."""
    instance_delay_days: float = 0
    slow_share: float = 0.2
    """Occurrences whose reports are not ready at once: not found, without content, or with a part of it in turn."""
    report_delay_hours: float = 0
    """For so many hours at most, each for its own."""
    poison: int = 0
    """So many occurrences, one every other day from the second on, about which every question is HTTP 500."""
    poison_days: float = float("inf")
    """For so long after their end."""
    odd_times: bool = False
    """In the first week: one over midnight, one of thirty hours, one that begins a second before midnight, one
    without a start in any list, and two whose instances give a start that is five seconds or a day off."""

    def __post_init__(self) -> None:
        if not (0 <= self.late_share <= 1 and 0 <= self.slow_share <= 1):
            raise ValueError("late_share and slow_share are shares between 0 and 1")


def happen(builder: Builder, event: Event) -> Occurrence:
    """Adds the occurrence, and its meeting if it is a new one. Raises ValueError for a number nobody has."""
    occurrence = builder.occur(_meeting(builder, event), event.moment)
    occurrence.minutes = event.minutes or occurrence.minutes
    occurrence.rows = event.rows or occurrence.rows
    if event.registration is not None:
        occurrence.registration = event.registration
    occurrence.in_history = event.in_history
    occurrence.startless = event.startless
    occurrence.instance_shift = event.instance_shift
    end = occurrence.end
    occurrence.timing = Timing(
        ended=end,
        history=end + event.history_delay_days * DAY,
        instance=end + event.instance_delay_days * DAY,
        report=end + event.report_delay_hours * HOUR,
        healed=end + event.poison_days * DAY if event.poison_days else 0,
        unready=event.unready,
    )
    return occurrence


def grow(builder: Builder, growth: Growth) -> None:
    """Everything that will take place."""
    first = midnight(builder.first_day)
    poisoned = 0
    for event in sorted(_planned(builder, growth, first), key=lambda event: event.moment):
        day = (event.moment - first) // DAY
        if poisoned < growth.poison and day > 2 * poisoned and not event.startless:
            poisoned += 1
            event = _with(event, poison_days=growth.poison_days)
        happen(builder, event)


def _planned(builder: Builder, growth: Growth, first: int) -> Iterator[Event]:
    """In no order."""
    meetings = list(builder.meetings.values())
    ahead = [m for m in meetings if m.listed and not m.recurring and m.start and m.start >= first and not m.gone]
    for meeting in (m for m in ahead if not m.occurrences):
        assert meeting.start is not None
        if meeting.start < first + growth.days * DAY:
            yield _delayed(growth, meeting.id, meeting.start, f"scheduled|{meeting.id}|{builder.shape.seed}")
    series = [m for m in meetings if m.listed and m.recurring and not m.gone]
    rows = [m for m in series if not m.is_webinar], [m for m in series if m.is_webinar]
    count = 0
    for day in range(growth.days):
        for kind, rate in enumerate((growth.per_day, growth.webinars_per_day)):
            for _ in range(share_of(rate, day)):
                number = _number(builder, rows[kind], count, webinar=kind == 1)
                key = f"growth|{builder.shape.seed}|{kind}|{day}|{count}"
                moment = first + day * DAY + int.from_bytes(digest(key)[:4], "big") % DAY
                yield _delayed(growth, number, moment, key, webinar=kind == 1)
                count += 1
    if growth.odd_times and rows[0]:
        yield from _odd_times(rows[0][0].id, first)


def _number(builder: Builder, series: list[Meeting], count: int, *, webinar: bool) -> int | None:
    """Whose occurrence the next one is: of a series, of a personal room, or, None, of a new meeting."""
    host = builder.hosts[count % len(builder.hosts)]
    if series and (webinar or count % 4 in (0, 2)):
        return series[count // 2 % len(series)].id
    if webinar or count % 4 == 1:
        return None
    room = builder.meetings.get(host.pmi) or builder.add(host, PMI, None, listed=False)
    return room.id


def _delayed(growth: Growth, number: int | None, moment: int, key: str, *, webinar: bool = False) -> Event:
    raw = digest(f"{key}|delays")
    shares = [int.from_bytes(raw[k : k + 2], "big") / 65_536 for k in range(0, 12, 2)]
    late = [share < growth.late_share for share in shares[:2]]
    return Event(
        number,
        moment,
        webinar=webinar,
        history_delay_days=shares[2] * growth.history_delay_days if late[0] else 0,
        instance_delay_days=shares[3] * growth.instance_delay_days if late[1] else 0,
        report_delay_hours=shares[4] * growth.report_delay_hours if shares[5] < growth.slow_share else 0,
        unready=pick(get_args(Unready), raw[12]),
    )


def _odd_times(number: int, first: int) -> Iterator[Event]:
    yield Event(number, first + 1 * DAY + 23 * HOUR + 1800, minutes=90, rows=5)
    yield Event(number, first + 2 * DAY + 6 * HOUR, minutes=30 * 60, rows=5)
    yield Event(number, first + 4 * DAY - 1, minutes=45, rows=5)
    yield Event(number, first + 4 * DAY + 9 * HOUR, minutes=45, rows=5, startless=True)
    yield Event(number, first + 5 * DAY + 9 * HOUR, minutes=45, rows=5, instance_shift=5)
    yield Event(number, first + 6 * DAY + 9 * HOUR, minutes=45, rows=5, instance_shift=DAY)


def _with(event: Event, *, poison_days: float) -> Event:
    return Event(**{**vars(event), "poison_days": poison_days})


def _meeting(builder: Builder, event: Event) -> Meeting:
    if event.number is not None:
        if event.number not in builder.meetings:
            raise ValueError(f"nobody has a meeting or webinar {event.number}")
        return builder.meetings[event.number]
    if event.webinar:
        host = next((user for user in builder.hosts if user.webinar_addon), builder.hosts[0])
        return builder.add(host, WEBINAR, event.moment, listed=False, gone=True)
    host = builder.hosts[event.moment % len(builder.hosts)]
    return builder.add(host, INSTANT, None, listed=False, gone=True)
