"""Table meeting_registrants."""

from __future__ import annotations

import pytest

from unit_tests.integration.response_builder import error
from unit_tests.integration.twins import RegistrantsTable
from unit_tests.integration.zoom import MEETING, Zoom, records

OFF = "Registration has not been enabled for this meeting: 85012345678."


class TestFullRefresh(RegistrantsTable):
    table = "meeting_registrants"
    refusals = (
        ("registration is off", error(400, 3000, OFF)),
        ("was deleted", error(404, 3001, "Meeting does not exist: 85012345678.")),
    )

    @pytest.mark.parametrize(("status", "code"), [(400, 300), (404, 404), (400, 3000)])
    def test_given_registration_off_when_read_then_its_words_decide(self, zoom: Zoom, status: int, code: int) -> None:
        (parent,) = self.parents(zoom, 1)
        first, *others = self.requests(parent)
        zoom.answers(first, error(status, code, OFF))
        for request in others:
            zoom.never_answers(request)
        output = zoom.read(self.table)
        assert records(output, self.table) == []
        assert output.is_in_logs(rf"Skipped 1: registration is off \(meeting_registrants 1; for example {MEETING}\)")
