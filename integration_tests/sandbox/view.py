"""View: the account as the knobs show it in a span of time."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from .account import Account
    from .clock import Span
    from .knobs import Knobs


class View:
    """`span` without argument is this moment; methods of its kinds return rows or a record, or raise ZoomError."""

    def __init__(self, account: Account, knobs: Knobs, span: Callable[[], Span] | None = None) -> None:
        self.account = account
        self.knobs = knobs
        self._span = span or (lambda: account.now)

    @property
    def span(self) -> Span:
        return self._span()
