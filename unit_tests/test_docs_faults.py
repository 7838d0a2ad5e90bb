"""docs/faults.md names tests that exist, every test of a fault, and every kind of fault that the simulated Zoom has."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import get_args

import pytest

from integration_tests.sandbox import FaultKind

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "faults.md"
LINKS = re.findall(r"\[(test_\w+)\]\(([^)]+)\)", PAGE.read_text("utf-8"))
FILES = {file.name: file for file in (ROOT / "integration_tests").glob("test_*.py")}
LINKED = sorted({Path(path).name for _, path in LINKS})


def names_in(file: Path) -> set[str]:
    tree = ast.parse(file.read_text("utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


@pytest.mark.parametrize(("name", "path"), sorted(set(LINKS)))
def test_linked_test_exists(name: str, path: str) -> None:
    assert name in names_in((PAGE.parent / path).resolve())


def test_every_row_of_a_table_has_a_test() -> None:
    rows = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("|")]
    heads = [index for index, row in enumerate(rows) if row.startswith("|:")]
    assert len(heads) > 5
    bodies = [row for index, row in enumerate(rows) if index not in heads and index + 1 not in heads]
    assert [row for row in bodies if "](../integration_tests/test_" not in row] == []


@pytest.mark.parametrize("file", sorted(name for name in FILES if name.startswith("test_faults_")))
def test_every_test_of_a_fault_is_on_the_page(file: str) -> None:
    assert names_in(FILES[file]) - {name for name, _ in LINKS} == set()


@pytest.mark.parametrize("kind", get_args(FaultKind))
def test_every_kind_of_fault_is_in_a_linked_test(kind: str) -> None:
    assert [name for name in LINKED if re.search(rf'"{kind}"', FILES[name].read_text("utf-8"))] != []


def test_readme_leads_here() -> None:
    assert "(docs/faults.md)" in (ROOT / "README.md").read_text("utf-8")
