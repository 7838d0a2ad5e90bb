"""How many requests a sync has sent, and how many of them again."""

from __future__ import annotations

import threading
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from source_zoom.zoom.labels import Label


class Traffic:
    """Counts requests by label and by table or list, and retries by cause, for all threads of a sync."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_label: Counter[Label] = Counter()
        self._by_table: Counter[str] = Counter()
        self._retries: Counter[str] = Counter()

    def sent(self, label: Label, table: str) -> None:
        """One more request, for a table or a list of parents."""
        with self._lock:
            self._by_label[label] += 1
            self._by_table[table] += 1

    def retried(self, cause: str) -> None:
        """One more request is going to be repeated."""
        with self._lock:
            self._retries[cause] += 1

    def requests(self) -> Mapping[Label, int]:
        """Requests so far, by label."""
        with self._lock:
            return dict(self._by_label)

    def of(self, table: str) -> int:
        """Requests so far for a table or a list of parents."""
        return self._by_table[table]

    def retries(self) -> Mapping[str, int]:
        """Repeated requests so far, by the cause of the repetition."""
        with self._lock:
            return dict(self._retries)
