"""Work that threads share: done once for all of them, or spread over a few."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, TypeVar

from source_zoom.base.exceptions import is_config_error, with_note
from source_zoom.zoom.retry import Breaker
from source_zoom.zoom.severity import consecutive_limit, ends_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

T = TypeVar("T")


class RunOnce:
    """Work that several threads need and the first one does; its failure reaches all of them."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._work = work
        self._lock = threading.Lock()
        self._done = False
        self._error: BaseException | None = None

    def __call__(self) -> None:
        """:raises BaseException: whatever the work raised"""
        with self._lock:
            if not self._done:
                self._done = True
                try:
                    self._work()
                except BaseException as error:
                    self._error = error
        if self._error is not None:
            raise self._error.with_traceback(None)


class _Failures:
    """The failures of parallel work, and whether they end it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._errors: list[BaseException] = []
        self._breaker = Breaker()
        self._stopped_after = 0

    def end_the_work(self) -> bool:
        """Whether nothing more is taken."""
        return self._breaker.is_open

    def succeeded(self) -> None:
        """One item was worked off."""
        self._breaker.succeeded()

    def note(self, error: BaseException, item: object) -> None:
        """One item failed. Failures of different items in a row end the work."""
        limit = consecutive_limit(error)
        if ends_table(error):
            self._breaker.open()
        elif self._breaker.failed(item, limit) and not self._stopped_after:
            self._stopped_after = limit
        self.note_end(error)

    def note_end(self, error: BaseException) -> None:
        """The items themselves end with this failure; what was taken before is still worked on."""
        with self._lock:
            self._errors.append(error)

    def worst(self) -> BaseException | None:
        """The failure that the user can fix, else the first one, None without any."""
        if not self._errors:
            return None
        error = next((error for error in self._errors if is_config_error(error)), self._errors[0])
        if self._stopped_after:
            return with_note(error, f"The list was stopped after {self._stopped_after} failures in a row.")
        return error


def in_parallel(items: Iterable[T], work: Callable[[T], None], threads: int) -> None:
    """Call ``work`` for every item from a few threads, taking items only as fast as they are worked off.

    A failure that all items would meet ends the work at once, and so do several different items in a row; any other
    lets the rest go on.

    :raises BaseException: the failure that the user can fix, else the first one
    """
    source = iter(items)
    lock = threading.Lock()
    failures = _Failures()

    def run() -> None:
        while not failures.end_the_work():
            try:
                with lock:
                    item = next(source)
            except StopIteration:
                return
            except BaseException as error:
                failures.note_end(error)
                return
            if failures.end_the_work():
                return
            try:
                work(item)
            except BaseException as error:
                failures.note(error, item)
            else:
                failures.succeeded()

    pool = [threading.Thread(target=run, name="walk worker", daemon=True) for _ in range(threads)]
    for thread in pool:
        thread.start()
    for thread in pool:
        thread.join()
    worst = failures.worst()
    if worst is not None:
        raise worst
