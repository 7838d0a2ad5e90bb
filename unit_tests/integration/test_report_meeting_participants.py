"""Table report_meeting_participants."""

from __future__ import annotations

from unit_tests.integration.contracts import TOKEN_EXPIRED, in_order
from unit_tests.integration.response_builder import error, sample_row
from unit_tests.integration.twins import ParticipantsTable
from unit_tests.integration.zoom import Zoom, assert_keyed


class TestFullRefresh(ParticipantsTable):
    table = "report_meeting_participants"
    refusals = (("user left", error(400, 1010, "User does not belong to this account:Zq3.")),)

    def test_given_guest_who_rejoins_when_read_then_each_join_is_a_record(self, zoom: Zoom) -> None:
        (parent,) = self.parents(zoom, 1)
        joins = [("16778240", "09:00"), ("16778241", "09:05"), ("16778242", "09:25")]
        rows = [
            sample_row(
                self.table, "participants", id="", user_email="", user_id=user, join_time=f"2026-03-10T{time}:00Z"
            )
            for user, time in joins
        ]
        zoom.answers(self.requests(parent)[0], self.response(rows))
        found = self.read(zoom)
        assert found == in_order(self.records(parent, rows))
        assert_keyed(found, *self.facts.key)

    def test_given_equal_rows_before_an_expired_page_token_when_read_then_as_many_come(self, zoom: Zoom) -> None:
        (parent,) = self.parents(zoom, 1)
        (request,) = self.requests(parent)
        one, two = self.rows(parent, {})
        # Zoom itself may send the same row twice; that many come, whatever is read again.
        zoom.answers(request, self.response([one, one], "old"), self.response([one, one], "new"))
        zoom.answers(request.with_page_token("old"), TOKEN_EXPIRED)
        zoom.answers(request.with_page_token("new"), self.response([two]))
        assert self.read(zoom) == in_order(self.records(parent, [one, one, two]))
