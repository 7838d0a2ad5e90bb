"""What incremental tables do about Zoom's daily limits: they end as complete, and the next sync goes on."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from source_zoom.base.clock import utc_now
from source_zoom.zoom.labels import Label

if TYPE_CHECKING:
    from source_zoom.parents.sources import ParentSource
    from source_zoom.streams.resources import Resources
    from source_zoom.zoom.rate_limits import DailyLimitReached

logger = logging.getLogger("airbyte")


def is_paused(table: str, parent: ParentSource, label: Label, resources: Resources) -> bool:
    """Whether a table must send no request yet, because a limit is used up. This is logged."""
    ledger = resources.ledgers.get(table)
    if ledger is None:
        return False
    # The list of past occurrences consists of heavy requests, whatever the label of the table.
    is_heavy = label is Label.HEAVY or parent.dated == "past"
    until = resources.paused_until if is_heavy else ledger.limited_until(utc_now())
    if until is None:
        return False
    logger.warning(
        "%s is not read: Zoom's daily limit was used up, and Zoom answers again at %s UTC. The next sync after that "
        "continues.",
        table,
        f"{until:%Y-%m-%d %H:%M}",
    )
    return True


def log_rest(table: str, limit: DailyLimitReached, rest: str) -> None:
    """Log what a limit has left for later syncs: ``rest``, such as "3 of 9 occurrences"."""
    logger.warning(
        "%s: Zoom's daily limit for %s requests is used up. %s are left; Zoom answers again %s, and the next sync "
        "after that continues.",
        table,
        limit.label.value,
        rest,
        f"at {limit.until:%Y-%m-%d %H:%M} UTC" if limit.until else "after its daily reset",
    )
