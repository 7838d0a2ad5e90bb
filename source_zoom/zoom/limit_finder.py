"""Finds the account's limit for one label: by Zoom's headers where they come, and by trying where they do not.

The plans make a ladder of limits. A plan is proved once Zoom lets through more than the plan below it allows. While a
plan is not proved it is on trial: when the pace drops, the limit goes back to the plan below, until the next trial.

All times are seconds of a monotonic clock, given by the caller.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from source_zoom.zoom.pace import Pace

# What comes through in two seconds proves a plan when it is more than so many times what the plan below allows. By the
# clock's seconds, three of them can fall into two: one's end, one in full, and one's beginning.
PROOF = 1.5
# A higher plan is tried when so much of the present limit is in use; with less, nothing is gained by it.
IN_USE = 0.85
# Seconds until a plan is tried again: the first time, and at most. They double with every trial that fails.
NEXT_TRIAL_SECONDS, NEXT_TRIAL_MOST = 15.0, 600.0


class LimitFinder:
    """Not thread-safe. ``ladder`` has the limits of the plans in requests a second, the lowest first.

    ``start`` is the index of the plan to begin with. A ladder of one rung is a limit that only headers can lower.
    """

    def __init__(self, ladder: Sequence[float], start: int = 0, share: float = 1.0) -> None:
        self._ladder = tuple(ladder)
        self._share = share
        self._rung = start
        self._proved = 0
        self._from_header: float | None = None
        self._next_trial = 0.0
        self._wait = NEXT_TRIAL_SECONDS
        self._is_found = len(ladder) == 1

    @property
    def limit(self) -> float:
        """Requests a second to go by at present."""
        return self._ladder[self._rung] if self._from_header is None else self._from_header

    @property
    def is_found(self) -> bool:
        """Whether the limit is more than a presumption."""
        return self._is_found

    @property
    def proved(self) -> int:
        """Index of the highest plan that is known to be within the account's."""
        return self._proved

    def read_header(self, limit: float) -> None:
        """Take Zoom's word for the limit, up to the highest of the ladder."""
        self._from_header = min(limit, self._ladder[-1])
        self._is_found = True

    def prove(self, rung: int) -> None:
        """Another label has proved this plan, which is the account's for all labels."""
        self._proved = max(self._proved, rung)
        self._rung = max(self._rung, rung)
        self._is_found = self._is_found or rung == len(self._ladder) - 1

    def update(self, now: float, pace: Pace, *, has_dropped: bool) -> None:
        """After each answer: see how the pace does, and whether this answer has dropped it."""
        if self._from_header is not None:
            return
        if self._rung > self._proved:
            self._judge_trial(now, pace.delivered(now), has_dropped)
        elif self._rung + 1 < len(self._ladder) and now >= self._next_trial and pace.is_full(now):
            self._rung += self._can_try_next(pace.delivered(now))

    def _judge_trial(self, now: float, delivered: float, has_dropped: bool) -> None:
        if delivered > PROOF * self._ladder[self._rung - 1]:
            self.prove(self._rung)
            self._wait = NEXT_TRIAL_SECONDS
        elif has_dropped:
            self._rung -= 1
            self._is_found = True
            self._next_trial = now + self._wait
            self._wait = min(NEXT_TRIAL_MOST, self._wait * 2)

    def _can_try_next(self, delivered: float) -> bool:
        limit, higher = self._ladder[self._rung], self._ladder[self._rung + 1]
        # With a small share, the next plan would show nothing, and break the share of the present one.
        return delivered >= IN_USE * limit * self._share and higher * self._share > PROOF * limit
