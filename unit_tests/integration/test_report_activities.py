"""Table report_activities."""

from __future__ import annotations

from unit_tests.integration.logs_contract import LogTable


class TestFullRefresh(LogTable):
    table = "report_activities"
    identity = "email"
