"""streams/base.py: the records of one parent, and the slices of a table."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import requests_mock
from airbyte_cdk.models import SyncMode

from source_zoom.base.exceptions import ConnectorError
from source_zoom.parents.kinds import MEETINGS, Listed, Series
from source_zoom.zoom.labels import Label
from unit_tests.failures import transient_error
from unit_tests.integration.request_builder import API
from unit_tests.streams.support import (
    DAILY,
    DOWN,
    FIREWALL,
    GONE,
    NO_PLAN,
    NO_SCOPE,
    Answer,
    MakeTable,
    free_slot,
    outcome,
    parents_of,
    read,
    read_all,
    resources_of,
    skips,
    slots_taken,
    take_slot,
)
from unit_tests.threads import WAIT, collect, in_thread

if TYPE_CHECKING:
    from source_zoom.parents.walk import Walk
    from source_zoom.streams import ZoomStream

SERIES = Series("u1", repeats=True)
URL = API + "meetings/1/polls"


@pytest.fixture
def polls(table: MakeTable) -> ZoomStream:
    return table("meeting_polls")


class TestRecords:
    def test_row_comes_as_zoom_sent_it_with_the_parents_ids(self, api: requests_mock.Mocker, polls: ZoomStream) -> None:
        row = {"id": "p", "unknown": {"field": None}, "title": "Ærø"}
        api.get(URL, json={"polls": [row]})
        assert read(polls, {"meeting_id": 1}) == [{**row, "meeting_id": 1}]

    def test_secrets_of_the_host_are_dropped(self, api: requests_mock.Mocker, polls: ZoomStream) -> None:
        row = {"id": "p", "start_url": "s", "host_key": "h", "dynamic_host_key": "d"}
        api.get(URL, json={"polls": [row]})
        assert read(polls, {"meeting_id": 1}) == [{"id": "p", "meeting_id": 1}]

    def test_skip_is_counted_and_no_failure(self, api: requests_mock.Mocker, polls: ZoomStream) -> None:
        api.get(URL, **GONE)
        assert read(polls, {"meeting_id": 1}) == []
        ((reason, count),) = skips(polls).items()
        assert "expired" in reason
        assert count == (1, "1")
        assert polls.status.failure is None

    def test_failure_names_the_table_and_its_parent(self, api: requests_mock.Mocker, table: MakeTable) -> None:
        api.get(requests_mock.ANY, status_code=418, json={"code": 999, "message": "I am a teapot."})
        _, error = outcome(table("report_meetings"), {"meeting_id": 1, "meeting_uuid": "a+b="})
        assert "report_meetings of 1 a+b=" in str(error)

    def test_records_and_parents_are_counted(self, api: requests_mock.Mocker, polls: ZoomStream) -> None:
        api.get(URL, json={"polls": [{"id": "a"}, {"id": "b"}]})
        polls.status.found()
        read(polls, {"meeting_id": 1})
        assert (polls.status.parents_found, polls.status.parents_read, polls.status.records) == (1, 1, 2)


class TestSecondListOfAParent:
    """Registrants are read in three lists, by status."""

    @staticmethod
    def answer(api: requests_mock.Mocker, number: int, **by_status: Answer) -> None:
        for status, answer in by_status.items():
            api.get(f"{API}meetings/{number}/registrants?status={status}", **answer)

    @pytest.mark.parametrize("refused", ["pending", "denied"])
    def test_that_says_nothing_after_the_first_answered_is_a_failure(
        self, api: requests_mock.Mocker, table: MakeTable, refused: str
    ) -> None:
        rows: Answer = {"json": {"registrants": [{"id": "a"}]}}
        self.answer(api, 1, **{"approved": rows, "pending": rows, "denied": rows, refused: GONE})
        found, error = outcome(table("meeting_registrants"), {"meeting_id": 1})
        assert len(found) == ["approved", "pending", "denied"].index(refused)
        assert "meeting_registrants of 1 to its end" in str(error)

    def test_refusal_of_the_first_list_is_a_skip(self, api: requests_mock.Mocker, table: MakeTable) -> None:
        registrants = table("meeting_registrants")
        self.answer(api, 1, approved=GONE)
        assert outcome(registrants, {"meeting_id": 1}) == ([], None)
        assert [count.skipped for count in skips(registrants).values()] == [1]


class TestSlots:
    """How many parents of one label may be read at once is limited."""

    @pytest.mark.parametrize(
        "answer", [{"json": {"polls": []}}, GONE, NO_SCOPE, DOWN, DAILY, FIREWALL], ids=lambda a: str(a)[:20]
    )
    def test_slot_is_given_back_whatever_happens(
        self, api: requests_mock.Mocker, polls: ZoomStream, answer: Answer
    ) -> None:
        api.get(URL, **answer)
        take_slot(polls)
        outcome(polls, {"meeting_id": 1})
        assert slots_taken(polls) == 0

    def test_slot_is_given_back_when_the_slice_is_broken(self, polls: ZoomStream) -> None:
        take_slot(polls)
        _, error = outcome(polls, {})
        assert isinstance(error, KeyError)
        assert slots_taken(polls) == 0
        assert polls.status.parents_read == 1

    def test_slot_is_given_back_when_the_reader_leaves(self, api: requests_mock.Mocker, polls: ZoomStream) -> None:
        api.get(URL, json={"polls": [{"id": "a"}, {"id": "b"}]})
        take_slot(polls)
        records = polls.read_records(SyncMode.full_refresh, stream_slice={"meeting_id": 1})
        assert isinstance(records, Generator)
        next(records)
        records.close()
        assert slots_taken(polls) == 0


class Feed(NamedTuple):
    """A walk that a test feeds, and what ends it."""

    walk: Walk[Listed]
    end: threading.Event

    def produce(self) -> None:
        self.end.wait(WAIT)

    def publish(self, *numbers: int) -> None:
        for number in numbers:
            self.walk.publish(Listed(number, SERIES))


class TestStreamSlices:
    @pytest.fixture
    def scheduled(self, polls: ZoomStream) -> Iterator[Feed]:
        feed = Feed(parents_of(polls).scheduled[MEETINGS], threading.Event())
        feed.walk.produce_by(feed.produce)
        yield feed
        feed.end.set()

    def test_slices_hold_ids_only_and_come_as_the_parents_are_found(
        self, api: requests_mock.Mocker, polls: ZoomStream, scheduled: Feed
    ) -> None:
        slices = iter(polls.stream_slices())
        api.get(requests_mock.ANY, json={"polls": []})
        for number in (1, 2):
            scheduled.publish(number)
            ids = next(slices)
            assert ids == {"meeting_id": number}
            read(polls, ids)
        scheduled.end.set()
        assert list(slices) == []
        assert polls.status.all_found

    def test_no_more_slices_are_out_than_parents_of_the_label_may_be_read(self, fed_table: MakeTable) -> None:
        polls = fed_table("meeting_polls", 1, 2, num_workers=1)
        slices = iter(polls.stream_slices())
        assert next(slices) == {"meeting_id": 1}
        waiting = in_thread(next, slices)
        assert not waiting.done()
        assert slots_taken(polls) == 1
        # Other labels have places of their own.
        in_thread(resources_of(polls).in_flight.acquire, Label.HEAVY).result(WAIT)
        free_slot(polls)
        assert waiting.result(WAIT) == {"meeting_id": 2}

    def test_end_waits_until_all_parents_are_read(
        self, api: requests_mock.Mocker, polls: ZoomStream, scheduled: Feed
    ) -> None:
        api.get(requests_mock.ANY, json={"polls": []})
        scheduled.publish(1, 2)
        slices = iter(polls.stream_slices())
        parents = [next(slices), next(slices)]
        scheduled.end.set()
        end = in_thread(list, slices)
        for ids in parents:
            assert not end.done()
            read(polls, ids)
        assert end.result(WAIT) == []

    def test_failure_of_the_list_comes_after_its_slices_and_is_kept(self, polls: ZoomStream, scheduled: Feed) -> None:
        failure = transient_error("The list broke off.")

        def fail() -> None:
            scheduled.publish(1)
            raise failure

        scheduled.walk.produce_by(fail)
        found, error = collect(polls.stream_slices())
        assert found == [{"meeting_id": 1}]
        assert error is failure
        assert polls.status.failure is failure
        assert not polls.status.all_found


class TestSparedRequests:
    def test_parent_that_an_answer_has_said_to_be_empty_is_counted_and_not_requested(
        self, api: requests_mock.Mocker, fed_table: MakeTable
    ) -> None:
        polls = fed_table("meeting_polls", *((number, "free" if number % 2 else "paid") for number in range(6)))
        for number in range(6):
            api.get(f"{API}meetings/{number}/polls", **(NO_PLAN if number % 2 else {"json": {"polls": []}}))
        assert read_all(polls) == ([], [])
        requested = [request.path for request in api.request_history if request.path.endswith("/polls")]
        assert requested == [f"/v2/meetings/{number}/polls" for number in (0, 1, 2, 4)]
        assert skips(polls) == {"the host is not on a paid plan": (3, "1")}


def test_answer_of_another_shape_is_a_failure(fed_table: MakeTable, api: requests_mock.Mocker) -> None:
    api.get(URL, json={"polls": "many"})
    found, (failure,) = read_all(fed_table("meeting_polls", 1))
    assert found == []
    assert isinstance(failure, ConnectorError)
    assert "no list of objects" in str(failure)


def test_threads_of_one_table_stop_after_its_first_refusal(api: requests_mock.Mocker, polls: ZoomStream) -> None:
    requested = api.get(requests_mock.ANY, **NO_SCOPE)
    threads = 8
    start = threading.Barrier(threads)

    def work(number: int) -> int:
        start.wait(WAIT)
        return sum(outcome(polls, {"meeting_id": number * 100 + turn})[1] is not None for turn in range(100))

    running = [in_thread(work, number) for number in range(threads)]
    assert sum(thread.result(WAIT) for thread in running) >= 1
    assert requested.call_count <= threads


def test_no_table_is_a_client_of_the_cdk(table: MakeTable, monkeypatch: pytest.MonkeyPatch) -> None:
    def build(*_: Any, **__: Any) -> None:
        pytest.fail("an HttpClient with a session that nothing uses")

    monkeypatch.setattr("airbyte_cdk.sources.streams.http.http.HttpClient", build)
    assert not hasattr(table("meeting_polls"), "_http_client")
