"""Other apps: requests that count against the account's limits and never come over this wire."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import get_args

from .routes import Label

_FORGOTTEN_SECONDS = 5


@dataclass(frozen=True)
class OtherApp:
    """Sends `per_second` requests of one label, `burst` of them at once, evenly spaced.

    It begins `since` seconds after it was added, and ends `until` seconds after that moment, or never.
    """

    label: Label
    per_second: float
    burst: int = 1
    since: float = 0
    until: float | None = None

    def __post_init__(self) -> None:
        if self.label not in get_args(Label):
            raise ValueError(f"label is one of {', '.join(get_args(Label))}")
        if self.per_second <= 0 or self.burst < 1:
            raise ValueError("another app sends more than no requests")


@dataclass
class Traffic:
    """One app at work from `added` on, in Unix seconds; `passed` and `refused` count its requests."""

    app: OtherApp
    added: float
    passed: int = 0
    refused: int = 0
    _sent: int = field(default=0, repr=False)

    def count(self, *, passed: bool) -> None:
        if passed:
            self.passed += 1
        else:
            self.refused += 1

    def arrivals(self, now: float) -> list[float]:
        """When its requests came that were not counted yet, up to now; those long past are left out."""
        app = self.app
        begin = self.added + app.since
        end = now if app.until is None else min(now, self.added + app.until)
        if end < begin:
            return []
        pause = app.burst / app.per_second
        bursts = int((end - begin) / pause) + 1
        first = max(self._sent, int((now - _FORGOTTEN_SECONDS - begin) / pause))
        self._sent = max(self._sent, bursts)
        return [begin + n * pause for n in range(first, bursts) for _ in range(app.burst)]
