"""Table meeting_questions."""

from __future__ import annotations

from unit_tests.integration.response_builder import error
from unit_tests.integration.twins import QuestionsTable


class TestFullRefresh(QuestionsTable):
    table = "meeting_questions"
    refusals = (
        ("registration is off", error(400, 3000, "Registration has not been enabled for this meeting: 85012345678.")),
        ("was deleted", error(404, 3001, "Meeting does not exist: 85012345678.")),
    )
