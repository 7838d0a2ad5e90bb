"""streams/occurrences.py and daily_limits.py in incremental syncs: what is postponed, lost, or left for later."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from source_zoom.base.config import Config
from source_zoom.parents.occurrence import Occurrence
from source_zoom.streams import TABLES, ZoomStream
from source_zoom.streams.ledger_state import fingerprint
from source_zoom.sync.selection import ledgers
from source_zoom.sync.sync import Sync
from source_zoom.zoom.labels import Label
from source_zoom.zoom.rate_limits import DailyLimitReached
from unit_tests.integration.request_builder import API
from unit_tests.integration.zoom import TODAY
from unit_tests.streams.support import DAILY, DOWN, FIREWALL, GONE, RETIRED, parents_of, read_all, skips

if TYPE_CHECKING:
    import requests_mock

    from unit_tests.integration.config import ConfigBuilder

# Midnight, as the fixture `today` has it.
NOW = datetime.fromisoformat(f"{TODAY}T00:00:00+00:00")
TOO_OLD = {"status_code": 400, "json": {"code": 12702, "message": "Can not access a meeting a year ago."}}
MakeIncremental = Callable[..., ZoomStream]


def held(number: int, *, days_ago: int | None = 3, attended: bool = False) -> Occurrence:
    start = None if days_ago is None else int((NOW - timedelta(days=days_ago, hours=-12)).timestamp())
    return Occurrence(f"m{number}", number, start, attended)


@pytest.fixture
def incremental(config: ConfigBuilder, api: requests_mock.Mocker, today: str) -> MakeIncremental:
    """incremental(name, *occurrences, state=None): a table that reads incrementally, whose list holds these alone.

    :param ends: how the list ends, if not well
    """

    def make(
        name: str, *occurrences: Occurrence, state: dict[str, Any] | None = None, ends: Callable[[], None] | None = None
    ) -> ZoomStream:
        settings = Config.parse(config.build())
        classes = [table for table in TABLES if table.table_name() == name]
        found = dict(ledgers([name], None, settings))
        if state is not None:
            found[name] = type(found[name]).resume(state, start=None, lookback_days=2, now=NOW)
        (stream,) = Sync(settings, classes, found).tables
        kind = stream.parent.kind
        assert kind
        for occurrence in occurrences:
            parents_of(stream).past[kind].publish(occurrence)
        parents_of(stream).past[kind].produce_by(*([ends] if ends else []))
        return stream

    return make


def state_of(stream: ZoomStream) -> dict[str, Any]:
    assert stream.plan is not None
    return stream.plan.state()


def answer(api: requests_mock.Mocker, number: int, **response: Any) -> None:
    given = response or {"json": {"uuid": f"m{number}", "duration": 30, "participants_count": 5}}
    api.get(f"{API}report/meetings/m{number}", **given)


def again(number: int, tries: int) -> dict[str, Any]:
    start = f"{NOW - timedelta(days=3):%Y-%m-%dT%H:%M:%SZ}"
    return {
        "version": 1,
        "since": None,
        "complete_until": TODAY,
        "again": [{"uuid": f"m{number}", "id": number, "start": start, "tries": tries}],
    }


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]


UNTIL = NOW + timedelta(hours=9)


def daily_limit() -> None:
    raise DailyLimitReached(Label.HEAVY, UNTIL)


class TestBlankReports:
    @pytest.mark.parametrize(
        ("report", "is_open"),
        [
            ({"duration": 0, "participants_count": 0}, True),
            ({"duration": 0}, True),
            ({"duration": 0, "participants_count": 2}, False),
            ({"duration": 1, "participants_count": 0}, False),
        ],
    )
    def test_report_without_content_is_repeated_while_the_history_counts_participants(
        self, api: requests_mock.Mocker, incremental: MakeIncremental, report: dict[str, int], is_open: bool
    ) -> None:
        asked = {"2026-11-01": {"": fingerprint("other")}}
        occurrence = held(1, attended=True)
        day = (NOW - timedelta(days=3, hours=-12)).date().isoformat()
        asked[day] = {f"{NOW - timedelta(hours=30):%Y-%m-%dT%H}": fingerprint("m1")}
        state = {"version": 1, "since": None, "complete_until": TODAY, "asked": asked}
        stream = incremental("report_meetings", occurrence, state=state)
        answer(api, 1, json={"uuid": "m1", **report})
        found, failures = read_all(stream)
        assert (len(found), failures) == (1, [])
        # Settled by the second answer, unless that cannot be all.
        assert list(state_of(stream)["asked"][day]) == ([f"{NOW:%Y-%m-%dT%H}"] if is_open else [""])


class TestFailures:
    def test_first_failure_makes_the_table_incomplete(
        self, api: requests_mock.Mocker, incremental: MakeIncremental
    ) -> None:
        stream = incremental("report_meetings", held(1), held(2))
        answer(api, 1, **DOWN)
        answer(api, 2)
        found, failures = read_all(stream)
        assert (len(found), len(failures)) == (1, 1)
        state = state_of(stream)
        assert [(entry["uuid"], entry["tries"]) for entry in state["again"]] == [("m1", 1)]
        assert state["complete_until"] == TODAY

    def test_later_failures_are_counted_and_repeated(
        self, api: requests_mock.Mocker, incremental: MakeIncremental
    ) -> None:
        stream = incremental("report_meetings", held(1), state=again(1, tries=1))
        answer(api, 1, **DOWN)
        assert read_all(stream) == ([], [])
        assert [entry["tries"] for entry in state_of(stream)["again"]] == [2]
        ((reason, count),) = skips(stream).items()
        assert "next sync repeats it" in reason
        assert (count.skipped, count.example) == (1, "1 m1")

    def test_firewall_is_repeated_and_no_failure(self, api: requests_mock.Mocker, incremental: MakeIncremental) -> None:
        stream = incremental("report_meetings", held(1), held(2))
        answer(api, 1, **FIREWALL)
        answer(api, 2)
        found, failures = read_all(stream)
        assert (len(found), failures) == (1, [])
        assert [entry["uuid"] for entry in state_of(stream)["again"]] == ["m1"]

    @pytest.mark.parametrize("response", [GONE, TOO_OLD], ids=["gone", "too old"])
    def test_one_that_failed_and_is_gone_is_lost(
        self, api: requests_mock.Mocker, incremental: MakeIncremental, response: dict[str, Any]
    ) -> None:
        stream = incremental("report_meetings", state=again(1, tries=4))
        answer(api, 1, **response)
        assert read_all(stream) == ([], [])
        assert state_of(stream)["again"] == []
        assert any(reason.startswith("lost: ") for reason in skips(stream))


class TestDailyLimit:
    def test_after_an_answer_it_ends_the_table_as_complete(
        self, api: requests_mock.Mocker, incremental: MakeIncremental, caplog: pytest.LogCaptureFixture
    ) -> None:
        stream = incremental("report_meetings", held(1), held(2), held(3))
        answer(api, 1)
        for number in (2, 3):
            answer(api, number, **DAILY)
        found, failures = read_all(stream)
        assert (len(found), failures) == (1, [])
        state = state_of(stream)
        # The moment that Zoom named is absurd, so it counts as the next reset.
        assert state["limit_until"] == f"{NOW + timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}"
        (line,) = (line for line in warnings(caplog) if line.startswith("report_meetings: "))
        assert "2 of 3 occurrences are left" in line
        assert stream.status.failure is None

    @pytest.mark.parametrize("table", ["report_meetings", "meeting_poll_results"])
    def test_list_that_meets_it_leaves_the_rest_to_the_next_sync(
        self, api: requests_mock.Mocker, incremental: MakeIncremental, caplog: pytest.LogCaptureFixture, table: str
    ) -> None:
        stream = incremental(table, held(1), held(2), ends=daily_limit)
        for number in (1, 2):
            answer(api, number)
            api.get(f"{API}past_meetings/m{number}/polls", json={"questions": [{"name": "a"}]})
        found, failures = read_all(stream)
        assert (len(found), failures) == (2, [])
        state = state_of(stream)
        assert state["limit_until"] == f"{UNTIL:%Y-%m-%dT%H:%M:%SZ}"
        # What the list would have shown is not read.
        assert state["complete_until"] is None
        assert sum(len(prints) // 8 for groups in state["asked"].values() for prints in groups.values()) == 2
        (line,) = (line for line in warnings(caplog) if line.startswith(f"{table}: Zoom's daily limit for heavy"))
        assert "0 of 2 occurrences, and those that Zoom's lists have not shown yet, are left" in line
        assert stream.status.failure is None

    def test_list_that_meets_it_before_any_answer_fails_the_table(self, incremental: MakeIncremental) -> None:
        stream = incremental("report_meetings", ends=daily_limit)
        found, (failure,) = read_all(stream)
        assert (found, type(failure)) == ([], DailyLimitReached)
        assert "limit_until" not in state_of(stream)

    def test_before_any_answer_it_fails_and_changes_nothing(
        self, api: requests_mock.Mocker, incremental: MakeIncremental
    ) -> None:
        stream = incremental("report_meetings", held(1))
        answer(api, 1, **DAILY)
        found, failures = read_all(stream)
        assert (found, len(failures)) == ([], 1)
        assert "limit_until" not in state_of(stream)
        assert state_of(stream)["asked"] == {}

    def test_until_zoom_answers_again_nothing_is_read(
        self, api: requests_mock.Mocker, incremental: MakeIncremental, caplog: pytest.LogCaptureFixture
    ) -> None:
        until = f"{NOW + timedelta(hours=5):%Y-%m-%dT%H:%M:%SZ}"
        given: dict[str, Any] = {"version": 1, "since": None, "complete_until": None, "asked": {}, "again": []}
        given["limit_until"] = until
        stream = incremental("report_meetings", held(1), state=given)
        assert read_all(stream) == ([], [])
        assert not api.called
        assert state_of(stream) == given
        (line,) = warnings(caplog)
        assert f"{NOW + timedelta(hours=5):%Y-%m-%d %H:%M} UTC" in line


def test_occurrences_without_a_start_are_counted(
    api: requests_mock.Mocker, incremental: MakeIncremental, caplog: pytest.LogCaptureFixture
) -> None:
    stream = incremental("report_meetings", held(1, days_ago=None), held(2))
    for number in (1, 2):
        answer(api, number)
    assert len(read_all(stream)[0]) == 2
    assert "report_meetings: 1 past meetings without a start time, which every sync reads again." in caplog.messages
    assert {print_ for groups in state_of(stream)["asked"].values() for print_ in groups.values()} == {
        fingerprint("m2")
    }


def test_what_a_retired_endpoint_refuses_is_in_no_state(
    api: requests_mock.Mocker, incremental: MakeIncremental
) -> None:
    stream = incremental("meeting_files", *(held(number) for number in range(1, 6)))
    for number in range(1, 6):
        api.get(f"{API}past_meetings/m{number}/files", **RETIRED)
    assert read_all(stream) == ([], [])
    state = state_of(stream)
    assert (state["again"], state["asked"], state["complete_until"]) == ([], {}, TODAY)
