"""docs/faults.md names tests that exist, every test of a fault, and every kind of fault that the simulated Zoom has.

The table of messages in docs/zoom.md has every reason for which the connector skips or fails something.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import get_args

import pytest

from integration_tests.sandbox import FaultKind
from source_zoom.zoom.errors import RULES, SKIPPED, Meaning, Rule

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


@pytest.mark.parametrize("file", sorted(name for name in FILES if name.startswith(("test_faults_", "test_losses_"))))
def test_every_test_of_a_fault_is_on_the_page(file: str) -> None:
    assert names_in(FILES[file]) - {name for name, _ in LINKS} == set()


@pytest.mark.parametrize("kind", get_args(FaultKind))
def test_every_kind_of_fault_is_in_a_linked_test(kind: str) -> None:
    assert [name for name in LINKED if re.search(rf'"{kind}"', FILES[name].read_text("utf-8"))] != []


def test_readme_leads_here() -> None:
    assert "(docs/faults.md)" in (ROOT / "README.md").read_text("utf-8")


# What a user reads of an answer that makes no skip, where it is not the reason itself.
SENTENCES = {
    Meaning.RATE_LIMIT: "Retried",
    Meaning.ENDPOINT_GONE: "stays empty: Zoom no longer serves its deprecated endpoint.",
    Meaning.RETRY: "Zoom gave no usable answer in",
    Meaning.FIREWALL: "a firewall in front of Zoom refuses this machine.",
    Meaning.SCOPE_MISSING: "the Zoom app lacks the scope",
    Meaning.TOKEN_REJECTED: "Zoom rejects even a fresh access token.",
    Meaning.ROLE_MISSING: "the role of the app's owner lacks the permission UsageReport:Read",
    Meaning.ACCESS_DENIED: "Zoom denies this account access to the API.",
    Meaning.PAGE_TOKEN_EXPIRED: "Zoom's page tokens expired",
    Meaning.WINDOW_REFUSED: "Zoom gave an answer that this connector does not know.",
    Meaning.UNEXPECTED: "Zoom gave an answer that this connector does not know.",
}


def messages() -> set[str]:
    """What the rows of the table of messages quote first."""
    page = (ROOT / "docs" / "zoom.md").read_text("utf-8")
    return set(re.findall(r"^\| `([^`]+)`", page.partition("### Troubleshooting")[2], re.MULTILINE))


def as_read(rule: Rule) -> str:
    """What a user reads of an answer that the rule matches."""
    if rule.meaning in SKIPPED:
        return f"skipped: {rule.reason}"
    if rule.meaning is Meaning.SETTING_FORBIDS:
        return rule.reason.partition(". ")[0]
    return SENTENCES[rule.meaning]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.reason)
def test_reason_of_a_rule_is_in_the_table_of_messages(rule: Rule) -> None:
    assert as_read(rule) in messages()


def reasons_of_skips() -> set[str]:
    """Reasons that the code counts without a rule; of one with a value in it, what stands before the value."""
    found = set()
    for file in (ROOT / "source_zoom").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "SkipKey":
                reason = node.args[1]
                first = reason.values[0] if isinstance(reason, ast.JoinedStr) else reason
                if isinstance(first, ast.Constant):
                    found.add(str(first.value).strip())
    return found


def test_every_reason_of_a_skip_is_in_the_table_of_messages() -> None:
    reasons = reasons_of_skips()
    assert len(reasons) > 5
    assert {reason for reason in reasons if f"skipped: {reason}" not in messages()} == set()
