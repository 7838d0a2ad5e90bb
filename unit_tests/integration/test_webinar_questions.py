"""Table webinar_questions."""

from __future__ import annotations

from unit_tests.integration.response_builder import error
from unit_tests.integration.twins import QuestionsTable


class TestFullRefresh(QuestionsTable):
    table = "webinar_questions"
    refusals = (
        ("registration is off", error(400, 3000, "Registration has not been enabled for this webinar: 91098765432.")),
        ("was deleted", error(404, 3001, "Webinar does not exist: 91098765432.")),
    )
