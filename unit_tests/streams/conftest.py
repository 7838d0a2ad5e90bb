"""What the tests of tables share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from source_zoom.parents.kinds import Listed, Series
from source_zoom.parents.occurrence import Occurrence
from unit_tests.streams.support import MakeSync, MakeTable, parents_of

if TYPE_CHECKING:
    from source_zoom.streams import ZoomStream


@pytest.fixture
def table(sync: MakeSync) -> MakeTable:
    """table(name, **settings): the only table of a sync."""

    def make(name: str, **settings: object) -> ZoomStream:
        (stream,) = sync(name, **settings).tables
        return stream

    return make


@pytest.fixture
def fed_table(table: MakeTable) -> MakeTable:
    """fed_table(name, *parents, **settings): a table whose lists hold these parents alone, and have ended.

    A parent is a number, (number, host), or an occurrence.
    """

    def make(name: str, *parents: int | tuple[int, str] | Occurrence, **settings: object) -> ZoomStream:
        stream = table(name, **settings)
        lists = parents_of(stream)
        kind = stream.parent.kind
        assert kind
        for parent in parents:
            if isinstance(parent, Occurrence):
                lists.past[kind].publish(parent)
            else:
                number, host = parent if isinstance(parent, tuple) else (parent, "u1")
                lists.scheduled[kind].publish(Listed(number, Series(host, repeats=True)))
        for walk in (lists.past[kind], lists.scheduled[kind]):
            walk.produce_by()
        return stream

    return make
