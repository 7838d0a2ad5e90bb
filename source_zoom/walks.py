"""Walks: lists of parents that are read once in a sync and iterated by every table that hangs on them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Generic, TypeVar

from source_zoom.errors import concerns_all, is_config_error

T = TypeVar("T")
Publish = Callable[[T], None]

# With so many parents in a row unreadable, it is not the parents: the rest need not be asked.
MAX_FAILURES_IN_A_ROW = 3


class Walk(Generic[T]):
    """A growing list with any number of readers, who see each item as it arrives and wait for more.

    Its producers start with the first reader, each in a thread of its own; a walk without producers is fed from
    outside, by publish() and finish(). Items with the same key are kept once. A producer's failure reaches every
    reader, after the items.
    """

    def __init__(
        self, name: str, *producers: Callable[[Publish[T]], None], key: Callable[[T], Hashable] = lambda item: item
    ) -> None:
        self._name = name
        self._producers = producers
        self._key = key
        self._items: list[T] = []
        self._seen: set[Hashable] = set()
        self._running = len(producers) or 1
        self._started = not producers
        self._error: BaseException | None = None
        self._changed = threading.Condition()

    def publish(self, item: T) -> None:
        key = self._key(item)
        with self._changed:
            if key not in self._seen:
                self._seen.add(key)
                self._items.append(item)
                self._changed.notify_all()

    def finish(self, error: BaseException | None = None) -> None:
        """One producer has ended; of several failures the one that the user can mend is kept."""
        with self._changed:
            self._running -= 1
            if error is not None and (self._error is None or is_config_error(error)):
                self._error = error
            self._changed.notify_all()

    def __iter__(self) -> Iterator[T]:
        self._start()
        position = 0
        while True:
            with self._changed:
                while position >= len(self._items) and self._running > 0:
                    self._changed.wait()
                batch = self._items[position : position + 1000]
            if not batch:
                break
            position += len(batch)
            yield from batch
        if self._error is not None:
            raise self._error.with_traceback(None)

    def _start(self) -> None:
        with self._changed:
            if self._started:
                return
            self._started = True
        for producer in self._producers:
            threading.Thread(target=self._run, args=(producer,), name=f"walk of {self._name}", daemon=True).start()

    def _run(self, producer: Callable[[Publish[T]], None]) -> None:
        try:
            producer(self.publish)
        except BaseException as error:
            self.finish(error)
        else:
            self.finish()


def in_parallel(items: Iterable[T], work: Callable[[T], None], threads: int) -> None:
    """Call ``work`` for every item from a few threads, taking items only as fast as they are worked off.

    A failure that all items would meet ends it at once, and so do several in a row; any other lets the rest go on.
    Raises the first failure, or the one that the user can mend.
    """
    source = iter(items)
    lock = threading.Lock()
    failures: list[BaseException] = []
    in_a_row = 0
    stop = threading.Event()

    def note(error: BaseException | None) -> None:
        nonlocal in_a_row
        with lock:
            in_a_row = 0 if error is None else in_a_row + 1
            if error is not None and (not failures or is_config_error(error)):
                failures.append(error)
            if error is not None and (concerns_all(error) or in_a_row >= MAX_FAILURES_IN_A_ROW):
                stop.set()

    def run() -> None:
        while not stop.is_set():
            try:
                with lock:
                    item = next(source)
            except StopIteration:
                return
            except BaseException as error:
                # The items end here; what other threads have taken before is still worked on.
                failures.append(error)
                return
            if stop.is_set():
                return
            try:
                work(item)
            except BaseException as error:
                note(error)
            else:
                note(None)

    pool = [threading.Thread(target=run, name="walk worker", daemon=True) for _ in range(threads)]
    for thread in pool:
        thread.start()
    for thread in pool:
        thread.join()
    if failures:
        raise next((error for error in failures if is_config_error(error)), failures[0])


class Registration:
    """Which meetings have registration on, told by the first selected table that learns it.

    The tables that only have rows where registration is on wait for that answer instead of asking Zoom again.
    """

    def __init__(self, teacher: str | None) -> None:
        self.teacher = teacher
        self._on: dict[int, bool | None] = {}
        self._closed = teacher is None
        self._changed = threading.Condition()

    def tell(self, identifier: int, on: bool | None) -> None:
        """The first word counts; None means that the teacher could not find out."""
        with self._changed:
            self._on.setdefault(identifier, on)
            self._changed.notify_all()

    def close(self) -> None:
        """The teacher has stopped early: whoever waits must ask Zoom."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def is_off(self, identifier: int) -> bool:
        """Whether registration is known to be off; waits until the teacher has read this meeting."""
        with self._changed:
            while identifier not in self._on and not self._closed:
                self._changed.wait()
            return self._on.get(identifier) is False
