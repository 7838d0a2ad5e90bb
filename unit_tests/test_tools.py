"""The scripts of tools/ that other checks rely on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import grimp
import pytest

from tools import lock_check, pythons
from tools.contracts import TestModulesContract as Contract

ROOT = Path(__file__).parent.parent
POETRY = {"name": "a", "dependencies": {"python": ">=3.10"}, "group": {"dev": {"dependencies": {"ruff": "^0.17"}}}}


def find_python(*folders: Path, versions: tuple[str, ...] = ("3.98", "3.99")) -> subprocess.CompletedProcess[str]:
    """Run find_python.sh where nothing but these folders is on the PATH."""
    command = ["/bin/sh", str(ROOT / "tools" / "find_python.sh"), *versions]
    environment = {"PATH": os.pathsep.join(map(str, folders)), "HOME": str(ROOT / "nowhere")}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


def fake(folder: Path, version: str, *, venv: bool = True) -> Path:
    """A Python that says it is of this version; venv: whether it can make virtual environments."""
    folder.mkdir(exist_ok=True)
    command = folder / f"python{version}"
    lines = f'case "$2" in *version_info*) echo {version};; *ensurepip*) exit {0 if venv else 1};; esac'
    command.write_text(f"#!/bin/sh\n{lines}\n")
    command.chmod(0o755)
    return command


class TestLockCheck:
    def test_the_lock_file_fits(self) -> None:
        assert lock_check.main() == 0

    @pytest.mark.parametrize(
        ("change", "counts"),
        [
            ({"dependencies": {"python": ">=3.11"}}, True),
            ({"group": {"dev": {"dependencies": {"ruff": "^0.18"}}}}, True),
            ({"group": {"dev": {"optional": True, "dependencies": {"ruff": "^0.17"}}}}, True),
            ({"name": "b"}, False),
        ],
        ids=["dependency", "group", "optional group", "name"],
    )
    def test_it_no_longer_fits_after_a_change_of_the_dependencies(
        self, change: dict[str, object], counts: bool
    ) -> None:
        before, after = ({"tool": {"poetry": poetry}} for poetry in (POETRY, {**POETRY, **change}))
        assert (lock_check.content_hash(before) != lock_check.content_hash(after)) is counts


class TestFindPython:
    def test_the_first_that_runs_is_taken(self, tmp_path: Path) -> None:
        fitting = fake(tmp_path, "3.99")
        (tmp_path / "python3.98").write_text("#!/bin/sh\nexit 127\n")
        (tmp_path / "python3.98").chmod(0o755)
        assert find_python(tmp_path).stdout == f"{fitting}\n"

    def test_the_order_of_the_versions_decides(self, tmp_path: Path) -> None:
        newer, older = fake(tmp_path, "3.99"), fake(tmp_path, "3.98")
        assert find_python(tmp_path, versions=("3.99", "3.98")).stdout == f"{newer}\n"
        assert find_python(tmp_path, versions=("3.98", "3.99")).stdout == f"{older}\n"

    def test_a_command_of_another_version_is_not_taken(self, tmp_path: Path) -> None:
        fake(tmp_path, "3.97").rename(tmp_path / "python3.98")
        found = find_python(tmp_path)
        assert (found.returncode, found.stdout, found.stderr) == (1, "", "")

    def test_one_that_cannot_make_environments_is_named(self, tmp_path: Path) -> None:
        fake(tmp_path, "3.98", venv=False)
        found = find_python(tmp_path)
        assert (found.returncode, found.stdout) == (1, "")
        assert "install python3.98-venv" in found.stderr


def test_all_promised_versions_are_tested_and_this_one_is_among_them() -> None:
    versions = pythons.promised()
    assert versions == sorted(versions, key=lambda version: int(version[2:]))
    assert f"3.{sys.version_info.minor}" in versions


def test_an_import_of_a_test_module_breaks_the_contract() -> None:
    graph = grimp.ImportGraph()
    for module in ("unit_tests", "unit_tests.test_a", "unit_tests.test_b", "unit_tests.support"):
        graph.add_module(module)
    graph.add_import(importer="unit_tests.test_a", imported="unit_tests.support")
    contract = Contract("name", {}, {"name": "name", "type": "test_modules"})
    assert contract.check(graph, verbose=False).kept
    graph.add_import(importer="unit_tests.test_b", imported="unit_tests.test_a")
    broken = contract.check(graph, verbose=False)
    assert not broken.kept
    assert broken.metadata["imports"] == [("unit_tests.test_b", "unit_tests.test_a")]
