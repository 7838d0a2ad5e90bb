"""Table webinar_absentees."""

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

TABLE = "webinar_absentees"


def absentees(uuid: str = PAST_ENCODED) -> RequestBuilder:
    return RequestBuilder.list_of(f"past_webinars/{uuid}/absentees")


def row(identifier: str) -> dict[str, object]:
    return sample_row(TABLE, "registrants", id=identifier)


class TestFullRefresh:
    def test_given_absentee_of_two_occurrences_when_read_then_both_come_with_their_occurrence(self, zoom: Zoom):
        zoom.held_webinars(PAST, PAST_SLASHED)
        zoom.answers(absentees(), page("registrants", row("a"), row("b")))
        zoom.answers(absentees(PAST_SLASHED_ENCODED), page("registrants", row("a")))
        found = records(zoom.read(TABLE), TABLE)
        added = {"webinar_id": WEBINAR, "webinar_uuid": PAST}
        assert [one for one in found if one["webinar_uuid"] == PAST] == [{**row(i), **added} for i in ("a", "b")]
        assert len(found) == 3
        assert_keyed(found, "webinar_uuid", "id")

    def test_given_second_page_when_read_then_absentees_of_both_pages(self, zoom: Zoom):
        zoom.held_webinars(PAST)
        zoom.answers(absentees(), page("registrants", row("a"), next_page_token="two"))
        zoom.answers(absentees().with_page_token("two"), page("registrants", row("b")))
        assert [one["id"] for one in records(zoom.read(TABLE), TABLE)] == ["a", "b"]

    def test_given_nobody_absent_when_read_then_occurrence_has_no_rows(self, zoom: Zoom):
        zoom.held_webinars(PAST)
        zoom.answers(absentees(), page("registrants"))
        assert records(zoom.read(TABLE), TABLE) == []

    def test_given_webinar_without_registration_when_read_then_it_is_skipped(self, zoom: Zoom):
        zoom.held_webinars(PAST, PAST_SLASHED)
        zoom.answers(absentees(), error(400, 3000, f"This webinar doesn't have registration required: {PAST}."))
        zoom.answers(absentees(PAST_SLASHED_ENCODED), page("registrants", row("a")))
        output = zoom.read(TABLE)
        assert [one["webinar_uuid"] for one in records(output, TABLE)] == [PAST_SLASHED]
        assert output.is_in_logs("webinar_absentees: 1 .*skipped.*registration is off")

    def test_given_missing_plan_under_http_200_when_read_then_it_is_a_skip(self, zoom: Zoom):
        zoom.held_webinars(PAST)
        words = "Webinar plan subscription is missing. Enable webinar for this user once the subscription is added:u."
        zoom.answers(absentees(), error(200, 200, words))
        output = zoom.read(TABLE)
        assert records(output, TABLE) == []
        assert output.is_in_logs("webinar_absentees: 1 .*skipped.*no webinar licence")
