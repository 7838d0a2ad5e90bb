"""What the end-to-end tests share: one account, its full read, and a way to read some tables of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from integration_tests.connector import Output, configured, run, server_to_server, write_json
from integration_tests.logins import SMALL, TABLES
from integration_tests.sandbox import AccountShape, Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from integration_tests.connector import Read
    from integration_tests.logins import Command


@pytest.fixture(scope="session")
def zoom() -> Iterator[Sandbox]:
    with Sandbox(AccountShape()) as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def catalog(zoom: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The catalog as discover prints it."""
    config = write_json(tmp_path_factory.mktemp("discover") / "config.json", server_to_server(zoom.credentials))
    output = run(["discover", "--config", config], zoom.environment)
    assert output.exit_code == 0, output.tail()
    (message,) = output.of_type("CATALOG")
    found: dict[str, Any] = message["catalog"]
    return found


@pytest.fixture
def read(catalog: dict[str, Any], tmp_path: Path) -> Read:
    """read(zoom, tables=None, **settings): run the read command on some tables or all."""

    def run_read(
        zoom: Sandbox, tables: Iterable[str] | None = None, *, timeout: float = 300.0, **settings: Any
    ) -> Output:
        # The highest plan, because the simulated account sets no limits unless a test does.
        form = server_to_server(zoom.credentials, **{"account_plan": "business", **settings})
        config = write_json(tmp_path / "config.json", form)
        selected = write_json(tmp_path / "catalog.json", configured(catalog, tables))
        return run(["read", "--config", config, "--catalog", selected], zoom.environment, timeout=timeout)

    return run_read


@pytest.fixture(scope="session")
def full_read(zoom: Sandbox, catalog: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Output:
    """All tables, read once; zoom.requests is this read's log until another test clears it."""
    folder = tmp_path_factory.mktemp("full_read")
    config = write_json(folder / "config.json", server_to_server(zoom.credentials, account_plan="business"))
    selected = write_json(folder / "catalog.json", configured(catalog))
    zoom.clear_requests()
    return run(["read", "--config", config, "--catalog", selected], zoom.environment)


@pytest.fixture
def small() -> Iterator[Sandbox]:
    """An account of the test's own, which it may change."""
    with Sandbox(SMALL) as sandbox:
        yield sandbox


@pytest.fixture
def command(catalog: dict[str, Any], tmp_path: Path) -> Command:
    """command(name, zoom, config, tables=...): run check or read with these settings."""

    def run_command(name: str, zoom: Sandbox, config: dict[str, Any], tables: list[str] | None = None) -> Output:
        arguments = [name, "--config", write_json(tmp_path / "config.json", config)]
        if name == "read":
            selected = configured(catalog, TABLES if tables is None else tables)
            arguments += ["--catalog", write_json(tmp_path / "catalog.json", selected)]
        return run(arguments, zoom.environment)

    return run_command
