"""Walks: lists of parents that are read once in a sync and iterated by every table that hangs on them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Any, Generic, TypeVar, cast

from source_zoom.errors import concerns_all, is_config_error

T = TypeVar("T")
Publish = Callable[[T], None]
# An item as a walk keeps it: what tells it from others, and the rest of it.
Packed = tuple[Hashable, Any]

# With so many parents in a row unreadable, it is not the parents: the rest need not be asked.
MAX_FAILURES_IN_A_ROW = 3


class Walk(Generic[T]):
    """A growing list with any number of readers, who see each item as it arrives and wait for more.

    Its producers start with the first reader, each in a thread of its own; a walk without producers is fed from
    outside, by publish() and finish(). Items with the same key are kept once, and packed as ``pack`` says, because a
    large account has hundreds of thousands. A producer's failure reaches every reader, after the items.
    """

    def __init__(
        self,
        name: str,
        *producers: Callable[[Publish[T]], None],
        pack: Callable[[T], Packed] = lambda item: (item, None),
        unpack: Callable[[Any, Any], T] = lambda key, _: cast("T", key),
    ) -> None:
        self._name = name
        self._producers = producers
        self._pack = pack
        self._unpack = unpack
        self._keys: list[Hashable] = []
        self._rests: dict[Hashable, Any] = {}
        self._running = len(producers) or 1
        self._started = not producers
        self._error: BaseException | None = None
        self._changed = threading.Condition()

    def publish(self, item: T) -> None:
        key, rest = self._pack(item)
        with self._changed:
            if key not in self._rests:
                self._rests[key] = rest
                self._keys.append(key)
                self._changed.notify_all()

    def find(self, key: Hashable) -> T | None:
        """A published item by its key."""
        return self._unpack(key, self._rests[key]) if key in self._rests else None

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
                while position >= len(self._keys) and self._running > 0:
                    self._changed.wait()
                batch = self._keys[position : position + 1000]
            if not batch:
                break
            position += len(batch)
            for key in batch:
                yield self._unpack(key, self._rests[key])
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


class Once:
    """Work that several threads want done and the first one does; its failure reaches all of them."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._work = work
        self._lock = threading.Lock()
        self._done = False
        self._error: BaseException | None = None

    def __call__(self) -> None:
        with self._lock:
            if not self._done:
                self._done = True
                try:
                    self._work()
                except BaseException as error:
                    self._error = error
        if self._error is not None:
            raise self._error.with_traceback(None)


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

    def is_known_off(self, identifier: int) -> bool:
        """The same without waiting, for those whose meeting the teacher may never read."""
        return self._on.get(identifier) is False
