"""Airbyte's standard tests, by `airbyte-cdk connector test`, against the simulated account."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from integration_tests.sandbox import Sandbox

ROOT = Path(__file__).parent.parent
# What the tests read of a connector's folder.
FILES = ("acceptance-test-config.yml", "metadata.yaml", "pyproject.toml", "integration_tests", "source_zoom")
BY_CONFIG = {
    "sample_config": {
        "test_config_matches_spec",
        "test_check",
        "test_discover",
        "test_basic_read",
        "test_fail_read_with_bad_catalog",
    },
    # A form filled in well with a wrong secret: tests of the commands that need a login leave it out.
    "invalid_config": {"test_config_matches_spec", "test_check"},
}


def test_airbyte_cdk_connector_test_passes(zoom: Sandbox, tmp_path: Path) -> None:
    # The command takes the connector's name from the folder's, which may be any in a checkout.
    connector = tmp_path / "source-zoom"
    connector.mkdir()
    for name in FILES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, connector / name, ignore=shutil.ignore_patterns("__pycache__", "test_*.py"))
        else:
            shutil.copy(ROOT / name, connector)
    # Those marked image_tests build with a Dockerfile from the network; test_image.py runs our own image.
    finished = subprocess.run(
        [
            str(Path(sys.executable).parent / "airbyte-cdk"),
            *("connector", "test", str(connector)),
            *("--pytest-arg=-m", "--pytest-arg=not image_tests"),
            *("--pytest-arg=-W", "--pytest-arg=error::airbyte_cdk.test.standard_tests.DiscoveredCatalogWarning"),
        ],
        cwd=connector,
        env={**os.environ, **zoom.environment},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    said = f"{finished.stdout[-6000:]}\n{finished.stderr[-2000:]}"
    assert finished.returncode == 0, said
    (report,) = connector.rglob("standard-tests-junit.xml")
    passed: set[str | None] = set()
    left_out: set[str | None] = set()
    for case in ET.parse(report).getroot().iter("testcase"):
        (left_out if case.find("skipped") is not None else passed).add(case.get("name"))
    wanted = {f"{test}['{config}' Test Scenario]" for config, tests in BY_CONFIG.items() for test in tests}
    assert passed == {"test_spec", *wanted}, said
    every_test = BY_CONFIG["sample_config"]
    assert left_out == {f"{test}['invalid_config' Test Scenario]" for test in every_test - BY_CONFIG["invalid_config"]}
