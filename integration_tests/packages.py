"""The connector as a package: built, and installed into environments of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parent.parent
# PyAirbyte brings hundreds of megabytes and pins the CDK, so it is no dependency of this project: it gets a place of
# its own, kept between runs.
PYAIRBYTE = "airbyte==0.71.3"
PYAIRBYTE_HOME = ROOT / ".cache" / "pyairbyte"


def succeed(*command: object, cwd: Path | None = None, environment: Mapping[str, str] | None = None) -> str:
    """Run a command that must succeed; what it printed.

    :raises AssertionError: with its output, when it fails
    """
    finished = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=900,
        check=False,
    )
    assert finished.returncode == 0, f"{command}\n{finished.stdout[-8000:]}"
    return finished.stdout


def build(folder: Path) -> tuple[Path, Path]:
    """(wheel, sdist); the wheel is made from the sdist, so that both are complete."""
    succeed(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT)
    (wheel,), (sdist,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    return wheel, sdist


def new_environment(folder: Path) -> Path:
    """The Python of a new virtual environment with nothing in it but pip."""
    succeed(sys.executable, "-m", "venv", folder)
    return folder / "bin" / "python"


def install(python: Path, *what: object) -> None:
    succeed(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *what)


def pyairbyte() -> Path:
    """The Python of an environment with PyAirbyte."""
    ready, python = PYAIRBYTE_HOME / PYAIRBYTE, PYAIRBYTE_HOME / "bin" / "python"
    if not ready.exists():
        succeed(sys.executable, "-m", "venv", "--clear", PYAIRBYTE_HOME)
        install(python, PYAIRBYTE)
        ready.touch()
    return python
