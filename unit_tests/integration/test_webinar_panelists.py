"""Table webinar_panelists."""

from __future__ import annotations

from unit_tests.integration.request_builder import RequestBuilder
from unit_tests.integration.response_builder import answer, error, page, sample_row
from unit_tests.integration.zoom import WEBINAR, Zoom, assert_keyed, records

TABLE = "webinar_panelists"
OTHER = 91099999999


def panelists(webinar: int = WEBINAR) -> RequestBuilder:
    return RequestBuilder(f"webinars/{webinar}/panelists")


class TestFullRefresh:
    def test_given_panelists_when_read_then_they_come_with_their_webinar(self, zoom: Zoom):
        zoom.lists_webinars(WEBINAR)
        rows = [sample_row(TABLE, "panelists", id=identifier) for identifier in ("a", "b")]
        zoom.answers(panelists(), page("panelists", *rows))
        found = records(zoom.read(TABLE), TABLE)
        assert found == [{**row, "webinar_id": WEBINAR} for row in rows]
        assert_keyed(found, "id", "webinar_id")

    def test_given_no_panelists_when_read_then_webinar_has_no_rows(self, zoom: Zoom):
        zoom.lists_webinars(WEBINAR, OTHER)
        zoom.answers(panelists(), answer({"total_records": 0}))
        zoom.answers(panelists(OTHER), page("panelists"))
        assert records(zoom.read(TABLE), TABLE) == []

    def test_given_invalid_number_when_read_then_webinar_is_skipped(self, zoom: Zoom):
        zoom.lists_webinars(WEBINAR, OTHER)
        zoom.answers(panelists(), error(400, 300, "Invalid webinar ID."))
        zoom.answers(panelists(OTHER), page("panelists", sample_row(TABLE, "panelists")))
        output = zoom.read(TABLE)
        assert [one["webinar_id"] for one in records(output, TABLE)] == [OTHER]
        assert output.is_in_logs(f"webinar_panelists: 1 .*skipped.*{WEBINAR}")
