"""Rows: a list that is never held, only counted and built where somebody looks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Record = dict[str, Any]


class Rows:
    """`count` records, the i-th built by `build(i)` when it is asked for."""

    __slots__ = ("_build", "_count")

    def __init__(self, count: int, build: Callable[[int], Record]) -> None:
        self._count = count
        self._build = build

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Record]:
        return map(self._build, range(self._count))

    def slice(self, start: int, stop: int) -> list[Record]:
        """The records of one page."""
        return [self._build(i) for i in range(start, min(stop, self._count))]


NO_ROWS = Rows(0, lambda _: {})
