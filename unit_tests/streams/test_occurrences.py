"""streams/occurrences.py: tables whose parents are past occurrences of meetings or webinars."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import pytest

from source_zoom.parents.occurrence import Occurrence
from source_zoom.streams import TABLES
from unit_tests.integration.request_builder import API
from unit_tests.resource.facts import TABLES as FACTS
from unit_tests.streams.support import GONE, NO_SCOPE, MakeSync, MakeTable, query_of, read, read_all, skips

if TYPE_CHECKING:
    import requests_mock

    from unit_tests.streams.support import Answer

NO_LICENCE: Answer = {"status_code": 400, "json": {"code": 200, "message": "Webinar plan subscription is missing."}}
HOST_BLOCKED: Answer = {"status_code": 400, "json": {"code": 3161, "message": "Hosting is not allowed."}}
OFF: Answer = {"status_code": 400, "json": {"code": 300, "message": "Webinar doesn't have registration required: 1."}}
PAST_TABLES = [table.table_name() for table in TABLES if FACTS[table.table_name()].is_past]
TOO_OLD: Answer = {"status_code": 400, "json": {"code": 12702, "message": "Can not access a meeting a year ago."}}


def requested(api: requests_mock.Mocker, ending: str) -> list[str]:
    """UUIDs of the requests, in order."""
    return [request.path.split("/")[-2] for request in api.request_history if request.path.endswith(ending)]


class TestRefusalsOfTheHost:
    @pytest.mark.parametrize("refusal", [NO_LICENCE, HOST_BLOCKED], ids=["licence", "3161"])
    def test_they_hold_for_the_other_occurrences_of_the_series(
        self, api: requests_mock.Mocker, fed_table: MakeTable, refusal: dict[str, Any]
    ) -> None:
        absentees = fed_table("webinar_absentees", Occurrence("w1", 1), Occurrence("w2", 1), Occurrence("w3", 3))
        api.get(API + "past_webinars/w1/absentees", **refusal)
        api.get(API + "past_webinars/w3/absentees", json={"registrants": [{"id": "3"}]})
        found, failures = read_all(absentees)
        assert [record["id"] for record in found] == ["3"]
        assert failures == []
        assert requested(api, "/absentees") == ["w1", "w3"]
        assert [count.skipped for count in skips(absentees).values()] == [2]

    @pytest.mark.parametrize("refusal", [GONE, OFF], ids=["deleted", "no registration"])
    def test_other_refusals_hold_for_the_occurrence_alone(
        self, api: requests_mock.Mocker, fed_table: MakeTable, refusal: dict[str, Any]
    ) -> None:
        absentees = fed_table("webinar_absentees", Occurrence("w1", 1), Occurrence("w2", 1))
        api.get(API + "past_webinars/w1/absentees", **refusal)
        api.get(API + "past_webinars/w2/absentees", json={"registrants": [{"id": "2"}]})
        assert [record["id"] for record in read_all(absentees)[0]] == ["2"]

    def test_occurrences_without_a_number_are_no_series(self, api: requests_mock.Mocker, fed_table: MakeTable) -> None:
        absentees = fed_table("webinar_absentees", Occurrence("w1", 0), Occurrence("w2", 0))
        api.get(API + "past_webinars/w1/absentees", **NO_LICENCE)
        api.get(API + "past_webinars/w2/absentees", json={"registrants": [{"id": "2"}]})
        assert [record["id"] for record in read_all(absentees)[0]] == ["2"]


class TestAbsentees:
    @pytest.mark.parametrize("first", ["webinars", "webinar_absentees"])
    @pytest.mark.parametrize(
        "details",
        [GONE, OFF, {"json": {"id": 91, "settings": {"approval_type": 2}}}],
        ids=["deleted", "refused", "registration is off now"],
    )
    def test_details_of_the_webinar_spare_no_request(
        self, api: requests_mock.Mocker, sync: MakeSync, today: str, details: dict[str, Any], first: str
    ) -> None:
        made = sync("webinars", "webinar_absentees", start_date="2026-03-01")
        lists = {"users": [{"id": "u1"}], "webinars": [{"id": 91, "type": 9}, {"uuid": "w1"}]}
        for path in ("users", "users/u1/webinars", "past_webinars/91/instances"):
            api.get(API + path, json=lists)
        api.get(API + "report/history_meetings", json={"history_meetings": []})
        api.get(API + "webinars/91", **details)
        api.get(API + "past_webinars/w1/absentees", json={"registrants": [{"id": "absent"}]})
        by_name = {stream.name: stream for stream in made.tables}
        found = {name: read_all(by_name[name])[0] for name in (first, *sorted({*by_name} - {first}))}
        assert [record["id"] for record in found["webinar_absentees"]] == ["absent"]


class TestAge:
    """Zoom's code 12702: "Can not access a meeting a year ago"."""

    @staticmethod
    def occurrences(*starts: str | None) -> list[Occurrence]:
        """Occurrences p0, p1, … of different meetings that started on these days."""
        moments = [datetime.fromisoformat(start).replace(tzinfo=timezone.utc) if start else None for start in starts]
        return [Occurrence.starting(f"p{number}", number + 1, moment) for number, moment in enumerate(moments)]

    @staticmethod
    def answer(api: requests_mock.Mocker, count: int, *old: int) -> None:
        for number in range(count):
            answer = TOO_OLD if number in old else {"json": {"questions": [{"name": "A"}]}}
            api.get(f"{API}past_meetings/p{number}/polls", **answer)

    @pytest.mark.usefixtures("today")
    def test_three_meetings_more_than_five_months_back_spare_what_is_older(
        self, api: requests_mock.Mocker, fed_table: MakeTable
    ) -> None:
        old = [f"2025-02-{day:02}" for day in range(1, 21)]
        kept = ["2025-03-01", "2025-05-01", "2026-03-01"]
        self.answer(api, 23, *range(20))
        results = fed_table("meeting_poll_results", *self.occurrences(*old, *kept))
        found, failures = read_all(results)
        assert failures == []
        assert {record["meeting_uuid"] for record in found} == {"p20", "p21", "p22"}
        refused = set(requested(api, "/polls")) - {"p20", "p21", "p22"}
        assert 3 <= len(refused) <= 10
        ((reason, count),) = skips(results).items()
        assert (reason, count.skipped) == ("Zoom keeps reports for one year", 20)

    @pytest.mark.usefixtures("today")
    def test_refusals_of_recent_meetings_spare_nothing(self, api: requests_mock.Mocker, fed_table: MakeTable) -> None:
        # A whole year of rows hid behind one wrong answer for yesterday's meeting.
        self.answer(api, 6, 0, 1, 2, 3)
        starts = ("2026-03-19", "2026-03-18", "2026-01-01", "2025-10-20", "2025-10-01", "2025-05-01")
        found, _ = read_all(fed_table("meeting_poll_results", *self.occurrences(*starts)))
        assert [record["meeting_uuid"] for record in found] == ["p5", "p4"]

    @pytest.mark.usefixtures("today")
    def test_unknown_days_spare_nothing(self, api: requests_mock.Mocker, fed_table: MakeTable) -> None:
        self.answer(api, 4, 0, 1, 2)
        found, _ = read_all(fed_table("meeting_poll_results", *self.occurrences(None, None, None, "2025-02-01")))
        assert [record["meeting_uuid"] for record in found] == ["p3"]


class TestOccurrenceWithoutANumber:
    def test_it_is_read_by_its_uuid(self, api: requests_mock.Mocker, fed_table: MakeTable) -> None:
        api.get(API + "report/meetings/p1", json={"id": 85012345678, "uuid": "p1"})
        (record,), failures = read_all(fed_table("report_meetings", Occurrence("p1", 0)))
        assert record == {"id": 85012345678, "uuid": "p1", "meeting_id": None, "meeting_uuid": "p1"}
        assert failures == []

    def test_slice_holds_the_uuid_alone(self, fed_table: MakeTable) -> None:
        slices = iter(fed_table("report_meetings", Occurrence("p1", 0)).stream_slices())
        assert next(iter(slices)) == {"meeting_uuid": "p1"}


class TestReportsRefused:
    """Neither the meeting history nor the reports of the users may be read."""

    @pytest.mark.usefixtures("today")
    @pytest.mark.parametrize("name", PAST_TABLES)
    def test_only_tables_of_reports_fail(
        self, api: requests_mock.Mocker, table: MakeTable, name: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        facts = FACTS[name]
        kind = facts.kind
        lists = {"users": [{"id": "u1"}], f"{kind}s": [{"id": 91, "type": 5 if kind == "webinar" else 2}]}
        api.get(API + "users", json=lists)
        api.get(f"{API}users/u1/{kind}s", json=lists)
        api.get(f"{API}past_{kind}s/91/instances", json={f"{kind}s": [{"uuid": "once"}]})
        for path in ("report/history_meetings", "report/users"):
            api.get(API + path, **NO_SCOPE)
        stream = table(name, start_date="2026-03-01")
        path = facts.path.format(**{f"{kind}_uuid": "once"})
        api.get(API + path, json={stream.rows_at: [{"id": "a"}]} if stream.rows_at else {"id": 91})
        found, failures = read_all(stream)
        # A listed meeting that takes place once is found by its instances.
        assert [record[f"{kind}_uuid"] for record in found] == ["once"]
        needs_report_scope = facts.scope.startswith("report:")
        assert len(failures) == needs_report_scope
        assert any("scheduled meetings and webinars only" in text for text in caplog.messages) is not needs_report_scope


class TestResults:
    """Poll results and answers: one record for each participant."""

    def test_rows_have_their_position_and_the_start(self, api: requests_mock.Mocker, table: MakeTable) -> None:
        body = {"start_time": "2026-03-10T09:00:00Z", "questions": [{"name": "A"}, {"name": "A"}]}
        api.get(API + "past_meetings/p1/polls", json=body)
        ids = {"meeting_id": 1, "meeting_uuid": "p1"}
        assert read(table("meeting_poll_results"), ids) == [
            {"name": "A", **ids, "start_time": "2026-03-10T09:00:00Z", "result_index": index} for index in (0, 1)
        ]

    def test_start_is_left_out_where_zoom_leaves_it_out(self, api: requests_mock.Mocker, table: MakeTable) -> None:
        api.get(API + "past_meetings/p1/polls", json={"questions": [{"name": "A"}]})
        (record,) = read(table("meeting_poll_results"), {"meeting_id": 1, "meeting_uuid": "p1"})
        assert "start_time" not in record


def test_participants_are_requested_with_their_registrant_id(api: requests_mock.Mocker, table: MakeTable) -> None:
    request = api.get(API + "report/meetings/p1/participants", json={"participants": []})
    read(table("report_meeting_participants"), {"meeting_id": 1, "meeting_uuid": "p1"})
    assert query_of(request) == {"include_fields": ["registrant_id"], "page_size": ["300"]}
