"""Table webinar_registrants."""

from __future__ import annotations

from unit_tests.integration.response_builder import error
from unit_tests.integration.twins import RegistrantsTable
from unit_tests.integration.zoom import USER, WEBINAR, Zoom, records

NO_PLAN = "Webinar plan subscription is missing. Enable webinar for this user once the subscription is added:u."


class TestFullRefresh(RegistrantsTable):
    table = "webinar_registrants"
    refusals = (
        ("registration is off", error(400, 3000, "Registration has not been enabled for this webinar: 91098765432.")),
    )

    def test_given_missing_plan_under_http_200_when_read_then_it_is_a_skip_and_no_record(self, zoom: Zoom) -> None:
        zoom.has_users(USER, "second")
        parents = [{"webinar_id": WEBINAR}, {"webinar_id": WEBINAR + 1}]
        for parent, user in zip(parents, (USER, "second"), strict=True):
            zoom.lists("webinar", {"id": parent["webinar_id"], "type": 9}, user=user)
        first, *others = self.requests(parents[0])
        zoom.answers(first, error(200, 200, NO_PLAN))
        for request in others:
            zoom.never_answers(request)
        owed = self.answers(zoom, parents[1])
        output = zoom.read(self.table)
        assert records(output, self.table) == owed
        assert output.is_in_logs(r"Skipped 1: .*no webinar licence \(webinar_registrants 1;")
