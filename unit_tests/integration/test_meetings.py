"""Table meetings."""

from __future__ import annotations

from unit_tests.integration.response_builder import error
from unit_tests.integration.twins import DetailsTable
from unit_tests.integration.zoom import MEETING, USER, Zoom


class TestFullRefresh(DetailsTable):
    table = "meetings"
    refusals = (
        ("has expired", error(404, 3001, "Meeting does not exist: 85012345678.")),
        ("or the reverse", error(400, 3000, "Cannot access webinar info.")),
    )
    no_list = (
        "may not schedule",
        error(400, 3161, "Meeting hosting and scheduling capabilities are not allowed for your user account."),
    )

    def test_given_one_time_meeting_before_start_date_when_read_then_only_recurring_one_is_requested(
        self, zoom: Zoom
    ) -> None:
        zoom.has_users(USER)
        before = "2026-02-28T23:59:59Z"
        once, recurring = ({"meeting_id": number} for number in (MEETING, MEETING + 1))
        rows = [{"id": p["meeting_id"], "type": kind, "start_time": before} for p, kind in ((once, 2), (recurring, 8))]
        zoom.lists("meeting", *rows)
        zoom.never_answers(self.requests(once)[0])
        owed = self.answers(zoom, recurring)
        assert self.read(zoom) == owed
