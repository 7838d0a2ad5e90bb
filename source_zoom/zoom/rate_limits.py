"""The one request budget of a sync: paces every request under Zoom's limits, by label."""

from __future__ import annotations

import logging
import threading
import time
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from source_zoom.base.clock import utc_now
from source_zoom.zoom.errors import LabelClosed
from source_zoom.zoom.in_flight import Latency, needed
from source_zoom.zoom.labels import PLANS, REQUESTS_PER_SECOND, Label
from source_zoom.zoom.limit_finder import LimitFinder
from source_zoom.zoom.lockout import SILENT_SECONDS, Lockout
from source_zoom.zoom.pace import RETRY_SECONDS, Pace
from source_zoom.zoom.parsing import as_utc

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from source_zoom.base.config import AccountPlan

logger = logging.getLogger("airbyte")
# Requests a second that a header may name; anything else is no limit of Zoom's.
LOWEST_LIMIT, HIGHEST_LIMIT = 1.0, 10_000.0


class DailyLimitReached(LabelClosed):
    """Zoom refuses every further request of a label until a given time (UTC), or None where it names none."""

    def __init__(self, label: Label, until: datetime | None) -> None:
        when = f"at {until:%Y-%m-%d %H:%M} UTC" if until else "after its daily reset"
        super().__init__(
            f"Zoom's daily limit for {label.value} API requests is used up; Zoom answers again {when}. "
            "What was read so far is kept. Run the sync again after that time, or schedule it less often. "
            "The limit is shared by all apps of the Zoom account."
        )
        self.label = label
        self.until = until


class _Lane:
    """One label's state, under the budget's lock. Threads hold ``turn`` while they wait to be the next to leave."""

    def __init__(self, finder: LimitFinder, share: float) -> None:
        self.finder = finder
        self.pace = Pace(finder.limit, share)
        self.lockout = Lockout()
        self.latency = Latency()
        self.turn = threading.Lock()
        self.closed: LabelClosed | None = None
        self.logged_limit: float | None = None


class RequestBudget:
    """Spaces the requests of each label under the account's limit, for all threads of the process.

    Threads leave one after the other, and sleep outside the lock.
    """

    def __init__(
        self,
        plan: AccountPlan,
        share_percent: int = 100,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """:param plan: a plan whose limits are not to be exceeded, or "auto" to find the account's limits"""
        self._is_auto = plan == "auto"
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        share = share_percent / 100
        self._lanes = {label: _Lane(_finder(plan, label, share), share) for label in Label}

    def acquire(self, label: Label) -> float:
        """Sleep until a request of this label may leave, and return that moment by the budget's clock.

        :raises LabelClosed: when Zoom has closed the label
        """
        lane = self._lanes[label]
        with lane.turn:
            while True:
                with self._lock:
                    if lane.closed:
                        raise lane.closed
                    now = self._clock()
                    wait = lane.pace.take(now)
                if not wait:
                    return now
                self._sleep(wait)

    def answered(self, label: Label, headers: Mapping[str, str], sent: float) -> None:
        """Zoom has answered a request that left at ``sent`` with anything but a 429."""
        lane = self._lanes[label]
        remaining = None if _is_daily(headers) else _number(headers.get("X-RateLimit-Remaining"))
        with self._lock:
            now = self._clock()
            self._read_limit(lane, label, headers, now)
            lane.latency.observe(now - sent)
            lane.lockout.succeeded(sent)
            lane.pace.succeeded(now, remaining)
            self._find_limit(lane, label, now, has_dropped=False)

    def refused(self, label: Label, headers: Mapping[str, str], body: bytes, sent: float) -> None:
        """Zoom has answered with a 429: slow down, wait, or close the label.

        :raises LabelClosed: when this sync should not wait for the label any longer
        """
        lane = self._lanes[label]
        with self._lock:
            now = self._clock()
            if is_daily_limit(headers, body):
                self._refused_for_the_day(lane, label, headers, now, sent)
                return
            if lane.lockout.refused(now):
                lane.closed = _silent(label)
                raise lane.closed
            self._read_limit(lane, label, headers, now)
            has_dropped = lane.pace.refused(now)
            self._find_limit(lane, label, now, has_dropped=has_dropped)
        self._sleep(RETRY_SECONDS)

    def unanswered(self, label: Label, sent: float) -> None:
        """No answer came to a request that left at ``sent``."""
        with self._lock:
            self._lanes[label].latency.observe(self._clock() - sent)

    def pausing(self, label: Label, seconds: float) -> None:
        """A request of this label pauses before its next attempt."""
        with self._lock:
            self._lanes[label].latency.extend(seconds)

    def needed_in_flight(self, label: Label) -> int:
        """Requests of this label that must be under way at once to fill its pace."""
        lane = self._lanes[label]
        return needed(lane.pace.full_rate, lane.latency.seconds)

    def _refused_for_the_day(
        self, lane: _Lane, label: Label, headers: Mapping[str, str], now: float, sent: float
    ) -> None:
        until = parse_retry_after(headers.get("Retry-After"))
        seconds = (until - _zooms_now(headers)).total_seconds() if until else None
        moment = lane.lockout.refused_for_the_day(now, sent, seconds)
        if moment is None:
            lane.closed = DailyLimitReached(label, until if seconds and seconds > 0 else None)
            raise lane.closed
        lane.pace.pause(moment)

    def _read_limit(self, lane: _Lane, label: Label, headers: Mapping[str, str], now: float) -> None:
        limit = None if _is_daily(headers) else _number(headers.get("X-RateLimit-Limit"))
        if limit and LOWEST_LIMIT <= limit <= HIGHEST_LIMIT:
            lane.finder.read_header(limit)
            self._go_by_finder(lane, label, now)

    def _find_limit(self, lane: _Lane, label: Label, now: float, *, has_dropped: bool) -> None:
        proved = lane.finder.proved
        lane.finder.update(now, lane.pace, has_dropped=has_dropped)
        self._go_by_finder(lane, label, now)
        if lane.finder.proved > proved:
            for other, its_lane in self._lanes.items():
                its_lane.finder.prove(lane.finder.proved)
                self._go_by_finder(its_lane, other, now)

    def _go_by_finder(self, lane: _Lane, label: Label, now: float) -> None:
        limit = lane.finder.limit
        is_lower = limit < lane.pace.limit
        if limit != lane.pace.limit:
            lane.pace.learn(limit, now)
        if lane.finder.is_found and limit != lane.logged_limit and (is_lower or self._is_auto):
            lane.logged_limit = limit
            logger.info(
                "Zoom lets this account make %g %s requests a second%s.",
                limit,
                label.value,
                "" if self._is_auto else ", less than the account plan of the settings allows",
            )


def _finder(plan: AccountPlan, label: Label, share: float) -> LimitFinder:
    if plan != "auto":
        return LimitFinder([REQUESTS_PER_SECOND[plan][label]], share=share)
    return LimitFinder([REQUESTS_PER_SECOND[each][label] for each in PLANS], PLANS.index("pro"), share)


def _silent(label: Label) -> LabelClosed:
    return LabelClosed(
        f"Zoom has refused every {label.value} API request for {SILENT_SECONDS / 60:.0f} minutes because of its rate "
        "limits (HTTP 429). What was read so far is kept. Check which other apps use the Zoom account, then run the "
        "sync again."
    )


def is_daily_limit(headers: Mapping[str, str], body: bytes) -> bool:
    """Whether a 429 is about the day rather than the second."""
    if headers.get("X-RateLimit-Type"):
        return _is_daily(headers)
    return b"daily rate limit" in body


def parse_retry_after(value: str | None) -> datetime | None:
    """Zoom sends an ISO 8601 date-time in ``Retry-After``, and only for daily limits. In UTC."""
    # Seconds, as HTTP has them, are no moment.
    return None if value and value.isdigit() else as_utc(value)


def _is_daily(headers: Mapping[str, str]) -> bool:
    return headers.get("X-RateLimit-Type", "").lower().startswith("daily")


def _zooms_now(headers: Mapping[str, str]) -> datetime:
    """The time by Zoom's own clock, from the answer's ``Date``, or by this machine's."""
    try:
        moment = parsedate_to_datetime(headers.get("Date", ""))
    except (ValueError, OverflowError):
        return utc_now()
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def _number(value: str | None) -> float | None:
    """A number from 0 on, None for anything else."""
    try:
        number = float(value or "")
    except ValueError:
        return None
    return number if number >= 0 else None
