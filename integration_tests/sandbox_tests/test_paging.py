"""The simulated Zoom: how its lists are paged."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from integration_tests.sandbox import Sandbox
    from integration_tests.sandbox.entities import Meeting
    from integration_tests.sandbox_tests.client import Client


def _big_meeting(zoom: Sandbox) -> Meeting:
    return next(m for m in zoom.account.listed_meetings() if m.big)


def test_pages_follow_the_token_and_end_with_an_empty_one(zoom: Sandbox, client: Client) -> None:
    path = f"meetings/{_big_meeting(zoom).id}/registrants"
    first = client.get(path, page_size=300).json()
    assert (first["page_count"], first["page_size"], first["total_records"], first["page_number"]) == (3, 300, 620, 1)
    second = client.get(path, page_size=300, next_page_token=first["next_page_token"]).json()
    third = client.get(path, page_size=300, next_page_token=second["next_page_token"]).json()
    assert [len(page["registrants"]) for page in (first, second, third)] == [300, 300, 20]
    assert third["next_page_token"] == ""
    ids = {row["id"] for page in (first, second, third) for row in page["registrants"]}
    assert len(ids) == 620


def test_page_size_defaults_to_30_and_is_capped_or_refused_above_300(zoom: Sandbox, client: Client) -> None:
    path = f"meetings/{_big_meeting(zoom).id}/registrants"
    assert client.get(path).json()["page_size"] == 30
    assert client.get(path, page_size=1000).json()["page_size"] == 300
    zoom.set_knobs(page_size_over="refuse")
    assert client.error(path, page_size=301) == (400, 300, "Invalid parameter: page_size.")
    assert client.error(path, page_size="many")[:2] == (400, 300)


def test_page_number_leads_on_where_zoom_documents_it(zoom: Sandbox, client: Client) -> None:
    path = f"meetings/{_big_meeting(zoom).id}/registrants"
    numbered = client.get(path, page_size=300, page_number=3).json()
    assert (numbered["page_number"], len(numbered["registrants"])) == (3, 20)


def test_a_page_token_belongs_to_one_list_with_one_set_of_parameters(zoom: Sandbox, client: Client) -> None:
    path = f"meetings/{_big_meeting(zoom).id}/registrants"
    token = client.get(path, page_size=300).json()["next_page_token"]
    dead = (400, 300, "The next page token is invalid or expired.")
    assert client.error(path, page_size=100, next_page_token=token) == dead
    assert client.error("users", page_size=300, next_page_token=token) == dead
    assert client.error(path, page_size=300, next_page_token="made-up") == dead
    assert client.get(path, page_size=300, next_page_token=token).status_code == 200
    zoom.expire_page_tokens()
    assert client.error(path, page_size=300, next_page_token=token) == dead


def test_a_page_token_dies_of_age(zoom: Sandbox, client: Client) -> None:
    path = f"meetings/{_big_meeting(zoom).id}/registrants"
    token = client.get(path, page_size=300).json()["next_page_token"]
    zoom.set_knobs(page_token_seconds=0)
    assert client.error(path, page_size=300, next_page_token=token)[:2] == (400, 300)


def test_the_webinar_list_can_lack_its_token(zoom: Sandbox, client: Client) -> None:
    owner = zoom.account.users[0]
    path = f"users/{owner.id}/webinars"
    assert client.get(path, page_size=1).json()["next_page_token"]
    zoom.set_knobs(webinar_list_token=False)
    first = client.get(path, page_size=1).json()
    assert first["next_page_token"] == ""
    assert first["page_count"] == len(owner.webinar_rows)
    second = client.get(path, page_size=1, page_number=2).json()
    assert second["webinars"] != first["webinars"]
