"""Zoom's rate limits as data, and the one request budget that every request of a sync goes through."""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from enum import Enum
from typing import Any, Literal
from urllib.parse import urlsplit

from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.streams.call_rate import AbstractAPIBudget, AbstractCallRatePolicy
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

logger = logging.getLogger("airbyte")

AccountPlan = Literal["free", "pro", "business"]


class Label(str, Enum):
    """Zoom's name for the weight of an endpoint: https://developers.zoom.us/docs/api/rate-limits/."""

    LIGHT = "light"
    MEDIUM = "medium"
    HEAVY = "heavy"


# Requests a second that Zoom grants an account, over all apps together.
REQUESTS_PER_SECOND: Mapping[AccountPlan, Mapping[Label, float]] = {
    "free": {Label.LIGHT: 4, Label.MEDIUM: 2, Label.HEAVY: 1},
    "pro": {Label.LIGHT: 30, Label.MEDIUM: 20, Label.HEAVY: 10},
    "business": {Label.LIGHT: 80, Label.MEDIUM: 60, Label.HEAVY: 40},
}
# Requests a day: Free limits every label, the paid plans only the heavy one.
REQUESTS_PER_DAY: Mapping[AccountPlan, Mapping[Label, int]] = {
    "free": {Label.LIGHT: 6000, Label.MEDIUM: 2000, Label.HEAVY: 1000},
    "pro": {Label.HEAVY: 30_000},
    "business": {Label.HEAVY: 60_000},
}
# Evenly spaced requests just under the limit meet almost no 429; at the limit itself every jitter of the network does.
HEADROOM = 0.97
# A daily limit that ends sooner than this is waited for; a later end stops the label.
LONGEST_DAILY_WAIT = 120.0

_LIGHT_PATHS = re.compile(
    r"^/v2/(meetings/[^/]+(/polls|/registrants/questions)?"
    r"|webinars/[^/]+(/polls|/registrants/questions)?"
    r"|past_webinars/[^/]+/instances)$"
)
_HEAVY_PATHS = re.compile(r"^/v2/(report/|past_webinars/[^/]+/absentees$)")


def label_of(path: str) -> Label:
    """Label of a GET endpoint by its URL path, which begins with ``/v2/``."""
    if _HEAVY_PATHS.match(path):
        return Label.HEAVY
    return Label.LIGHT if _LIGHT_PATHS.match(path) else Label.MEDIUM


class DailyLimitReached(AirbyteTracedException):
    """Zoom refuses every further request of a label until a given time."""

    def __init__(self, label: Label, until: datetime | None) -> None:
        when = f"at {until:%Y-%m-%d %H:%M} UTC" if until else "after its daily reset"
        message = (
            f"Zoom's daily limit for {label.value} API requests is used up; Zoom answers again {when}. "
            "What was read so far is kept. Run the sync again after that time, or schedule it less often. "
            "The limit is shared by all apps of the Zoom account."
        )
        super().__init__(internal_message=message, message=message, failure_type=FailureType.transient_error)
        self.label = label
        self.until = until


class _Lane:
    """The pace of one label, in requests a second; not thread-safe, the budget holds its lock around it.

    ``ceiling`` is the most that may be asked: the plan's share, or less where Zoom's headers name a lower limit.
    ``rate`` lies below it after a 429 that another app of the account has brought about, and climbs back.
    """

    def __init__(self, plan_rate: float, share: float) -> None:
        self._plan_rate = plan_rate
        self._share = share
        self.ceiling = self.rate = plan_rate * share * HEADROOM
        self.next_free = 0.0
        self.closed: DailyLimitReached | None = None
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
        """A 429: nothing goes out for a while, and then a little slower. One cut a second, however many 429s."""
        self.next_free = max(self.next_free, now + seconds)
        if now - self._last_change >= 1 or self.rate == self.ceiling:
            self.rate = max(self.rate * 0.9, self.ceiling / 10)
            self._last_change = now


class RequestBudget(AbstractAPIBudget):
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

    def acquire_call(self, request: Any, block: bool = True, timeout: float | None = None) -> None:
        """Sleep until the request may go out.

        :raises DailyLimitReached: when Zoom has closed the label for the day
        """
        lane = self._lanes[self._label(request)]
        with self._lock:
            if lane.closed:
                raise lane.closed
            now = self._clock()
            moment = lane.book(now)
        if moment > now:
            self._sleep(moment - now)
            if lane.closed:
                raise lane.closed

    def get_matching_policy(self, request: Any) -> AbstractCallRatePolicy | None:
        """There are no policy objects: every label has its own pace in this budget."""
        return None

    def update_from_response(self, request: Any, response: Any) -> None:
        """Learn from the headers what the account really grants, and from a 429 to wait as told."""
        headers = response.headers
        label = self._label(request)
        daily = response.status_code == 429 and is_daily_limit(headers, response.content)
        if not daily and not headers.get("X-RateLimit-Type", "QPS").lower().startswith("daily"):
            limit = _positive_number(headers.get("X-RateLimit-Limit"))
            if limit:
                self._learn(label, limit)
        if response.status_code != 429:
            return
        if daily:
            until = parse_retry_after(headers.get("Retry-After"))
            seconds = (until - datetime.now(timezone.utc)).total_seconds() if until else LONGEST_DAILY_WAIT + 1
            if seconds > LONGEST_DAILY_WAIT:
                with self._lock:
                    self._lanes[label].closed = DailyLimitReached(label, until)
                return
        else:
            seconds = _seconds_until_reset(headers.get("X-RateLimit-Reset"))
        with self._lock:
            self._lanes[label].refused(self._clock(), max(seconds, 0.2))

    def _learn(self, label: Label, limit: float) -> None:
        with self._lock:
            lowered = self._lanes[label].learn(limit)
        if lowered:
            logger.info(
                "Zoom limits this account to %g %s requests a second, less than its plan is known for; "
                "going on just under that.",
                limit,
                label.value,
            )

    @staticmethod
    def _label(request: Any) -> Label:
        return label_of(urlsplit(request.url).path)


def is_daily_limit(headers: Mapping[str, str], body: bytes) -> bool:
    """Whether a 429 is about the day rather than the second."""
    kind = headers.get("X-RateLimit-Type", "")
    if kind:
        return kind.lower().startswith("daily")
    return b"daily rate limit" in body


def parse_retry_after(value: str | None) -> datetime | None:
    """Zoom sends an ISO 8601 date-time in ``Retry-After``, and only for daily limits."""
    if not value:
        return None
    try:
        moment = datetime.fromisoformat(value.replace("Z", "+00:00"))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


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
