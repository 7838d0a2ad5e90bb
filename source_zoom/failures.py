"""Which tables of a sync failed and why, for the sentence that ends it."""

from __future__ import annotations

import threading

from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException


class Failures:
    """The first failure of each table."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._first: dict[str, Exception] = {}

    def note(self, table: str, error: Exception) -> None:
        with self._lock:
            self._first.setdefault(table, error)

    def of(self, table: str) -> Exception | None:
        with self._lock:
            return self._first.get(table)

    def ending(self, tables: int) -> AirbyteTracedException | None:
        """The failure of the whole sync, None when no table failed.

        It is a config error only if every failure is one: as long as another run can bring more, it should be tried.
        """
        with self._lock:
            failed = dict(self._first)
        if not failed:
            return None
        by_sentence: dict[str, list[str]] = {}
        for table, error in failed.items():
            by_sentence.setdefault(_sentence(error), []).append(table)
        reasons = " ".join(f"[{', '.join(names)}] {sentence}" for sentence, names in by_sentence.items())
        message = f"{len(failed)} of {tables} tables did not come through in full. {reasons}"
        types = {getattr(error, "failure_type", FailureType.system_error) for error in failed.values()}
        worst = next(
            kind
            for kind in (FailureType.transient_error, FailureType.system_error, FailureType.config_error)
            if kind in types
        )
        return AirbyteTracedException(internal_message=message, message=message, failure_type=worst)


def _sentence(error: Exception) -> str:
    """What the user is told. The text of an error that nobody foresaw may quote data, so it stays out."""
    if isinstance(error, AirbyteTracedException):
        return str(error)
    return f"An unforeseen {type(error).__name__} stopped it; the log tells where. Please report it."
