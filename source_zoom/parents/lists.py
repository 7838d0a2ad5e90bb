"""Puts the lists of parents of one sync together: who reads whom, and what is published where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from functools import partial

from source_zoom.config import Config
from source_zoom.parents.day_walk import DayWalk
from source_zoom.parents.history import History, ReportsRefused
from source_zoom.parents.instances import Instances
from source_zoom.parents.kinds import KINDS, Kind, Listed, User
from source_zoom.parents.known import Known
from source_zoom.parents.occurrence import Occurrence
from source_zoom.parents.parallel import RunOnce
from source_zoom.parents.scheduled import ScheduledLists
from source_zoom.parents.users import read_active_users
from source_zoom.parents.walk import Walk
from source_zoom.parents.windows import ReportWindows
from source_zoom.zoom.client import ZoomClient

# Lists that may be read at once: scheduled and past ones of both kinds, and the history.
LISTS = 5


class Parents:
    """The lists of one sync. Each is read at most once, and not at all when no selected table iterates it.

    ``reports_refused`` is set before a walk of past occurrences ends.
    """

    def __init__(self, client: ZoomClient, config: Config, *, since: date | None, users_from_table: bool) -> None:
        """:param since: the first day (UTC) of past occurrences that any table needs, None for all
        :param users_from_table: a selected table publishes the users, so they are not read here
        """
        self._config = config
        self._since = since
        self.reports_refused: ReportsRefused | None = None
        self.known = Known()
        self.users: Walk[User] = Walk("users", User.packed, User)
        self.scheduled: Mapping[Kind, Walk[Listed]] = {
            kind: Walk(f"scheduled {kind.plural}", Listed.packed, Listed) for kind in KINDS
        }
        self.past: Mapping[Kind, DayWalk[Occurrence]] = {
            kind: DayWalk(f"past {kind.plural}", Occurrence.packed, Occurrence.unpacked, Occurrence.merged)
            for kind in KINDS
        }
        # Past occurrences that the reports have shown first. Counted without a lock: for forecasts alone.
        self.reported: Counter[Kind] = Counter()
        if not users_from_table:
            self.users.produce_by(partial(read_active_users, client, self.users.publish))
        self._reports = RunOnce(History(client, ReportWindows(since), self.known, self._publish_reported))
        for kind in KINDS:
            scheduled, past = self.scheduled[kind], self.past[kind]
            scheduled.produce_by(ScheduledLists(kind, client, config, self.known, self.users, scheduled.publish))
            instances = Instances(kind, client, self.known, scheduled, self.users, self._reports, self._publish_past)
            past.produce_by(self._read_reports, instances)

    def _read_reports(self) -> None:
        # No failure of the walk: not every table needs the reports, and it must not hide a failure of the instances.
        try:
            self._reports()
        except ReportsRefused as refused:
            self.reports_refused = refused

    def _publish_reported(
        self, kind: Kind, uuid: str, identifier: int | None, started: datetime | None, participants: int | None
    ) -> None:
        if self._publish_past(kind, uuid, identifier, started, participants):
            self.reported[kind] += 1

    def _publish_past(
        self, kind: Kind, uuid: str, identifier: int | None, started: datetime | None, participants: int | None
    ) -> bool:
        is_before = started is not None and self._since is not None and started.date() < self._since
        if not is_before and not self._config.excludes(started):
            return self.past[kind].publish(Occurrence.starting(uuid, identifier, started, participants))
        return False
