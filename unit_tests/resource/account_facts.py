"""The sheet of facts of the tables that the connector does not read yet, account_tables.toml, as objects."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from unit_tests.resource.facts import List, Table

SHEET = Path(__file__).with_name("account_tables.toml")


def _with_tuples(values: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}


# Python 3.10 has no tomllib.
_SHEET: dict[str, dict[str, Any]] = import_module("tomllib" if sys.version_info >= (3, 11) else "tomli").loads(
    SHEET.read_text("utf-8")
)
LISTS = {name: List(name, **values) for name, values in _SHEET["lists"].items()}
TABLES = {name: Table(name, **_with_tuples(values)) for name, values in _SHEET["tables"].items()}
