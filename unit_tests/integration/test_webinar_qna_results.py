"""Table webinar_qna_results."""

from __future__ import annotations

from unit_tests.integration.response_builder import error
from unit_tests.integration.twins import ResultsTable


class TestFullRefresh(ResultsTable):
    table = "webinar_qna_results"
    refusals = (("has not ended", error(404, 3001, "Webinar ID is invalid or not end.")),)
