"""Table meeting_summaries."""

from __future__ import annotations

from unit_tests.integration.account_contracts import WINDOW, WindowTable
from unit_tests.integration.contracts import PagedTable
from unit_tests.integration.zoom import Zoom, assert_keyed, last_error

BY_EMAIL = "Access to meeting summaries is restricted by account settings. To use this feature, disable the setting."


class TestFullRefresh(WindowTable, PagedTable):
    table = "meeting_summaries"
    identity = "meeting_uuid"
    dated = "summary_created_time"
    queries = ({**WINDOW, "time_filter_field": "summary_created_time"},)

    def test_given_second_summary_of_a_meeting_when_read_then_both_come(self, zoom: Zoom) -> None:
        first = self.of_day("2026-03-10")
        second = {**first, "summary_created_time": "2026-03-10T15:00:00Z"}
        zoom.answers(self.requests({})[0], self.response([second, first]))
        found = self.read(zoom)
        assert len(found) == 2
        assert_keyed(found, *self.facts.key)

    def test_given_summary_without_start_when_read_then_it_comes(self, zoom: Zoom) -> None:
        row = self.of_day("2026-03-10")
        del row["summary_start_time"]
        zoom.answers(self.requests({})[0], self.response([row]))
        assert self.read(zoom) == [row]

    def test_given_summaries_by_email_only_when_read_then_the_setting_is_named(self, zoom: Zoom) -> None:
        self.refuse(zoom, 403, 2305, BY_EMAIL)
        assert "switch off 'Only share meeting summaries by email'" in last_error(zoom.read_failing(self.table)).message
