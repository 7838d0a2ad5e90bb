"""Table webinar_absentees."""

from __future__ import annotations

from unit_tests.integration.contracts import OccurrenceTable, PagedTable, ScopedTable
from unit_tests.integration.response_builder import error
from unit_tests.integration.zoom import Zoom, records

NO_PLAN = "Webinar plan subscription is missing. Enable webinar for this user once the subscription is added:u."


class TestFullRefresh(PagedTable, ScopedTable, OccurrenceTable):
    table = "webinar_absentees"
    refusals = (("registration is off", error(400, 3000, "This webinar doesn't have registration required: 91.")),)

    def test_given_missing_plan_under_http_200_when_read_then_it_is_a_skip(self, zoom: Zoom) -> None:
        (parent,) = self.parents(zoom, 1)
        zoom.answers(self.requests(parent)[0], error(200, 200, NO_PLAN))
        output = zoom.read(self.table)
        assert records(output, self.table) == []
        assert output.is_in_logs("webinar_absentees: 1 .*skipped.*no webinar licence")
