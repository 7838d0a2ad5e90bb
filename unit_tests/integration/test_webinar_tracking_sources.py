"""Table webinar_tracking_sources."""

from __future__ import annotations

from unit_tests.integration.contracts import ListTable, ScheduledTable
from unit_tests.integration.response_builder import error


class TestFullRefresh(ListTable, ScheduledTable):
    table = "webinar_tracking_sources"
    refusals = (("was deleted", error(404, 3001, "Webinar does not exist: 91098765432.")),)
