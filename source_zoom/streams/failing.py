"""Which failures of single parents a table survives, and when it stops."""

from __future__ import annotations

import logging
import threading
from enum import Enum
from typing import TYPE_CHECKING

from airbyte_cdk.models import FailureType

from source_zoom.base.exceptions import ConnectorError
from source_zoom.parents.known import Known, SkipKey
from source_zoom.zoom.errors import Meaning, ZoomRequestFailed
from source_zoom.zoom.retry import Breaker
from source_zoom.zoom.severity import consecutive_limit, ends_table

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from source_zoom.streams.table_status import TableStatus

logger = logging.getLogger("airbyte")

# A firewall may refuse single URLs. From either of these on, the table is incomplete.
FIREWALL_LIMIT = 20
FIREWALL_SHARE = 0.01
# So many parents must agree, and none may have been read, before Zoom is taken to have shut an endpoint down.
RETIRED_WITNESSES = 3
# What a retired endpoint may answer. No granular scope exists for it, so no user could add the one that is missing.
_RETIRED = frozenset({Meaning.ENDPOINT_GONE, Meaning.SCOPE_MISSING, Meaning.ACCESS_DENIED})


class Verdict(Enum):
    """What becomes of a parent's failure."""

    RAISE = "it makes the table incomplete"
    FORGIVE = "it is counted, or another parent has already reported it"


class FailurePolicy:
    """Judges the failures of one table's parents. Safe for all threads."""

    def __init__(
        self,
        table: str,
        status: TableStatus,
        known: Known,
        *,
        on_retired: Callable[[], None] | None,
        remembers: bool,
        single_urls: bool,
    ) -> None:
        """:param on_retired: called if Zoom has shut the endpoint down, which is no failure; None where it never may
        :param remembers: the next sync repeats what a firewall refused
        :param single_urls: a firewall may refuse single parents, which is no failure while there are few of them
        """
        self._table = table
        self._status = status
        self._known = known
        self._on_retired = on_retired
        self._remembers = remembers
        self._single_urls = single_urls
        self._breaker = Breaker()
        self._lock = threading.Lock()
        self._any_read = False
        self._gone: set[Hashable] = set()
        self._first_gone: Exception | None = None
        self._firewall: list[ConnectorError] = []
        self.stopped_for_all = False

    @property
    def stopped(self) -> bool:
        """Whether nothing more is requested for this table."""
        return self._breaker.is_open

    def stop(self, *, count_rest: bool = False) -> None:
        """Request nothing more for this table.

        :param count_rest: the remaining parents are still counted
        """
        self.stopped_for_all = self.stopped_for_all or not count_rest
        self._breaker.open()

    def succeeded(self) -> None:
        """A parent was read, or has no rows."""
        self._any_read = True
        self._breaker.succeeded()

    def failed(self, error: Exception, series: Hashable, parent: str) -> Verdict:
        """Judge one failure; failures of the same ``series`` count once towards stopping the table."""
        if self._is_retired(error, series, parent) or self._is_single_firewall_refusal(error, series, parent):
            return Verdict.FORGIVE
        if self.stopped:
            self._status.left_unread()
            return Verdict.FORGIVE
        self._status.failed(error)
        limit = consecutive_limit(error)
        if ends_table(error):
            self.stop()
        else:
            self._count_in_a_row(series, limit)
        return Verdict.RAISE

    def _count_in_a_row(self, series: Hashable, limit: int) -> None:
        if self._breaker.failed(series, limit) and not self.stopped_for_all:
            self._status.stopped_after = self._status.stopped_after or limit

    def check_whole_table(self) -> None:
        """Called once all parents have been read.

        :raises ConnectorError: a firewall refused too many of them, or an endpoint that answers called itself gone
        """
        if self._any_read and self._first_gone is not None:
            raise self._first_gone
        refused, read = len(self._firewall), self._status.parents_read - self._status.unread
        is_too_much = not self._remembers and refused >= FIREWALL_SHARE * read
        if refused and (refused >= FIREWALL_LIMIT or is_too_much):
            raise ConnectorError(
                f"{self._firewall[0].message} It refused {refused} of {read} requests for {self._table}.",
                FailureType.config_error,
            )

    def may_be_retired(self, error: Exception) -> bool:
        """Whether Zoom may have shut the endpoint down: it says so, and has answered no request yet."""
        is_known = self._on_retired is not None and isinstance(error, ZoomRequestFailed) and error.meaning in _RETIRED
        return is_known and not self._any_read

    def _is_retired(self, error: Exception, series: Hashable, parent: str) -> bool:
        on_retired = self._on_retired
        with self._lock:
            if on_retired is None or not self.may_be_retired(error):
                return False
            self._gone.add(series)
            self._first_gone = self._first_gone or error
            is_gone = len(self._gone) >= RETIRED_WITNESSES and not self.stopped
        self._known.count(SkipKey(self._table, "Zoom does not serve the deprecated endpoint", warn=True), parent)
        if is_gone:
            self.stop(count_rest=True)
            on_retired()
            logger.warning("%s stays empty: Zoom no longer serves its deprecated endpoint. %s", self._table, error)
        return True

    def _is_single_firewall_refusal(self, error: Exception, series: Hashable, parent: str) -> bool:
        if not (self._single_urls and isinstance(error, ZoomRequestFailed) and error.meaning is Meaning.FIREWALL):
            return False
        self._known.count(SkipKey(self._table, "a web firewall refused the URL", warn=True), parent)
        with self._lock:
            self._firewall.append(error)
        self._count_in_a_row(series, FIREWALL_LIMIT)
        return True
