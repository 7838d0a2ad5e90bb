"""Contracts of tables that exist for meetings and for webinars, and of those whose rows have a status."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import pytest

from unit_tests.integration.contracts import (
    HOST_SECRETS,
    ListTable,
    OccurrenceTable,
    PagedTable,
    Parent,
    RecordTable,
    ScheduledTable,
    ScopedTable,
    first_number,
    in_order,
)
from unit_tests.integration.request_builder import RequestBuilder
from unit_tests.integration.response_builder import answer, error, page, sample
from unit_tests.integration.zoom import USER, Record, Zoom, last_error, records

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airbyte_cdk.test.mock_http import HttpResponse


class StatusTable(PagedTable):
    """One list a status; the status is a column of the rows."""

    def rows(self, parent: Parent, query: Mapping[str, str]) -> list[Record]:
        return [{**row, "status": query["status"]} for row in super().rows(parent, query)]

    def test_given_rows_without_status_when_read_then_it_is_the_status_of_their_list(self, zoom: Zoom) -> None:
        (parent,) = self.parents(zoom, 1)
        owed = []
        for query, request in zip(self.queries, self.requests(parent), strict=True):
            row = {"email": f"{query['status']}@example.com"}
            zoom.answers(request, self.response([row]))
            owed.append({**row, "status": query["status"], **parent})
        assert self.read(zoom) == in_order(owed)


class DetailsTable(RecordTable, ScheduledTable):
    """The meeting or webinar itself, found in the lists of the users."""

    #: Zoom's answer where a user may have no such list, and its reason in the log.
    no_list: ClassVar[tuple[str, HttpResponse]]

    def requests(self, parent: Parent) -> list[RequestBuilder]:
        return [RequestBuilder.details(self.kind, parent[f"{self.kind}_id"])]

    def own(self, parent: Parent) -> Record:
        number = parent[f"{self.kind}_id"]
        return {"id": number, "uuid": f"{number}=="}

    def of_empty(self, parent: Parent) -> Record:
        return {"id": parent[f"{self.kind}_id"]}

    def test_given_host_secrets_when_read_then_they_are_dropped(self, zoom: Zoom) -> None:
        (parent,) = self.parents(zoom, 1)
        zoom.answers(self.requests(parent)[0], answer({**sample(self.table), **dict.fromkeys(HOST_SECRETS, "secret")}))
        (found,) = self.read(zoom)
        assert found["id"] == parent[f"{self.kind}_id"]
        assert not set(HOST_SECRETS) & set(found)

    def test_given_second_page_of_the_list_when_read_then_its_rows_come_too(self, zoom: Zoom) -> None:
        zoom.has_users(USER)
        listing = RequestBuilder.list_of(f"users/{USER}/{self.kind}s")
        one, two = ({f"{self.kind}_id": first_number(self.kind) + n} for n in range(2))
        for request, parent, token in ((listing, one, "two"), (listing.with_page_token("two"), two, "")):
            row = {"id": parent[f"{self.kind}_id"], "type": 8 if self.kind == "meeting" else 9}
            zoom.answers(request, page(f"{self.kind}s", row, next_page_token=token))
        owed = [*self.answers(zoom, one), *self.answers(zoom, two)]
        assert self.read(zoom) == in_order(owed)

    def test_given_listed_twice_when_read_then_it_is_requested_once(self, zoom: Zoom) -> None:
        number = first_number(self.kind)
        zoom.scheduled(self.kind, number, number)
        owed = self.answers(zoom, {f"{self.kind}_id": number})
        assert self.read(zoom) == owed

    def test_given_user_without_list_when_read_then_other_users_are_read(self, zoom: Zoom) -> None:
        reason, refusal = self.no_list
        zoom.has_users(USER, "second/user")
        zoom.answers(RequestBuilder.list_of(f"users/{USER}/{self.kind}s"), refusal)
        number = first_number(self.kind)
        zoom.lists(self.kind, {"id": number, "type": 2 if self.kind == "meeting" else 5}, user="second%2Fuser")
        owed = self.answers(zoom, {f"{self.kind}_id": number})
        output = zoom.read(self.table)
        assert records(output, self.table) == owed
        assert output.is_in_logs(rf"Skipped 1: .*{reason}.*{USER}")


class RegistrantsTable(StatusTable, ScheduledTable):
    """Registrants of three statuses. The first refusal ends a meeting or webinar, whatever its other statuses."""

    queries = ({"status": "approved"}, {"status": "pending"}, {"status": "denied"})


class QuestionsTable(RecordTable, ScheduledTable):
    """The registration form, which is requested whatever Zoom answers elsewhere about the meeting or webinar."""

    @pytest.mark.parametrize(
        "details",
        [answer({"settings": {"approval_type": 2}}), error(404, 3001, "Does not exist.")],
        ids=["off", "gone"],
    )
    def test_given_no_registration_elsewhere_when_read_then_form_comes(self, zoom: Zoom, details: HttpResponse) -> None:
        (parent,) = self.parents(zoom, 1)
        number = parent[f"{self.kind}_id"]
        zoom.answers(RequestBuilder.details(self.kind, number), details)
        off = error(400, 3000, f"Registration has not been enabled for this {self.kind}: {number}.")
        zoom.answers(RequestBuilder.list_of(f"{self.kind}s/{number}/registrants", status="approved"), off)
        owed = self.answers(zoom, parent)
        output = zoom.read(f"{self.kind}s", f"{self.kind}_registrants", self.table)
        assert records(output, self.table) == owed
        assert output.is_in_logs(rf"Skipped \d: registration is off \(.*{self.kind}_registrants 1[,;]")


class ReportTable(RecordTable, ScopedTable, OccurrenceTable):
    """The report on an occurrence."""

    def own(self, parent: Parent) -> Record:
        return {"uuid": parent[f"{self.kind}_uuid"]}


class ParticipantsTable(PagedTable, ScopedTable, OccurrenceTable):
    """One row a join of an occurrence."""

    identity = "user_id"
    queries = ({"include_fields": "registrant_id"},)


class ResultsTable(ListTable, ScopedTable, OccurrenceTable):
    """Answers of the participants: guests have no email, so that only the position tells two of them apart."""

    def rows(self, parent: Parent, query: Mapping[str, str]) -> list[Record]:
        guest = {"name": "Anonymous Attendee", "email": "", "question_details": []}
        return [sample(self.table)["questions"][0], guest, guest]


class FilesTable(ListTable, OccurrenceTable):
    """Files of an occurrence, by an endpoint that Zoom has deprecated and may no longer serve."""

    identity = "download_url"

    @pytest.mark.parametrize(
        "refusal",
        [
            error(400, 2300, "This API endpoint is not recognized."),
            error(410, None, "Gone"),
            error(400, 4711, "Invalid access token, does not contain scopes:[meeting:read:list_files:admin]."),
            error(403, 403, "Forbidden"),
        ],
        ids=["unknown", "gone", "scope that no app can have", "forbidden"],
    )
    def test_given_retired_endpoint_when_read_then_table_is_empty_and_logged_once(
        self, zoom: Zoom, refusal: HttpResponse
    ) -> None:
        zoom.config.with_(num_workers=1)
        for parent in self.parents(zoom, 20):
            zoom.may_answer(self.requests(parent)[0], refusal)
        output = zoom.read(self.table)
        assert records(output, self.table) == []
        assert len([m for m in output.logs if m.log and f"{self.table} stays empty" in m.log.message]) == 1

    def test_given_missing_role_when_read_then_it_is_a_failure(self, zoom: Zoom) -> None:
        (parent,) = self.parents(zoom, 1)
        zoom.answers(self.requests(parent)[0], error(400, 200, "No permission."))
        assert "role" in last_error(zoom.read_failing(self.table)).message
