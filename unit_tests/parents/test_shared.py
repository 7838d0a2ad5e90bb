"""parents/shared.py: rows that are read once and taken by several tables."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from source_zoom.parents.shared import Part, SharedRows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any


def ended(shared: SharedRows) -> Iterator[Part]:
    """The parts, once no other comes."""
    shared.parts.finish()
    return iter(shared.parts)


def test_every_table_gets_all_rows_of_a_part_in_their_order() -> None:
    shared = SharedRows("things", tables=2)
    rows = [{"number": number, "text": "Übergröße 📝\n"} for number in range(3)]
    with shared.part("a") as write:
        for row in rows:
            write(row)
    assert list(ended(shared)) == [Part("a", is_whole=True)]
    assert [list(shared.rows("a")) for _ in range(2)] == [rows, rows]


def test_tables_that_read_at_once_do_not_disturb_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("source_zoom.parents.shared.MEMORY", 1000)
    monkeypatch.setattr("source_zoom.parents.shared.CHUNK", 500)
    shared = SharedRows("things", tables=3)
    with shared.part("a") as write:
        for number in range(2000):
            write({"number": number})
    together = threading.Barrier(3)

    def read(_: int) -> list[Any]:
        together.wait(5)
        return [row["number"] for row in shared.rows("a")]

    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(read, range(3))) == [list(range(2000))] * 3


def test_rows_may_be_written_by_several_threads() -> None:
    shared = SharedRows("things", tables=1)
    with shared.part("a") as write, ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: write({"number": number}), range(400)))
    assert sorted(row["number"] for row in shared.rows("a")) == list(range(400))


def test_a_part_is_published_when_it_has_been_read() -> None:
    shared = SharedRows("things", tables=1)
    with shared.part("a") as write:
        write({})
        assert len(shared.parts) == 0
    assert len(shared.parts) == 1


def test_what_came_before_a_failure_is_no_whole_part() -> None:
    shared = SharedRows("things", tables=1)

    def fail() -> None:
        with shared.part("a") as write:
            write({"number": 1})
            raise ValueError("down")

    with pytest.raises(ValueError, match="down"):
        fail()
    assert list(ended(shared)) == [Part("a", is_whole=False)]
    assert list(shared.rows("a")) == [{"number": 1}]


def test_rows_that_no_table_reads_are_not_kept() -> None:
    shared = SharedRows("things", tables=0)
    with shared.part("a") as write:
        write({"number": 1})
    assert list(ended(shared)) == [Part("a", is_whole=True)]
    with pytest.raises(KeyError):
        list(shared.rows("a"))


def test_the_last_table_frees_the_rows() -> None:
    shared = SharedRows("things", tables=2)
    with shared.part("a") as write:
        write({"number": 1})
    list(shared.rows("a"))
    assert list(shared.rows("a")) == [{"number": 1}]
    with pytest.raises(ValueError, match="closed"):
        list(shared.rows("a"))
