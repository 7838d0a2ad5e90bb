"""RateLimits: Zoom's per-second and daily limits by plan and label, enforced with its 429 answers and headers."""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Literal

from .clock import Clock
from .draw import DAY
from .errors import DAILY, PER_SECOND, ZoomError
from .other_apps import OtherApp, Traffic
from .routes import HEAVY, LIGHT, MEDIUM, Label

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Plan = Literal["free", "pro", "business"]
Window = Literal["fixed", "sliding"]


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
    `retry_shift` gives the seconds by which Retry-After is off.
    """

    def __init__(
        self,
        plan: Plan | None,
        window: Window = "fixed",
        clock: Clock | None = None,
        retry_shift: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self._window: Window = "fixed"
        self._clock = clock or Clock()
        self._retry_shift = retry_shift
        self._limits = UNLIMITED
        self._second: dict[Label, tuple[int, int]] = {}
        self._recent: dict[Label, deque[float]] = {}
        self._day = 0
        self._days: dict[Label, int] = {}
        self.others: list[Traffic] = []
        self.set(plan, window=window)

    def set(
        self,
        plan: Plan | Literal["same"] | None = "same",
        per_second: Mapping[Label, int] | None = None,
        per_day: Mapping[Label, int] | None = None,
        scale: float = 1.0,
        window: Window | None = None,
    ) -> None:
        """The limits of the plan (None: no limits; "same": those in force), with single numbers changed.

        `scale` multiplies the per-second numbers. What was counted stays counted.
        """
        if plan not in (None, "same", *PLANS):
            raise ValueError(f"plan is one of {', '.join(PLANS)} or None")
        if window not in (None, "fixed", "sliding"):
            raise ValueError("limit_window is fixed or sliding")
        self._window = window or self._window
        base = UNLIMITED if plan is None else self._limits if plan == "same" else PLANS[plan]
        seconds = {**base.per_second, **(per_second or {})}
        self._limits = Limits(
            {label: max(1, int(number * scale)) for label, number in seconds.items()},
            {**base.per_day, **(per_day or {})},
        )

    def share_with(self, app: OtherApp) -> Traffic:
        """From now on the app's requests count too; the limits that the headers name stay as they are."""
        traffic = Traffic(app, self._clock())
        self.others.append(traffic)
        return traffic

    def admit(self, label: Label) -> dict[str, str]:
        """Counts one request and returns its headers, or raises the 429 that is due."""
        limit = self._limits.per_second.get(label)
        if limit is None and label not in self._limits.per_day:
            return {}
        now = self._clock()
        self._count_others(label, now)
        used = self._use(label, now)
        return {} if limit is None else _headers(label, "QPS", limit, limit - used)

    def _count_others(self, label: Label, now: float) -> None:
        others = [traffic for traffic in self.others if traffic.app.label == label]
        arrivals = sorted((moment, i) for i, traffic in enumerate(others) for moment in traffic.arrivals(now))
        for moment, i in arrivals:
            others[i].count(passed=self._has_room(label, moment))

    def _has_room(self, label: Label, now: float) -> bool:
        with suppress(ZoomError):
            self._use(label, now)
            return True
        return False

    def _use(self, label: Label, now: float) -> int:
        """How many requests of this second that makes."""
        self._check_day(label, now)
        limit = self._limits.per_second.get(label)
        used = 0 if limit is None else self._use_second(label, now, limit)
        if label in self._limits.per_day:
            self._days[label] = self._days.get(label, 0) + 1
        return used

    def _use_second(self, label: Label, now: float, limit: int) -> int:
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
            raise per_second_error(label, limit, self._clock.for_the_client(now))
        return used + 1

    def _check_day(self, label: Label, now: float) -> None:
        limit = self._limits.per_day.get(label)
        if limit is None:
            return
        today = int(now) // DAY
        if today != self._day:
            self._day = today
            self._days.clear()
        if self._days.get(label, 0) >= limit:
            raise daily_error(label, limit, self._clock.for_the_client(next_midnight(now)) + self._retry_shift())


def next_midnight(now: float) -> int:
    """Unix seconds of the next 00:00 UTC."""
    return (int(now) // DAY + 1) * DAY


def per_second_error(label: Label, limit: int, now: float) -> ZoomError:
    """429 of the per-second limit: it ends with the next second of the clock."""
    headers = _headers(label, "QPS", limit, 0) | {"X-RateLimit-Reset": str(int(now) + 1)}
    return ZoomError(429, 429, PER_SECOND, headers)


def daily_error(label: Label, limit: int, again: float) -> ZoomError:
    """429 of the daily limit: Retry-After is a date-time."""
    moment = datetime.fromtimestamp(again, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return ZoomError(429, 429, DAILY, _headers(label, "Daily-limit", limit, 0) | {"Retry-After": moment})


def _headers(label: Label, kind: str, limit: int, remaining: int) -> dict[str, str]:
    return {
        "X-RateLimit-Category": label,
        "X-RateLimit-Type": kind,
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": str(remaining),
    }
