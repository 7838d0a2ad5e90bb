"""Licences of everything that the connector installs: each must let an MIT connector be given away with it."""

from __future__ import annotations

import re
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parent.parent
LOCK = tomllib.loads((ROOT / "poetry.lock").read_text("utf-8"))
INSTALLED = sorted(package["name"] for package in LOCK["package"] if "main" in package["groups"])

FREE = re.compile(
    r"\b(MIT|BSD|0BSD|Apache|ISC|PSF|PSFL|Python Software Foundation|MPL|Mozilla Public License|Unlicense|CC0|ELv2)\b",
    re.IGNORECASE,
)
BOUND = re.compile(r"\b(A?GPL|GNU (Affero )?General Public|SSPL|BUSL|Commons Clause|proprietary)\b", re.IGNORECASE)
# Known, and out of our hands: they come with airbyte-cdk, and nothing here imports them.
OF_THE_CDK = {"unidecode": "GNU General Public License v2 or later"}


def licence(name: str) -> str:
    """What the installed package says of its licence."""
    # An email message, whose methods importlib.metadata does not declare.
    metadata: Any = distribution(name).metadata
    said = [metadata.get("License-Expression") or ""]
    said += [value for key, value in metadata.items() if key == "Classifier" and value.startswith("License ::")]
    if not "".join(said):
        # Some packages put the whole text here: its first line names it.
        said = (metadata.get("License") or "").strip().splitlines()[:1]
    return "; ".join(part for part in said if part)


@pytest.mark.parametrize("name", INSTALLED)
def test_licence_lets_the_connector_be_given_away(name: str) -> None:
    try:
        said = licence(name)
    except PackageNotFoundError:
        markers = next(str(package.get("markers")) for package in LOCK["package"] if package["name"] == name)
        assert re.search(r"platform_system|sys_platform|os_name|python_version|python_full_version", markers), name
        return
    if name in OF_THE_CDK:
        assert OF_THE_CDK[name] in said
        return
    assert FREE.search(said), said
    assert not BOUND.search(said), said


def test_exceptions_are_not_ours() -> None:
    code = "\n".join(file.read_text("utf-8") for file in (ROOT / "source_zoom").rglob("*.py"))
    for name in OF_THE_CDK:
        assert not re.search(rf"^\s*(import|from) {name}\b", code, re.MULTILINE), name
        assert [package["name"] for package in LOCK["package"] if name in package.get("dependencies", {})] == [
            "airbyte-cdk"
        ]
