"""Table meeting_poll_results."""

from __future__ import annotations

from unit_tests.integration.request_builder import RequestBuilder
from unit_tests.integration.response_builder import answer, error, sample
from unit_tests.integration.zoom import (
    MEETING,
    PAST,
    PAST_ENCODED,
    PAST_SLASHED,
    PAST_SLASHED_ENCODED,
    Zoom,
    assert_keyed,
    records,
)

TABLE = "meeting_poll_results"


def results(uuid: str = PAST_ENCODED) -> RequestBuilder:
    return RequestBuilder(f"past_meetings/{uuid}/polls")


class TestFullRefresh:
    def test_given_answers_of_guests_when_read_then_position_tells_them_apart(self, zoom: Zoom):
        zoom.held_meetings(PAST)
        first = sample(TABLE)["questions"][0]
        guest = {"name": "Anonymous Attendee", "email": "", "question_details": []}
        zoom.answers(results(), answer({**sample(TABLE), "questions": [first, guest, guest]}))
        found = records(zoom.read(TABLE), TABLE)
        added = {"meeting_id": MEETING, "meeting_uuid": PAST, "start_time": "2026-03-10T09:00:12Z"}
        assert found == [{**row, **added, "result_index": i} for i, row in enumerate((first, guest, guest))]
        assert_keyed(found, "meeting_uuid", "result_index")

    def test_given_uuid_with_slashes_when_read_then_it_is_encoded_twice(self, zoom: Zoom):
        zoom.held_meetings(PAST_SLASHED)
        zoom.answers(results(PAST_SLASHED_ENCODED), answer(sample(TABLE)))
        assert [one["meeting_uuid"] for one in records(zoom.read(TABLE), TABLE)] == [PAST_SLASHED]

    def test_given_no_answers_when_read_then_occurrence_has_no_rows(self, zoom: Zoom):
        zoom.held_meetings(PAST)
        zoom.answers(results(), answer({"id": MEETING, "uuid": PAST, "questions": None}))
        assert records(zoom.read(TABLE), TABLE) == []

    def test_given_meeting_a_year_ago_when_read_then_it_is_skipped(self, zoom: Zoom):
        zoom.held_meetings(PAST, PAST_SLASHED)
        zoom.answers(results(), error(400, 12702, "Can not access a meeting a year ago."))
        zoom.answers(results(PAST_SLASHED_ENCODED), answer({"questions": [{"name": "A"}]}))
        output = zoom.read(TABLE)
        added = {"meeting_id": MEETING, "meeting_uuid": PAST_SLASHED, "result_index": 0}
        assert records(output, TABLE) == [{"name": "A", **added}]
        assert output.is_in_logs("meeting_poll_results: 1 .*skipped.*one year")

    def test_given_not_found_without_code_when_read_then_it_is_skipped(self, zoom: Zoom):
        zoom.held_meetings(PAST)
        zoom.answers(results(), error(404, None, "Not Found"))
        assert records(zoom.read(TABLE), TABLE) == []
