"""Derived: a view of the account that is built once, and again where the account has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from .account import Account

T = TypeVar("T")


class Derived(Generic[T]):
    """Calls `build(account)` when its value is first needed, and anew after the account got more occurrences."""

    def __init__(self, account: Account, build: Callable[[Account], T]) -> None:
        self._account = account
        self._build = build
        self._built: tuple[int, T] | None = None

    def __call__(self) -> T:
        size = len(self._account.occurrences)
        if self._built is None or self._built[0] != size:
            self._built = (size, self._build(self._account))
        return self._built[1]
