"""What a connection selects: its tables, which of them incrementally, and what they have read before."""

from __future__ import annotations

import logging
from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

from airbyte_cdk.models import AirbyteStateMessage, ConfiguredAirbyteCatalog, SyncMode
from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager

from source_zoom.base.clock import utc_now
from source_zoom.base.exceptions import ConfigError
from source_zoom.streams import TABLES, ZoomStream
from source_zoom.streams.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from source_zoom.base.config import Config

logger = logging.getLogger("airbyte")

# Tables of Airbyte's Zoom connector 1.x that have another name here.
RENAMED = {
    "meeting_registration_questions": "meeting_questions",
    "webinar_registration_questions": "webinar_questions",
}


class Selection(NamedTuple):
    """Selected tables in reading order, the names of incremental ones, and names that no table has."""

    tables: list[type[ZoomStream]]
    incremental: frozenset[str]
    unknown: list[str]


def select(catalog: ConfiguredAirbyteCatalog) -> Selection:
    """The selection of a catalog."""
    modes = {configured.stream.name: configured.sync_mode for configured in catalog.streams}
    tables = [table for table in TABLES if table.table_name() in modes]
    known = {table.table_name(): table for table in TABLES}
    wanted = {name for name, mode in modes.items() if mode is SyncMode.incremental and name in known}
    incremental = {name for name in wanted if known[name].cursor_field}
    for name in sorted(wanted - incremental):
        logger.warning(
            "%s has no incremental sync, so all of it is read. Choose Full refresh | Overwrite for it in the "
            "connection; with Append, every sync repeats its rows.",
            name,
        )
    if not modes:
        logger.warning("The connection selects no tables, so nothing is read.")
    return Selection(tables, frozenset(incremental), sorted(modes.keys() - known.keys()))


def unknown_table(name: str) -> ConfigError:
    """The failure of a selected table that does not exist."""
    names = [table.table_name() for table in TABLES]
    nearest = [RENAMED[name]] if name in RENAMED else get_close_matches(name, names, n=1, cutoff=0.75)
    hint = f" It is called {nearest[0]} here." if name in RENAMED else f" Did you mean {nearest[0]}?" if nearest else ""
    return ConfigError(
        f"This source has no table {name}.{hint} Refresh the source schema of the connection and deselect {name}."
    )


def ledgers(
    incremental: Iterable[str], state: list[AirbyteStateMessage] | None, config: Config
) -> Mapping[str, Ledger]:
    """What each incremental table has read before. A state that cannot be used counts as none."""
    manager = ConnectorStateManager(state=state or [])
    found = {}
    lookback = {table.table_name(): table.lookback_days for table in TABLES}
    for name in incremental:
        days = lookback[name]
        ledger = Ledger.resume(
            manager.get_stream_state(name, None),
            start=config.start_date,
            lookback_days=config.lookback_window_days if days is None else days,
            now=utc_now(),
        )
        if ledger.unreadable:
            logger.info("The state of %s cannot be used, so all of it is read: %s.", name, ledger.unreadable)
        found[name] = ledger
    return found
