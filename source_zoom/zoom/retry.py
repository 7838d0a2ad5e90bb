"""When to try again, how long to pause, and when to give up."""

from __future__ import annotations

import random
import threading
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Hashable

LONGEST_BACKOFF = 30.0


class RetryPolicy(NamedTuple):
    """Limits of one request: attempts, seconds spent on failed attempts, and the timeouts of one attempt in seconds."""

    max_attempts: int
    max_seconds: float
    connect_timeout: float
    read_timeout: float

    @property
    def timeout(self) -> tuple[float, float]:
        """As requests takes it. The read timeout applies to each piece of an answer, not to the whole."""
        return self.connect_timeout, self.read_timeout


# A person waits for a check, and Airbyte ends one that takes long.
CHECK_RETRIES = RetryPolicy(max_attempts=2, max_seconds=12.0, connect_timeout=4.0, read_timeout=6.0)
# The request uses up the refresh token and its answer holds the next one, so a login gets nearly all of the check's
# time.
CHECK_LOGIN_RETRIES = RetryPolicy(max_attempts=2, max_seconds=12.0, connect_timeout=3.0, read_timeout=11.0)


def backoff(attempt: int) -> float:
    """Seconds to pause after the given failed attempt (from 1): exponential with jitter, at most LONGEST_BACKOFF."""
    longest: float = min(LONGEST_BACKOFF, 2.0 ** (attempt - 1))
    return random.uniform(0.5, 1.0) * longest


class Breaker:
    """Opens after too many consecutive failures of different subjects. Safe for all threads.

    Occurrences of one series, or two requests about one user, count as one subject: they often fail alike.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failed: dict[int, set[Hashable]] = {}
        self._open = False

    @property
    def is_open(self) -> bool:
        """Whether too many have failed, or open() was called. It never closes."""
        return self._open

    def succeeded(self) -> None:
        """Count from zero again."""
        if self._failed:
            with self._lock:
                self._failed.clear()

    def failed(self, subject: Hashable, limit: int) -> bool:
        """Count a failure; True from the moment at which ``limit`` different subjects have failed in a row."""
        with self._lock:
            subjects = self._failed.setdefault(limit, set())
            subjects.add(subject)
            self._open = self._open or len(subjects) >= limit
            return self._open

    def open(self) -> None:
        """Open it, whatever has failed."""
        with self._lock:
            self._open = True
