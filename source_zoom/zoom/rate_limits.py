"""The one request budget of a sync: paces every request under Zoom's limits, by label."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime

from source_zoom.clock import utc_now
from source_zoom.config import AccountPlan
from source_zoom.zoom.errors import LabelClosed
from source_zoom.zoom.labels import REQUESTS_PER_SECOND, Label
from source_zoom.zoom.parsing import as_utc

logger = logging.getLogger("airbyte")

# Evenly spaced requests just under the limit meet almost no 429; at the limit itself every jitter of the network does.
HEADROOM = 0.97
# A daily limit that ends sooner than this is waited for; a later end closes the label.
LONGEST_DAILY_WAIT = 120.0


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
    """The pace of one label, in requests a second; not thread-safe, the budget holds its lock around it.

    ``ceiling`` is the plan's share, or less where Zoom's headers name a lower limit. ``rate`` lies below it after a
    429 that another app of the account has brought about, and climbs back.
    """

    def __init__(self, plan_rate: float, share: float) -> None:
        self._plan_rate = plan_rate
        self._share = share
        self.ceiling = self.rate = plan_rate * share * HEADROOM
        self.next_free = 0.0
        self.closed: LabelClosed | None = None
        self._last_change = 0.0

    def book(self, now: float) -> float:
        """The moment at which the next request may go out."""
        if self.rate < self.ceiling:
            # Seconds without a 429 bring the pace back, a hundredth of the ceiling each.
            self.rate = min(self.ceiling, self.rate + (now - self._last_change) * self.ceiling / 100)
            self._last_change = now
        moment = max(now, self.next_free)
        self.next_free = moment + 1 / self.rate
        return moment

    def learn(self, limit: float) -> bool:
        """Take Zoom's word for the account's limit; True when that lowers the pace."""
        ceiling = min(self._plan_rate, limit) * self._share * HEADROOM
        if ceiling == self.ceiling:
            return False
        lower = ceiling < self.ceiling
        self.ceiling = ceiling
        self.rate = min(self.rate, ceiling)
        return lower

    def refused(self, now: float, seconds: float) -> None:
        """Pause, then reduce the rate by 10 %, at most once a second."""
        self.next_free = max(self.next_free, now + seconds)
        if now - self._last_change >= 1 or self.rate == self.ceiling:
            self.rate = max(self.rate * 0.9, self.ceiling / 10)
            self._last_change = now


class RequestBudget:
    """Spaces the requests of each label evenly under the account's limit, for all threads of the process.

    Threads get consecutive moments and sleep outside the lock, so no thread polls and none overtakes.
    """

    def __init__(
        self,
        plan: AccountPlan,
        share_percent: int = 100,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._share = share_percent / 100
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._lanes = {label: _Lane(limit, self._share) for label, limit in REQUESTS_PER_SECOND[plan].items()}

    def acquire(self, label: Label) -> None:
        """Sleep until a request of this label may go out.

        :raises LabelClosed: when Zoom has closed the label
        """
        lane = self._lanes[label]
        with self._lock:
            if lane.closed:
                raise lane.closed
            now = self._clock()
            moment = lane.book(now)
        if moment > now:
            self._sleep(moment - now)
            if lane.closed:
                raise lane.closed

    def learn(self, label: Label, headers: Mapping[str, str]) -> None:
        """Take the account's real limit from the headers of any answer."""
        if headers.get("X-RateLimit-Type", "QPS").lower().startswith("daily"):
            return
        limit = _positive_number(headers.get("X-RateLimit-Limit"))
        if not limit:
            return
        with self._lock:
            lowered = self._lanes[label].learn(limit)
        if lowered:
            logger.info(
                "Zoom limits this account to %g %s requests a second, below the usual limit of its plan; "
                "continuing just under it.",
                limit,
                label.value,
            )

    def refused(self, label: Label, headers: Mapping[str, str], body: bytes) -> None:
        """Take what a 429 says: hold the label back, or close it for the day.

        :raises DailyLimitReached: when the daily limit is used up
        """
        if is_daily_limit(headers, body):
            until = parse_retry_after(headers.get("Retry-After"))
            seconds = (until - utc_now()).total_seconds() if until else LONGEST_DAILY_WAIT + 1
            if seconds > LONGEST_DAILY_WAIT:
                closed = DailyLimitReached(label, until)
                with self._lock:
                    self._lanes[label].closed = closed
                raise closed
        else:
            seconds = _seconds_until_reset(headers.get("X-RateLimit-Reset"))
        with self._lock:
            self._lanes[label].refused(self._clock(), max(seconds, 0.2))


def is_daily_limit(headers: Mapping[str, str], body: bytes) -> bool:
    """Whether a 429 is about the day rather than the second."""
    kind = headers.get("X-RateLimit-Type", "")
    if kind:
        return kind.lower().startswith("daily")
    return b"daily rate limit" in body


def parse_retry_after(value: str | None) -> datetime | None:
    """Zoom sends an ISO 8601 date-time in ``Retry-After``, and only for daily limits. In UTC."""
    # Seconds, as HTTP has them, are no moment.
    return None if value and value.isdigit() else as_utc(value)


def _seconds_until_reset(value: str | None) -> float:
    """Seconds to wait for a per-second limit: until the reset Zoom names, never more than two."""
    reset = _positive_number(value)
    return min(2.0, max(0.2, reset - time.time())) if reset else 1.0


def _positive_number(value: str | None) -> float | None:
    try:
        number = float(value or "")
    except ValueError:
        return None
    return number if number > 0 else None
