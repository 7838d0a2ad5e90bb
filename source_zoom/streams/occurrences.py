"""The base of tables whose parents are past occurrences of meetings or webinars."""

from __future__ import annotations

import logging
from abc import ABC
from typing import TYPE_CHECKING, Any, ClassVar

from source_zoom.base.clock import utc_now, utc_today
from source_zoom.parents.known import SkipKey
from source_zoom.parents.occurrence import Occurrence
from source_zoom.parents.windows import months_back
from source_zoom.streams.base import ZoomStream
from source_zoom.streams.daily_limits import is_paused, log_rest
from source_zoom.streams.plan import OccurrencePlan, Outcome
from source_zoom.streams.resources import Parent, Resources
from source_zoom.zoom.errors import Meaning, Rule, ZoomRequestFailed
from source_zoom.zoom.rate_limits import DailyLimitReached
from source_zoom.zoom.scopes import REPORT
from source_zoom.zoom.severity import ends_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from source_zoom.parents.day_walk import DayWalk
    from source_zoom.parents.forecast import Forecast
    from source_zoom.parents.kinds import Kind

logger = logging.getLogger("airbyte")

# "Too old" is believed of other occurrences only further back than this: Zoom keeps every report for longer.
BELIEVED_MONTHS = 5
_OUTCOMES = {
    Meaning.TOO_OLD: Outcome.TOO_OLD,
    Meaning.HOST_CANNOT: Outcome.EXCLUDED,
    Meaning.USER_GONE: Outcome.EXCLUDED,
}


class OccurrenceTable(ZoomStream, ABC):
    """One request for each past occurrence, by its UUID: by number Zoom answers for the latest occurrence only.

    Where Zoom refuses one for its host, other occurrences of the same number are skipped at this endpoint. An
    incremental sync requests what its plan finds due.
    """

    #: Whether an occurrence with two participants has rows here, so that an empty answer is taken for a late report.
    expects_rows: ClassVar[bool] = False

    def __init__(self, resources: Resources) -> None:
        super().__init__(resources)
        self._ledger = resources.ledgers.get(self.name)
        believed_before = months_back(utc_today(), BELIEVED_MONTHS).toordinal()
        self.plan: OccurrencePlan = OccurrencePlan(
            self._ledger, utc_now, believed_before=believed_before, expects_rows=self.expects_rows
        )
        self._limit: DailyLimitReached | None = None

    @property
    def kind(self) -> Kind:
        """Meetings or webinars."""
        assert self.parent.kind is not None
        return self.parent.kind

    @property
    def walk(self) -> DayWalk[Occurrence]:
        """The list of occurrences."""
        return self._resources.parents.past[self.kind]

    def parents(self) -> Iterator[Parent]:
        """Occurrences that are due, oldest day first among those that the lists have shown so far.

        :raises ReportsRefused: after them, where Zoom refuses its reports and the table is one of these
        :raises Exception: after them, what kept a list from being read to its end
        """
        if is_paused(self.name, self.parent, self.label, self._resources):
            return
        lists = self._resources.parents
        due = self.plan.due(self.walk, self._count_too_old, is_partial=lambda: lists.reports_refused is not None)
        try:
            for occurrence in due:
                yield self._parent(occurrence)
                if self._failing.stopped:
                    # Where every other parent would be refused too, the end of the list is not waited for.
                    self.plan.stop(counts_rest=not self._failing.stopped_for_all)
        except DailyLimitReached as error:
            # The list itself consists of heavy requests, and has met their limit.
            self.status.wait_until_read()
            if not self._continues_tomorrow(error):
                raise
        self.status.leave_unread(self.plan.rest)
        if lists.reports_refused is None:
            return
        if self.scope.classic_names == REPORT:
            raise lists.reports_refused
        # The instances have shown the occurrences of everything that is scheduled.
        logger.warning(
            "%s has past occurrences of scheduled meetings and webinars only, because Zoom refuses its reports. %s",
            self.name,
            lists.reports_refused,
        )

    def expected_parents(self, forecast: Forecast) -> float:
        """How many occurrences this table will have read at its end."""
        return self.plan.expected(forecast.past(self.kind))

    def parent_of(self, ids: Mapping[str, Any]) -> Parent:
        """The occurrence of a slice, with its series."""
        return self._parent(self.occurrence(ids))

    def occurrence(self, ids: Mapping[str, Any]) -> Occurrence:
        """The occurrence of a slice, as far as the lists have shown it."""
        uuid = ids[self.kind.uuid_column]
        found = self.walk.find(uuid) or self.plan.requested(uuid)
        return found or Occurrence(uuid, ids.get(self.kind.id_column, 0))

    def _parent(self, occurrence: Occurrence) -> Parent:
        # A history row can lack the number; the UUID is all that a request needs.
        number = {self.kind.id_column: occurrence.id} if occurrence.id else {}
        series = occurrence.id or occurrence.uuid
        return Parent({**number, self.kind.uuid_column: occurrence.uuid}, series, series)

    def shares_refusal(self, rule: Rule) -> bool:
        """Always: the others with the same ``about`` are occurrences of the same series."""
        return True

    def record(self, row: dict[str, Any], ids: Mapping[str, Any]) -> dict[str, Any]:
        """The row as a record. Its number is null where no list has shown one."""
        row.setdefault(self.kind.id_column, None)
        return super().record(row, ids)

    def _count_too_old(self, occurrence: Occurrence) -> None:
        key = SkipKey(self.name, "Zoom keeps reports for one year", warn=False)
        self._resources.parents.known.count(key, str(self._parent(occurrence)))

    # What the plan learns

    def answered(self, parent: Parent, rule: Rule | None, records: int) -> None:
        """Write the answer down in the plan. An occurrence that failed before and is gone now is reported as lost."""
        uuid = parent.ids[self.kind.uuid_column]
        if rule is not None and self.plan.tries(uuid):
            key = SkipKey(self.name, f"lost: it failed in earlier syncs, and now {rule.reason}", warn=True)
            self._resources.parents.known.count(key, str(parent))
        self.plan.answered(uuid, self.outcome(uuid, rule, records))

    def outcome(self, uuid: str, rule: Rule | None, records: int) -> Outcome:
        """What Zoom's answer for an occurrence means for later syncs."""
        if rule is not None:
            return _OUTCOMES.get(rule.meaning, Outcome.NOTHING)
        return Outcome.ROWS if records else Outcome.NOTHING

    def postponed(self, error: Exception, parent: Parent) -> bool:
        """Whether a later sync reads it: after a daily limit, or because it failed in earlier syncs, too."""
        if self._ledger is None:
            return False
        if isinstance(error, DailyLimitReached):
            is_postponed = self._continues_tomorrow(error)
            if is_postponed:
                self.status.left_unread()
            return is_postponed
        if ends_table(error) or self._failing.stopped or self._failing.may_be_retired(error):
            return False
        tries = self.plan.failed(parent.ids[self.kind.uuid_column])
        is_firewall = isinstance(error, ZoomRequestFailed) and error.meaning is Meaning.FIREWALL
        if tries is None or tries == 1 or is_firewall:
            # The first time it makes the table incomplete, so that Airbyte tries again at once.
            return False
        key = SkipKey(self.name, "it failed in earlier syncs too, and the next sync repeats it", warn=True)
        self._resources.parents.known.count(key, str(parent))
        return True

    def _continues_tomorrow(self, error: DailyLimitReached) -> bool:
        """Whether the daily limit ends this table as complete, because later syncs go on where it stopped."""
        if self._ledger is None or not self.plan.answers:
            return False
        self._limit = error
        self.plan.limit(error.until)
        self._failing.stop(count_rest=True)
        return True

    def retire(self) -> None:
        """Let the plan end as complete and empty."""
        self.plan.retire()

    def end(self) -> None:
        """Log what later syncs will read again."""
        if self._ledger and self.plan.undated:
            logger.info(
                "%s: %s %s without a start time, which every sync reads again.",
                self.name,
                f"{self.plan.undated:,}",
                self.parent.name,
            )
        if self._limit:
            more = "" if self.walk.has_succeeded else ", and those that Zoom's lists have not shown yet,"
            log_rest(self.name, self._limit, f"{self.plan.left:,} of {self.plan.found:,} occurrences{more}")
