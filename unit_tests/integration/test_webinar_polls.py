"""Table webinar_polls."""

from __future__ import annotations

from unit_tests.integration.request_builder import RequestBuilder
from unit_tests.integration.response_builder import answer, error, page, sample_row
from unit_tests.integration.zoom import WEBINAR, Zoom, assert_keyed, records

TABLE = "webinar_polls"
OTHER = 91099999999


def polls(webinar: int = WEBINAR) -> RequestBuilder:
    return RequestBuilder(f"webinars/{webinar}/polls")


class TestFullRefresh:
    def test_given_polls_when_read_then_they_come_with_their_webinar(self, zoom: Zoom):
        zoom.lists_webinars(WEBINAR)
        rows = [sample_row(TABLE, "polls", id=identifier) for identifier in ("a", "b")]
        zoom.answers(polls(), page("polls", *rows))
        found = records(zoom.read(TABLE), TABLE)
        assert found == [{**row, "webinar_id": WEBINAR} for row in rows]
        assert_keyed(found, "id", "webinar_id")

    def test_given_no_polls_when_read_then_webinar_has_no_rows(self, zoom: Zoom):
        zoom.lists_webinars(WEBINAR)
        zoom.answers(polls(), answer({"total_records": 0, "polls": []}))
        assert records(zoom.read(TABLE), TABLE) == []

    def test_given_polls_switched_off_when_read_then_webinar_is_skipped(self, zoom: Zoom):
        zoom.lists_webinars(WEBINAR, OTHER)
        words = (
            "Webinar polls disabled. To enable this feature, enable the **Webinar Polls/Quizzes** setting in the Zoom "
            "web portal's **Settings** interface."
        )
        zoom.answers(polls(), error(400, 4400, words))
        zoom.answers(polls(OTHER), page("polls", sample_row(TABLE, "polls")))
        output = zoom.read(TABLE)
        assert [one["webinar_id"] for one in records(output, TABLE)] == [OTHER]
        assert output.is_in_logs("webinar_polls: 1 .*skipped.*polls are switched off")
