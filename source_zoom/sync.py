"""The parts of one sync, put together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from source_zoom.clock import utc_now
from source_zoom.config import Config
from source_zoom.failures import Failures
from source_zoom.parents.forecast import Forecast
from source_zoom.parents.lists import LISTS, Parents
from source_zoom.parents.scheduled import LIST_THREADS
from source_zoom.progress import Progress
from source_zoom.streams import ZoomStream
from source_zoom.streams.base import Resources
from source_zoom.streams.ledger import Ledger
from source_zoom.streams.occurrences import OccurrenceTable
from source_zoom.streams.users import Users
from source_zoom.zoom.auth import LOGIN_RETRIES, authenticator_for
from source_zoom.zoom.client import REQUEST_RETRIES, ZoomClient
from source_zoom.zoom.in_flight import InFlight
from source_zoom.zoom.rate_limits import RequestBudget
from source_zoom.zoom.retry import RetryPolicy
from source_zoom.zoom.traffic import Traffic


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
        on_rate_limit: Callable[[str], None] = lambda table: None,
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
        since = _first_day(config, classes, ledgers)
        self.parents = Parents(self.client, config, since=since, users_from_table=Users in classes)
        in_flight = InFlight(config.workers, budget.needed_in_flight)
        limits = [ledger.limited_until(utc_now()) for ledger in ledgers.values()]
        paused_until = max((limit for limit in limits if limit), default=None)
        resources = Resources(self.client, self.parents, in_flight, ledgers, paused_until)
        self.tables = [table(resources) for table in classes]
        statuses = [table.status for table in self.tables]
        self.progress = Progress(self.traffic, self.parents.known, Forecast(self.parents, self.traffic), self.tables)
        self.failures = Failures(statuses)


def _first_day(config: Config, tables: Iterable[type[ZoomStream]], ledgers: Mapping[str, Ledger]) -> date | None:
    """The first day of past occurrences that any of the tables needs, None for all that Zoom has."""
    start = config.start_date.date() if config.start_date else None
    days = []
    for table in tables:
        if issubclass(table, OccurrenceTable):
            ledger = ledgers.get(table.table_name())
            first = ledger.reads_from if ledger else start.toordinal() if start else None
            if first is None:
                return None
            days.append(first)
    return date.fromordinal(min(days)) if days else start
