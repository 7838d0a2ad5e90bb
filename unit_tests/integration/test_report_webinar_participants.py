"""Table report_webinar_participants."""

from __future__ import annotations

from unit_tests.integration.request_builder import RequestBuilder
from unit_tests.integration.response_builder import error, page, sample_row
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

TABLE = "report_webinar_participants"


def participants(uuid: str = PAST_ENCODED) -> RequestBuilder:
    return RequestBuilder.list_of(f"report/webinars/{uuid}/participants", include_fields="registrant_id")


def row(user_id: str, **changes: object) -> dict[str, object]:
    return sample_row(TABLE, "participants", user_id=user_id, **changes)


class TestFullRefresh:
    def test_given_participants_when_read_then_they_come_with_their_occurrence(self, zoom: Zoom):
        zoom.held_webinars(PAST, PAST_SLASHED)
        guest = row("2", id="", user_email="")
        zoom.answers(participants(), page("participants", row("1"), guest))
        zoom.answers(participants(PAST_SLASHED_ENCODED), page("participants", row("1")))
        found = records(zoom.read(TABLE), TABLE)
        added = {"webinar_id": WEBINAR, "webinar_uuid": PAST}
        assert [one for one in found if one["webinar_uuid"] == PAST] == [{**one, **added} for one in (row("1"), guest)]
        assert len(found) == 3
        assert_keyed(found, "webinar_uuid", "user_id", "join_time", "leave_time")

    def test_given_second_page_when_read_then_participants_of_both_pages(self, zoom: Zoom):
        zoom.held_webinars(PAST)
        zoom.answers(participants(), page("participants", row("1"), next_page_token="two"))
        zoom.answers(participants().with_page_token("two"), page("participants", row("2")))
        assert [one["user_id"] for one in records(zoom.read(TABLE), TABLE)] == ["1", "2"]

    def test_given_nobody_listed_when_read_then_occurrence_has_no_rows(self, zoom: Zoom):
        zoom.held_webinars(PAST)
        zoom.answers(participants(), page("participants"))
        assert records(zoom.read(TABLE), TABLE) == []

    def test_given_expired_webinar_when_read_then_it_is_skipped(self, zoom: Zoom):
        zoom.held_webinars(PAST)
        zoom.answers(participants(), error(404, 3001, f'Webinar "{PAST}" not found or has expired'))
        output = zoom.read(TABLE)
        assert records(output, TABLE) == []
        assert output.is_in_logs("report_webinar_participants: 1 .*skipped.*expired")
