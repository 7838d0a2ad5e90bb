"""Wheel and sdist: what is in them, and that pip alone installs them anywhere."""

from __future__ import annotations

import json
import tarfile
import zipfile
from email.parser import Parser
from typing import TYPE_CHECKING

import pytest

from integration_tests.packages import ROOT, build, install, new_environment, succeed

if TYPE_CHECKING:
    from pathlib import Path

SOURCES = {str(file.relative_to(ROOT)) for kind in ("*.py", "*.json") for file in (ROOT / "source_zoom").rglob(kind)}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return build(tmp_path_factory.mktemp("dist"))


def test_wheel_holds_the_connector_and_nothing_else(built: tuple[Path, Path]) -> None:
    with zipfile.ZipFile(built[0]) as wheel:
        names = wheel.namelist()
        entry_points = next(name for name in names if name.endswith("/entry_points.txt"))
        assert "source-zoom=source_zoom.run:run" in wheel.read(entry_points).decode()
    assert {name for name in names if ".dist-info/" not in name} == SOURCES
    assert {"source_zoom/spec.json", "source_zoom/schemas/users.json"} <= SOURCES
    assert any(name.endswith("/LICENSE") for name in names)


def test_wheel_asks_for_no_needless_dependency(built: tuple[Path, Path]) -> None:
    with zipfile.ZipFile(built[0]) as wheel:
        metadata = next(name for name in wheel.namelist() if name.endswith("/METADATA"))
        fields = Parser().parsestr(wheel.read(metadata).decode())
    needed = {requirement.split()[0].split("(")[0].split(">")[0] for requirement in fields.get_all("Requires-Dist", [])}
    assert needed == {"airbyte-cdk", "orjson", "pydantic", "requests"}
    code = "\n".join(file.read_text("utf-8") for file in (ROOT / "source_zoom").rglob("*.py"))
    for name in needed:
        assert f"import {name.replace('-', '_')}" in code or f"from {name.replace('-', '_')}" in code, name
    assert fields["Name"] == "airbyte-source-zoom"
    assert fields["License-Expression"] == "MIT" or fields["License"] == "MIT"


def test_sdist_holds_what_the_wheel_is_built_from(built: tuple[Path, Path]) -> None:
    with tarfile.open(built[1]) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    assert names == {*SOURCES, "pyproject.toml", "README.md", "LICENSE", "PKG-INFO"}


@pytest.mark.installs
def test_pip_alone_installs_both(built: tuple[Path, Path], tmp_path: Path) -> None:
    """In an empty environment, with today's newest versions of the dependencies instead of the locked ones."""
    wheel, sdist = built
    python = new_environment(tmp_path / "environment")
    command = python.parent / "source-zoom"
    spec = json.loads((ROOT / "source_zoom" / "spec.json").read_text("utf-8"))["connectionSpecification"]
    for package in ([wheel], ["--no-deps", "--force-reinstall", sdist]):
        install(python, *package)
        succeed(python, "-m", "pip", "check")
        messages = [json.loads(line) for line in succeed(command, "spec", cwd=tmp_path).splitlines()]
        (sent,) = (message["spec"] for message in messages if message["type"] == "SPEC")
        assert sent["connectionSpecification"] == spec
