"""Table roles."""

from __future__ import annotations

from unit_tests.integration.account_contracts import AccountTable
from unit_tests.integration.response_builder import error
from unit_tests.integration.zoom import Zoom, records


class TestFullRefresh(AccountTable):
    table = "roles"
    # Zoom answers for the first one when none is named.
    queries = ({"type": "common"}, {"type": "iq"})

    def test_given_one_type_refused_when_read_then_the_other_comes_and_the_table_fails(self, zoom: Zoom) -> None:
        common, other = self.requests({})
        rows = self.rows({}, {"type": "common"})
        zoom.answers(common, self.response(rows))
        zoom.answers(other, error(400, 300, "Invalid parameter: type."))
        assert records(zoom.read_failing(self.table), self.table) == rows
