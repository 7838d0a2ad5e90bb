"""The pace of one label's requests: a control loop that keeps just under Zoom's limit, whoever else uses it.

Nobody outside Zoom knows whether a second is one of the clock or any second's span, and other apps of the account
take their share unannounced. So requests are spaced evenly, and refusals (HTTP 429) decide:

* A few refusals among many answers are jitter of the network. They cost a trace of the pace, no more.
* More than a few mean that less is free than was thought. The pace drops to just under what Zoom let through of late,
  holds for a moment, then rises, slowly at first, until it is full or refused again.
* Refusals without one answer between them mean that nothing is free. The label pauses, longer the longer it lasts.

All times are seconds of a monotonic clock, given by the caller. Nothing here sleeps, locks, or reads a clock.
"""

from __future__ import annotations

from collections import deque

# Share of the limit in use at full pace. At 0.96 a limit's worth of requests takes 42 ms longer than a second, which
# absorbs as much jitter of their arrival. It goes down with every refusal at full pace, and up with every success, so
# that two refusals in a thousand requests are the balance.
HEADROOM, HEADROOM_LEAST, HEADROOM_MOST = 0.96, 0.95, 0.975
HEADROOM_STEP, REFUSALS_IN_BALANCE = 0.005, 0.002
# A request that leaves late delays those behind it, except for this much, which the next ones catch up: threads wake
# up a few milliseconds late, which must not add up, but a stall must not be made up for in a burst.
CATCH_UP_SECONDS = 0.02
# A wait longer than this is looked at again, as the pace may have risen meanwhile.
LOOK_AGAIN_SECONDS = 0.25
# From its first request on, a label takes so long to reach full pace, from this share of it. Connections are opened
# then, and handshakes that compete for the CPU let requests arrive in bunches.
RAMP_SECONDS, RAMP_FROM = 1.0, 0.5
# Refusals that are tolerated before the pace drops, and how much of one each success makes up for.
TOLERATED, FORGIVEN = 3.0, 0.01
# A drop: at most one in so many seconds, to this share of what Zoom answered, but no lower than this share of the pace
# and that of full pace.
DROP_SECONDS, DROP, DROP_MOST, FLOOR = 1.0, 0.95, 0.5, 0.1
# After a drop, the seconds for which the pace holds, and those that it takes to rise to full pace.
HOLD_SECONDS, RISE_SECONDS = 1.5, 2.5
# A pace that rises after a drop stops early where an answer says that nothing remains of this second, if what came
# through is this much of the limit. With less, this may be the weaker of two connections, which must press on to get
# its half. With more, nobody else uses the limit.
STOPS_FROM, STOPS_TO = 0.4, 0.85
# How long a refused request waits before it queues for its next turn.
RETRY_SECONDS = 0.25
# So many refusals without a success pause the label, for this share of the time that it lasts, within these bounds.
BLOCKED, PAUSE_SHARE, PAUSE_LEAST, PAUSE_MOST = 3, 1 / 8, 0.25, 15.0


class Pace:
    """When the next request of a label may leave. Not thread-safe.

    ``limit`` is the account's, in requests a second; ``share`` is the part of it that may be used.
    """

    def __init__(self, limit: float, share: float = 1.0) -> None:
        self._limit = limit
        self._share = share
        self._headroom = HEADROOM
        self._has_started = False
        self._left = self._paused_until = float("-inf")
        # The pace rises from this rate at this moment to full pace at that one.
        self._rises_from, self._rises_at, self._full_at = 0.0, 0.0, 0.0
        self._successes: deque[float] = deque()
        self._suspicion = 0.0
        self._has_dropped, self._dropped_at = False, -DROP_SECONDS
        self._refused_in_a_row = 0
        self._blocked_since = 0.0

    @property
    def limit(self) -> float:
        """The account's limit as it is known so far."""
        return self._limit

    @property
    def full_rate(self) -> float:
        """The most requests a second that may leave."""
        return self._limit * self._share * self._headroom

    def is_full(self, now: float) -> bool:
        """Whether nothing holds the pace back but the limit."""
        return now >= self._full_at

    def rate(self, now: float) -> float:
        """Requests a second at this moment."""
        if self.is_full(now):
            return self.full_rate
        risen = max(0.0, now - self._rises_at) / (self._full_at - self._rises_at)
        return min(self.full_rate, self._rises_from + max(0.0, self.full_rate - self._rises_from) * risen**3)

    def take(self, now: float) -> float:
        """Seconds to wait before this is called again; 0.0 means that the next request leaves now."""
        if not self._has_started:
            self._has_started = True
            self._rise(RAMP_FROM * self.full_rate, now, RAMP_SECONDS)
        due = max(self._paused_until, self._left + 1 / self.rate(now))
        if now < due:
            return min(due - now, LOOK_AGAIN_SECONDS)
        self._left = max(due, now - CATCH_UP_SECONDS)
        return 0.0

    def succeeded(self, now: float, remaining: float | None = None) -> None:
        """Zoom has answered with anything but a 429. ``remaining`` is its X-RateLimit-Remaining, where that came."""
        self._successes.append(now)
        self._suspicion = max(0.0, self._suspicion - FORGIVEN)
        self._refused_in_a_row = 0
        self._headroom = min(HEADROOM_MOST, self._headroom + HEADROOM_STEP * REFUSALS_IN_BALANCE)
        delivered = self.delivered(now)
        is_recovering = self._has_dropped and self._rises_at < now < self._full_at
        if remaining == 0 and is_recovering and STOPS_FROM <= delivered / self._limit < STOPS_TO:
            self._rise(max(self._rises_from, self.rate(now) * DROP), now + HOLD_SECONDS)

    def refused(self, now: float) -> bool:
        """Zoom has answered with a 429 of its per-second limit. True when that drops the pace."""
        self._pause_if_blocked(now)
        if self.is_full(now):
            self._headroom = max(HEADROOM_LEAST, self._headroom - HEADROOM_STEP)
        self._suspicion = min(TOLERATED, self._suspicion + 1)
        if self._suspicion < TOLERATED or now < self._dropped_at + DROP_SECONDS:
            return False
        self._has_dropped, self._dropped_at = True, now
        rate = self.rate(now)
        lowered = max(self.delivered(now) * DROP, rate * DROP_MOST, self.full_rate * FLOOR)
        self._rise(min(rate, lowered), now + HOLD_SECONDS)
        return True

    def learn(self, limit: float, now: float) -> None:
        """The account's limit is this one. A lower one holds at once, a higher one is reached within seconds."""
        before = self.rate(now)
        self._limit = limit
        if before < self.full_rate:
            self._has_dropped = False
            self._rise(before, now)

    def pause(self, until: float) -> None:
        """Nothing leaves before this moment."""
        self._paused_until = max(self._paused_until, until)

    def delivered(self, now: float) -> float:
        """Successes a second of late: in the last second or on average of the last two, whichever is less.

        The last one alone says too much where the pace rose meanwhile. Low limits take more seconds to count.
        """
        span = max(1.0, 4 / self.full_rate)
        while self._successes and self._successes[0] <= now - 2 * span:
            self._successes.popleft()
        recent = sum(moment > now - span for moment in self._successes)
        return min(recent, len(self._successes) / 2) / span

    def _rise(self, rate: float, since: float, seconds: float = RISE_SECONDS) -> None:
        self._rises_from, self._rises_at, self._full_at = rate, since, since + seconds

    def _pause_if_blocked(self, now: float) -> None:
        if not self._refused_in_a_row:
            self._blocked_since = now
        self._refused_in_a_row += 1
        if self._refused_in_a_row >= BLOCKED:
            pause = min(PAUSE_MOST, max(PAUSE_LEAST, (now - self._blocked_since) * PAUSE_SHARE))
            self.pause(now + pause)
