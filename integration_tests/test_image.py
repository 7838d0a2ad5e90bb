"""The image, locked down as far as Airbyte can lock it, reading the simulated account on a closed network.

tools/image_test.sh builds it, and names it and the container client in the environment.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from integration_tests.compare import differences
from integration_tests.connector import Output, server_to_server, write_json
from integration_tests.sandbox import TABLES, AccountShape, Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.image

ROOT = Path(__file__).parent.parent
METADATA = yaml.safe_load((ROOT / "metadata.yaml").read_text(encoding="utf-8"))["data"]
SANDBOX_IMAGE = "source-zoom-sandbox:dev"
LOCKED_DOWN = (
    *("--read-only", "--tmpfs", "/tmp"),
    *("--user", "1000", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"),
    *("--memory", "512m", "--memory-swap", "512m", "--pids-limit", "256"),
)
# What the connector and its dependencies add to the base image.
MOST_ADDED_BYTES = 260 * 10**6


@pytest.fixture(scope="module")
def image() -> str:
    return os.environ["IMAGE"]


def docker(*arguments: str) -> str:
    finished = subprocess.run(
        [os.environ["DOCKER"], *arguments], capture_output=True, text=True, timeout=300, check=False
    )
    assert finished.returncode == 0, finished.stderr
    return finished.stdout.strip()


def command(image: str, *arguments: str, options: tuple[str, ...] = ("--network", "none")) -> Output:
    """Run the image as Airbyte does. Standard error is left out: the client writes warnings of its own there."""
    finished = subprocess.run(
        [os.environ["DOCKER"], "run", "--rm", *LOCKED_DOWN, *options, image, *arguments],
        capture_output=True,
        timeout=600,
        check=False,
    )
    return Output(finished.returncode, finished.stdout.decode("utf-8").splitlines())


def inspect(image: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = json.loads(docker("image", "inspect", image))
    assert len(found) == 1
    return found[0]


@pytest.fixture(scope="module")
def account() -> Sandbox:
    """The account that the container serves, for its truth; this one never runs."""
    return Sandbox(AccountShape())


@pytest.fixture(scope="module")
def closed(account: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, ...]]:
    """Options of a container whose only network is the simulated Zoom on Zoom's own host names."""
    shared = tmp_path_factory.mktemp("secrets")
    for folder in (shared, shared / "zoom"):
        folder.mkdir(exist_ok=True)
        folder.chmod(0o777)
    container = docker(
        *("run", "--detach", "--network", "none", "--read-only", "--cap-drop", "ALL"),
        *(option for host in METADATA["allowedHosts"]["hosts"] for option in ("--add-host", f"{host}:127.0.0.1")),
        *("--volume", f"{ROOT / 'integration_tests'}:/sandbox/integration_tests:ro", "--volume", f"{shared}:/secrets"),
        *("--env", "TMPDIR=/secrets/zoom", SANDBOX_IMAGE),
        *("--tls-port", "443", "--today", account.account.today.isoformat(), "--ready", "/secrets/zoom/ready.json"),
    )
    try:
        ready = shared / "zoom" / "ready.json"
        deadline = time.monotonic() + 60
        while not ready.exists() or not ready.read_text():
            assert time.monotonic() < deadline, docker("logs", container)
            time.sleep(0.1)
        contact = json.loads(ready.read_text())
        config = write_json(shared / "config.json", server_to_server(contact["credentials"], account_plan="business"))
        Path(config).chmod(0o644)
        catalog = (ROOT / "integration_tests" / "configured_catalog.json").read_text("utf-8")
        (shared / "catalog.json").write_text(catalog, encoding="utf-8")
        certificate = contact["environment"]["REQUESTS_CA_BUNDLE"]
        yield (
            *("--network", f"container:{container}", "--volume", f"{shared}:/secrets:ro"),
            *("--env", f"REQUESTS_CA_BUNDLE={certificate}"),
        )
    finally:
        docker("rm", "--force", container)


@pytest.fixture(scope="module")
def full_read(image: str, closed: tuple[str, ...]) -> Output:
    return command(
        image, "read", "--config", "/secrets/config.json", "--catalog", "/secrets/catalog.json", options=closed
    )


def test_labels_entry_point_and_user(image: str) -> None:
    settings = inspect(image)["Config"]
    environment = dict(variable.split("=", 1) for variable in settings["Env"])
    assert settings["Labels"]["io.airbyte.name"] == METADATA["dockerRepository"]
    assert settings["Labels"]["io.airbyte.version"] == METADATA["dockerImageTag"]
    assert settings["Labels"]["org.opencontainers.image.version"] == METADATA["dockerImageTag"]
    assert settings["Entrypoint"] == [environment["AIRBYTE_ENTRYPOINT"]]
    assert settings["User"] == "1000:1000"


def test_small(image: str) -> None:
    added = inspect(image)["Size"] - inspect(os.environ["BASE_IMAGE"])["Size"]
    print(f"image: {inspect(image)['Size'] / 1e6:.0f} MB, of which {added / 1e6:.0f} MB on top of the base image")
    assert added < MOST_ADDED_BYTES


def test_connector_alone_inside_and_out_of_its_own_reach(image: str) -> None:
    """No test, secret or lock file of the checkout is in the image, and the connector cannot change itself."""
    listed = docker(
        *("run", "--rm", "--network", "none", "--entrypoint", "sh", image, "-c"),
        "id -un; find / -xdev -name 'integration_tests' -o -xdev -name 'poetry.lock' -o -xdev -name 'secrets' -type d; "
        "find /opt /airbyte/integration_code -writable ! -type l; ls /airbyte/integration_code",
    )
    assert listed == "airbyte"


def test_spec(image: str) -> None:
    output = command(image, "spec")
    assert output.exit_code == 0, output.tail()
    (message,) = output.of_type("SPEC")
    written = json.loads((ROOT / "source_zoom" / "spec.json").read_text("utf-8"))
    assert message["spec"]["connectionSpecification"] == written["connectionSpecification"]
    assert output.strays == []


def test_check(image: str, closed: tuple[str, ...]) -> None:
    output = command(image, "check", "--config", "/secrets/config.json", options=closed)
    assert output.exit_code == 0, output.tail()
    assert output.connection_status["status"] == "SUCCEEDED"


def test_discover(image: str, closed: tuple[str, ...]) -> None:
    output = command(image, "discover", "--config", "/secrets/config.json", options=closed)
    assert output.exit_code == 0, output.tail()
    (message,) = output.of_type("CATALOG")
    assert sorted(stream["name"] for stream in message["catalog"]["streams"]) == sorted(TABLES)


def test_read_of_all_tables_succeeds(full_read: Output) -> None:
    assert full_read.exit_code == 0, full_read.tail()
    assert full_read.errors == []
    assert full_read.strays == []


@pytest.mark.parametrize("table", TABLES)
def test_read_brings_exactly_what_the_account_owes(full_read: Output, account: Sandbox, table: str) -> None:
    assert differences(full_read.records[table], account.truth(table)) == []


def test_stops_at_once_when_told_to(image: str, closed: tuple[str, ...]) -> None:
    """Airbyte cancels a sync with SIGTERM, which a first process ignores unless it asks for it."""
    read = ("read", "--config", "/secrets/config.json", "--catalog", "/secrets/catalog.json")
    container = docker("run", "--detach", *LOCKED_DOWN, *closed, image, *read)
    try:
        deadline = time.monotonic() + 60
        while '"RECORD"' not in docker("logs", container):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        begun = time.monotonic()
        docker("stop", "--time", "60", container)
        assert time.monotonic() - begun < 10
        assert docker("inspect", "--format", "{{.State.ExitCode}}", container) == "143"
    finally:
        docker("rm", "--force", container)


def test_check_without_a_network_says_so(image: str) -> None:
    """It ends by itself with one sentence, and names no secret."""
    config = (ROOT / "integration_tests" / "sample_config.json").read_text("utf-8")
    secret = json.loads(config)["credentials"]["client_secret"]
    output = command(
        image,
        "check",
        "--config",
        "/config.json",
        options=("--network", "none", "--volume", f"{ROOT}/integration_tests/sample_config.json:/config.json:ro"),
    )
    assert output.exit_code == 1
    (sentence,) = {error["message"] for error in output.errors}
    assert "token endpoint could not be used" in sentence
    assert secret not in "\n".join(output.lines)
