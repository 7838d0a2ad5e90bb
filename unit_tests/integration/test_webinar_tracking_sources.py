"""Table webinar_tracking_sources."""

from __future__ import annotations

from unit_tests.integration.request_builder import RequestBuilder
from unit_tests.integration.response_builder import answer, error, page, sample_row
from unit_tests.integration.zoom import WEBINAR, Zoom, assert_keyed, records

TABLE = "webinar_tracking_sources"
OTHER = 91099999999


def sources(webinar: int = WEBINAR) -> RequestBuilder:
    return RequestBuilder(f"webinars/{webinar}/tracking_sources")


class TestFullRefresh:
    def test_given_sources_when_read_then_they_come_with_their_webinar(self, zoom: Zoom):
        zoom.lists_webinars(WEBINAR)
        rows = [sample_row(TABLE, "tracking_sources", id=identifier) for identifier in ("a", "b")]
        zoom.answers(sources(), page("tracking_sources", *rows))
        found = records(zoom.read(TABLE), TABLE)
        assert found == [{**row, "webinar_id": WEBINAR} for row in rows]
        assert_keyed(found, "id", "webinar_id")

    def test_given_no_sources_when_read_then_webinar_has_no_rows(self, zoom: Zoom):
        zoom.lists_webinars(WEBINAR)
        zoom.answers(sources(), answer({"total_records": 0, "tracking_sources": []}))
        assert records(zoom.read(TABLE), TABLE) == []

    def test_given_deleted_webinar_when_read_then_it_is_skipped(self, zoom: Zoom):
        zoom.lists_webinars(WEBINAR, OTHER)
        zoom.answers(sources(), error(404, 3001, f"Webinar does not exist: {WEBINAR}."))
        zoom.answers(sources(OTHER), page("tracking_sources", sample_row(TABLE, "tracking_sources")))
        output = zoom.read(TABLE)
        assert [one["webinar_id"] for one in records(output, TABLE)] == [OTHER]
        assert output.is_in_logs(f"webinar_tracking_sources: 1 .*skipped.*{WEBINAR}")
