"""One sync's view of the Zoom account: what all tables share."""

from __future__ import annotations

import threading
from collections.abc import Iterable

from source_zoom.auth import LOGIN_PATIENCE, authenticator_for
from source_zoom.client import PATIENCE, ZoomClient
from source_zoom.config import Config
from source_zoom.failures import Failures
from source_zoom.parents import WALK_THREADS, WALKS, Parents
from source_zoom.patience import Patience
from source_zoom.progress import Progress
from source_zoom.rate_limits import Label, RequestBudget


class Account:
    """Login, budget, client, walks and counters; each exists once and serves all threads."""

    def __init__(
        self,
        config: Config,
        selected: Iterable[str] = (),
        *,
        patience: Patience = PATIENCE,
        login_patience: Patience = LOGIN_PATIENCE,
    ) -> None:
        self.config = config
        self.selected = frozenset(selected)
        self.progress = Progress()
        self.failures = Failures()
        self.authenticator = authenticator_for(config, login_patience)
        self.client = ZoomClient(
            config.api_url,
            self.authenticator,
            RequestBudget(config.account_plan, config.rate_limit_share),
            self.progress,
            connections=config.workers + WALKS * WALK_THREADS,
            patience=patience,
        )
        self.parents = Parents(self.client, config, self.progress, self.selected)
        # Slices of one label that may be in the workers' hands at once: so a slow label cannot take all workers.
        self.slots = {label: threading.Semaphore(max(1, config.workers // len(Label))) for label in Label}
