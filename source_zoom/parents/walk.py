"""Walk: a list of parents that is read once in a sync and iterated by every table that depends on it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Iterator
from typing import Any, Generic, TypeVar, cast

from source_zoom.base.exceptions import is_config_error

T = TypeVar("T")
# (key, rest) of a stored item: the key identifies it.
Packed = tuple[Hashable, Any]


class Walk(Generic[T]):
    """A growing list with any number of readers, who see each item as it arrives and wait for more.

    The first reader starts the producers, each in a thread of its own. They call publish(); a walk without producers
    is fed from outside, by publish() and finish(). Items with the same key are kept once, and packed as ``pack`` says,
    because a large account has hundreds of thousands. A producer's failure reaches every reader, after the items.
    """

    def __init__(
        self,
        name: str,
        pack: Callable[[T], Packed] = lambda item: (item, None),
        unpack: Callable[[Any, Any], T] = lambda key, _: cast("T", key),
    ) -> None:
        self._name = name
        self._pack = pack
        self._unpack = unpack
        self._producers: tuple[Callable[[], None], ...] = ()
        self._keys: list[Hashable] = []
        self._rests: dict[Hashable, Any] = {}
        self._running = 1
        self._started = True
        self._error: BaseException | None = None
        self._changed = threading.Condition()

    def produce_by(self, *producers: Callable[[], None]) -> None:
        """Let these fill the walk, once somebody reads it. Called before any reader starts."""
        self._producers = producers
        self._running = len(producers)
        self._started = False

    def publish(self, item: T) -> bool:
        """Add an item for all readers, unless its key is known. Returns whether it is new."""
        key, rest = self._pack(item)
        with self._changed:
            is_new = key not in self._rests
            if is_new:
                self._rests[key] = rest
                self._keys.append(key)
                self._changed.notify_all()
            return is_new

    def find(self, key: Hashable) -> T | None:
        """A published item by its key, None if there is none."""
        return self._unpack(key, self._rests[key]) if key in self._rests else None

    def finish(self, error: BaseException | None = None) -> None:
        """One producer has ended; of several failures the one that the user can fix is kept."""
        with self._changed:
            self._running -= 1
            if error is not None and (self._error is None or is_config_error(error)):
                self._error = error
            self._changed.notify_all()

    @property
    def has_started(self) -> bool:
        """Whether somebody reads the walk."""
        return self._started

    def __len__(self) -> int:
        """Items so far."""
        return len(self._keys)

    @property
    def has_ended(self) -> bool:
        """Whether all producers have ended, with or without a failure."""
        return self._running <= 0

    def so_far(self) -> Iterator[T]:
        """The items that are known, without waiting for more."""
        for key in self._keys[:]:
            yield self._unpack(key, self._rests[key])

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

    def _run(self, producer: Callable[[], None]) -> None:
        try:
            producer()
        except BaseException as error:
            self.finish(error)
        else:
            self.finish()
