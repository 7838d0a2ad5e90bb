"""The ``source-zoom`` command."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, Any

import orjson
from airbyte_cdk.entrypoint import AirbyteEntrypoint
from airbyte_cdk.logger import PRINT_BUFFER

from source_zoom.base.config import Config
from source_zoom.base.exceptions import ConnectorError
from source_zoom.source import SourceZoom

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from airbyte_cdk.models import AirbyteMessage, ConnectorSpecification

logger = logging.getLogger("airbyte")

# The line that is being written when SIGTERM comes gets this long to reach its reader.
SECONDS_TO_FINISH_A_LINE = 3.0
# What orjson, and with it the CDK, writes as null.
NULL = orjson.Fragment(b"null")


class ZoomEntrypoint(AirbyteEntrypoint):
    """The CDK's command line, with settings checked by our model: its errors name the field and the fix.

    The CDK's own check quotes the whole login in its message, and does not trim spaces.
    """

    @staticmethod
    def validate_connection(source_spec: ConnectorSpecification, config: Mapping[str, Any]) -> None:
        """Check the settings.

        :raises ConfigError: one sentence that names each wrong field
        """
        Config.parse(config)

    def read(
        self, source_spec: ConnectorSpecification, config: Mapping[str, Any], catalog: Any, state: list[Any]
    ) -> Iterable[AirbyteMessage]:
        """Messages of a read, whose records keep Zoom's nulls: the CDK leaves out every column that is None."""
        for message in super().read(source_spec, config, catalog, state):
            if message.record and None in message.record.data.values():
                message.record.data = {
                    name: NULL if value is None else value for name, value in message.record.data.items()
                }
            yield message


def run() -> None:
    """Run one command and end the process with its exit code."""
    # Blocked in all threads, because a signal cuts off the write that it interrupts where stdout is not buffered.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    threading.Thread(target=_leave_on_sigterm, name="sigterm", daemon=True).start()
    try:
        entrypoint = ZoomEntrypoint(SourceZoom())
        arguments = entrypoint.parse_args(sys.argv[1:])
        with PRINT_BUFFER:
            for message in entrypoint.run(arguments):
                # One call with the line's end in it, so that no log line of another thread comes in between.
                print(f"{message}\n", end="")
    except SystemExit:
        raise
    except BaseException:
        _exit_with_error()


def _exit_with_error() -> None:
    """Print the error as a trace message and end the process: worker threads may wait for ever on a full queue."""
    error = sys.exc_info()[1]
    try:
        with PRINT_BUFFER, PRINT_BUFFER.lock:
            if isinstance(error, ConnectorError):
                # The sentence says what to do, and where in this code it was raised helps nobody.
                logger.critical(str(error))
                error.emit_message()
            else:
                sys.excepthook(*sys.exc_info())
    finally:
        os._exit(1)


def _leave_on_sigterm() -> None:
    _flush_and_leave(128 + signal.sigwait({signal.SIGTERM}))


def _flush_and_leave(code: int) -> None:
    if PRINT_BUFFER.lock.acquire(timeout=SECONDS_TO_FINISH_A_LINE):
        PRINT_BUFFER.flush()
    os._exit(code)
