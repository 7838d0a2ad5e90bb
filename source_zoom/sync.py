"""The parts of one sync, put together."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

from source_zoom.config import Config
from source_zoom.failures import Failures
from source_zoom.parents.lists import LISTS, Parents
from source_zoom.parents.scheduled import LIST_THREADS
from source_zoom.progress import Progress
from source_zoom.streams import ZoomStream
from source_zoom.streams.base import Resources
from source_zoom.streams.users import Users
from source_zoom.zoom.auth import LOGIN_RETRIES, authenticator_for
from source_zoom.zoom.client import REQUEST_RETRIES, ZoomClient
from source_zoom.zoom.labels import Label
from source_zoom.zoom.rate_limits import RequestBudget
from source_zoom.zoom.retry import RetryPolicy
from source_zoom.zoom.traffic import Traffic


class Sync:
    """Login, budget, client, parents and tables of one sync; each exists once and serves all threads."""

    def __init__(
        self,
        config: Config,
        tables: Iterable[type[ZoomStream]] = (),
        *,
        retries: RetryPolicy = REQUEST_RETRIES,
        login_retries: RetryPolicy = LOGIN_RETRIES,
        on_rate_limit: Callable[[str], None] = lambda table: None,
    ) -> None:
        """:param on_rate_limit: called with the table whose request Zoom refused for now"""
        classes = list(tables)
        self.config = config
        self.traffic = Traffic()
        self.authenticator = authenticator_for(config, login_retries)
        self.client = ZoomClient(
            self.authenticator,
            RequestBudget(config.account_plan, config.rate_limit_share),
            self.traffic,
            connections=config.workers + LISTS * LIST_THREADS,
            retries=retries,
            on_rate_limit=on_rate_limit,
        )
        self.parents = Parents(self.client, config, users_from_table=Users in classes)
        # Max parents in flight per label, so a slow label cannot starve the others.
        in_flight = {label: threading.Semaphore(max(1, config.workers // len(Label))) for label in Label}
        resources = Resources(self.client, self.parents, in_flight)
        self.tables = [table(resources) for table in classes]
        statuses = [table.status for table in self.tables]
        self.progress = Progress(self.traffic, self.parents.known, statuses)
        self.failures = Failures(statuses)
