"""The ``source-zoom`` command."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Mapping
from types import FrameType
from typing import Any

from airbyte_cdk.entrypoint import AirbyteEntrypoint
from airbyte_cdk.logger import PRINT_BUFFER
from airbyte_cdk.models import ConnectorSpecification

from source_zoom.config import Config
from source_zoom.source import SourceZoom

# The line that is being written when SIGTERM comes gets this long to reach its reader.
SECONDS_TO_FINISH_A_LINE = 3.0


class ZoomEntrypoint(AirbyteEntrypoint):
    """The CDK's command line, with settings checked by our model first: its errors name the field and the fix."""

    @staticmethod
    def validate_connection(source_spec: ConnectorSpecification, config: Mapping[str, Any]) -> None:
        Config.parse(config)
        AirbyteEntrypoint.validate_connection(source_spec, config)


def run() -> None:
    """Run one command and end the process with its exit code."""
    signal.signal(signal.SIGTERM, _on_sigterm)
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
    """Tell the error as a trace message and leave at once: worker threads may be blocked for ever on a full queue."""
    try:
        with PRINT_BUFFER, PRINT_BUFFER.lock:
            sys.excepthook(*sys.exc_info())
    finally:
        os._exit(1)


def _on_sigterm(number: int, frame: FrameType | None) -> None:
    # A thread of its own, because the main thread may hold the buffer's lock in the middle of a line.
    threading.Thread(target=_flush_and_leave, args=(128 + number,), daemon=True).start()


def _flush_and_leave(code: int) -> None:
    if PRINT_BUFFER.lock.acquire(timeout=SECONDS_TO_FINISH_A_LINE):
        PRINT_BUFFER.flush()
    os._exit(code)
