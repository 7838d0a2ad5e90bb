"""How many parents of each label may be read at once: as many as fill the label's pace at the latency of its answers.

By Little's law, requests under way are requests a second times seconds an answer. At 40 heavy requests a second and one
second an answer that is 40; at 125 ms it is 5, and the other workers are free for other labels. A parent that pauses
before its next attempt is under way too, so the pauses of failed attempts count.
"""

from __future__ import annotations

import math
import threading
from typing import TYPE_CHECKING

from source_zoom.zoom.labels import Label

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# More than the pace needs on average: answers vary, and a worker also parses and emits what it got.
MARGIN, EXTRA = 1.5, 2
# Seconds an answer is presumed to take before the first one.
FIRST_GUESS = 0.25
# Weight of each answer in the mean of a label.
WEIGHT = 0.05


class Latency:
    """Mean seconds that an attempt keeps its parent under way, the latest counting most."""

    def __init__(self) -> None:
        self.seconds = FIRST_GUESS

    def observe(self, seconds: float) -> None:
        """One more answer took this long."""
        self.seconds += WEIGHT * (seconds - self.seconds)

    def extend(self, seconds: float) -> None:
        """The latest answer calls for a pause of this length, through which its parent stays under way."""
        self.seconds += WEIGHT * seconds


def needed(rate: float, latency: float) -> int:
    """Parents to read at once, so that ``rate`` requests a second leave when each takes ``latency`` seconds."""
    return math.ceil(MARGIN * rate * latency) + EXTRA


def may_start(label: Label, running: Mapping[Label, int], needed: int, workers: int) -> bool:
    """Whether one more parent of this label may be read, beside those that are running by label.

    Every label may have a third of the workers. Beyond that it gets what it needs, as long as workers stay free for
    each label that has less than its third: so a slow label cannot hold them all.
    """
    third = max(1, workers // len(Label))
    if running[label] < min(third, needed):
        return True
    kept = max(1, workers // 12)
    free = workers - sum(running.values())
    reserved = sum(min(kept, max(0, third - running[other])) for other in Label if other is not label)
    return running[label] < needed and free > reserved


class InFlight:
    """The parents that are being read, by label; threads wait here for their turn.

    ``needed`` tells how many of a label it takes at present to fill its pace.
    """

    def __init__(self, workers: int, needed: Callable[[Label], int]) -> None:
        self._workers = workers
        self._needed = needed
        self._lock = threading.Lock()
        self._running = dict.fromkeys(Label, 0)
        # A condition a label, so that a parent that ends wakes one thread and not all tables.
        self._turns = {label: threading.Condition(self._lock) for label in Label}

    def acquire(self, label: Label) -> None:
        """Wait until one more parent of this label may be read."""
        with self._lock:
            while not self._may_start(label):
                self._turns[label].wait()
            self._running[label] += 1
            self._wake(label)

    def release(self, label: Label) -> None:
        """A parent has been read."""
        with self._lock:
            self._running[label] -= 1
            for each in Label:
                self._wake(each)

    def of(self, label: Label) -> Slots:
        """The view of one label's tables."""
        return Slots(self, label)

    def _may_start(self, label: Label) -> bool:
        return may_start(label, self._running, self._needed(label), self._workers)

    def _wake(self, label: Label) -> None:
        if self._may_start(label):
            self._turns[label].notify()


class Slots:
    """The parents in flight of one label."""

    def __init__(self, in_flight: InFlight, label: Label) -> None:
        self._in_flight = in_flight
        self._label = label

    def acquire(self) -> None:
        """Wait until one more parent may be read."""
        self._in_flight.acquire(self._label)

    def release(self) -> None:
        """A parent has been read."""
        self._in_flight.release(self._label)
