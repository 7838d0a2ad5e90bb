"""Threads never stand in each other's way, whatever the workers, the selection, the reader and the limits."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import pytest

from integration_tests.connector import COMMAND, Output, configured, server_to_server, write_json
from integration_tests.faulty import PLAIN, assert_whole, at_once, repeated, sync
from integration_tests.sandbox import TABLES, AccountShape, Sandbox
from integration_tests.sandbox.limits import PLANS
from source_zoom import streams

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

pytestmark = pytest.mark.long

# In reading order: the one that stands last has nobody after it to wake it.
READING_ORDER = [table.table_name() for table in streams.TABLES]
SMALL = AccountShape(users=6, webinar_share=1)


@pytest.mark.parametrize("workers", [1, 2, 40])
def test_all_tables_with_so_many_workers(catalog: dict[str, Any], workers: int) -> None:
    """The tables wait for their parents, for each other and for their label; one worker is enough to bring them on."""
    with Sandbox(SMALL, latency=0.02, latency_jitter=0.02) as zoom:
        assert_whole(sync(zoom, catalog, num_workers=workers), zoom, TABLES)
        assert not repeated(zoom)


@pytest.mark.parametrize("workers", [1, 2, 40])
@pytest.mark.parametrize(
    "tables",
    [READING_ORDER[-1:], ["webinar_questions", "webinars"], ["meeting_questions", "meeting_registrants", "users"]],
    ids=" ".join,
)
def test_tables_that_wait_for_others(catalog: dict[str, Any], tables: list[str], workers: int) -> None:
    """The last table alone, and tables that wait for what another one learns, with and without it selected."""
    with Sandbox(replace(PLAIN, users=2)) as zoom:
        assert_whole(sync(zoom, catalog, tables, num_workers=workers), zoom, tables)
        assert not repeated(zoom)


def test_reader_that_is_slower_than_zoom(catalog: dict[str, Any], tmp_path: Path) -> None:
    """What nobody has read yet holds the requests back, instead of filling the memory; and nothing is lost."""
    shape = AccountShape(users=2, webinar_share=1, special_cases=False, big_lists=3, big_list_size=3000)
    tables = ["users", "meeting_registrants", "webinar_registrants", "report_meeting_participants"]
    with Sandbox(shape) as zoom:
        config = write_json(tmp_path / "config.json", server_to_server(zoom.credentials, account_plan="business"))
        selected = write_json(tmp_path / "catalog.json", configured(catalog, tables))
        output, read_at = _read_slowly(["read", "--config", config, "--catalog", selected], zoom, 1_000_000)
        assert_whole(output, zoom, tables)
        last_request = max(request.started for request in zoom.requests)
        before, whole = [size for moment, size in read_at if moment <= last_request][-1], read_at[-1][1]
        # The rest lay in the queue of 10,000 records and in the pipe, while Zoom was asked nothing.
        assert whole / 4 < before < whole


def _read_slowly(arguments: list[str], zoom: Sandbox, bytes_a_second: int) -> tuple[Output, list[tuple[float, int]]]:
    """What the command printed, and how much of that had been read when; a command that hangs is killed."""
    process = subprocess.Popen(
        [str(COMMAND), *arguments],
        env={**os.environ, **zoom.environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        bufsize=0,
    )
    guard = threading.Timer(200, process.kill)
    guard.start()
    assert process.stdout is not None
    read = bytearray()
    read_at = []
    with process, process.stdout:
        while piece := process.stdout.read(bytes_a_second // 50):
            read += piece
            read_at.append((time.time(), len(read)))
            time.sleep(len(piece) / bytes_a_second)
    guard.cancel()
    return Output(process.returncode, read.decode().splitlines()), read_at


def test_limits_that_fall_during_the_sync(catalog: dict[str, Any]) -> None:
    """Zoom halves the account's limits and says so; after half a minute next to no request is refused any more."""
    at_once({window: partial(_read_while_limits_fall, catalog, window) for window in ("fixed", "sliding")})


def _read_while_limits_fall(catalog: Mapping[str, Any], window: Literal["fixed", "sliding"]) -> None:
    with Sandbox(
        AccountShape(users=25), plan="business", limit_window=window, latency=0.1, latency_jitter=0.03
    ) as zoom:
        fallen: list[float] = []

        def halve() -> None:
            zoom.set_limits(scale=0.5)
            fallen.append(time.time())

        timer = threading.Timer(6, halve)
        timer.start()
        output = sync(zoom, catalog)
        timer.cancel()
        assert_whole(output, zoom, TABLES)
        refused = [request for request in zoom.requests if request.status == 429]
        assert sum(repeated(zoom).values()) == len(refused)
        settled = [request for request in zoom.requests if request.started > fallen[0] + 30]
        # The sync went on long enough to tell.
        assert len(settled) > 100
        assert len([request for request in settled if request.status == 429]) <= len(settled) / 100


def test_another_app_that_takes_half_of_the_limits(catalog: dict[str, Any]) -> None:
    """Zoom's headers do not show it. The connector gives way within seconds, and takes the limits back afterwards."""
    at_once({window: partial(_read_beside_another_app, catalog, window) for window in ("fixed", "sliding")})


def _read_beside_another_app(catalog: Mapping[str, Any], window: Literal["fixed", "sliding"]) -> None:
    begins, ends = 6.0, 26.0
    with Sandbox(
        AccountShape(users=25), plan="business", limit_window=window, latency=0.1, latency_jitter=0.03
    ) as zoom:
        for label, limit in PLANS["business"].per_second.items():
            zoom.add_other_app(label=label, per_second=limit / 2, since=begins, until=ends)
        added = time.time()
        output = sync(zoom, catalog)
        assert_whole(output, zoom, TABLES)
        beside = [request for request in zoom.requests if added + begins + 3 <= request.started < added + ends]
        refused = [request for request in beside if request.status == 429]
        # Both were there long enough to tell.
        assert len(beside) > 300
        assert len(refused) <= len(beside) / 10
        after = [request for request in zoom.requests if request.started >= added + ends + 5]
        assert len(after) > 100
        assert len([request for request in after if request.status == 429]) <= len(after) / 50


def test_two_connections_of_one_account(catalog: dict[str, Any]) -> None:
    """They do not know of each other, and both finish, neither much later than the other."""
    shape = AccountShape(users=12)
    with Sandbox(shape, plan="business", limit_window="sliding", latency=0.1, latency_jitter=0.03) as zoom:
        ended: dict[str, float] = {}

        def read(name: str) -> None:
            output = sync(zoom, catalog)
            ended[name] = time.time()
            assert output.exit_code == 0, output.tail()

        started = time.time()
        at_once({name: partial(read, name) for name in ("one", "another")})
        refused = [request for request in zoom.requests if request.status == 429]
        assert len(refused) <= len(zoom.requests) / 20
        first, last = sorted(moment - started for moment in ended.values())
        assert first > last / 2
