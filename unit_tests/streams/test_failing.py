"""streams/failing.py: which failures of single parents a table survives, and when it stops."""

from __future__ import annotations

import json
import logging
import re
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import pytest
import requests_mock
from airbyte_cdk.models import FailureType

from source_zoom.base.exceptions import ConnectorError
from source_zoom.parents.known import Known
from source_zoom.parents.occurrence import Occurrence
from source_zoom.streams.failing import FailurePolicy, Verdict
from source_zoom.streams.table_status import TableStatus
from source_zoom.zoom.errors import Meaning, ZoomRequestFailed
from source_zoom.zoom.rate_limits import DailyLimitReached
from unit_tests.integration.request_builder import API
from unit_tests.streams.support import (
    DAILY,
    DOWN,
    FIREWALL,
    GONE,
    NO_SCOPE,
    ODD,
    RETIRED,
    Answer,
    MakeTable,
    outcome,
    read,
    read_all,
    skips,
)

if TYPE_CHECKING:
    from source_zoom.streams import ZoomStream

GOOD: Answer = {"json": {"polls": [{"id": "a"}]}}


def answer_polls(api: requests_mock.Mocker, *answers: Answer) -> None:
    """One answer for the polls of each meeting, from number 0 on."""

    def answer(request: Any, context: Any) -> str:
        found = answers[int(request.path.split("/")[3])]
        context.status_code = found.get("status_code", 200)
        context.headers.update(found.get("headers", {}))
        return str(found["text"]) if "text" in found else json.dumps(found["json"])

    api.get(re.compile(rf"^{API}meetings/\d+/polls$"), text=answer)


def ids_of(records: list[dict[str, Any]]) -> list[int]:
    return [record["meeting_id"] for record in records]


class TestEndOfTheTable:
    """Failures that every other parent would meet, too."""

    @pytest.mark.parametrize("refusal", [NO_SCOPE, DAILY], ids=["scope", "daily limit"])
    def test_one_of_them_is_enough(self, api: requests_mock.Mocker, fed_table: MakeTable, refusal: Answer) -> None:
        # Trap T9: otherwise each of ten thousand parents would be requested, and reported, by itself.
        requested = api.get(requests_mock.ANY, **refusal)
        polls = fed_table("meeting_polls", *range(200))
        found, (failure,) = read_all(polls)
        assert found == []
        assert requested.call_count == 1
        assert polls.status.failure is failure
        # The table was not stopped for failures in a row, and nobody knows how many parents there are.
        assert polls.status.stopped_after == 0

    def test_daily_limit_keeps_its_type(self, api: requests_mock.Mocker, table: MakeTable) -> None:
        api.get(API + "meetings/1/polls", **DAILY)
        _, error = outcome(table("meeting_polls"), {"meeting_id": 1})
        assert isinstance(error, DailyLimitReached)
        assert error.failure_type is FailureType.transient_error

    def test_parent_that_was_being_read_meanwhile_does_not_report_it_again(
        self, api: requests_mock.Mocker, table: MakeTable
    ) -> None:
        polls = table("meeting_polls")
        answer_polls(api, NO_SCOPE)

        def answer(request: Any, context: Any) -> Any:
            assert outcome(polls, {"meeting_id": 0})[1] is not None
            context.status_code = NO_SCOPE["status_code"]
            return NO_SCOPE["json"]

        api.get(API + "meetings/1/polls", json=answer)
        assert read(polls, {"meeting_id": 1}) == []


class TestInARow:
    def test_failures_between_good_answers_cost_their_own_parents_only(
        self, api: requests_mock.Mocker, fed_table: MakeTable
    ) -> None:
        answer_polls(api, *([GOOD, DOWN, DOWN] * 4))
        found, failures = read_all(fed_table("meeting_polls", *range(12)))
        assert ids_of(found) == [0, 3, 6, 9]
        assert len(failures) == 8

    def test_skip_starts_the_count_anew(self, api: requests_mock.Mocker, fed_table: MakeTable) -> None:
        answer_polls(api, *([DOWN, DOWN, GONE] * 4))
        polls = fed_table("meeting_polls", *range(12))
        assert len(read_all(polls)[1]) == 8
        assert polls.status.unread == 0

    @pytest.mark.parametrize(("answer", "limit"), [(DOWN, 3), (ODD, 20)], ids=["outage", "odd answer"])
    def test_so_many_different_meetings_stop_the_table(
        self, api: requests_mock.Mocker, fed_table: MakeTable, answer: Answer, limit: int
    ) -> None:
        answer_polls(api, *([answer] * 30))
        polls = fed_table("meeting_polls", *range(30))
        found, failures = read_all(polls)
        assert found == []
        assert len(failures) == limit
        assert polls.status.stopped_after == limit
        assert (polls.status.unread, polls.status.parents_found) == (30 - limit, 30)
        assert polls.status.failure is failures[0]

    def test_nineteen_odd_answers_do_not(self, api: requests_mock.Mocker, fed_table: MakeTable) -> None:
        answer_polls(api, *([ODD] * 19), GOOD)
        found, failures = read_all(fed_table("meeting_polls", *range(20)))
        assert ids_of(found) == [19]
        assert len(failures) == 19

    def test_occurrences_of_one_series_count_once(self, api: requests_mock.Mocker, fed_table: MakeTable) -> None:
        series = [Occurrence(f"odd{number}", 1) for number in range(50)]
        results = fed_table("meeting_poll_results", *series, Occurrence("good", 2))
        for occurrence in series:
            api.get(f"{API}past_meetings/{occurrence.uuid}/polls", **ODD)
        api.get(f"{API}past_meetings/good/polls", json={"questions": [{"name": "A"}]})
        found, failures = read_all(results)
        assert [record["meeting_uuid"] for record in found] == ["good"]
        assert len(failures) == 50
        assert results.status.stopped_after == 0

    def test_parents_behind_the_stop_are_not_requested(self, api: requests_mock.Mocker, table: MakeTable) -> None:
        requested = api.get(requests_mock.ANY, **DOWN)
        polls = table("meeting_polls")
        for number in range(3):
            assert outcome(polls, {"meeting_id": number})[1] is not None
        before = requested.call_count
        assert read(polls, {"meeting_id": 3}) == []
        assert requested.call_count == before
        assert polls.status.unread == 1


class TestFirewall:
    @staticmethod
    def refused(api: requests_mock.Mocker, polls: ZoomStream, parents: int, *refused: int) -> list[BaseException]:
        answer_polls(api, *(FIREWALL if number in refused else GOOD for number in range(parents)))
        found, failures = read_all(polls)
        assert ids_of(found) == [number for number in range(parents) if number not in refused]
        return failures

    def test_under_one_per_cent_of_the_parents_is_a_warning_with_an_example(
        self, api: requests_mock.Mocker, fed_table: MakeTable
    ) -> None:
        polls = fed_table("meeting_polls", *range(101))
        assert self.refused(api, polls, 101, 50) == []
        assert skips(polls) == {"a web firewall refused the URL": (1, "50")}

    @pytest.mark.parametrize("parents", [1, 99, 100])
    def test_one_per_cent_makes_the_table_incomplete(
        self, api: requests_mock.Mocker, fed_table: MakeTable, parents: int
    ) -> None:
        polls = fed_table("meeting_polls", *range(parents))
        (failure,) = self.refused(api, polls, parents, 0)
        assert "allow list" in str(failure)
        assert f"It refused 1 of {parents} requests for meeting_polls." in str(failure)
        assert isinstance(failure, ConnectorError)
        assert failure.failure_type is FailureType.config_error
        assert polls.status.failure is failure

    @pytest.mark.parametrize(("refused", "is_incomplete"), [(19, False), (20, True)])
    def test_twenty_make_it_incomplete_whatever_their_share(self, refused: int, is_incomplete: bool) -> None:
        status = TableStatus("meeting_polls", "scheduled meetings")
        policy = FailurePolicy(status.table, status, Known(), on_retired=None, remembers=False, single_urls=True)
        error = ZoomRequestFailed(Meaning.FIREWALL, "A firewall refuses this machine.", FailureType.config_error)
        for number in range(10_000):
            status.found()
            if number < refused:
                assert policy.failed(error, number, str(number)) is Verdict.FORGIVE
            policy.succeeded()
            status.read(1)
        with pytest.raises(ConnectorError, match="refused 20 of 10000") if is_incomplete else nullcontext():
            policy.check_whole_table()

    def test_most_of_the_table_is_still_read_where_it_refuses_here_and_there(
        self, api: requests_mock.Mocker, fed_table: MakeTable
    ) -> None:
        polls = fed_table("meeting_polls", *range(200))
        assert len(self.refused(api, polls, 200, *(number for number in range(200) if number % 5 < 3))) == 1
        assert polls.status.stopped_after == 0

    def test_twenty_in_a_row_stop_the_table(self, api: requests_mock.Mocker, fed_table: MakeTable) -> None:
        answer_polls(api, *([FIREWALL] * 50))
        polls = fed_table("meeting_polls", *range(50))
        found, (failure,) = read_all(polls)
        assert found == []
        assert "It refused 20 of 20 requests" in str(failure)
        assert (polls.status.stopped_after, polls.status.unread) == (20, 30)


class TestRetiredEndpoint:
    """The files of past meetings: Zoom calls the endpoint deprecated."""

    @staticmethod
    def files(fed_table: MakeTable, count: int) -> ZoomStream:
        return fed_table("meeting_files", *(Occurrence(f"p{number}", number + 1) for number in range(count)))

    @staticmethod
    def answer(api: requests_mock.Mocker, *answers: Answer) -> None:
        for number, answer in enumerate(answers):
            api.get(f"{API}past_meetings/p{number}/files", **answer)

    @pytest.mark.parametrize(
        "refusal",
        [
            RETIRED,
            NO_SCOPE,
            {"status_code": 403, "json": {"message": "Forbidden"}},
            *({**FIREWALL, "status_code": status} for status in (403, 404, 410, 501)),
        ],
        ids=["2300", "4711", "403", "403 in HTML", "404 in HTML", "410 in HTML", "501 in HTML"],
    )
    def test_three_meetings_agree_then_the_table_is_empty(
        self,
        api: requests_mock.Mocker,
        fed_table: MakeTable,
        refusal: Answer,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        requested = api.get(requests_mock.ANY, **refusal)
        files = self.files(fed_table, 20)
        assert read_all(files) == ([], [])
        assert requested.call_count == 3
        assert [record.levelno for record in caplog.records if "stays empty" in record.getMessage()] == [
            logging.WARNING
        ]
        assert files.status.failure is None

    def test_occurrences_of_one_meeting_are_one_witness(self, api: requests_mock.Mocker, fed_table: MakeTable) -> None:
        requested = api.get(requests_mock.ANY, **RETIRED)
        series = [Occurrence(f"p{number}", 1) for number in range(10)]
        assert read_all(fed_table("meeting_files", *series)) == ([], [])
        assert requested.call_count == 10

    def test_refusals_after_a_good_answer_are_failures_and_cost_no_other_parent(
        self, api: requests_mock.Mocker, fed_table: MakeTable
    ) -> None:
        good: Answer = {"json": {"in_meeting_files": [{"file_name": "f"}]}}
        self.answer(api, good, RETIRED, RETIRED, RETIRED, good)
        found, failures = read_all(self.files(fed_table, 5))
        assert len(found) == 2
        assert len(failures) == 3

    def test_refusal_before_a_good_answer_is_a_failure_at_the_end(
        self, api: requests_mock.Mocker, fed_table: MakeTable
    ) -> None:
        good: Answer = {"json": {"in_meeting_files": [{"file_name": "f"}]}}
        self.answer(api, RETIRED, RETIRED, good)
        files = self.files(fed_table, 3)
        found, (failure,) = read_all(files)
        assert len(found) == 1
        assert "not recognized" in str(failure)
        assert files.status.failure is failure

    def test_other_tables_fail_on_the_same_answer(self, api: requests_mock.Mocker, table: MakeTable) -> None:
        api.get(requests_mock.ANY, **RETIRED)
        _, error = outcome(table("meeting_polls"), {"meeting_id": 1})
        assert "not recognized" in str(error)
