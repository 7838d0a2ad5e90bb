"""What answers have said about parents: facts that spare requests, and the count of every skip."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, NamedTuple

from source_zoom.zoom.errors import Meaning, Rule

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping


class SkipKey(NamedTuple):
    """What skips are counted by. ``warn``: Zoom may have rows there, so a person should read it."""

    table: str
    reason: str
    warn: bool


class SkipCount(NamedTuple):
    """How many parents were skipped, and one of them."""

    skipped: int
    example: str


class Known:
    """Facts and skips of one sync, for all threads.

    A fact is about one table's endpoint and one host or series, never about another endpoint.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._facts: dict[tuple[str, Hashable], Rule] = {}
        self._skips: dict[SkipKey, SkipCount] = {}

    def learn(self, table: str, about: Hashable, rule: Rule) -> None:
        """Zoom's answer holds for everything that shares ``about`` at this table's endpoint."""
        with self._lock:
            self._facts.setdefault((table, about), rule)

    def rule(self, table: str, about: Hashable) -> Rule | None:
        """Why there is nothing to read, None where no answer has said so."""
        with self._lock:
            return self._facts.get((table, about))

    def skipped(self, table: str, rule: Rule, example: str) -> None:
        """Count a parent without rows."""
        self.count(SkipKey(table, rule.reason, rule.meaning is Meaning.HOST_CANNOT), example)

    def count(self, key: SkipKey, example: str) -> None:
        """Count a parent that was left out, whatever the reason."""
        with self._lock:
            found = self._skips.get(key, SkipCount(0, example))
            self._skips[key] = found._replace(skipped=found.skipped + 1)

    def skips(self) -> Mapping[SkipKey, SkipCount]:
        """All skips so far."""
        with self._lock:
            return dict(self._skips)
