"""RateLimits: Zoom's per-second and daily limits by plan and label, enforced with its 429 answers and headers."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Literal

from .errors import DAILY, PER_SECOND, ZoomError
from .routes import HEAVY, LIGHT, MEDIUM, Label

Plan = Literal["free", "pro", "business"]


@dataclass(frozen=True)
class Limits:
    """Requests that an account may make, per second and per UTC day; a label that is not named has no limit."""

    per_second: Mapping[Label, int]
    per_day: Mapping[Label, int]


# Heavy shares its daily cap with the resource-intensive label, of which no endpoint is simulated.
PLANS: Mapping[Plan, Limits] = {
    "free": Limits({LIGHT: 4, MEDIUM: 2, HEAVY: 1}, {LIGHT: 6000, MEDIUM: 2000, HEAVY: 1000}),
    "pro": Limits({LIGHT: 30, MEDIUM: 20, HEAVY: 10}, {HEAVY: 30_000}),
    "business": Limits({LIGHT: 80, MEDIUM: 60, HEAVY: 40}, {HEAVY: 60_000}),
}
UNLIMITED = Limits({}, {})


class RateLimits:
    """Counts by label. A refused request costs nothing.

    `fixed`: a second is a second of the clock, as X-RateLimit-Reset suggests; `sliding`: any second's span.
    """

    def __init__(
        self,
        plan: Plan | None,
        window: Literal["fixed", "sliding"] = "fixed",
        clock: Callable[[], float] = time.time,
    ) -> None:
        if window not in ("fixed", "sliding"):
            raise ValueError("limit_window is fixed or sliding")
        self._window = window
        self._clock = clock
        self._limits = UNLIMITED
        self._second: dict[Label, tuple[int, int]] = {}
        self._recent: dict[Label, deque[float]] = {}
        self._today = ""
        self._days: dict[Label, int] = {}
        self.set(plan)

    def set(
        self,
        plan: Plan | Literal["same"] | None = "same",
        per_second: Mapping[Label, int] | None = None,
        per_day: Mapping[Label, int] | None = None,
        scale: float = 1.0,
    ) -> None:
        """The limits of the plan (None: no limits; "same": those in force), with single numbers changed.

        `scale` multiplies the per-second numbers. What was counted stays counted.
        """
        if plan not in (None, "same", *PLANS):
            raise ValueError(f"plan is one of {', '.join(PLANS)} or None")
        base = UNLIMITED if plan is None else self._limits if plan == "same" else PLANS[plan]
        seconds = {**base.per_second, **(per_second or {})}
        self._limits = Limits(
            {label: max(1, int(number * scale)) for label, number in seconds.items()},
            {**base.per_day, **(per_day or {})},
        )

    def admit(self, label: Label) -> dict[str, str]:
        """Counts one request and returns its headers, or raises the 429 that is due."""
        limit = self._limits.per_second.get(label)
        if limit is None and label not in self._limits.per_day:
            return {}
        now = self._clock()
        self._admit_day(label, now)
        headers: dict[str, str] = {}
        if limit is not None:
            used = self._admit_second(label, now, limit)
            headers = _headers(label, "QPS", limit, limit - used)
        if label in self._limits.per_day:
            self._days[label] = self._days.get(label, 0) + 1
        return headers

    def _admit_second(self, label: Label, now: float, limit: int) -> int:
        if self._window == "sliding":
            recent = self._recent.setdefault(label, deque())
            while recent and recent[0] <= now - 1:
                recent.popleft()
            used = len(recent)
            if used < limit:
                recent.append(now)
        else:
            second, used = self._second.get(label, (0, 0))
            if second != int(now):
                used = 0
            self._second[label] = (int(now), min(used + 1, limit))
        if used >= limit:
            raise per_second_error(label, limit, now)
        return used + 1

    def _admit_day(self, label: Label, now: float) -> None:
        limit = self._limits.per_day.get(label)
        if limit is None:
            return
        today = datetime.fromtimestamp(now, timezone.utc).date().isoformat()
        if today != self._today:
            self._today = today
            self._days.clear()
        if self._days.get(label, 0) >= limit:
            raise daily_error(label, limit, now)


def per_second_error(label: Label, limit: int, now: float) -> ZoomError:
    """429 of the per-second limit: it ends with the next second of the clock."""
    headers = _headers(label, "QPS", limit, 0) | {"X-RateLimit-Reset": str(int(now) + 1)}
    return ZoomError(429, 429, PER_SECOND, headers)


def daily_error(label: Label, limit: int, now: float, seconds: float | None = None) -> ZoomError:
    """429 of the daily limit: Retry-After is a date-time, the next 00:00 UTC or `seconds` from now."""
    moment = datetime.fromtimestamp(now, timezone.utc)
    if seconds is None:
        again = datetime(moment.year, moment.month, moment.day, tzinfo=timezone.utc) + timedelta(days=1)
    else:
        again = moment + timedelta(seconds=seconds)
    headers = _headers(label, "Daily-limit", limit, 0) | {"Retry-After": again.strftime("%Y-%m-%dT%H:%M:%SZ")}
    return ZoomError(429, 429, DAILY, headers)


def _headers(label: Label, kind: str, limit: int, remaining: int) -> dict[str, str]:
    return {
        "X-RateLimit-Category": label,
        "X-RateLimit-Type": kind,
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": str(remaining),
    }
