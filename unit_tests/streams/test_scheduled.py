"""streams/scheduled.py: tables whose parents are scheduled meetings or webinars."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from unit_tests.integration.request_builder import API
from unit_tests.streams.support import GONE, NO_PLAN, MakeSync, MakeTable, parents_of, query_of, read, read_all, skips

if TYPE_CHECKING:
    import requests_mock

NO_LICENCE = {"status_code": 400, "json": {"code": 200, "message": "Webinar plan is missing."}}
HOST_BLOCKED = {"status_code": 400, "json": {"code": 3161, "message": "Hosting is not allowed."}}


def requested(api: requests_mock.Mocker, ending: str) -> list[str]:
    return [request.path.removeprefix("/v2/") for request in api.request_history if request.path.endswith(ending)]


class TestHosts:
    """Meetings 1 and 3 are of one host, 2 of another."""

    PARENTS = ((1, "u1"), (2, "u2"), (3, "u1"))

    @pytest.mark.parametrize("refusal", [NO_PLAN, NO_LICENCE], ids=["plan", "licence"])
    def test_plan_and_licence_hold_for_all_meetings_of_the_host(
        self, api: requests_mock.Mocker, fed_table: MakeTable, refusal: dict[str, Any]
    ) -> None:
        api.get(API + "meetings/1/polls", **refusal)
        api.get(API + "meetings/2/polls", json={"polls": [{"id": "a"}]})
        polls = fed_table("meeting_polls", *self.PARENTS)
        assert read_all(polls) == ([{"id": "a", "meeting_id": 2}], [])
        assert requested(api, "/polls") == ["meetings/1/polls", "meetings/2/polls"]
        assert list(skips(polls).values()) == [(2, "1")]

    @pytest.mark.parametrize("refusal", [GONE, HOST_BLOCKED], ids=["deleted", "3161"])
    def test_other_refusals_hold_for_the_meeting_alone(
        self, api: requests_mock.Mocker, fed_table: MakeTable, refusal: dict[str, Any]
    ) -> None:
        api.get(API + "meetings/1/polls", **refusal)
        for number in (2, 3):
            api.get(f"{API}meetings/{number}/polls", json={"polls": [{"id": "a"}]})
        found, failures = read_all(fed_table("meeting_polls", *self.PARENTS))
        assert [record["meeting_id"] for record in found] == [2, 3]
        assert failures == []

    def test_one_endpoint_says_nothing_of_another(self, api: requests_mock.Mocker, sync: MakeSync) -> None:
        made = sync("meeting_polls", "meeting_questions")
        account = {"users": [{"id": "u1"}], "meetings": [{"id": number, "type": 8} for number in (1, 2)]}
        api.get(API + "users", json=account)
        api.get(API + "users/u1/meetings", json=account)
        for number in (1, 2):
            api.get(f"{API}meetings/{number}/polls", **NO_PLAN)
            api.get(f"{API}meetings/{number}/registrants/questions", json={"questions": []})
        for stream in made.tables:
            assert read_all(stream)[1] == []
        assert len(requested(api, "/polls")) == 1
        assert len(requested(api, "/questions")) == 2


class TestNothingIsInferredFromAnotherTable:
    def test_parts_of_a_meeting_whose_details_are_gone_are_requested(
        self, api: requests_mock.Mocker, sync: MakeSync
    ) -> None:
        made = sync("meetings", "meeting_registrants", "meeting_polls", "meeting_questions")
        api.get(API + "users", json={"users": [{"id": "u1"}]})
        api.get(API + "users/u1/meetings", json={"meetings": [{"id": 1, "type": 8}]})
        api.get(API + "meetings/1", **GONE)
        api.get(API + "meetings/1/polls", json={"polls": [{"id": "a"}]})
        api.get(API + "meetings/1/registrants", json={"registrants": [{"id": "b"}]})
        api.get(API + "meetings/1/registrants/questions", json={"questions": []})
        by_name = {stream.name: stream for stream in made.tables}
        found = {name: len(read_all(by_name[name])[0]) for name in ("meetings", *sorted(by_name))}
        assert found == {"meetings": 0, "meeting_polls": 1, "meeting_questions": 1, "meeting_registrants": 3}

    @pytest.mark.parametrize("approval_type", [0, 1, 2])
    def test_registration_of_the_details_spares_no_request(
        self, api: requests_mock.Mocker, sync: MakeSync, approval_type: int
    ) -> None:
        made = sync("meetings", "meeting_registrants")
        api.get(API + "users", json={"users": [{"id": "u1"}]})
        api.get(API + "users/u1/meetings", json={"meetings": [{"id": 1, "type": 8}]})
        api.get(API + "meetings/1", json={"id": 1, "settings": {"approval_type": approval_type}})
        api.get(API + "meetings/1/registrants", json={"registrants": [{"id": "b"}]})
        by_name = {stream.name: stream for stream in made.tables}
        assert len(read_all(by_name["meetings"])[0]) == 1
        assert len(read_all(by_name["meeting_registrants"])[0]) == 3


class TestDetails:
    def test_past_occurrences_are_requested(self, api: requests_mock.Mocker, table: MakeTable) -> None:
        request = api.get(API + "meetings/1", json={"id": 1})
        read(table("meetings"), {"meeting_id": 1})
        assert query_of(request) == {"show_previous_occurrences": ["true"]}

    @pytest.mark.parametrize(("body", "identifier"), [({"id": 7}, 7), ({"topic": "Weekly"}, 1)])
    def test_id_is_zooms_own_and_else_that_of_the_request(
        self, api: requests_mock.Mocker, table: MakeTable, body: dict[str, Any], identifier: int
    ) -> None:
        api.get(API + "meetings/1", json=body)
        assert read(table("meetings"), {"meeting_id": 1}) == [{**body, "id": identifier}]


class TestRegistrants:
    def test_status_is_zooms_own_and_else_that_of_the_request(
        self, api: requests_mock.Mocker, table: MakeTable
    ) -> None:
        for status in ("approved", "pending", "denied"):
            rows = [{"id": f"{status}-1"}, {"id": f"{status}-2", "status": "blocked"}]
            api.get(f"{API}meetings/1/registrants?status={status}", json={"registrants": rows})
        found = read(table("meeting_registrants"), {"meeting_id": 1})
        assert {record["id"]: record["status"] for record in found} == {
            f"{status}-{number}": status if number == 1 else "blocked"
            for status in ("approved", "pending", "denied")
            for number in (1, 2)
        }


def test_meeting_that_is_in_no_list_has_no_host(api: requests_mock.Mocker, table: MakeTable) -> None:
    api.get(API + "meetings/1/polls", **NO_PLAN)
    polls = table("meeting_polls")
    assert read(polls, {"meeting_id": 1}) == []
    assert parents_of(polls).known.rule("meeting_polls", "u1") is None
