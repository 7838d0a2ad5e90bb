"""The sentence that ends a sync with incomplete tables."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_zoom.base.exceptions import ConnectorError
from source_zoom.streams.table_status import TableStatus

if TYPE_CHECKING:
    from collections.abc import Sequence


# How the sentence about a failed request begins.
_SUBJECT = re.compile(r"^Cannot read [^:]+: ")


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
        # Tables that failed for one reason share a sentence, which names the subject that failed first.
        sentences: dict[str, str] = {}
        tables: dict[str, list[str]] = {}
        for status in failed:
            sentence = _sentence(status)
            reason = _SUBJECT.sub("", sentence)
            sentences.setdefault(reason, sentence)
            tables.setdefault(reason, []).append(status.table)
        reasons = " ".join(f"[{', '.join(names)}] {sentences[reason]}" for reason, names in tables.items())
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
    if status.stopped_after and status.unread:
        text += (
            f" The table was stopped after {status.stopped_after} failures in a row: {status.unread:,} of "
            f"{status.parents_found:,} {status.parents} were not read."
        )
    return text
