"""Run the unit tests on every Python that pyproject.toml promises and this machine has.

Usage: python tools/pythons.py [PYTEST OPTIONS]

Each Python gets an environment of its own under .cache/pythons, which is made again when poetry.lock changes. The
Python that runs this script is left out: `make unit` tests it.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / ".cache" / "pythons"
PROMISE = re.compile(r'^python = ">=3\.(\d+),<3\.(\d+)"$', re.MULTILINE)
# Seconds that one step of one Python may take: the slowest are a tenth of it.
LIMIT = 600


def promised() -> list[str]:
    """Versions that pyproject.toml allows, the oldest first."""
    found = PROMISE.search((ROOT / "pyproject.toml").read_text("utf-8"))
    if found is None:
        raise SystemExit('pyproject.toml has no line of the form python = ">=3.A,<3.B"')
    return [f"3.{minor}" for minor in range(int(found[1]), int(found[2]))]


def interpreter(version: str) -> str | None:
    """Path of a Python of this version that runs here."""
    command = [str(ROOT / "tools" / "find_python.sh"), version]
    found = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=LIMIT, check=False)
    return found.stdout.strip() or None


def step(*command: str) -> bool:
    """Whether the command succeeds in time; what it prints is shown."""
    try:
        return subprocess.run(command, cwd=ROOT, timeout=LIMIT, check=False).returncode == 0
    except subprocess.TimeoutExpired:
        print(f"{command[0]} was ended after {LIMIT} s.")
        return False


def installed(version: str, base: str) -> Path | None:
    """Its environment with everything that the tests need; None if that cannot be installed."""
    folder = FOLDER / version
    python, requirements, mark = folder / "bin" / "python", folder / "requirements.txt", folder / "installed"
    locked = subprocess.run(
        [sys.executable, "tools/requirements.py", "main", "build", "dev"], cwd=ROOT, stdout=subprocess.PIPE, check=True
    ).stdout
    state = sha256(locked + (ROOT / "pyproject.toml").read_bytes()).hexdigest()
    if mark.exists() and mark.read_text() == state:
        return python
    if not step(base, "-m", "venv", "--clear", str(folder)):
        return None
    requirements.write_bytes(locked)
    # Without compiling: most of what is installed is never imported.
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-compile"]
    if not step(*pip, "--require-hashes", "--requirement", str(requirements)):
        return None
    if not step(*pip, "--no-deps", "--no-build-isolation", "--editable", "."):
        return None
    mark.write_text(state)
    return python


def tested(version: str, options: list[str]) -> str:
    """Install, test, and say how it went; begins with FAILED if it did not go well."""
    if version == f"3.{sys.version_info.minor}":
        return "tested by make unit"
    base = interpreter(version)
    if base is None:
        return "not on this machine"
    print(f"\nPython {version} ({base})", flush=True)
    python = installed(version, base)
    if python is None:
        return "FAILED: its packages cannot be installed"
    start = time.monotonic()
    passed = step(str(python), "-m", "pytest", "unit_tests", "-q", "-n", "2", "-p", "no:cacheprovider", *options)
    return f"{'passed' if passed else 'FAILED'} in {time.monotonic() - start:.0f} s"


def main() -> int:
    results = {version: tested(version, sys.argv[1:]) for version in promised()}
    print("\n" + "\n".join(f"Python {version}: {result}" for version, result in results.items()))
    return int(any(result.startswith("FAILED") for result in results.values()))


if __name__ == "__main__":
    sys.exit(main())
