"""What holds of every table, by where its parents come from and by the shape of Zoom's answer.

The test file of a table names the table in a subclass of one contract of each kind, and adds what is the table's own.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from airbyte_cdk.models import FailureType

from unit_tests.integration.request_builder import RequestBuilder
from unit_tests.integration.response_builder import answer, error, sample
from unit_tests.integration.zoom import (
    MEETING,
    PAST,
    PAST_ENCODED,
    PAST_SLASHED,
    PAST_SLASHED_ENCODED,
    STARTED,
    WEBINAR,
    Kind,
    Record,
    Zoom,
    assert_keyed,
    last_error,
    records,
)
from unit_tests.resource.facts import TABLES, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from airbyte_cdk.test.mock_http import HttpResponse

# The ids of one parent, by column.
Parent = dict[str, Any]

ENCODED = {PAST: PAST_ENCODED, PAST_SLASHED: PAST_SLASHED_ENCODED}
HOST_SECRETS = ("start_url", "host_key", "dynamic_host_key")
TOKEN_EXPIRED = error(400, 300, "The next page token is invalid or expired.")


def first_number(kind: Kind) -> int:
    return MEETING if kind == "meeting" else WEBINAR


def in_order(found: Iterable[Record]) -> list[Record]:
    """Records sorted by their content: threads decide which parent comes first."""
    return sorted(found, key=lambda record: sorted(map(str, record.items())))


class Contract(ABC):
    """Every row comes, with the columns that its parent adds and a key that no other row has."""

    table: ClassVar[str]
    #: The column in which two rows of one parent differ.
    identity: ClassVar[str] = "id"
    #: Query parameters of each list that is read for one parent.
    queries: ClassVar[tuple[Mapping[str, str], ...]] = ({},)

    def __init_subclass__(cls) -> None:
        if "table" in vars(cls):
            facts = TABLES[cls.table]
            fits = {ListTable: bool(facts.rows_at), PagedTable: facts.paged, ScopedTable: bool(facts.scope)}
            fits |= {OccurrenceTable: facts.is_past, ScheduledTable: bool(facts.kind) and not facts.is_past}
            wrong = [contract.__name__ for contract, due in fits.items() if issubclass(cls, contract) is not due]
            assert not wrong, f"{cls.table} by its facts: not {', '.join(wrong)}, or must be"

    @property
    def facts(self) -> Table:
        return TABLES[self.table]

    @property
    def kind(self) -> Kind:
        return "webinar" if self.facts.kind == "webinar" else "meeting"

    @abstractmethod
    def parents(self, zoom: Zoom, count: int = 2) -> list[Parent]:
        """So many parents, which Zoom lists."""

    @abstractmethod
    def rows(self, parent: Parent, query: Mapping[str, str]) -> list[Record]:
        """What Zoom has for one parent."""

    @abstractmethod
    def response(self, rows: list[Record], next_page_token: str = "") -> HttpResponse:
        """Zoom's answer with these rows."""

    def requests(self, parent: Parent) -> list[RequestBuilder]:
        """The requests for one parent, in their order."""
        path = self.facts.path.format(**{column: ENCODED.get(value, value) for column, value in parent.items()})
        make = RequestBuilder.list_of if self.facts.paged else RequestBuilder
        return [make(path, **{**self.facts.query, **query}) for query in self.queries]

    def answers(self, zoom: Zoom, parent: Parent) -> list[Record]:
        """Zoom answers all requests for one parent; the records that the table owes for it."""
        owed = []
        for query, request in zip(self.queries, self.requests(parent), strict=True):
            rows = self.rows(parent, query)
            zoom.answers(request, self.response(rows))
            owed += self.records(parent, rows)
        return owed

    def records(self, parent: Parent, rows: list[Record]) -> list[Record]:
        """What becomes of the rows of one answer."""
        shared = {
            **parent,
            "start_time": sample(self.table).get("start_time"),
            f"{self.kind}_start_time": STARTED,
        }
        return [
            {
                **{column: value for column, value in row.items() if column not in HOST_SECRETS},
                **{column: {**shared, "result_index": index}[column] for column in self.facts.added},
            }
            for index, row in enumerate(rows)
        ]

    def read(self, zoom: Zoom) -> list[Record]:
        return in_order(records(zoom.read(self.table), self.table))

    def test_given_rows_when_read_then_they_come_with_their_parent_and_key(self, zoom: Zoom) -> None:
        owed = [record for parent in self.parents(zoom) for record in self.answers(zoom, parent)]
        found = self.read(zoom)
        assert found == in_order(owed)
        assert_keyed(found, *self.facts.key)


class ListTable(Contract):
    """The rows are a list in Zoom's answer."""

    def rows(self, parent: Parent, query: Mapping[str, str]) -> list[Record]:
        name = "-".join(query.values())
        first = sample(self.table)[self.facts.rows_at][0]
        return [{**first, self.identity: f"{name}{number}"} for number in (1, 2)]

    def response(self, rows: list[Record], next_page_token: str = "") -> HttpResponse:
        return answer({**sample(self.table), "next_page_token": next_page_token, self.facts.rows_at: rows})

    @pytest.mark.parametrize("rows", [[], None, "left out"], ids=str)
    def test_given_no_rows_when_read_then_parent_has_no_records(self, zoom: Zoom, rows: Any) -> None:
        body = {"total_records": 0} if rows == "left out" else {"total_records": 0, self.facts.rows_at: rows}
        for parent in self.parents(zoom):
            for request in self.requests(parent):
                zoom.answers(request, answer(body))
        assert self.read(zoom) == []


class PagedTable(ListTable):
    """The list comes in pages."""

    def test_given_second_page_when_read_then_rows_of_both_pages(self, zoom: Zoom) -> None:
        (parent,) = self.parents(zoom, 1)
        first, *others = self.requests(parent)
        one, two = self.rows(parent, self.queries[0])
        zoom.answers(first, self.response([one], "token+2/="))
        zoom.answers(first.with_page_token("token+2/="), self.response([two]))
        for request in others:
            zoom.answers(request, self.response([]))
        assert self.read(zoom) == in_order(self.records(parent, [one, two]))

    def test_given_expired_page_token_when_read_then_list_starts_over_and_no_row_comes_twice(self, zoom: Zoom) -> None:
        (parent,) = self.parents(zoom, 1)
        first, *others = self.requests(parent)
        one, two = self.rows(parent, self.queries[0])
        zoom.answers(first, self.response([one], "old"), self.response([one], "new"))
        zoom.answers(first.with_page_token("old"), TOKEN_EXPIRED)
        zoom.answers(first.with_page_token("new"), self.response([two]))
        for request in others:
            zoom.answers(request, self.response([]))
        assert self.read(zoom) == in_order(self.records(parent, [one, two]))


class RecordTable(Contract):
    """Zoom's answer is the one row of its parent."""

    def own(self, parent: Parent) -> Record:
        """Columns of Zoom's that differ between parents."""
        return {}

    def rows(self, parent: Parent, query: Mapping[str, str]) -> list[Record]:
        return [{**sample(self.table), **self.own(parent)}]

    def response(self, rows: list[Record], next_page_token: str = "") -> HttpResponse:
        (row,) = rows
        return answer(row)

    def of_empty(self, parent: Parent) -> Record:
        """The record that becomes of an empty answer."""
        return {column: parent[column] for column in self.facts.added}

    def test_given_empty_object_in_the_middle_when_read_then_nothing_is_lost(self, zoom: Zoom) -> None:
        # Trap T5: an empty record would end the whole sync without a word.
        zoom.config.with_(num_workers=1)
        parents = self.parents(zoom, 5)
        zoom.answers(self.requests(parents[2])[0], answer({}))
        owed = [record for parent in (*parents[:2], *parents[3:]) for record in self.answers(zoom, parent)]
        assert self.read(zoom) == in_order([*owed, self.of_empty(parents[2])])


class ScopedTable(Contract):
    """Its endpoint has a scope, without which the table fails."""

    def test_given_missing_scope_when_read_then_config_error_names_it(self, zoom: Zoom) -> None:
        words = f"Invalid access token, does not contain scopes:[{self.facts.scope}]."
        for parent in self.parents(zoom):
            for request in self.requests(parent):
                zoom.may_answer(request, error(400, 4711, words))
        output = zoom.read_failing(self.table)
        assert records(output, self.table) == []
        last = last_error(output)
        assert last.failure_type is FailureType.config_error
        assert self.facts.scope in last.message
        assert "Scopes" in last.message


class ChildTable(Contract):
    """A table with parents: one that has nothing to read is skipped and counted, and costs no other its rows."""

    #: Reasons in the log, each with Zoom's answer that there is nothing to read of a parent.
    refusals: ClassVar[tuple[tuple[str, HttpResponse], ...]]

    def test_given_no_parents_when_read_then_table_is_empty_and_complete(self, zoom: Zoom) -> None:
        self.parents(zoom, 0)
        assert self.read(zoom) == []

    def test_given_refusals_when_read_then_parents_are_skipped_and_counted_by_reason(self, zoom: Zoom) -> None:
        *refused, last = self.parents(zoom, 2 * len(self.refusals) + 1)
        pairs = [(reason, refusal, (refused.pop(), refused.pop())) for reason, refusal in self.refusals]
        for _, refusal, pair in pairs:
            for parent in pair:
                first, *others = self.requests(parent)
                zoom.answers(first, refusal)
                for request in others:
                    zoom.never_answers(request)
        owed = self.answers(zoom, last)
        output = zoom.read(self.table)
        assert in_order(records(output, self.table)) == in_order(owed)
        for reason, _, pair in pairs:
            (line,) = [m.log.message for m in output.logs if m.log and reason in m.log.message]
            assert line.startswith("Skipped 2: ")
            assert f"({self.table} 2; " in line
            assert any(" ".join(map(str, parent.values())) in line for parent in pair)


class ScheduledTable(ScopedTable, ChildTable):
    """Its parents are scheduled meetings or webinars, by number."""

    def parents(self, zoom: Zoom, count: int = 2) -> list[Parent]:
        numbers = range(first_number(self.kind), first_number(self.kind) + count)
        zoom.scheduled(self.kind, *numbers)
        return [{f"{self.kind}_id": number} for number in numbers]


class OccurrenceTable(ChildTable):
    """Its parents are past occurrences, by UUID."""

    def parents(self, zoom: Zoom, count: int = 2) -> list[Parent]:
        uuids = [PAST, PAST_SLASHED, *(f"uuid-{number}" for number in range(2, count))][:count]
        zoom.held(self.kind, *uuids)
        numbers = range(first_number(self.kind), first_number(self.kind) + count)
        return [{f"{self.kind}_id": n, f"{self.kind}_uuid": uuid} for n, uuid in zip(numbers, uuids, strict=True)]
