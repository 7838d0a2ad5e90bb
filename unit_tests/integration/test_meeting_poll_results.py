"""Table meeting_poll_results."""

from __future__ import annotations

from unit_tests.integration.response_builder import error
from unit_tests.integration.twins import ResultsTable


class TestFullRefresh(ResultsTable):
    table = "meeting_poll_results"
    refusals = (
        ("one year", error(400, 12702, "Can not access a meeting a year ago.")),
        # Not documented, but seen where a meeting had no polls.
        ("nothing under this id", error(404, None, "Not Found")),
    )
