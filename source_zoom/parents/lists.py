"""Puts the lists of parents of one sync together: who reads whom, and what is published where."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from source_zoom.clock import utc_today
from source_zoom.config import Config
from source_zoom.parents.history import History, ReportsRefused
from source_zoom.parents.instances import Instances
from source_zoom.parents.kinds import KINDS, Kind, Listed, Occurrence, User
from source_zoom.parents.known import Known
from source_zoom.parents.parallel import RunOnce
from source_zoom.parents.scheduled import ScheduledLists
from source_zoom.parents.users import read_active_users
from source_zoom.parents.walk import Walk
from source_zoom.parents.windows import ReportWindows, months_back
from source_zoom.zoom.client import ZoomClient

# Lists that may be read at once: scheduled and past ones of both kinds, and the history.
LISTS = 5
# "Too old" is believed of other occurrences only further back than this: Zoom keeps every report for longer.
BELIEVED_MONTHS = 5


class Parents:
    """The lists of one sync. Each is read at most once, and not at all when no selected table iterates it."""

    def __init__(self, client: ZoomClient, config: Config, *, users_from_table: bool) -> None:
        """:param users_from_table: a selected table publishes the users, so they are not read here

        ``reports_refused`` is set before a walk of past occurrences ends.
        """
        self._config = config
        self.reports_refused: ReportsRefused | None = None
        self.known = Known(months_back(utc_today(), BELIEVED_MONTHS).toordinal())
        self.users: Walk[User] = Walk("users", User.packed, User)
        self.scheduled: Mapping[Kind, Walk[Listed]] = {
            kind: Walk(f"scheduled {kind.plural}", Listed.packed, Listed) for kind in KINDS
        }
        self.past: Mapping[Kind, Walk[Occurrence]] = {
            kind: Walk(f"past {kind.plural}", Occurrence.packed, Occurrence.unpacked) for kind in KINDS
        }
        if not users_from_table:
            self.users.produce_by(partial(read_active_users, client, self.users.publish))
        self._reports = RunOnce(History(client, ReportWindows(config.start_date), self.known, self._publish_past))
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

    def _publish_past(self, kind: Kind, uuid: str, identifier: int | None, started: datetime | None) -> None:
        if not self._config.excludes(started):
            self.past[kind].publish(Occurrence.starting(uuid, identifier, started))
