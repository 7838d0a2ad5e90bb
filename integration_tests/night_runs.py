"""Runs of the connector at the clock of a simulated account: in this process, or by its command."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from unittest import mock

from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from integration_tests.connector import Output
from source_zoom.run import ZoomEntrypoint
from source_zoom.source import SourceZoom

if TYPE_CHECKING:
    from integration_tests.sandbox import Sandbox

# Called with all bytes that a command has printed so far; what it returns is sent to the command.
Interrupt = Callable[[bytes], signal.Signals | None]
_PIECE = 1 << 16


def in_process(zoom: Sandbox, arguments: list[str], states_every: float, ahead: timedelta = timedelta()) -> Output:
    """One command in this process, whose log lines come last.

    :param states_every: seconds between two states of a table
    :param ahead: by how much the connector's clock is wrong
    """
    with (
        shared_clock(zoom, ahead),
        mock.patch("source_zoom.streams.cursor.STATE_INTERVAL", states_every),
        # What fails is repeated at once.
        mock.patch("source_zoom.zoom.client.backoff", return_value=0.0),
        mock.patch.dict(os.environ, zoom.environment),
        _logs() as logs,
    ):
        entrypoint = ZoomEntrypoint(SourceZoom())
        lines: list[str] = []
        exit_code = 0
        try:
            lines += entrypoint.run(entrypoint.parse_args(arguments))
        except AirbyteTracedException as error:
            exit_code = 1
            lines.append(entrypoint.airbyte_message_to_string(error.as_airbyte_message()))
    return Output(exit_code, [*lines, *logs])


def by_command(
    zoom: Sandbox, arguments: list[str], states_every: float, interrupt: Interrupt = lambda _: None
) -> Output:
    """One command in a process of its own. After SIGKILL nothing more of it is read."""
    seconds = str((zoom.now - datetime.now(zoom.now.tzinfo)).total_seconds())
    process = subprocess.Popen(
        [sys.executable, "-m", "integration_tests.at", seconds, str(states_every), *arguments],
        env={**os.environ, **zoom.environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        bufsize=0,
    )
    assert process.stdout
    printed, sent = b"", None
    with process:
        while sent is not signal.SIGKILL and (piece := process.stdout.read(_PIECE)):
            printed += piece
            sent = sent or interrupt(printed)
            if sent and process.poll() is None:
                process.send_signal(sent)
    *lines, rest = printed.decode("utf-8", "replace").split("\n")
    if rest and sent is not signal.SIGKILL:
        # Of a command that was killed, a destination waits for the rest of the line.
        lines.append(rest)
    return Output(process.returncode, lines)


@contextmanager
def shared_clock(zoom: Sandbox, ahead: timedelta = timedelta()) -> Iterator[None]:
    """Let the connector in this process go by the account's clock."""

    class SandboxDatetime(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> SandboxDatetime:
            return cls.fromtimestamp((zoom.now + ahead).timestamp(), tz)

    with mock.patch("source_zoom.base.clock.datetime", SandboxDatetime):
        yield


@contextmanager
def _logs() -> Iterator[list[str]]:
    """Log lines as Airbyte messages, while the block runs."""
    lines: list[str] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            level = "WARN" if record.levelno == logging.WARNING else record.levelname
            lines.append(json.dumps({"type": "LOG", "log": {"level": level, "message": record.getMessage()}}))

    handler = Collector()
    logger = logging.getLogger("airbyte")
    logger.addHandler(handler)
    try:
        yield lines
    finally:
        logger.removeHandler(handler)
