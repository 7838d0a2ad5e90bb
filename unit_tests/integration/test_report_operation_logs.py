"""Table report_operation_logs."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from unit_tests.integration.logs_contract import LogTable
from unit_tests.integration.response_builder import page

if TYPE_CHECKING:
    from unit_tests.integration.zoom import Zoom


class TestFullRefresh(LogTable):
    table = "report_operation_logs"
    identity = "operation_detail"

    def test_given_a_row_when_read_then_its_id_is_the_hash_of_its_columns_and_number(self, zoom: Zoom) -> None:
        zoom.answers(self.requests({})[0], page("operation_logs", {"time": "2026-03-10T00:00:00Z", "action": "Ü"}))
        (found,) = self.read(zoom)
        text = '{"action":"Ü","time":"2026-03-10T00:00:00Z"}|0'
        assert found["log_id"] == hashlib.sha256(text.encode()).hexdigest()[:32]
