"""Table report_meeting_participants."""

from __future__ import annotations

from unit_tests.integration.request_builder import RequestBuilder
from unit_tests.integration.response_builder import error, page, sample_row
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

TABLE = "report_meeting_participants"


def participants(uuid: str = PAST_ENCODED) -> RequestBuilder:
    return RequestBuilder.list_of(f"report/meetings/{uuid}/participants", include_fields="registrant_id")


def row(user_id: str, **changes: object) -> dict[str, object]:
    return sample_row(TABLE, "participants", user_id=user_id, **changes)


class TestFullRefresh:
    def test_given_guest_who_rejoins_when_read_then_each_join_is_a_record(self, zoom: Zoom):
        zoom.held_meetings(PAST, PAST_SLASHED)
        guest = row("16778241", id="", user_email="", join_time="2026-03-10T09:05:00Z")
        again = row("16778242", id="", user_email="", join_time="2026-03-10T09:25:00Z")
        zoom.answers(participants(), page("participants", row("16778240"), guest, again))
        zoom.answers(participants(PAST_SLASHED_ENCODED), page("participants", row("16778240")))
        found = records(zoom.read(TABLE), TABLE)
        added = {"meeting_id": MEETING, "meeting_uuid": PAST}
        of_first = [one for one in found if one["meeting_uuid"] == PAST]
        assert of_first == [{**one, **added} for one in (row("16778240"), guest, again)]
        assert len(found) == 4
        assert_keyed(found, "meeting_uuid", "user_id", "join_time", "leave_time")

    def test_given_second_page_when_read_then_participants_of_both_pages(self, zoom: Zoom):
        zoom.held_meetings(PAST)
        zoom.answers(participants(), page("participants", row("1"), next_page_token="two"))
        zoom.answers(participants().with_page_token("two"), page("participants", row("2")))
        assert [one["user_id"] for one in records(zoom.read(TABLE), TABLE)] == ["1", "2"]

    def test_given_expired_page_token_when_read_then_list_starts_over_and_no_row_comes_twice(self, zoom: Zoom):
        zoom.held_meetings(PAST)
        expired = error(400, 300, "The next page token is invalid or expired.")
        first = page("participants", row("1"), row("1"), next_page_token="two")
        again = page("participants", row("1"), row("1"), next_page_token="three")
        zoom.answers(participants(), first, again)
        zoom.answers(participants().with_page_token("two"), expired)
        zoom.answers(participants().with_page_token("three"), page("participants", row("2")))
        # Zoom itself may send the same row twice; that many come, whatever is read again.
        assert [one["user_id"] for one in records(zoom.read(TABLE), TABLE)] == ["1", "1", "2"]

    def test_given_nobody_listed_when_read_then_occurrence_has_no_rows(self, zoom: Zoom):
        zoom.held_meetings(PAST)
        zoom.answers(participants(), page("participants"))
        assert records(zoom.read(TABLE), TABLE) == []

    def test_given_user_of_another_account_when_read_then_occurrence_is_skipped(self, zoom: Zoom):
        zoom.held_meetings(PAST)
        zoom.answers(participants(), error(400, 1010, "User does not belong to this account:Zq3."))
        output = zoom.read(TABLE)
        assert records(output, TABLE) == []
        assert output.is_in_logs("report_meeting_participants: 1 .*skipped.*user left")
