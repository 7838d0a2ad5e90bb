"""Table webinar_polls."""

from __future__ import annotations

from unit_tests.integration.contracts import ListTable, ScheduledTable
from unit_tests.integration.response_builder import error

OFF = (
    "Webinar polls disabled. To enable this feature, enable the **Webinar Polls/Quizzes** setting in the Zoom web "
    "portal's **Settings** interface."
)


class TestFullRefresh(ListTable, ScheduledTable):
    table = "webinar_polls"
    refusals = (("polls are switched off", error(400, 4400, OFF)),)
