"""Table webinar_panelists."""

from __future__ import annotations

from unit_tests.integration.contracts import ListTable, ScheduledTable
from unit_tests.integration.response_builder import error


class TestFullRefresh(ListTable, ScheduledTable):
    table = "webinar_panelists"
    refusals = (("or the reverse", error(400, 300, "Invalid webinar ID.")),)
