"""Table users."""

from __future__ import annotations

from unit_tests.integration.contracts import HOST_SECRETS, Parent, ScopedTable
from unit_tests.integration.request_builder import RequestBuilder
from unit_tests.integration.response_builder import error, page
from unit_tests.integration.twins import StatusTable
from unit_tests.integration.zoom import Record, Zoom, last_error


class TestFullRefresh(StatusTable, ScopedTable):
    table = "users"
    queries = ({"status": "active"}, {"status": "inactive"}, {"status": "pending"})

    def parents(self, zoom: Zoom, count: int = 2) -> list[Parent]:
        return [{}]

    def test_given_host_keys_when_read_then_they_are_dropped(self, zoom: Zoom) -> None:
        row: Record = {"id": "a", "email": "a@example.com", **dict.fromkeys(HOST_SECRETS, "299438")}
        for query, request in zip(self.queries, self.requests({}), strict=True):
            zoom.answers(request, page("users", {**row, **query}))
        assert self.read(zoom) == [{"id": "a", "email": "a@example.com", **query} for query in self.queries]

    def test_given_a_skip_of_other_tables_when_read_then_it_is_a_failure_here(self, zoom: Zoom) -> None:
        # A user list has no parent that could be skipped: whatever refuses it must not look like an empty account.
        zoom.answers(RequestBuilder.users(), error(404, 1001, "User does not exist."))
        zoom.may_answer(RequestBuilder.users("inactive"), page("users"))
        zoom.may_answer(RequestBuilder.users("pending"), page("users"))
        assert "users" in last_error(zoom.read_failing(self.table)).message
