"""Table webinar_files."""

from __future__ import annotations

from unit_tests.integration.response_builder import error
from unit_tests.integration.twins import FilesTable


class TestFullRefresh(FilesTable):
    table = "webinar_files"
    refusals = (
        ("has not ended", error(404, 3001, "Webinar ID is invalid or not end.")),
        ("nothing under this id", error(404, None, "Not Found")),
    )
