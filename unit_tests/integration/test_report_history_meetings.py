"""Table report_history_meetings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from airbyte_cdk.models import FailureType

from unit_tests.integration.account_contracts import WINDOW, WindowTable
from unit_tests.integration.contracts import PagedTable
from unit_tests.integration.request_builder import RequestBuilder
from unit_tests.integration.response_builder import answer, error, page
from unit_tests.integration.zoom import MEETING, PAST, PAST_ENCODED, STARTED, Zoom, last_error, records

if TYPE_CHECKING:
    from airbyte_cdk.test.mock_http import HttpResponse


class TestFullRefresh(WindowTable, PagedTable):
    table = "report_history_meetings"
    identity = "meeting_uuid"
    queries = ({**WINDOW, "date_type": "start_time", "meeting_type": "all"},)

    def test_given_other_spellings_when_read_then_number_and_times_are_canonical(self, zoom: Zoom) -> None:
        spelled = {"meeting_id": "850 1234 5678", "start_time": "2026-03-10 09:00:12", "end_time": "", "duration": 5}
        zoom.answers(self.requests({})[0], self.response([{"meeting_uuid": "a", **spelled}]))
        canonical = {"meeting_id": MEETING, "start_time": STARTED, "end_time": "", "duration": 5}
        assert self.read(zoom) == [{"meeting_uuid": "a", **canonical}]

    def test_given_row_without_number_and_start_when_read_then_it_comes(self, zoom: Zoom) -> None:
        zoom.answers(self.requests({})[0], self.response([{"meeting_uuid": "a", "start_time": ""}]))
        assert self.read(zoom) == [{"meeting_uuid": "a", "start_time": ""}]

    def test_given_occurrence_tables_too_when_read_then_the_history_is_requested_once(self, zoom: Zoom) -> None:
        zoom.held("meeting", PAST)
        zoom.answers(RequestBuilder(f"report/meetings/{PAST_ENCODED}"), answer({"uuid": PAST}))
        output = zoom.read(self.table, "report_meetings")
        assert [record["meeting_uuid"] for record in records(output, self.table)] == [PAST]
        assert [record["uuid"] for record in records(output, "report_meetings")] == [PAST]

    @pytest.mark.parametrize(
        "refusal",
        [
            error(400, 4711, "does not contain scopes:[report:read:list_history_meetings:admin]."),
            error(404, 2300, "This API endpoint is not recognized."),
            error(400, 200, "This is only available for paid account: 1."),
        ],
        ids=["scope", "unknown", "paid"],
    )
    def test_given_refusal_when_read_then_the_table_alone_fails_and_no_report_is_requested_for_it(
        self, zoom: Zoom, refusal: HttpResponse
    ) -> None:
        zoom.answers(self.requests({})[0], refusal)
        zoom.never_answers(RequestBuilder.list_of("report/users", **WINDOW, type="active"))
        last = last_error(zoom.read_failing(self.table))
        assert last.failure_type is FailureType.config_error

    def test_given_refusal_when_occurrences_are_read_too_then_they_come_from_the_reports_of_the_users(
        self, zoom: Zoom
    ) -> None:
        zoom.scheduled("meeting")
        zoom.answers(self.requests({})[0], error(400, 4711, "does not contain scopes:[a:b:admin]."))
        zoom.answers(RequestBuilder.list_of("report/users", **WINDOW, type="active"), page("users", {"id": "u"}))
        for which, rows in (("past", [{"uuid": PAST, "id": MEETING, "start_time": STARTED}]), ("pastOne", [])):
            zoom.answers(
                RequestBuilder.list_of("report/users/u/meetings", **WINDOW, type=which), page("meetings", *rows)
            )
        zoom.answers(RequestBuilder(f"report/meetings/{PAST_ENCODED}"), answer({"uuid": PAST}))
        output = zoom.read_failing(self.table, "report_meetings")
        assert [record["uuid"] for record in records(output, "report_meetings")] == [PAST]
        assert output.get_stream_statuses("report_meetings")[-1].value == "COMPLETE"
        assert "1 of 2 tables is incomplete. [report_history_meetings]" in last_error(output).message
