"""Table report_webinars."""

from __future__ import annotations

from unit_tests.integration.request_builder import RequestBuilder
from unit_tests.integration.response_builder import answer, error, page, sample
from unit_tests.integration.zoom import (
    FIRST_DAY,
    PAST,
    PAST_ENCODED,
    PAST_SLASHED,
    PAST_SLASHED_ENCODED,
    TODAY,
    WEBINAR,
    Zoom,
    assert_keyed,
    records,
)

TABLE = "report_webinars"


def report(uuid: str = PAST_ENCODED) -> RequestBuilder:
    return RequestBuilder(f"report/webinars/{uuid}")


class TestFullRefresh:
    def test_given_two_occurrences_when_read_then_both_come_with_their_ids(self, zoom: Zoom):
        zoom.held_webinars(PAST, PAST_SLASHED)
        zoom.answers(report(), answer({**sample(TABLE), "uuid": PAST}))
        zoom.answers(report(PAST_SLASHED_ENCODED), answer({**sample(TABLE), "uuid": PAST_SLASHED}))
        found = {one["uuid"]: one for one in records(zoom.read(TABLE), TABLE)}
        assert found[PAST] == {**sample(TABLE), "uuid": PAST, "webinar_id": WEBINAR, "webinar_uuid": PAST}
        assert found[PAST_SLASHED]["webinar_uuid"] == PAST_SLASHED
        assert_keyed(list(found.values()), "id", "uuid")

    def test_given_nothing_held_when_read_then_table_is_empty_and_complete(self, zoom: Zoom):
        zoom.held_webinars()
        assert records(zoom.read(TABLE), TABLE) == []

    def test_given_recurring_webinar_when_read_then_its_older_occurrences_come_from_the_instances(self, zoom: Zoom):
        zoom.lists("webinars", {"id": WEBINAR, "type": 9}, {"id": 91099999999, "type": 5})
        instances = {"webinars": [{"uuid": PAST, "start_time": "2026-03-10T09:00:12Z"}]}
        zoom.answers(RequestBuilder(f"past_webinars/{WEBINAR}/instances"), answer(instances))
        zoom.answers(RequestBuilder.history(FIRST_DAY, TODAY), page("history_meetings"))
        zoom.answers(report(), answer({"id": WEBINAR, "uuid": PAST}))
        assert [one["uuid"] for one in records(zoom.read(TABLE), TABLE)] == [PAST]

    def test_given_occurrence_before_start_date_when_read_then_it_is_left_out(self, zoom: Zoom):
        zoom.lists("webinars", {"id": WEBINAR, "type": 9})
        old = {"webinars": [{"uuid": "old", "start_time": "2026-02-27T09:00:00Z"}, {"uuid": "unknown time"}]}
        zoom.answers(RequestBuilder(f"past_webinars/{WEBINAR}/instances"), answer(old))
        zoom.answers(RequestBuilder.history(FIRST_DAY, TODAY), page("history_meetings"))
        zoom.never_answers(report("old"))
        zoom.answers(report("unknown%20time"), answer({"id": WEBINAR, "uuid": "unknown time"}))
        assert [one["uuid"] for one in records(zoom.read(TABLE), TABLE)] == ["unknown time"]

    def test_given_webinar_a_year_ago_when_read_then_it_is_skipped(self, zoom: Zoom):
        zoom.held_webinars(PAST)
        zoom.answers(report(), error(400, 12702, "Can not access a webinar a year ago."))
        output = zoom.read(TABLE)
        assert records(output, TABLE) == []
        assert output.is_in_logs("report_webinars: 1 .*skipped.*one year")
