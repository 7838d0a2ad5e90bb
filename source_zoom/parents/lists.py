"""Puts the lists of parents of one sync together: who reads whom, and what is published where."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

from source_zoom.parents import recordings, summaries
from source_zoom.parents.day_walk import DayWalk
from source_zoom.parents.groups import read_groups
from source_zoom.parents.history import History, Reports, ReportsRefused
from source_zoom.parents.instances import Instances
from source_zoom.parents.kinds import KINDS, Kind, Listed, User
from source_zoom.parents.known import Known
from source_zoom.parents.occurrence import Occurrence
from source_zoom.parents.parallel import RunOnce
from source_zoom.parents.recordings import RecordingLists
from source_zoom.parents.scheduled import ScheduledLists
from source_zoom.parents.shared import SharedRows
from source_zoom.parents.summaries import SummaryLists
from source_zoom.parents.users import read_users
from source_zoom.parents.walk import Walk
from source_zoom.parents.windows import ReportWindows, Window, recent_windows

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from source_zoom.base.config import Config
    from source_zoom.zoom.client import ZoomClient

# Lists that may be read at once: scheduled and past ones of both kinds, history, recordings, summaries and groups.
LISTS = 8
# Lists of whose rows tables are made.
SHARED = ("groups", "history", "recordings", "summaries")


class Parents:
    """The lists of one sync. Each is read at most once, and not at all when no selected table iterates it.

    ``reports_refused`` is set before a walk of past occurrences ends.
    """

    def __init__(
        self,
        client: ZoomClient,
        config: Config,
        *,
        since: Mapping[str, date | None],
        tables: Mapping[str, int],
        users_from_table: bool,
    ) -> None:
        """:param since: the first day (UTC) that any table needs of each dated list, None for all
        :param tables: how many tables are made of the rows of each shared list
        :param users_from_table: a selected table publishes the users, so they are not read here
        """
        self._client = client
        self._config = config
        self._since = since
        self.reports_refused: ReportsRefused | None = None
        self.known = Known()
        self.users: Walk[User] = Walk("users", User.packed, User)
        self.inactive_users: Walk[User] = Walk("inactive users", User.packed, User)
        self.scheduled: Mapping[Kind, Walk[Listed]] = {
            kind: Walk(f"scheduled {kind.plural}", Listed.packed, Listed) for kind in KINDS
        }
        self.past: Mapping[Kind, DayWalk[Occurrence]] = {
            kind: DayWalk(f"past {kind.plural}", Occurrence.packed, Occurrence.unpacked, Occurrence.merged)
            for kind in KINDS
        }
        # Past occurrences that the reports have shown first. Counted without a lock: for forecasts alone.
        self.reported: Counter[Kind] = Counter()
        #: Meetings with a summary; the start of each is the creation of its latest one.
        self.summaries: DayWalk[Occurrence] = DayWalk(
            "summaries", Occurrence.packed, Occurrence.unpacked, Occurrence.latest
        )
        self.groups: Walk[str] = Walk("groups")
        #: Lists of whose rows tables are made, and the windows in which the dated ones are read.
        self.shared = {name: SharedRows(name, tables.get(name, 0)) for name in SHARED}
        self.windows: dict[str, list[Window]] = {}
        if not users_from_table:
            self.users.produce_by(partial(read_users, client, "active", self.users.publish))
            self.inactive_users.produce_by(partial(read_users, client, "inactive", self.inactive_users.publish))
        self._read_past()
        self._read_recordings()
        self._read_summaries()
        groups = RunOnce(partial(read_groups, client, self.shared["groups"], self.groups.publish))
        self.groups.produce_by(groups)
        self.shared["groups"].parts.produce_by(groups)

    def _read_past(self) -> None:
        client, known, rows = self._client, self.known, self.shared["history"]
        windows = ReportWindows(self._since.get("past"))
        self.windows["history"] = windows.listed()
        history = RunOnce(History(client, windows, known, self._publish_reported, rows))
        rows.parts.produce_by(history)
        self._reports = RunOnce(Reports(client, windows, known, self._publish_reported, history))
        for kind in KINDS:
            scheduled, past = self.scheduled[kind], self.past[kind]
            scheduled.produce_by(ScheduledLists(kind, client, self._config, known, self.users, scheduled.publish))
            instances = Instances(kind, client, known, scheduled, self.users, self._reports, self._publish_past)
            past.produce_by(self._read_reports, instances)

    def _read_recordings(self) -> None:
        rows, windows = self.shared["recordings"], recent_windows(self._since.get("recordings") or recordings.FIRST_DAY)
        self.windows["recordings"] = windows
        rows.parts.produce_by(RecordingLists(self._client, self.known, windows, rows, self.users, self.inactive_users))

    def _read_summaries(self) -> None:
        rows, windows = self.shared["summaries"], recent_windows(self._since.get("summaries") or summaries.FIRST_DAY)
        self.windows["summaries"] = windows
        lists = RunOnce(SummaryLists(self._client, self.known, windows, rows, self._publish_summary))
        self.summaries.produce_by(lists)
        rows.parts.produce_by(lists)

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
        if self._is_before("past", started):
            return False
        return self.past[kind].publish(Occurrence.starting(uuid, identifier, started, participants))

    def _publish_summary(self, uuid: str, identifier: int | None, created: datetime | None) -> None:
        if not self._is_before("summaries", created):
            self.summaries.publish(Occurrence.starting(uuid, identifier, created))

    def _is_before(self, dated: str, moment: datetime | None) -> bool:
        """Whether no table needs what lies at this moment. Unknown times are kept."""
        since = self._since.get(dated)
        is_before = moment is not None and since is not None and moment.date() < since
        return is_before or self._config.excludes(moment)
