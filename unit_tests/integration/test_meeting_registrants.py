"""Table meeting_registrants."""

from __future__ import annotations

import pytest

from unit_tests.integration.request_builder import RequestBuilder
from unit_tests.integration.response_builder import error, page, sample_row
from unit_tests.integration.zoom import MEETING, Zoom, assert_keyed, records

TABLE = "meeting_registrants"
OTHER = 85099999999


def registrants(status: str, meeting: int = MEETING) -> RequestBuilder:
    return RequestBuilder.list_of(f"meetings/{meeting}/registrants", status=status)


def row(identifier: str) -> dict[str, object]:
    return sample_row(TABLE, "registrants", id=identifier)


class TestFullRefresh:
    def test_given_registrants_of_each_status_when_read_then_all_come_with_their_meeting(self, zoom: Zoom):
        zoom.lists_meetings(MEETING)
        for status in ("approved", "pending", "denied"):
            zoom.answers(registrants(status), page("registrants", row(status)))
        found = records(zoom.read(TABLE), TABLE)
        assert [one["id"] for one in found] == ["approved", "pending", "denied"]
        assert found[0] == {**row("approved"), "meeting_id": MEETING}
        assert_keyed(found, "id", "meeting_id")

    def test_given_second_page_of_a_status_when_read_then_registrants_of_both_pages(self, zoom: Zoom):
        zoom.lists_meetings(MEETING)
        zoom.answers(registrants("approved"), page("registrants", row("a"), next_page_token="two"))
        zoom.answers(registrants("approved").with_page_token("two"), page("registrants", row("b")))
        zoom.answers(registrants("pending"), page("registrants"))
        zoom.answers(registrants("denied"), page("registrants", row("c")))
        assert [one["id"] for one in records(zoom.read(TABLE), TABLE)] == ["a", "b", "c"]

    def test_given_nobody_registered_when_read_then_meeting_has_no_rows(self, zoom: Zoom):
        zoom.lists_meetings(MEETING)
        for status in ("approved", "pending", "denied"):
            zoom.answers(registrants(status), page("registrants"))
        assert records(zoom.read(TABLE), TABLE) == []

    @pytest.mark.parametrize(("status", "code"), [(400, 300), (404, 404), (400, 3000)])
    def test_given_registration_off_when_read_then_the_other_statuses_are_not_asked(
        self, zoom: Zoom, status: int, code: int
    ):
        zoom.lists_meetings(MEETING, OTHER)
        words = f"Registration has not been enabled for this meeting: {MEETING}."
        zoom.answers(registrants("approved"), error(status, code, words))
        zoom.never_answers(registrants("pending"))
        zoom.never_answers(registrants("denied"))
        for asked in ("approved", "pending", "denied"):
            zoom.answers(registrants(asked, OTHER), page("registrants", row(asked)))
        output = zoom.read(TABLE)
        assert {one["meeting_id"] for one in records(output, TABLE)} == {OTHER}
        assert output.is_in_logs(rf"meeting_registrants: 1 .*skipped.*registration is off.*{MEETING}")

    def test_given_deleted_meeting_when_read_then_it_is_skipped(self, zoom: Zoom):
        zoom.lists_meetings(MEETING)
        zoom.answers(registrants("approved"), error(404, 3001, f"Meeting does not exist: {MEETING}."))
        assert records(zoom.read(TABLE), TABLE) == []
