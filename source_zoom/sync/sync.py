"""The parts of one sync, put together."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

from source_zoom.base.clock import utc_now
from source_zoom.parents.forecast import Forecast
from source_zoom.parents.lists import LISTS, Parents
from source_zoom.parents.scheduled import LIST_THREADS
from source_zoom.streams.resources import Resources
from source_zoom.streams.users import Users
from source_zoom.sync.failures import Failures
from source_zoom.sync.progress import Progress
from source_zoom.zoom.auth import LOGIN_RETRIES, authenticator_for
from source_zoom.zoom.client import REQUEST_RETRIES, ZoomClient
from source_zoom.zoom.in_flight import InFlight
from source_zoom.zoom.rate_limits import RequestBudget
from source_zoom.zoom.traffic import Traffic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from source_zoom.base.config import Config
    from source_zoom.streams import ZoomStream
    from source_zoom.streams.ledger import Ledger
    from source_zoom.zoom.retry import RetryPolicy


class Sync:
    """Login, budget, client, parents and tables of one sync; each exists once and serves all threads."""

    def __init__(
        self,
        config: Config,
        tables: Iterable[type[ZoomStream]] = (),
        ledgers: Mapping[str, Ledger] | None = None,
        *,
        retries: RetryPolicy = REQUEST_RETRIES,
        login_retries: RetryPolicy = LOGIN_RETRIES,
        on_rate_limit: Callable[[str], None] = lambda _: None,
    ) -> None:
        """:param ledgers: what incremental tables have read before, by table
        :param on_rate_limit: called with the table whose request Zoom refused for now
        """
        classes = list(tables)
        self.config = config
        self.traffic = Traffic()
        self.authenticator = authenticator_for(config, login_retries)
        budget = RequestBudget(config.account_plan, config.rate_limit_share)
        self.client = ZoomClient(
            self.authenticator,
            budget,
            self.traffic,
            connections=config.workers + LISTS * LIST_THREADS,
            retries=retries,
            on_rate_limit=on_rate_limit,
        )
        ledgers = ledgers or {}
        self.parents = Parents(
            self.client,
            config,
            since=_first_days(config, classes, ledgers),
            tables=Counter(table.parent.shared for table in classes),
            users_from_table=Users in classes,
        )
        in_flight = InFlight(config.workers, budget.needed_in_flight)
        limits = [ledger.limited_until(utc_now()) for ledger in ledgers.values()]
        paused_until = max((limit for limit in limits if limit), default=None)
        resources = Resources(self.client, self.parents, in_flight, ledgers, paused_until, config.start_date)
        self.tables = [table(resources) for table in classes]
        statuses = [table.status for table in self.tables]
        self.progress = Progress(self.traffic, self.parents.known, Forecast(self.parents, self.traffic), self.tables)
        self.failures = Failures(statuses)


def _first_days(
    config: Config, tables: Iterable[type[ZoomStream]], ledgers: Mapping[str, Ledger]
) -> Mapping[str, date | None]:
    """The first day that any of the tables needs of each dated list, None for all that Zoom has."""
    days: dict[str, list[int | None]] = {}
    for table in tables:
        first = table.reads_from(ledgers.get(table.table_name()), config.start_date)
        days.setdefault(table.parent.dated, []).append(first)
    start = config.start_date.date() if config.start_date else None
    since: dict[str, date | None] = {"past": start}
    for dated, needed in days.items():
        known = [day for day in needed if day is not None]
        since[dated] = date.fromordinal(min(known)) if len(known) == len(needed) else None
    return since
