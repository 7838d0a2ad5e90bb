"""Table report_webinar_participants."""

from __future__ import annotations

from unit_tests.integration.response_builder import error
from unit_tests.integration.twins import ParticipantsTable


class TestFullRefresh(ParticipantsTable):
    table = "report_webinar_participants"
    refusals = (
        ("no participant report", error(404, 3001, 'Webinar "wZ8cN4pVRk6hY1/tJd5sGg==" not found or has expired')),
    )
