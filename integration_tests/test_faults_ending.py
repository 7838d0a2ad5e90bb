"""How a read ends before its time: by SIGTERM, or because nobody takes its output any more."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from integration_tests.connector import COMMAND, configured, server_to_server, write_json
from integration_tests.sandbox import AccountShape, Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Large enough that no read is over before it is ended: its pipe holds 64 kilobytes.
LARGE = AccountShape(users=20, inactive_users=0, pending_users=0, special_cases=False, big_lists=2, big_list_size=5000)
# What a process gets to end in. It needs a moment; a hang would last for ever.
SECONDS = 20
Start = Callable[..., AbstractContextManager[subprocess.Popen[bytes]]]
READ = "--config config.json --catalog catalog.json"


@pytest.fixture(scope="module")
def large() -> Iterator[Sandbox]:
    with Sandbox(LARGE) as sandbox:
        yield sandbox


def output_of(process: subprocess.Popen[bytes]) -> io.BufferedReader:
    assert isinstance(process.stdout, io.BufferedReader)
    return process.stdout


@pytest.fixture
def started(large: Sandbox, catalog: dict[str, Any], tmp_path: Path) -> Start:
    """started(**environment): a context with a read of all tables that has written its first record."""

    @contextmanager
    def start(**environment: str) -> Iterator[subprocess.Popen[bytes]]:
        write_json(tmp_path / "config.json", server_to_server(large.credentials, account_plan="business"))
        write_json(tmp_path / "catalog.json", configured(catalog))
        large.clear_requests()
        process = subprocess.Popen(
            [str(COMMAND), "read", *READ.split()],
            cwd=tmp_path,
            env={**os.environ, **large.environment, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        try:
            assert any(b'"type":"RECORD"' in line for line in output_of(process))
            yield process
        finally:
            process.kill()
            process.wait()
            output_of(process).close()

    return start


def assert_whole_lines(output: bytes) -> None:
    """Each line is a message, the last one too."""
    assert output.endswith(b"\n")
    for line in output.splitlines():
        assert "type" in json.loads(line)


@pytest.mark.parametrize("buffering", ["", "1"], ids=["buffered", "unbuffered"])
def test_sigterm_ends_a_read_with_whole_lines(large: Sandbox, started: Start, buffering: str) -> None:
    with started(PYTHONUNBUFFERED=buffering) as process:
        process.send_signal(signal.SIGTERM)
        rest = output_of(process).read()
        assert process.wait(SECONDS) == 128 + signal.SIGTERM
        assert_whole_lines(rest)
        # It was in the middle of things: no table has ended the sync, and Zoom hears nothing more.
        assert b"Finished syncing\\n" not in rest
        before = len(large.requests)
        time.sleep(0.3)
        assert len(large.requests) == before


def test_sigterm_while_the_reader_is_slow(started: Start) -> None:
    with started(PYTHONUNBUFFERED="1") as process:
        # The pipe is full by now, and the process in the middle of a line.
        time.sleep(1)
        process.send_signal(signal.SIGTERM)
        read = []
        while piece := output_of(process).read1(4096):
            read.append(piece)
            time.sleep(0.005)
        assert process.wait(SECONDS) == 128 + signal.SIGTERM
        assert_whole_lines(b"".join(read))


def test_sigterm_while_nobody_reads(started: Start) -> None:
    with started() as process:
        time.sleep(1)
        process.send_signal(signal.SIGTERM)
        assert process.wait(SECONDS) == 128 + signal.SIGTERM


def test_reader_that_goes_away_ends_the_read(large: Sandbox, started: Start) -> None:
    with started() as process:
        output_of(process).close()
        assert process.wait(SECONDS) == 1
        before = len(large.requests)
        time.sleep(0.3)
        assert len(large.requests) == before


def test_reader_that_goes_away_from_a_full_pipe_ends_the_read(started: Start) -> None:
    with started(PYTHONUNBUFFERED="1") as process:
        time.sleep(1)
        output_of(process).close()
        assert process.wait(SECONDS) == 1
