"""Table past_webinar_participants."""

from __future__ import annotations

from unit_tests.integration.response_builder import error
from unit_tests.integration.twins import ParticipantsTable


class TestFullRefresh(ParticipantsTable):
    table = "past_webinar_participants"
    queries = ({},)
    refusals = (
        ("deleted", error(404, 3001, "Webinar does not exist: 1.")),
        ("not on a paid plan", error(400, 200, "Only available for paid account: 1.")),
    )
