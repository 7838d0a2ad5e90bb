"""What the unit tests share: settings, a clock that never waits, and accounts whose answers a test gives."""

from __future__ import annotations

import faulthandler
import logging
import os
import socket
import threading
import time
from datetime import date, datetime, timezone
from datetime import time as time_of_day
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
import requests_mock
from airbyte_cdk.test.mock_http import HttpMocker

from source_zoom.base.config import Config
from source_zoom.streams import TABLES
from source_zoom.sync.sync import Sync
from source_zoom.zoom.client import RequestSubject
from source_zoom.zoom.labels import Label
from source_zoom.zoom.rate_limits import RequestBudget
from unit_tests.integration.config import ConfigBuilder
from unit_tests.integration.request_builder import TOKEN_URL
from unit_tests.integration.response_builder import token
from unit_tests.integration.zoom import TODAY, Zoom

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# A test that waits for ever ends the run, and shows where every thread stands.
LONGEST_TEST = 60.0


def pytest_configure(config: pytest.Config) -> None:
    # A copy, because pytest captures the standard error of tests.
    config.stash[_STDERR] = os.fdopen(os.dup(2), "w")


def pytest_unconfigure(config: pytest.Config) -> None:
    config.stash[_STDERR].close()


_STDERR = pytest.StashKey[Any]()


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    """What a test forgot to answer, or a thread asks after its test, must not leave this machine."""
    look_up = socket.getaddrinfo

    def only_here(host: Any, *args: Any, **more: Any) -> Any:
        if host not in ("localhost", "127.0.0.1", "::1"):
            raise OSError(f"unit tests have no network: {host}")
        return look_up(host, *args, **more)

    socket.getaddrinfo = only_here
    yield
    socket.getaddrinfo = look_up


def let_walks_end() -> None:
    """Wait for the threads of a sync that has ended, so that they find the answers of their own test."""
    for thread in threading.enumerate():
        if thread.name.startswith("walk"):
            thread.join(LONGEST_TEST / 2)
            assert not thread.is_alive(), f"{thread.name} goes on after its sync"


@pytest.fixture(autouse=True)
def _no_hang(pytestconfig: pytest.Config) -> Iterator[None]:
    faulthandler.dump_traceback_later(LONGEST_TEST, exit=True, file=pytestconfig.stash[_STDERR])
    yield
    faulthandler.cancel_dump_traceback_later()


@pytest.fixture(autouse=True)
def _log_levels() -> Iterator[None]:
    """A command that ran with --debug leaves the level set for good."""
    yield
    for name in ("airbyte", "airbyte.SourceZoom"):
        logging.getLogger(name).setLevel(logging.INFO)


def set_now(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    """Let the connector take this for the present moment (UTC)."""

    class FixedDatetime(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> FixedDatetime:
            return cls.fromtimestamp(now.timestamp(), tz)

    monkeypatch.setattr("source_zoom.base.clock.datetime", FixedDatetime)


class Clock:
    """A fake of the time module: sleeping takes no time, moves this clock on, and is remembered."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._now = 1000.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self._now

    def time(self) -> float:
        return time.time()

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.slept.append(seconds)
            self._now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of client, login and budget."""
    clock = Clock()
    for module in ("client", "auth", "tokens"):
        monkeypatch.setattr(f"source_zoom.zoom.{module}.time", clock)
    budget = partial(RequestBudget, clock=clock.monotonic, sleep=clock.sleep)
    monkeypatch.setattr("source_zoom.sync.sync.RequestBudget", budget)
    return clock


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> str:
    """The day of a sync, at midnight UTC."""
    now = datetime.combine(date.fromisoformat(TODAY), time_of_day.min, timezone.utc)
    set_now(monkeypatch, now)
    return TODAY


@pytest.fixture
def config() -> ConfigBuilder:
    return ConfigBuilder()


@pytest.fixture
def api(clock: Clock) -> Iterator[requests_mock.Mocker]:
    """Zoom's API by requests-mock, with a login that succeeds; any other request fails as a network fault."""
    with requests_mock.Mocker(case_sensitive=True) as mocker:
        mocker.post(TOKEN_URL, text=token().body)
        yield mocker
        let_walks_end()


@pytest.fixture
def sync(config: ConfigBuilder, clock: Clock) -> Callable[..., Sync]:
    """sync(*tables, **settings): one sync with these tables selected, by name."""

    def make(*tables: str, **settings: Any) -> Sync:
        classes = [table for table in TABLES if table.table_name() in tables]
        return Sync(Config.parse(config.with_(**settings).build()), classes)

    return make


@pytest.fixture
def zoom(clock: Clock, today: str) -> Iterator[Zoom]:
    """Zoom by the CDK's HttpMocker, for reads through the whole connector."""
    with HttpMocker() as mocker:
        zoom = Zoom(mocker)
        yield zoom
        let_walks_end()
        zoom.verify()


@pytest.fixture
def get(sync: Callable[..., Sync]) -> Callable[..., dict[str, Any]]:
    """get(path=..., params=..., subject=..., label=...) of a new sync's client."""
    client = sync().client

    def run(
        path: str = "meetings/85012345678",
        params: Any = None,
        subject: RequestSubject | None = None,
        label: Label = Label.LIGHT,
        **more: Any,
    ) -> dict[str, Any]:
        return client.get(path, params or {}, subject or RequestSubject("meetings", "85012345678", True), label, **more)

    return run
