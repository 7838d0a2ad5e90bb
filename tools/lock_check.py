"""Say whether poetry.lock was made from pyproject.toml as it is, by the hash that Poetry keeps of its dependencies.

Usage: python tools/lock_check.py    (exit code 1 if `poetry lock` is due; needs neither Poetry nor a network)
"""

from __future__ import annotations

import json
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parent.parent
# Poetry counts the first four as null where they are absent, and the groups only where there are some.
ALWAYS = ("dependencies", "source", "extras", "dev-dependencies")


def content_hash(pyproject: dict[str, Any]) -> str:
    """Poetry's hash of everything in [tool.poetry] that the lock file depends on."""
    poetry = pyproject["tool"]["poetry"]
    relevant = {key: poetry.get(key) for key in ALWAYS}
    if "group" in poetry:
        relevant["group"] = poetry["group"]
    return sha256(json.dumps(relevant, sort_keys=True).encode()).hexdigest()


def main() -> int:
    pyproject, lock = (tomllib.loads((ROOT / name).read_text("utf-8")) for name in ("pyproject.toml", "poetry.lock"))
    if content_hash(pyproject) == lock["metadata"]["content-hash"]:
        return 0
    print("poetry.lock does not fit the dependencies in pyproject.toml. Run `poetry lock` and commit both.")
    return 1


if __name__ == "__main__":
    sys.exit(main())
