"""Table report_meetings."""

from __future__ import annotations

from airbyte_cdk.models import FailureType

from unit_tests.integration.contracts import in_order
from unit_tests.integration.request_builder import RequestBuilder
from unit_tests.integration.response_builder import answer, error, page
from unit_tests.integration.twins import ReportTable
from unit_tests.integration.zoom import FIRST_DAY, LAST_DAY, MEETING, PAST, USER, Record, Zoom, last_error, records

HISTORY = RequestBuilder.history(FIRST_DAY, LAST_DAY)
NO_HISTORY_SCOPE = "Invalid access token, does not contain scopes:[report:read:list_history_meetings:admin]."


class TestFullRefresh(ReportTable):
    table = "report_meetings"
    refusals = (
        ("one year", error(400, 12702, "Can not access meeting a year ago.")),
        ("has expired", error(404, 3001, "Meeting b not found or has expired.")),
        ("user left", error(404, 1001, "User does not exist.")),
    )

    def owed(self, zoom: Zoom, *uuids: str) -> list[Record]:
        """Zoom answers for these occurrences of one meeting."""
        return in_order(
            record for uuid in uuids for record in self.answers(zoom, {"meeting_id": MEETING, "meeting_uuid": uuid})
        )

    def test_given_second_page_of_history_when_read_then_its_occurrences_come_too(self, zoom: Zoom) -> None:
        zoom.scheduled("meeting")
        one, two = ({"meeting_uuid": uuid, "meeting_id": MEETING, "type": "Meeting"} for uuid in ("a", "b"))
        zoom.answers(HISTORY, page("history_meetings", one, next_page_token="two"))
        zoom.answers(HISTORY.with_page_token("two"), page("history_meetings", two))
        owed = self.owed(zoom, "a", "b")
        assert self.read(zoom) == owed

    def test_given_occurrence_in_both_sources_when_read_then_it_is_requested_once(self, zoom: Zoom) -> None:
        zoom.has_users(USER)
        zoom.lists("meeting", {"id": MEETING, "type": 8})
        instances = [{"uuid": PAST, "start_time": "2026-03-10T09:00:12Z"}, {"uuid": "older"}]
        zoom.answers(RequestBuilder(f"past_meetings/{MEETING}/instances"), answer({"meetings": instances}))
        zoom.history({"meeting_uuid": PAST, "meeting_id": MEETING, "type": "Meeting"})
        owed = self.owed(zoom, PAST, "older")
        assert self.read(zoom) == owed

    def test_given_webinars_in_history_when_read_then_they_are_not_requested_here(self, zoom: Zoom) -> None:
        zoom.scheduled("meeting")
        zoom.history({"meeting_uuid": PAST, "meeting_id": MEETING, "type": "Webinar"})
        for request in self.requests({"meeting_uuid": PAST}):
            zoom.never_answers(request)
        assert self.read(zoom) == []

    def test_given_history_refused_when_read_then_reports_of_the_users_are_the_source(self, zoom: Zoom) -> None:
        zoom.scheduled("meeting")
        zoom.answers(HISTORY, error(400, 4711, NO_HISTORY_SCOPE))
        window = {"from": FIRST_DAY, "to": LAST_DAY}
        zoom.answers(RequestBuilder.list_of("report/users", **window, type="active"), page("users", {"id": USER}))
        rows = {
            "past": [{"uuid": PAST, "id": MEETING, "type": 2}, {"uuid": "webinar", "id": 5, "type": 9}],
            "pastOne": [{"uuid": "alone", "id": MEETING, "type": 1}],
        }
        for kind, found in rows.items():
            request = RequestBuilder.list_of(f"report/users/{USER}/meetings", **window, type=kind)
            zoom.answers(request, page("meetings", *found))
        zoom.never_answers(RequestBuilder("report/meetings/webinar"))
        owed = self.owed(zoom, PAST, "alone")
        output = zoom.read(self.table)
        assert in_order(records(output, self.table)) == owed
        assert output.is_in_logs("reports of each user")

    def test_given_missing_role_when_read_then_config_error_names_the_permission(self, zoom: Zoom) -> None:
        (parent,) = self.parents(zoom, 1)
        zoom.answers(self.requests(parent)[0], error(400, 200, "No permission."))
        last = last_error(zoom.read_failing(self.table))
        assert last.failure_type is FailureType.config_error
        assert "UsageReport:Read" in last.message
        assert "User Management > Roles" in last.message
