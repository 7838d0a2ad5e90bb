"""Compare what a read emitted with what the account owes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any


def canonical(record: Mapping[str, Any]) -> str:
    return json.dumps(record, sort_keys=True, ensure_ascii=False)


def differences(read: Iterable[Mapping[str, Any]], owed: Iterable[Mapping[str, Any]]) -> list[str]:
    """What is missing and what came too often, an entry each; empty when both hold the same records."""
    have, want = Counter(map(canonical, read)), Counter(map(canonical, owed))
    return [f"missing: {record}" for record in (want - have).elements()] + [
        f"not owed, or once too often: {record}" for record in (have - want).elements()
    ]


def key_of(record: Mapping[str, Any], key: Iterable[Iterable[str]]) -> tuple[Any, ...]:
    """Values of a catalog's primary key, each part of which is a path."""
    values = []
    for path in key:
        value: Any = record
        for name in path:
            value = value.get(name) if isinstance(value, Mapping) else None
        values.append(value)
    return tuple(values)
