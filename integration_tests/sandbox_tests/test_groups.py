"""The simulated Zoom's groups, roles and past participants."""

from __future__ import annotations

import pytest

from integration_tests.sandbox import ACCOUNT_TABLES, AccountShape, Sandbox
from integration_tests.sandbox_tests.client import TODAY, Client, Walk, canonical, find_occurrence
from integration_tests.sandbox_tests.paths import segment

# Groups


def test_groups_and_their_members_are_the_truth(zoom: Sandbox, client: Client) -> None:
    walk = Walk(client, TODAY)
    groups = list(walk.pages("groups", "groups"))
    assert canonical(groups) == canonical(zoom.truth("groups"))
    members = [
        row | {"group_id": group["id"]}
        for group in groups
        for row in walk.pages(f"groups/{group['id']}/members", "members")
    ]
    assert canonical(members) == canonical(zoom.truth("group_members"))
    # One is deleted between its list and its members.
    assert set(walk.errors) == {(404, 4130, f"A group with this {groups[2]['id']}"[:30])}


def test_pending_members_have_no_id(zoom: Sandbox) -> None:
    members = list(zoom.truth("group_members"))
    pending = {user.email for user in zoom.account.users if user.status == "pending"}
    assert {row["email"] for row in members if "id" not in row} == pending
    inactive = {user.email for user in zoom.account.users if user.status == "inactive"}
    assert inactive.isdisjoint(row["email"] for row in members)
    assert len({(row["group_id"], row.get("id"), row["email"]) for row in members}) == len(members)


def test_lists_come_in_pages(zoom: Sandbox, client: Client) -> None:
    first = client.get("groups", page_size=3).json()
    assert (len(first["groups"]), first["total_records"]) == (3, 4)
    assert len(client.get("groups", page_size=3, next_page_token=first["next_page_token"]).json()["groups"]) == 1
    members = client.get(f"groups/{first['groups'][0]['id']}/members", page_size=5, page_number=2).json()
    assert (len(members["members"]), members["page_number"], members["page_count"]) == (5, 2, 3)
    assert client.get(f"groups/{first['groups'][0]['id']}/members", page_size=1000).json()["page_size"] == 1000


@pytest.mark.parametrize(("state", "status"), [("paid_only", 400), ("error_in_200", 200)])
def test_a_plan_without_groups_says_so_perhaps_under_200(
    zoom: Sandbox, client: Client, state: str, status: int
) -> None:
    zoom.set_knobs(groups=state)
    found, code, message = client.error("groups")
    assert (found, code) == (status, 200)
    assert message.startswith("Only available for")
    assert zoom.owed("groups") == zoom.owed("group_members") == 0


def test_groups_need_a_scope_and_a_permission_of_their_own(zoom: Sandbox) -> None:
    zoom.set_knobs(without_scopes=("group:read:list_members:admin",))
    group = next(zoom.truth("groups"))
    with Client(zoom) as client:
        assert client.get("groups").status_code == 200
        status, code, message = client.error(f"groups/{group['id']}/members")
    assert (status, code) == (400, 4711)
    assert message.endswith("[group:read:list_members:admin].")
    zoom.set_knobs(**vars(type(zoom.knobs)()) | {"role_permissions": ("User:Read",)})
    with Client(zoom) as client:
        assert client.error("groups") == (400, 200, "No permission.")
    zoom.set_knobs(**vars(type(zoom.knobs)()))


# Roles


def test_roles_of_both_kinds_are_the_truth(zoom: Sandbox, client: Client) -> None:
    walk = Walk(client, TODAY)
    found = [row for kind in ("common", "iq") for row in walk.pages("roles", "roles", type=kind)]
    assert canonical(found) == canonical(zoom.truth("roles"))
    assert {row["type"] for row in found} == {"common", "iq"}
    assert {"0", "1", "2"} < {row["id"] for row in found}
    assert client.get("roles").json()["roles"] == client.get("roles", type="common").json()["roles"]
    assert client.error("roles", type="other")[:2] == (400, 300)


def test_roles_need_a_scope_and_no_permission(zoom: Sandbox) -> None:
    zoom.set_knobs(role_permissions=(), scopes=("role:read:admin",))
    with Client(zoom) as client:
        assert client.get("roles").status_code == 200
    zoom.set_knobs(**vars(type(zoom.knobs)()))


# Past participants


@pytest.mark.parametrize("kind", ["meeting", "webinar"])
def test_past_participants_are_the_truth(zoom: Sandbox, client: Client, kind: str) -> None:
    zoom.clear_requests()
    walk = Walk(client, TODAY)
    found = []
    for o in zoom.occurrences(webinars=kind == "webinar"):
        parent = {f"{kind}_id": o.meeting.id, f"{kind}_uuid": o.uuid}
        path = f"past_{kind}s/{segment(o.uuid)}/participants"
        found += [row | parent for row in walk.pages(path, "participants")]
    assert canonical(found) == canonical(zoom.truth(f"past_{kind}_participants"))
    assert len(found) > 100
    assert {request.label for request in zoom.requests} == {"Medium"}
    refused = {(status, code) for status, code, _ in walk.errors}
    assert refused == ({(400, 200), (400, 12702)} if kind == "meeting" else set())


def test_columns_are_not_those_of_the_report(zoom: Sandbox) -> None:
    rows = [row for kind in ("meeting", "webinar") for row in zoom.truth(f"past_{kind}_participants")]
    assert all({"internal_user", "registrant_id"} <= row.keys() for row in rows)
    assert not any({"participant_user_id", "customer_key", "bo_mtg_id"} & row.keys() for row in rows)
    assert {row["internal_user"] for row in rows} == {True, False}


def test_rows_are_told_apart_by_stay(zoom: Sandbox) -> None:
    rows = list(zoom.truth("past_meeting_participants"))
    key = ("meeting_uuid", "user_id", "join_time", "leave_time")
    assert len({tuple(row[column] for column in key) for row in rows}) == len(rows)


def test_a_meeting_of_one_person_has_an_empty_list_here_and_a_404_in_the_report(zoom: Sandbox, client: Client) -> None:
    lone = find_occurrence(
        zoom,
        alone=lambda o: o.lone,
        young=lambda o: o.start_time > "2026-01-01",
        paid=lambda o: o.meeting.host.type == 2,
    )
    body = client.get(f"past_meetings/{segment(lone.uuid)}/participants").json()
    assert (body["participants"], body["total_records"]) == ([], 0)
    assert client.error(f"report/meetings/{segment(lone.uuid)}/participants")[:2] == (404, 3001)


def test_a_number_answers_for_the_latest_occurrence(zoom: Sandbox, client: Client) -> None:
    occurrence = find_occurrence(zoom, several=lambda o: len(o.meeting.occurrences) > 1, many=lambda o: not o.lone)
    latest = zoom.account.latest(occurrence.meeting)
    assert latest is not None
    by_number = client.get(f"past_meetings/{occurrence.meeting.id}/participants").json()
    assert by_number == client.get(f"past_meetings/{segment(latest.uuid)}/participants").json()


# All of them


def test_every_table_owes_rows_and_counts_them_without_building(zoom: Sandbox) -> None:
    for table in ACCOUNT_TABLES:
        assert zoom.owed(table) == len(list(zoom.truth(table))) > 0, table


def test_the_same_seed_and_day_make_the_same_rows() -> None:
    first, second = (Sandbox(AccountShape(seed=5), today=TODAY) for _ in range(2))
    for table in ACCOUNT_TABLES:
        assert list(first.truth(table)) == list(second.truth(table)), table
