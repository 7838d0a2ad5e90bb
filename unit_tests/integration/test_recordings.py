"""Table recordings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unit_tests.integration.contracts import PagedTable, Parent
from unit_tests.integration.recordings_contract import SECRETS, RecordingTable

if TYPE_CHECKING:
    from unit_tests.integration.zoom import Record


class TestFullRefresh(RecordingTable, PagedTable):
    table = "recordings"
    identity = "uuid"

    def records(self, parent: Parent, rows: list[Record]) -> list[Record]:
        return [{column: value for column, value in row.items() if column not in SECRETS} for row in rows]
