"""Table group_members."""

from __future__ import annotations

from unit_tests.integration.contracts import ChildTable, PagedTable, Parent, ScopedTable
from unit_tests.integration.request_builder import RequestBuilder
from unit_tests.integration.response_builder import error, page
from unit_tests.integration.zoom import Zoom, last_error, records


class TestFullRefresh(PagedTable, ScopedTable, ChildTable):
    table = "group_members"
    refusals = (("the group was deleted", error(404, 4130, "A group with this g1 does not exist.")),)

    def parents(self, zoom: Zoom, count: int = 2) -> list[Parent]:
        groups = [f"g{number}" for number in range(count)]
        zoom.answers(RequestBuilder.list_of("groups"), page("groups", *({"id": group} for group in groups)))
        return [{"group_id": group} for group in groups]

    def test_given_pending_member_when_read_then_email_is_the_key(self, zoom: Zoom) -> None:
        (parent,) = self.parents(zoom, 1)
        zoom.answers(self.requests(parent)[0], self.response([{"email": "new@example.com", "type": 1}]))
        assert self.read(zoom) == [{"email": "new@example.com", "type": 1, **parent}]

    def test_given_groups_refused_when_read_then_it_is_a_failure(self, zoom: Zoom) -> None:
        words = "Invalid access token, does not contain scopes:[group:read:list_groups:admin]."
        zoom.answers(RequestBuilder.list_of("groups"), error(400, 4711, words))
        output = zoom.read_failing(self.table)
        assert records(output, self.table) == []
        assert "group:read:list_groups:admin" in last_error(output).message
