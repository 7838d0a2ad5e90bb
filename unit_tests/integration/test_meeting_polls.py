"""Table meeting_polls."""

from __future__ import annotations

from unit_tests.integration.contracts import ListTable, ScheduledTable
from unit_tests.integration.response_builder import error


class TestFullRefresh(ListTable, ScheduledTable):
    table = "meeting_polls"
    refusals = (
        ("polls are switched off", error(400, 4400, 'Meeting polls disabled. To enable this feature, enable "x".')),
        ("has no polls", error(404, 404, "Meeting Poll not found")),
    )
