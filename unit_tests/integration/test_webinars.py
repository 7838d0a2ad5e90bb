"""Table webinars."""

from __future__ import annotations

from unit_tests.integration.request_builder import RequestBuilder
from unit_tests.integration.response_builder import answer, error
from unit_tests.integration.twins import DetailsTable
from unit_tests.integration.zoom import USER, WEBINAR, Zoom, records

NO_LICENCE = error(
    400,
    200,
    "Webinar plan is missing. You must subscribe to the webinar plan and enable webinars for this user in order to "
    "perform this action.",
)


class TestFullRefresh(DetailsTable):
    table = "webinars"
    refusals = (("was deleted", error(404, 3001, "Webinar does not exist: 91098765432.")),)
    no_list = ("no webinar licence", NO_LICENCE)

    def test_given_second_page_by_number_when_read_then_its_webinars_come_too(self, zoom: Zoom) -> None:
        # The endpoint documents page_number and no token.
        zoom.has_users(USER)
        owed = []
        for number, page in ((WEBINAR, 1), (WEBINAR + 1, 2)):
            params = {"page_number": "2"} if page == 2 else {}
            body = {"page_number": page, "page_count": 2, "page_size": 300, "webinars": [{"id": number, "type": 5}]}
            zoom.answers(RequestBuilder.list_of(f"users/{USER}/webinars", **params), answer(body))
            owed += self.answers(zoom, {"webinar_id": number})
        assert self.read(zoom) == owed

    def test_given_licence_lost_since_the_list_when_read_then_webinar_is_skipped(self, zoom: Zoom) -> None:
        (parent,) = self.parents(zoom, 1)
        zoom.answers(self.requests(parent)[0], NO_LICENCE)
        output = zoom.read(self.table)
        assert records(output, self.table) == []
        assert output.is_in_logs(r"Skipped 1: .*no webinar licence \(webinars 1;")
