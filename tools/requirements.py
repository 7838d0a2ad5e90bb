"""Print poetry.lock as a requirements file with hashes, so that pip alone installs exactly what is locked.

Usage: python tools/requirements.py GROUP...    (main, build, dev, bench, mutation)
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    # Nothing is installed yet, but pip has a copy of its own.
    from pip._vendor import tomli as tomllib

LOCK = Path(__file__).parent.parent / "poetry.lock"


def requirement(package: dict[str, Any], groups: set[str]) -> str | None:
    """One package as a requirement, None when none of the groups asks for it."""
    wanted = groups & set(package["groups"])
    if not wanted:
        return None
    markers = package.get("markers")
    if isinstance(markers, dict):
        # A group without a marker of its own wants the package everywhere.
        conditions = {markers.get(group, "") for group in wanted}
        markers = "" if "" in conditions else " or ".join(f"({condition})" for condition in sorted(conditions))
    hashes = "".join(f" \\\n    --hash={file['hash']}" for file in package["files"])
    return f"{package['name']}=={package['version']}" + (f" ; {markers}" if markers else "") + hashes


def main() -> int:
    groups = set(sys.argv[1:])
    unknown = groups - {"main", "build", "dev", "bench", "mutation"}
    if unknown or not groups:
        print(__doc__, file=sys.stderr)
        return 2
    lock = tomllib.loads(LOCK.read_text(encoding="utf-8"))
    print("\n".join(line for package in lock["package"] if (line := requirement(package, groups))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
