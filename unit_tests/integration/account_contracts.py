"""Contracts of the tables that belong to no meeting or webinar, and of those that are read in windows of dates."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from unit_tests.integration.contracts import ListTable, Parent, ScopedTable
from unit_tests.integration.request_builder import RequestBuilder
from unit_tests.integration.response_builder import error
from unit_tests.integration.zoom import FIRST_DAY, LAST_DAY, Record, Zoom, last_error, records

if TYPE_CHECKING:
    from collections.abc import Mapping

WINDOW = {"from": FIRST_DAY, "to": LAST_DAY}


class AccountTable(ListTable, ScopedTable):
    """Lists of the whole account: whatever refuses one must not look like an account without rows."""

    def parents(self, zoom: Zoom, count: int = 2) -> list[Parent]:
        return [{}]

    def refuse(self, zoom: Zoom, status: int, code: int | None, message: str) -> None:
        """Zoom answers every request of the table so."""
        for request in self.requests({}):
            zoom.may_answer(request, error(status, code, message))

    def test_given_missing_permission_when_read_then_it_is_a_failure(self, zoom: Zoom) -> None:
        self.refuse(zoom, 400, 200, "No permission.")
        output = zoom.read_failing(self.table)
        assert records(output, self.table) == []
        assert "role" in last_error(output).message

    def test_given_paid_plans_only_when_read_then_it_is_a_failure(self, zoom: Zoom) -> None:
        self.refuse(zoom, 400, 200, "Only available for paid account: 1.")
        output = zoom.read_failing(self.table)
        assert records(output, self.table) == []
        assert "plan" in last_error(output).message


class WindowTable(AccountTable):
    """Lists by windows of dates, here one."""

    #: The column that says to which day a row belongs.
    dated: ClassVar[str] = "start_time"
    queries: ClassVar[tuple[Mapping[str, str], ...]] = (WINDOW,)

    def rows(self, parent: Parent, query: Mapping[str, str]) -> list[Record]:
        return [{**row, self.identity: f"row-{number}"} for number, row in enumerate(super().rows(parent, query))]

    def of_day(self, day: str) -> Record:
        """A row of this day."""
        return {**self.rows({}, {})[0], self.identity: day, self.dated: f"{day}T12:00:00Z"}

    def window(self, first: str, last: str) -> RequestBuilder:
        """The request for another window."""
        return RequestBuilder.list_of(self.facts.path, **{**self.queries[0], "from": first, "to": last})

    def test_given_rows_before_the_start_when_read_then_they_are_left_out(self, zoom: Zoom) -> None:
        before, after = self.of_day("2026-02-28"), self.of_day("2026-03-01")
        zoom.answers(self.requests({})[0], self.response([before, after]))
        assert self.read(zoom) == self.records({}, [after])

    def test_given_row_of_a_day_that_windows_share_when_read_then_it_comes_once(self, zoom: Zoom) -> None:
        zoom.config.with_(start_date="2026-02-01")
        shared, early = self.of_day("2026-02-21"), self.of_day("2026-02-10")
        zoom.answers(self.window("2026-02-21", "2026-03-21"), self.response([shared]))
        zoom.answers(self.window("2026-01-31", "2026-02-21"), self.response([shared, early]))
        found = self.read(zoom)
        assert sorted(found, key=str) == sorted(self.records({}, [shared, early]), key=str)
