"""Table webinar_poll_results."""

from __future__ import annotations

from unit_tests.integration.request_builder import RequestBuilder
from unit_tests.integration.response_builder import answer, error, sample
from unit_tests.integration.zoom import (
    PAST,
    PAST_ENCODED,
    PAST_SLASHED,
    PAST_SLASHED_ENCODED,
    WEBINAR,
    Zoom,
    assert_keyed,
    records,
)

TABLE = "webinar_poll_results"


def results(uuid: str = PAST_ENCODED) -> RequestBuilder:
    return RequestBuilder(f"past_webinars/{uuid}/polls")


class TestFullRefresh:
    def test_given_anonymous_rows_when_read_then_position_tells_them_apart(self, zoom: Zoom):
        zoom.held_webinars(PAST)
        first = sample(TABLE)["questions"][0]
        guest = {"name": "Anonymous Attendee", "email": "", "question_details": []}
        zoom.answers(results(), answer({**sample(TABLE), "questions": [first, guest, guest]}))
        found = records(zoom.read(TABLE), TABLE)
        added = {"webinar_id": WEBINAR, "webinar_uuid": PAST, "start_time": sample(TABLE)["start_time"]}
        assert found == [{**row, **added, "result_index": i} for i, row in enumerate((first, guest, guest))]
        assert_keyed(found, "webinar_uuid", "result_index")

    def test_given_uuid_with_slashes_when_read_then_it_is_encoded_twice(self, zoom: Zoom):
        zoom.held_webinars(PAST_SLASHED)
        zoom.answers(results(PAST_SLASHED_ENCODED), answer({"questions": [{"name": "A"}]}))
        added = {"webinar_id": WEBINAR, "webinar_uuid": PAST_SLASHED, "result_index": 0}
        assert records(zoom.read(TABLE), TABLE) == [{"name": "A", **added}]

    def test_given_list_left_out_when_read_then_occurrence_has_no_rows(self, zoom: Zoom):
        zoom.held_webinars(PAST)
        zoom.answers(results(), answer({"id": WEBINAR, "uuid": PAST}))
        assert records(zoom.read(TABLE), TABLE) == []

    def test_given_webinar_not_ended_when_read_then_it_is_skipped(self, zoom: Zoom):
        zoom.held_webinars(PAST)
        zoom.answers(results(), error(404, 3001, "Webinar ID is invalid or not end."))
        output = zoom.read(TABLE)
        assert records(output, TABLE) == []
        assert output.is_in_logs("webinar_poll_results: 1 .*skipped.*not ended")
