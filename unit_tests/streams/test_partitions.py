"""streams/partitions.py: a table on the CDK's concurrent engine, one partition a parent."""

from __future__ import annotations

import logging
import re
import threading
from typing import TYPE_CHECKING

import pytest
import requests_mock
from airbyte_cdk.models import AirbyteMessage, SyncMode
from airbyte_cdk.sources.concurrent_source.concurrent_source import ConcurrentSource
from airbyte_cdk.sources.message import InMemoryMessageRepository
from airbyte_cdk.sources.streams.concurrent.cursor import FinalStateCursor
from airbyte_cdk.sources.utils.slice_logger import DebugSliceLogger
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_zoom.parents.kinds import MEETINGS, Listed, Series
from source_zoom.parents.occurrence import Occurrence
from source_zoom.streams.partitions import ParentPartition, ParentPartitions, concurrent
from unit_tests.integration.request_builder import API
from unit_tests.resource.facts import TABLES as FACTS
from unit_tests.streams.support import DOWN, FIREWALL, NO_SCOPE, ODD, Answer, MakeTable, outcome, parents_of
from unit_tests.threads import WAIT, in_thread

if TYPE_CHECKING:
    from collections.abc import Callable

    from source_zoom.streams import ZoomStream
    from source_zoom.sync.sync import Sync

LOGGER = logging.getLogger("airbyte")
GOOD: Answer = {"json": {"polls": [{"id": "a"}]}}


def read_by_engine(sync: Sync, workers: int) -> tuple[list[AirbyteMessage], BaseException | None]:
    """All messages of the sync's tables, read as source.py does, and the error at the end."""
    repository = InMemoryMessageRepository()
    streams = [concurrent(table, FinalStateCursor(table.name, None, repository), LOGGER) for table in sync.tables]
    engine = ConcurrentSource.create(
        num_workers=workers + len(streams),
        initial_number_of_partitions_to_generate=len(streams),
        logger=LOGGER,
        slice_logger=DebugSliceLogger(),
        message_repository=repository,
    )

    def consume() -> tuple[list[AirbyteMessage], BaseException | None]:
        messages: list[AirbyteMessage] = []
        try:
            for message in engine.read([*streams]):
                messages.append(message)  # noqa: PERF402 - the messages before an error count
        except AirbyteTracedException as error:
            return messages, error
        return messages, None

    return in_thread(consume).result(WAIT)


class TestPartition:
    def test_reads_the_records_of_its_parent(self, api: requests_mock.Mocker, table: MakeTable) -> None:
        api.get(API + "meetings/1/polls", **GOOD)
        partition = ParentPartition(table("meeting_polls"), {"meeting_id": 1})
        assert partition.to_slice() == {"meeting_id": 1}
        assert partition.stream_name() == "meeting_polls"
        (record,) = partition.read()
        assert (record.stream_name, record.data) == ("meeting_polls", {"id": "a", "meeting_id": 1})

    def test_no_record_or_slice_is_copied(self, table: MakeTable, monkeypatch: pytest.MonkeyPatch) -> None:
        stream, row, ids = table("meeting_polls"), {"id": "a"}, {"meeting_id": 1}
        monkeypatch.setattr(stream, "read_records", lambda *_, **__: [row])
        partition = ParentPartition(stream, ids)
        (record,) = partition.read()
        assert record.data is row
        assert partition.to_slice() is ids

    def test_each_is_a_member_of_a_set_of_its_own(self, table: MakeTable) -> None:
        stream, ids = table("meeting_polls"), {"meeting_id": 1}
        same = ParentPartition(stream, ids)
        assert len({same, same, ParentPartition(stream, ids)}) == 2

    def test_a_table_has_one_for_each_parent(self, fed_table: MakeTable) -> None:
        partitions = iter(ParentPartitions(fed_table("meeting_polls", 1, 2)).generate())
        assert [next(iter(partitions)).to_slice() for _ in range(2)] == [{"meeting_id": 1}, {"meeting_id": 2}]


def test_table_is_described_to_the_engine_as_it_is(table: MakeTable) -> None:
    stream = table("meeting_polls")
    described = concurrent(stream, FinalStateCursor("meeting_polls", None, InMemoryMessageRepository()), LOGGER)
    assert described.name == "meeting_polls"
    assert described.get_json_schema() == stream.get_json_schema()
    assert described.as_airbyte_stream().source_defined_primary_key == [["id"], ["meeting_id"]]


@pytest.mark.parametrize("workers", [1, 6])
class TestEndOfARead:
    """Whatever happens to the parents, the engine comes to its end."""

    @pytest.fixture
    def polls(self, api: requests_mock.Mocker, sync: Callable[..., Sync]) -> Callable[..., Sync]:
        """polls(answer, workers): a sync of 50 meetings whose polls are answered so."""

        def make(answer: Answer, workers: int) -> Sync:
            api.get(API + "users", json={"users": [{"id": "u1"}]})
            api.get(API + "users/u1/meetings", json={"meetings": [{"id": n, "type": 8} for n in range(50)]})
            api.get(re.compile(rf"^{API}meetings/\d+/polls$"), **answer)
            return sync("meeting_polls", num_workers=workers)

        return make

    def test_with_records(self, polls: Callable[..., Sync], workers: int) -> None:
        messages, error = read_by_engine(polls(GOOD, workers), workers)
        assert error is None
        assert len([message for message in messages if message.record]) == 50

    @pytest.mark.parametrize(
        "answer", [NO_SCOPE, ODD, DOWN, FIREWALL], ids=["scope", "odd answers", "outage", "firewall"]
    )
    def test_of_a_table_that_was_stopped(self, polls: Callable[..., Sync], workers: int, answer: Answer) -> None:
        sync = polls(answer, workers)
        messages, error = read_by_engine(sync, workers)
        assert error is not None
        assert not any(message.record for message in messages)
        status = sync.tables[0].status
        assert status.failure is not None
        assert status.parents_read == status.parents_found

    def test_without_parents(self, api: requests_mock.Mocker, sync: Callable[..., Sync], workers: int) -> None:
        api.get(API + "users", json={"users": []})
        assert read_by_engine(sync("meeting_polls", "meeting_questions"), workers)[1] is None

    def test_when_the_list_of_parents_breaks_off(
        self, api: requests_mock.Mocker, polls: Callable[..., Sync], workers: int
    ) -> None:
        sync = polls(GOOD, workers)
        page = {"meetings": [{"id": n, "type": 8} for n in range(20)], "next_page_token": "b"}
        api.get(API + "users/u1/meetings", json=page)
        api.get(API + "users/u1/meetings?next_page_token=b", **ODD)
        messages, error = read_by_engine(sync, workers)
        assert error is not None
        assert len([message for message in messages if message.record]) == 20

    def test_of_all_tables_beside_each_other(
        self, api: requests_mock.Mocker, sync: Callable[..., Sync], workers: int
    ) -> None:
        api.get(requests_mock.ANY, **NO_SCOPE)
        made = sync(*FACTS, num_workers=workers)
        _, error = read_by_engine(made, workers)
        assert error is not None
        assert all(table.status.failure is not None for table in made.tables)


class TestStop:
    def test_parents_after_it_have_no_records_and_cost_no_request(
        self, api: requests_mock.Mocker, fed_table: MakeTable
    ) -> None:
        requested = api.get(requests_mock.ANY, **GOOD)
        polls: ZoomStream = fed_table("meeting_polls", 1, 2)
        slices = iter(polls.stream_slices())
        first = next(iter(slices))
        polls.stop()
        assert list(polls.read_records(SyncMode.full_refresh, stream_slice=first)) == []
        assert list(slices) == []
        assert requested.call_count == 0


class TestStoppedWhileTheListGrows:
    """A refusal of the whole table ends it at once, though its list of parents is still being read."""

    @pytest.mark.parametrize("name", ["meeting_poll_results", "meeting_polls"])
    def test_refused_scope(self, api: requests_mock.Mocker, table: MakeTable, name: str) -> None:
        api.get(requests_mock.ANY, **NO_SCOPE)
        stream = table(name)
        lists, end = parents_of(stream), threading.Event()

        def produce() -> None:
            end.wait(WAIT)

        for number in range(1, 6):
            lists.past[MEETINGS].publish(Occurrence(f"p{number}", number))
            lists.scheduled[MEETINGS].publish(Listed(number, Series("u1", repeats=True)))
        for walk in (lists.past[MEETINGS], lists.scheduled[MEETINGS]):
            walk.produce_by(produce)
        slices = iter(stream.stream_slices())
        assert outcome(stream, next(slices))[1] is not None
        rest = in_thread(list, slices)
        try:
            assert rest.result(WAIT / 2) == []
        finally:
            end.set()
