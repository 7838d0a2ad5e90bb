"""Contract of logs, whose rows have no id."""

from __future__ import annotations

from typing import Any

from source_zoom.streams.logs import with_log_ids
from unit_tests.integration.account_contracts import WindowTable
from unit_tests.integration.contracts import PagedTable, Parent
from unit_tests.integration.response_builder import error
from unit_tests.integration.zoom import Record, Zoom, assert_keyed


class LogTable(WindowTable, PagedTable):
    """Equal rows are told apart by their number."""

    dated = "time"

    def records(self, parent: Parent, rows: list[Record]) -> list[Record]:
        return list(with_log_ids(rows))

    def test_given_equal_rows_when_read_then_each_has_an_id_of_its_own(self, zoom: Zoom) -> None:
        row, other = self.of_day("2026-03-10"), self.of_day("2026-03-11")
        zoom.answers(self.requests({})[0], self.response([row, row, other, row]))
        found = self.read(zoom)
        assert len(found) == 4
        assert_keyed(found, "log_id")

    def test_given_equal_rows_of_a_shared_day_when_read_then_as_many_come_as_zoom_has(self, zoom: Zoom) -> None:
        zoom.config.with_(start_date="2026-02-01")
        shared = self.of_day("2026-02-21")
        zoom.answers(self.window("2026-02-21", "2026-03-21"), self.response([shared, shared]))
        zoom.answers(self.window("2026-01-31", "2026-02-21"), self.response([shared, shared]))
        found = self.read(zoom)
        assert len(found) == 2
        assert_keyed(found, "log_id")

    def test_given_more_columns_in_another_order_when_read_then_the_id_is_of_all_of_them(self, zoom: Zoom) -> None:
        row: dict[str, Any] = {"time": "2026-03-10T00:00:00Z", "new": {"b": 1, "a": None}, "type": "x"}
        turned = dict(reversed(row.items()))
        assert [r["log_id"] for r in with_log_ids([dict(row)])] == [r["log_id"] for r in with_log_ids([turned])]
        zoom.answers(self.requests({})[0], self.response([row]))
        assert self.read(zoom) == list(with_log_ids([row]))

    def test_given_tomorrow_refused_when_read_then_the_window_ends_today(self, zoom: Zoom) -> None:
        zoom.answers(self.requests({})[0], error(400, 300, "Invalid parameter: to."))
        rows = self.rows({}, {})
        zoom.answers(self.window("2026-02-28", "2026-03-20"), self.response(rows))
        assert self.read(zoom) == self.records({}, rows)
