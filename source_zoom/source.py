"""The source: spec, check, discover, and read on the CDK's concurrent engine."""

from __future__ import annotations

import logging
import threading
from json import JSONDecodeError
from queue import Queue
from typing import TYPE_CHECKING, Any, TypeVar

from airbyte_cdk.config_observation import emit_configuration_as_airbyte_control_message
from airbyte_cdk.models import (
    AirbyteMessage,
    AirbyteStateMessage,
    AirbyteStreamStatus,
    ConfiguredAirbyteCatalog,
    Level,
    StreamDescriptor,
)
from airbyte_cdk.sources import AbstractSource
from airbyte_cdk.sources.message import InMemoryMessageRepository, MessageRepository
from airbyte_cdk.utils.stream_status_utils import as_airbyte_message
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_zoom.base.config import Config
from source_zoom.base.exceptions import ConfigError
from source_zoom.base.form_errors import unknown_settings
from source_zoom.base.migrations import migrate
from source_zoom.check import check
from source_zoom.streams import TABLES
from source_zoom.streams.checkpoints import CheckpointRepository
from source_zoom.sync.engine import QUEUE_SIZE, read_tables, release_workers
from source_zoom.sync.rate_limit_status import RateLimitStatus
from source_zoom.sync.selection import ledgers, select, unknown_table
from source_zoom.sync.sync import Sync
from source_zoom.zoom.retry import CHECK_LOGIN_RETRIES, CHECK_RETRIES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, MutableMapping

    from airbyte_cdk.sources.streams import Stream
    from airbyte_cdk.sources.streams.concurrent.partitions.types import QueueItem

    from source_zoom.sync.failures import Failures


class SourceZoom(AbstractSource):
    """Zoom as an Airbyte source."""

    def __init__(self) -> None:
        super().__init__()
        self._message_repository = InMemoryMessageRepository(Level.INFO)

    @property
    def message_repository(self) -> MessageRepository:
        """Where the CDK puts messages of commands other than read."""
        return self._message_repository

    def configure(self, config: Mapping[str, Any], temp_dir: str) -> Mapping[str, Any]:
        """The settings in the shape of today's form. A changed shape goes to the platform as a CONTROL message."""
        form = dict(config)
        if migrate(form):
            logging.getLogger("airbyte").info("Moved the login settings under credentials.")
            emit_configuration_as_airbyte_control_message(form)
        for sentence in unknown_settings(form):
            logging.getLogger("airbyte").warning(sentence)
        return super().configure(form, temp_dir)

    @staticmethod
    def read_config(config_path: str) -> MutableMapping[str, Any]:
        """The settings of a file.

        :raises ConfigError: naming the file and what is wrong with it
        """
        return _read(AbstractSource.read_config, config_path, "configuration", "one object, {…}")

    @classmethod
    def read_catalog(cls, catalog_path: str) -> ConfiguredAirbyteCatalog:
        """The catalog of a file.

        :raises ConfigError: naming the file and what is wrong with it
        """
        return _read(super().read_catalog, catalog_path, "catalog", '{"streams": […]} with a sync_mode each')

    @classmethod
    def read_state(cls, state_path: str) -> list[AirbyteStateMessage]:
        """The state of a file.

        :raises ConfigError: naming the file and what is wrong with it
        """
        return _read(super().read_state, state_path, "state", "a list of states, […]")

    def streams(self, config: Mapping[str, Any]) -> list[Stream]:
        """All tables in reading order, as discover lists them.

        :raises ConfigError: for wrong settings
        """
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
        settings, selection = Config.parse(config), select(catalog)
        queue: Queue[QueueItem] = Queue(maxsize=QUEUE_SIZE)
        repository = CheckpointRepository(queue)
        names = {table.table_name() for table in selection.tables}
        sync = Sync(
            settings,
            selection.tables,
            ledgers(selection.incremental, state, settings),
            on_rate_limit=RateLimitStatus(names, repository),
        )
        for name in selection.unknown:
            yield from _fail(name, sync.failures)
        sync.progress.start()
        try:
            yield from read_tables(sync, queue, repository, logger)
        except AirbyteTracedException as error:
            # The engine's own ending quotes Python objects and calls every failure one of the configuration.
            raise sync.failures.ending() or error from None
        except BaseException:
            threading.Thread(target=release_workers, args=(sync, queue), name="release workers", daemon=True).start()
            raise
        finally:
            sync.progress.stop()
            sync.client.close()
        ending = sync.failures.ending()
        if ending:
            raise ending


def _fail(name: str, failures: Failures) -> Iterator[AirbyteMessage]:
    """The messages of a selected table that does not exist; the others are read all the same."""
    error = unknown_table(name)
    failures.add(name, error)
    descriptor = StreamDescriptor(name=name)
    yield as_airbyte_message(descriptor, AirbyteStreamStatus.STARTED)
    yield error.as_sanitized_airbyte_message(stream_descriptor=descriptor)
    yield as_airbyte_message(descriptor, AirbyteStreamStatus.INCOMPLETE)


Loaded = TypeVar("Loaded")


def _read(load: Callable[[str], Loaded], path: str, what: str, shape: str) -> Loaded:
    """A file of the command line.

    :param shape: what it should hold, in words
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
        raise ConfigError(f"The {what} file {path} does not hold an Airbyte {what}: {shape}.") from None
