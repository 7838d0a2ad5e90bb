"""How many requests a sync has sent, and how many of them again."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping

from source_zoom.zoom.labels import Label


class Traffic:
    """Counts requests by label and retries by cause, for all threads of a sync."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sent: Counter[Label] = Counter()
        self._retries: Counter[str] = Counter()

    def sent(self, label: Label) -> None:
        with self._lock:
            self._sent[label] += 1

    def retried(self, cause: str) -> None:
        with self._lock:
            self._retries[cause] += 1

    def requests(self) -> Mapping[Label, int]:
        """Requests so far, by label."""
        with self._lock:
            return dict(self._sent)

    def retries(self) -> Mapping[str, int]:
        """Repeated requests so far, by the cause of the repetition."""
        with self._lock:
            return dict(self._retries)
