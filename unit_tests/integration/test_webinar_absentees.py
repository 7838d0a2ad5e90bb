"""Table webinar_absentees."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from unit_tests.integration.contracts import OccurrenceTable, PagedTable, ScopedTable, in_order
from unit_tests.integration.request_builder import RequestBuilder
from unit_tests.integration.response_builder import answer, error
from unit_tests.integration.zoom import PAST, USER, WEBINAR, Zoom, records

if TYPE_CHECKING:
    from airbyte_cdk.test.mock_http import HttpResponse

NO_PLAN = "Webinar plan subscription is missing. Enable webinar for this user once the subscription is added:u."


class TestFullRefresh(PagedTable, ScopedTable, OccurrenceTable):
    table = "webinar_absentees"
    refusals = (("registration is off", error(400, 3000, "This webinar doesn't have registration required: 91.")),)

    def test_given_missing_plan_under_http_200_when_read_then_it_is_a_skip(self, zoom: Zoom) -> None:
        (parent,) = self.parents(zoom, 1)
        zoom.answers(self.requests(parent)[0], error(200, 200, NO_PLAN))
        output = zoom.read(self.table)
        assert records(output, self.table) == []
        assert output.is_in_logs(r"Skipped 1: .*no webinar licence \(webinar_absentees 1;")

    @pytest.mark.parametrize(
        "webinar",
        [answer({"settings": {"approval_type": 2}}), error(404, 3001, "Does not exist.")],
        ids=["off", "gone"],
    )
    def test_given_webinar_gone_or_without_registration_when_read_then_absentees_of_the_past_come(
        self, zoom: Zoom, webinar: HttpResponse
    ) -> None:
        zoom.has_users(USER)
        zoom.lists("webinar", {"id": WEBINAR, "type": 5})
        zoom.history({"meeting_uuid": PAST, "meeting_id": WEBINAR, "type": "Webinar"})
        zoom.answers(RequestBuilder.details("webinar", WEBINAR), webinar)
        owed = self.answers(zoom, {"webinar_id": WEBINAR, "webinar_uuid": PAST})
        assert in_order(records(zoom.read("webinars", self.table), self.table)) == in_order(owed)
