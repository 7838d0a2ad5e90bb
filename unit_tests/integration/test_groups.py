"""Table groups."""

from __future__ import annotations

from unit_tests.integration.account_contracts import AccountTable
from unit_tests.integration.contracts import PagedTable
from unit_tests.integration.request_builder import RequestBuilder
from unit_tests.integration.response_builder import error, page
from unit_tests.integration.zoom import Zoom, last_error, records


class TestFullRefresh(AccountTable, PagedTable):
    table = "groups"

    def test_given_paid_plans_only_under_http_200_when_read_then_it_is_a_failure(self, zoom: Zoom) -> None:
        zoom.answers(self.requests({})[0], error(200, 200, "Only available for paid accounts."))
        assert "paid plans only" in last_error(zoom.read_failing(self.table)).message

    def test_given_members_too_when_read_then_the_list_is_requested_once(self, zoom: Zoom) -> None:
        zoom.answers(self.requests({})[0], page("groups", {"id": "g/1", "name": "Field staff"}))
        zoom.answers(RequestBuilder.list_of("groups/g%2F1/members"), page("members", {"id": "u", "email": "u@x.org"}))
        output = zoom.read(self.table, "group_members")
        assert records(output, self.table) == [{"id": "g/1", "name": "Field staff"}]
        assert records(output, "group_members") == [{"group_id": "g/1", "id": "u", "email": "u@x.org"}]
