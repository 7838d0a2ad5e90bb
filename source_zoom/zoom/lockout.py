"""When a label that Zoom refuses is worth waiting for, and when its tables should end.

All times are seconds of a monotonic clock, given by the caller; ``sent`` is when the refused request left.
"""

from __future__ import annotations

# A daily limit that ends sooner than this is waited for.
LONGEST_DAILY_WAIT = 120.0
# A daily limit whose end has passed by our clock gets so long: clocks differ, and Zoom's servers are many.
LEAST_DAILY_WAIT = 60.0
# With nothing but 429s for so long, and at least so many of them, Zoom will not answer in this sync.
SILENT_SECONDS, SILENT_REFUSALS = 900.0, 10


class Lockout:
    """One label's refusals without an end. Not thread-safe."""

    def __init__(self) -> None:
        self._daily_end: float | None = None
        self._refused_since: float | None = None
        self._refusals = 0

    def succeeded(self, sent: float) -> None:
        """Zoom has answered with anything but a 429."""
        self._refused_since = None
        self._refusals = 0
        if self._daily_end is not None and sent >= self._daily_end:
            self._daily_end = None

    def refused(self, now: float) -> bool:
        """A 429 of the per-second limit. True when that has gone on for so long that the label should close."""
        if self._refused_since is None:
            self._refused_since = now
        self._refusals += 1
        return self._refusals >= SILENT_REFUSALS and now - self._refused_since >= SILENT_SECONDS

    def refused_for_the_day(self, now: float, sent: float, seconds: float | None) -> float | None:
        """A 429 of the daily limit, which ends in so many seconds, or at a time that Zoom does not name.

        Returns the moment to wait for, or None when the label should close.
        """
        if seconds is None or seconds > LONGEST_DAILY_WAIT:
            return None
        if self._daily_end is None:
            self._daily_end = now + (seconds if seconds > 0 else LEAST_DAILY_WAIT)
        elif sent >= self._daily_end:
            # Refused again after the end that Zoom itself has named.
            return None
        return self._daily_end
