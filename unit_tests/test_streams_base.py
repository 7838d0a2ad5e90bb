"""streams/: what the tables have in common, and when a table stops."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any

import pytest
import requests_mock
from airbyte_cdk.models import FailureType, SyncMode
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_zoom.account import Account
from source_zoom.parents import MEETINGS, Listed, Series
from source_zoom.rate_limits import DailyLimitReached, Label
from source_zoom.streams import ZoomStream
from source_zoom.streams.meetings import MeetingFiles, MeetingPolls
from source_zoom.streams.reports import ReportMeetings
from unit_tests.integration.request_builder import API
from unit_tests.threads import WAIT, collect, in_thread

MakeAccount = Callable[..., Account]

DOWN = {"status_code": 500, "json": {"code": 500, "message": "Internal error"}}
NO_SCOPE = {"status_code": 400, "json": {"code": 4711, "message": "does not contain scopes:[meeting:read:x:admin]."}}
DAILY = {"status_code": 429, "headers": {"X-RateLimit-Type": "Daily-limit", "Retry-After": "2099-01-20T00:00:00Z"}}
GONE = {"status_code": 404, "json": {"code": 3001, "message": "Meeting does not exist."}}


def read(stream: ZoomStream, parent: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return list(stream.read_records(SyncMode.full_refresh, stream_slice=parent))


def outcome(stream: ZoomStream, parent: Mapping[str, Any]) -> tuple[list[Any], BaseException | None]:
    """Records of a parent, and the error that ended them."""
    return collect(stream.read_records(SyncMode.full_refresh, stream_slice=parent))


def free_slots(account: Account, label: Label) -> int:
    count = 0
    while account.slots[label].acquire(blocking=False):
        count += 1
    if count:
        account.slots[label].release(count)
    return count


@pytest.fixture
def polls(account: MakeAccount) -> MeetingPolls:
    return MeetingPolls(account())


class TestReadRecords:
    URL = API + "meetings/1/polls"

    def test_skip_is_counted_and_no_failure(self, api: requests_mock.Mocker, polls: MeetingPolls):
        api.get(self.URL, **GONE)
        assert read(polls, {"meeting_id": 1}) == []
        (line,) = polls.account.progress.summary()
        assert line.startswith("meeting_polls: 1 ")
        assert polls.account.failures.ending(1) is None

    @pytest.mark.parametrize(
        "answer", [{"json": {"polls": []}}, GONE, NO_SCOPE, DOWN, DAILY], ids=lambda a: str(a)[:20]
    )
    def test_slot_is_given_back_whatever_happens(
        self, api: requests_mock.Mocker, polls: MeetingPolls, answer: dict[str, Any]
    ):
        api.get(self.URL, **answer)
        slots = free_slots(polls.account, Label.LIGHT)
        polls.account.slots[Label.LIGHT].acquire()
        outcome(polls, {"meeting_id": 1})
        assert free_slots(polls.account, Label.LIGHT) == slots

    def test_slot_is_given_back_when_the_reader_leaves(self, api: requests_mock.Mocker, polls: MeetingPolls):
        api.get(self.URL, json={"polls": [{"id": "a"}, {"id": "b"}]})
        slots = free_slots(polls.account, Label.LIGHT)
        polls.account.slots[Label.LIGHT].acquire()
        records = iter(polls.read_records(SyncMode.full_refresh, stream_slice={"meeting_id": 1}))
        next(records)
        records.close()
        assert free_slots(polls.account, Label.LIGHT) == slots

    @pytest.mark.parametrize("refusal", [NO_SCOPE, DAILY], ids=["scope", "daily limit"])
    def test_failure_that_every_parent_would_meet_stops_the_table(
        self, api: requests_mock.Mocker, polls: MeetingPolls, refusal: dict[str, Any]
    ):
        # Trap T9: otherwise each of ten thousand parents would be asked, and told, by itself.
        asked = api.get(requests_mock.ANY, **refusal)
        with pytest.raises(AirbyteTracedException):
            read(polls, {"meeting_id": 1})
        for number in range(2, 200):
            assert read(polls, {"meeting_id": number}) == []
        assert asked.call_count == 1
        assert polls.account.failures.of("meeting_polls") is not None

    def test_daily_limit_keeps_its_type(self, api: requests_mock.Mocker, polls: MeetingPolls):
        api.get(self.URL, **DAILY)
        with pytest.raises(DailyLimitReached):
            read(polls, {"meeting_id": 1})
        assert polls.account.failures.ending(1).failure_type is FailureType.transient_error

    def test_fault_of_single_parents_fails_them_and_not_the_others(
        self, api: requests_mock.Mocker, polls: MeetingPolls
    ):
        for number in range(10):
            bad = number % 3 != 0
            api.get(f"{API}meetings/{number}/polls", **(DOWN if bad else {"json": {"polls": [{"id": str(number)}]}}))
        outcomes = [
            collect(polls.read_records(SyncMode.full_refresh, stream_slice={"meeting_id": n})) for n in range(10)
        ]
        assert [bool(error) for _, error in outcomes] == [n % 3 != 0 for n in range(10)]
        assert [found[0]["id"] for found, error in outcomes if not error] == ["0", "3", "6", "9"]

    def test_unknown_answer_for_one_parent_fails_it_and_not_the_others(
        self, api: requests_mock.Mocker, polls: MeetingPolls
    ):
        api.get(API + "meetings/0/polls", status_code=400, json={"code": 9999, "message": "Nobody knows."})
        api.get(API + "meetings/1/polls", json={"polls": [{"id": "a"}]})
        _, error = outcome(polls, {"meeting_id": 0})
        assert "Nobody knows." in str(error)
        assert [record["id"] for record in read(polls, {"meeting_id": 1})] == ["a"]
        assert polls.account.failures.of("meeting_polls") is error

    def test_skip_in_between_starts_the_count_of_failures_anew(self, api: requests_mock.Mocker, polls: MeetingPolls):
        for number in range(12):
            api.get(f"{API}meetings/{number}/polls", **(GONE if number % 3 == 2 else DOWN))
        outcomes = [outcome(polls, {"meeting_id": number}) for number in range(12)]
        assert [bool(error) for _, error in outcomes] == [number % 3 != 2 for number in range(12)]

    def test_faults_in_a_row_stop_the_table(self, api: requests_mock.Mocker, polls: MeetingPolls):
        asked = api.get(requests_mock.ANY, **DOWN)
        for number in range(3):
            with pytest.raises(AirbyteTracedException, match=f"meeting_polls of {number}"):
                read(polls, {"meeting_id": number})
        before = asked.call_count
        assert read(polls, {"meeting_id": 3}) == []
        assert asked.call_count == before

    def test_parent_that_was_under_way_when_the_table_stopped_is_not_told_again(
        self, api: requests_mock.Mocker, polls: MeetingPolls
    ):
        def answer(request: Any, context: Any) -> dict[str, Any]:
            polls.stop()
            context.status_code = 400
            return NO_SCOPE["json"]

        api.get(self.URL, json=answer)
        assert read(polls, {"meeting_id": 1}) == []

    def test_records_and_parents_are_counted(self, api: requests_mock.Mocker, polls: MeetingPolls):
        api.get(self.URL, json={"polls": [{"id": "a"}, {"id": "b"}]})
        polls.account.progress.parent_known("meeting_polls")
        read(polls, {"meeting_id": 1})
        assert "meeting_polls 1 of 1 parents known so far, 2 records" in polls.account.progress.line()


class TestRetiredEndpoint:
    def test_is_an_empty_table_and_said_once(
        self, api: requests_mock.Mocker, account: MakeAccount, caplog: pytest.LogCaptureFixture
    ):
        asked = api.get(requests_mock.ANY, status_code=404, json={"code": 2300, "message": "not recognized"})
        files = MeetingFiles(account())
        for number in range(20):
            assert read(files, {"meeting_id": 1, "meeting_uuid": f"u{number}"}) == []
        assert asked.call_count == 1
        assert [r.levelno for r in caplog.records if "stays empty" in r.getMessage()] == [logging.WARNING]
        assert files.account.failures.ending(1) is None

    def test_other_tables_fail_on_the_same_answer(self, api: requests_mock.Mocker, polls: MeetingPolls):
        api.get(requests_mock.ANY, status_code=404, json={"code": 2300, "message": "not recognized"})
        with pytest.raises(AirbyteTracedException, match="not recognized"):
            read(polls, {"meeting_id": 1})


class TestStreamSlices:
    @pytest.fixture
    def listed(self, polls: MeetingPolls) -> Any:
        """The walk of listed meetings, fed by the test."""
        walk = polls.account.parents.listed[MEETINGS]
        walk._started = True
        return walk

    def test_slices_hold_ids_only_and_come_as_the_walk_finds_them(self, polls: MeetingPolls, listed: Any):
        slices = iter(polls.stream_slices())
        listed.publish(Listed(1, Series("u1", True)))
        assert next(slices) == {"meeting_id": 1}
        listed.publish(Listed(2, Series("u1", False)))
        assert next(slices) == {"meeting_id": 2}
        listed.finish()
        assert list(slices) == []
        assert "meeting_polls 0 of 2 parents, 0 records" in polls.account.progress.line()

    def test_no_more_slices_are_out_than_the_label_has_slots(self, polls: MeetingPolls, listed: Any):
        slots = free_slots(polls.account, Label.LIGHT)
        for number in range(slots + 5):
            listed.publish(Listed(number, Series("u1", True)))
        slices = iter(polls.stream_slices())
        for _ in range(slots):
            next(slices)
        waiting = in_thread(next, slices)
        assert free_slots(polls.account, Label.LIGHT) == 0
        assert not waiting.done()
        polls.account.slots[Label.LIGHT].release()
        assert waiting.result(WAIT) == {"meeting_id": slots}

    def test_other_labels_have_slots_of_their_own(self, polls: MeetingPolls, listed: Any):
        slots = free_slots(polls.account, Label.LIGHT)
        for number in range(slots):
            listed.publish(Listed(number, Series("u1", True)))
        slices = iter(polls.stream_slices())
        for _ in range(slots):
            next(slices)
        assert free_slots(polls.account, Label.HEAVY) > 0

    def test_stopped_table_takes_no_more_parents(self, polls: MeetingPolls, listed: Any):
        for number in range(5):
            listed.publish(Listed(number, Series("u1", True)))
        slices = iter(polls.stream_slices())
        next(slices)
        polls.stop()
        assert list(slices) == []

    def test_failure_of_the_walk_comes_after_its_slices_and_is_noted(self, polls: MeetingPolls, listed: Any):
        listed.publish(Listed(1, Series("u1", True)))
        failure = AirbyteTracedException(message="The list broke off.")
        listed.finish(failure)
        found, error = collect(polls.stream_slices())
        assert found == [{"meeting_id": 1}]
        assert error is failure
        assert polls.account.failures.of("meeting_polls") is failure
        assert "known so far" in polls.account.progress.line()


def test_failure_of_a_table_names_it_with_its_parent(api: requests_mock.Mocker, account: MakeAccount):
    api.get(requests_mock.ANY, status_code=418, json={"code": 999, "message": "I am a teapot."})
    with pytest.raises(AirbyteTracedException, match=r"report_meetings of 1 a\+b=") as caught:
        read(ReportMeetings(account()), {"meeting_id": 1, "meeting_uuid": "a+b="})
    assert caught.value.failure_type is FailureType.system_error


def test_threads_of_one_table_stop_after_its_first_refusal(api: requests_mock.Mocker, polls: MeetingPolls):
    asked = api.get(requests_mock.ANY, **NO_SCOPE)
    threads = 8
    start = threading.Barrier(threads)

    def work(number: int) -> int:
        start.wait(WAIT)
        errors = 0
        for parent in range(number * 100, number * 100 + 100):
            _, error = outcome(polls, {"meeting_id": parent})
            errors += error is not None
        return errors

    running = [in_thread(work, number) for number in range(threads)]
    assert sum(one.result(WAIT) for one in running) >= 1
    assert asked.call_count <= threads
