"""Running things beside a test, without ever hanging it."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
Item = TypeVar("Item")
# Seconds after which what a test waits for has failed.
WAIT = 10


def in_thread(work: Callable[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs) -> Future[Result]:
    """The result of work in a thread of its own, which dies with the process whatever becomes of it."""
    future: Future[Result] = Future()

    def run() -> None:
        try:
            future.set_result(work(*args, **kwargs))
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return future


def collect(items: Iterable[Item]) -> tuple[list[Item], BaseException | None]:
    """All items until the end, and the error that ended them."""
    found = []
    try:
        for item in items:
            found.append(item)  # noqa: PERF402 - the items before an error count
    except Exception as error:
        return found, error
    return found, None
