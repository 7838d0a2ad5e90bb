"""Table meeting_polls."""

from __future__ import annotations

from unit_tests.integration.request_builder import RequestBuilder
from unit_tests.integration.response_builder import answer, error, page, sample, sample_row
from unit_tests.integration.zoom import MEETING, Zoom, assert_keyed, records

TABLE = "meeting_polls"
OTHER = 85099999999


def polls(meeting: int = MEETING) -> RequestBuilder:
    return RequestBuilder(f"meetings/{meeting}/polls")


class TestFullRefresh:
    def test_given_polls_when_read_then_they_come_with_their_meeting(self, zoom: Zoom):
        zoom.lists_meetings(MEETING)
        second = sample_row(TABLE, "polls", id="second")
        zoom.answers(polls(), page("polls", *sample(TABLE)["polls"], second))
        found = records(zoom.read(TABLE), TABLE)
        assert found == [{**row, "meeting_id": MEETING} for row in (*sample(TABLE)["polls"], second)]
        assert_keyed(found, "id", "meeting_id")

    def test_given_list_left_out_when_read_then_meeting_has_no_rows(self, zoom: Zoom):
        zoom.lists_meetings(MEETING, OTHER)
        zoom.answers(polls(), answer({"total_records": 0}))
        zoom.answers(polls(OTHER), answer({"total_records": 0, "polls": []}))
        assert records(zoom.read(TABLE), TABLE) == []

    def test_given_polls_switched_off_when_read_then_meetings_are_skipped_and_told_once(self, zoom: Zoom):
        zoom.lists_meetings(MEETING, OTHER)
        for meeting in (MEETING, OTHER):
            zoom.answers(
                polls(meeting), error(400, 4400, 'Meeting polls disabled. To enable this feature, enable "x".')
            )
        output = zoom.read(TABLE)
        assert records(output, TABLE) == []
        assert len([m for m in output.logs if "polls are switched off" in m.log.message]) == 1
        assert output.is_in_logs("meeting_polls: 2 .*skipped.*polls are switched off")

    def test_given_no_poll_found_when_read_then_meeting_is_skipped(self, zoom: Zoom):
        zoom.lists_meetings(MEETING)
        zoom.answers(polls(), error(404, 404, "Meeting Poll not found"))
        output = zoom.read(TABLE)
        assert records(output, TABLE) == []
        assert output.is_in_logs("meeting_polls: 1 .*skipped.*no polls")
