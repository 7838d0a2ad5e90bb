"""The source: spec, check, discover, and read on the CDK's concurrent engine."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import suppress
from json import JSONDecodeError
from queue import Empty, Queue
from typing import Any, TypeVar

from airbyte_cdk.config_observation import emit_configuration_as_airbyte_control_message
from airbyte_cdk.models import AirbyteMessage, AirbyteStateMessage, ConfiguredAirbyteCatalog, Level
from airbyte_cdk.sources import AbstractSource
from airbyte_cdk.sources.concurrent_source.concurrent_source import ConcurrentSource
from airbyte_cdk.sources.message import InMemoryMessageRepository, MessageRepository
from airbyte_cdk.sources.message.concurrent_repository import ConcurrentMessageRepository
from airbyte_cdk.sources.streams import Stream
from airbyte_cdk.sources.streams.concurrent.cursor import FinalStateCursor
from airbyte_cdk.sources.streams.concurrent.partitions.types import QueueItem
from airbyte_cdk.sources.utils.slice_logger import DebugSliceLogger
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_zoom.check import check
from source_zoom.config import Config
from source_zoom.exceptions import ConfigError
from source_zoom.migrations import migrate
from source_zoom.rate_limit_status import RateLimitStatus
from source_zoom.streams import TABLES, ZoomStream
from source_zoom.streams.partitions import ParentPartition, concurrent
from source_zoom.sync import Sync
from source_zoom.zoom.retry import CHECK_LOGIN_RETRIES, CHECK_RETRIES

# Messages that wait for the destination. Workers wait when it is full.
QUEUE_SIZE = 10_000
# A worker whose reader has left puts nothing more on the queue for this long.
SECONDS_TO_RELEASE = 60.0


class SourceZoom(AbstractSource):
    """Zoom as an Airbyte source."""

    def __init__(self) -> None:
        super().__init__()
        self._message_repository = InMemoryMessageRepository(Level.INFO)

    @property
    def message_repository(self) -> MessageRepository:
        return self._message_repository

    def configure(self, config: Mapping[str, Any], temp_dir: str) -> Mapping[str, Any]:
        """The settings in the shape of today's form; the platform is told when they had to be changed for that."""
        form = dict(config)
        if migrate(form):
            logging.getLogger("airbyte").info("Moved the login settings under credentials.")
            emit_configuration_as_airbyte_control_message(form)
        return super().configure(form, temp_dir)

    @staticmethod
    def read_config(config_path: str) -> MutableMapping[str, Any]:
        return _read(AbstractSource.read_config, config_path, "configuration")

    @classmethod
    def read_catalog(cls, catalog_path: str) -> ConfiguredAirbyteCatalog:
        return _read(super().read_catalog, catalog_path, "catalog")

    @classmethod
    def read_state(cls, state_path: str) -> list[AirbyteStateMessage]:
        return _read(super().read_state, state_path, "state")

    def streams(self, config: Mapping[str, Any]) -> list[Stream]:
        return [*Sync(Config.parse(config), TABLES).tables]

    def check_connection(self, logger: logging.Logger, config: Mapping[str, Any]) -> tuple[bool, Any | None]:
        """Log in, read one user, and warn of tables that the app cannot read.

        :raises AirbyteTracedException: what is wrong, and what to do about it
        """
        sync = Sync(Config.parse(config), retries=CHECK_RETRIES, login_retries=CHECK_LOGIN_RETRIES)
        try:
            check(sync)
        finally:
            sync.client.close()
        return True, None

    def read(
        self,
        logger: logging.Logger,
        config: Mapping[str, Any],
        catalog: ConfiguredAirbyteCatalog,
        state: list[AirbyteStateMessage] | None = None,
    ) -> Iterator[AirbyteMessage]:
        """Messages of all selected tables, read side by side.

        :raises AirbyteTracedException: at the end, naming the incomplete tables
        """
        tables = _selected(catalog)
        if not tables:
            return
        queue: Queue[QueueItem] = Queue(maxsize=QUEUE_SIZE)
        repository = ConcurrentMessageRepository(queue, self._message_repository)
        rate_limit_status = RateLimitStatus({table.table_name() for table in tables}, repository)
        sync = Sync(Config.parse(config), tables, on_rate_limit=rate_limit_status)
        streams = [
            concurrent(table, FinalStateCursor(table.name, None, self._message_repository), logger)
            for table in sync.tables
        ]
        # Each table's slices are generated in a pool thread that mostly waits: for its parents, or for its label.
        # Those threads come on top of the workers, so that no number of waiting tables can leave none to read.
        engine = ConcurrentSource.create(
            num_workers=sync.config.workers + len(streams),
            initial_number_of_partitions_to_generate=len(streams),
            logger=logger,
            slice_logger=DebugSliceLogger(),
            message_repository=self._message_repository,
            queue=queue,
        )
        sync.progress.start()
        try:
            yield from engine.read([*streams])
        except AirbyteTracedException as error:
            # The engine's own ending quotes Python objects and calls every failure one of the configuration.
            raise sync.failures.ending() or error from None
        except BaseException:
            threading.Thread(target=_release_workers, args=(sync, queue), name="release workers", daemon=True).start()
            raise
        finally:
            sync.progress.stop()
            sync.client.close()


def _release_workers(sync: Sync, queue: Queue[QueueItem]) -> None:
    """Let the engine's threads end though nobody reads their messages any more: the process waits for them."""
    for table in sync.tables:
        table.stop()
    with suppress(Empty):
        while True:
            item = queue.get(timeout=SECONDS_TO_RELEASE)
            if isinstance(item, ParentPartition):
                for _ in item.read():
                    pass


Loaded = TypeVar("Loaded")


def _read(load: Callable[[str], Loaded], path: str, what: str) -> Loaded:
    """A file of the command line.

    :raises ConfigError: naming the file and what is wrong with it, never its content
    """
    try:
        return load(path)
    except OSError as error:
        raise ConfigError(f"The {what} file {path} cannot be read: {error.strerror}.") from None
    except (ValueError, AttributeError, KeyError, TypeError) as error:
        if isinstance(error.__context__, JSONDecodeError):
            place = f"line {error.__context__.lineno}, column {error.__context__.colno}"
            raise ConfigError(f"The {what} file {path} is no valid JSON: {error.__context__.msg} ({place}).") from None
        raise ConfigError(f"The {what} file {path} does not have the shape of an Airbyte {what}.") from None


def _selected(catalog: ConfiguredAirbyteCatalog) -> list[type[ZoomStream]]:
    """Classes of the catalog's tables in reading order.

    :raises ConfigError: for tables that Zoom or this connector does not have
    """
    wanted = {configured.stream.name for configured in catalog.streams}
    unknown = sorted(wanted - {table.table_name() for table in TABLES})
    if unknown:
        raise ConfigError(
            f"The connection selects tables that this source does not have: {', '.join(unknown)}. "
            "Refresh the source schema of the connection and deselect them."
        )
    return [table for table in TABLES if table.table_name() in wanted]
