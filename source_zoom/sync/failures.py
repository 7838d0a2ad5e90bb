"""The sentence that ends a sync with incomplete tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_zoom.base.exceptions import ConnectorError
from source_zoom.streams.table_status import TableStatus

if TYPE_CHECKING:
    from collections.abc import Sequence


class Failures:
    """The first failure of each table."""

    def __init__(self, statuses: Sequence[TableStatus]) -> None:
        self._statuses = list(statuses)

    def add(self, table: str, error: Exception) -> None:
        """A table that could not even be begun."""
        status = TableStatus(table, "")
        status.failed(error)
        self._statuses.append(status)

    def ending(self) -> ConnectorError | None:
        """The failure of the whole sync, None when no table failed.

        It is a config error only if every failure is one: as long as another run can bring more, it should be tried.
        """
        failed = [status for status in self._statuses if status.failure]
        if not failed:
            return None
        by_sentence: dict[str, list[str]] = {}
        for status in failed:
            by_sentence.setdefault(_sentence(status), []).append(status.table)
        reasons = " ".join(f"[{', '.join(names)}] {sentence}" for sentence, names in by_sentence.items())
        verb = "is" if len(failed) == 1 else "are"
        message = f"{len(failed)} of {len(self._statuses)} tables {verb} incomplete. {reasons}"
        types = {getattr(status.failure, "failure_type", FailureType.system_error) for status in failed}
        order = (FailureType.transient_error, FailureType.system_error, FailureType.config_error)
        return ConnectorError(message, next(kind for kind in order if kind in types))


def _sentence(status: TableStatus) -> str:
    """What the user reads. The text of an error that nobody foresaw may quote data, so it stays out."""
    error = status.failure
    if isinstance(error, AirbyteTracedException):
        text = str(error)
    else:
        text = f"An unforeseen {type(error).__name__} stopped it; the log shows where. Please report it."
    if status.stopped_after:
        text += (
            f" The table was stopped after {status.stopped_after} failures in a row: {status.unread:,} of "
            f"{status.parents_found:,} {status.parents} were not read."
        )
    return text
