"""Table meeting_transcripts."""

from __future__ import annotations

from airbyte_cdk.models import FailureType

from unit_tests.integration.contracts import OccurrenceTable, Parent, RecordTable, ScopedTable
from unit_tests.integration.response_builder import error
from unit_tests.integration.zoom import Record, Zoom, last_error, records

FORBIDDEN = error(403, None, "Forbidden No permission")


class TestFullRefresh(RecordTable, ScopedTable, OccurrenceTable):
    table = "meeting_transcripts"
    refusals = (
        ("it has no transcript", error(404, 3322, "This meeting transcript does not exist.")),
        ("its transcript may not be viewed", FORBIDDEN),
    )

    def own(self, parent: Parent) -> Record:
        # The meeting_id of this answer is the UUID.
        return {"meeting_id": parent["meeting_uuid"]}

    def records(self, parent: Parent, rows: list[Record]) -> list[Record]:
        return [{**row, "meeting_number": parent["meeting_id"], "meeting_uuid": parent["meeting_uuid"]} for row in rows]

    def of_empty(self, parent: Parent) -> Record:
        return {"meeting_number": parent["meeting_id"], "meeting_uuid": parent["meeting_uuid"]}

    def test_given_all_forbidden_when_read_then_the_table_fails(self, zoom: Zoom) -> None:
        for parent in self.parents(zoom):
            zoom.answers(self.requests(parent)[0], FORBIDDEN)
        output = zoom.read_failing(self.table)
        assert records(output, self.table) == []
        last = last_error(output)
        assert last.failure_type is FailureType.config_error
        assert "none of the 2 requested transcripts" in last.message
