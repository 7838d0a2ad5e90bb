"""How far one table is, for progress and the sentence that ends a sync."""

from __future__ import annotations

import threading


class TableStatus:
    """Parents and records of one table, and its first failure. Written by many threads."""

    def __init__(self, table: str, parents: str) -> None:
        """:param parents: what the table's parents are, in the plural"""
        self.table = table
        self.parents = parents
        self._changed = threading.Condition()
        self.parents_found = 0
        self.parents_read = 0
        self.records = 0
        self.unread = 0
        self.all_found = False
        self.stopped_after = 0
        self.failure: Exception | None = None

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will be read for this table."""
        return self.all_found and self.parents_read >= self.parents_found

    def found(self) -> None:
        """One more parent has been found."""
        with self._changed:
            self.parents_found += 1

    def leave_unread(self, parents: int) -> None:
        """So many more parents were found after the table had been stopped."""
        with self._changed:
            self.parents_found += parents
            self.parents_read += parents
            self.unread += parents

    def found_all(self) -> None:
        """No further parents will be found."""
        with self._changed:
            self.all_found = True

    def read(self, records: int) -> None:
        """One found parent is done with, with this many records."""
        with self._changed:
            self.parents_read += 1
            self.records += records
            self._changed.notify_all()

    def left_unread(self) -> None:
        """One found parent was not read because the table had been stopped."""
        with self._changed:
            self.unread += 1

    def failed(self, error: Exception) -> None:
        """The first failure counts."""
        with self._changed:
            self.failure = self.failure or error

    def wait_until_read(self) -> None:
        """Until every parent found so far is done with."""
        with self._changed:
            self._changed.wait_for(lambda: self.parents_read >= self.parents_found)
