"""The simulated Zoom: users, path encoding, and the errors of wrong ids."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from integration_tests.sandbox_tests.client import Client, find_occurrence

if TYPE_CHECKING:
    from integration_tests.sandbox import Sandbox
    from integration_tests.sandbox.entities import Occurrence

# Users


def test_pending_users_have_no_id_and_are_found_by_email(client: Client) -> None:
    pending = client.get("users", status="pending").json()["users"]
    assert pending
    assert all("id" not in user for user in pending)
    assert client.get(f"users/{quote(pending[0]['email'])}").json()["status"] == "pending"
    assert client.error("users/nobody@example.com")[:2] == (404, 1001)
    assert client.error("users/me")[:2] == (404, 1001)


def test_host_key_and_custom_attributes_come_only_when_asked_for(client: Client) -> None:
    assert all("host_key" not in user for user in client.get("users").json()["users"])
    assert any("host_key" in user for user in client.get("users", include_fields="host_key").json()["users"])
    asked = client.get("users", include_fields="custom_attributes").json()["users"]
    assert all("custom_attributes" in user and "host_key" not in user for user in asked)


def test_hosts_without_licence_are_refused(zoom: Sandbox, client: Client) -> None:
    unassigned = next(u for u in zoom.account.users if u.type == 4)
    assert client.error(f"users/{unassigned.id}/meetings")[:2] == (400, 3161)
    plain = next(u for u in zoom.account.users if u.id and not u.webinar_addon)
    status, code, message = client.error(f"users/{plain.id}/webinars")
    assert (status, code) == (400, 200)
    assert message.startswith("Webinar plan is missing.")


# Ids and UUIDs


@pytest.mark.parametrize("twice", [False, True])
def test_uuids_resolve_by_zooms_encoding_rule(zoom: Sandbox, client: Client, twice: bool) -> None:
    def ask(uuid: str, encodings: int) -> int:
        for _ in range(encodings):
            uuid = quote(uuid, safe="")
        return client.get(f"report/meetings/{uuid}").status_code

    def young(o: Occurrence) -> bool:
        return zoom.account.within(o, 12)

    slash = find_occurrence(zoom, young=young, kind=lambda o: o.uuid.startswith("/"))
    double = find_occurrence(zoom, young=young, kind=lambda o: "//" in o.uuid)
    inner = find_occurrence(
        zoom, young=young, kind=lambda o: "/" in o.uuid.strip("/") and "//" not in o.uuid and o.uuid[0] != "/"
    )
    plus = find_occurrence(zoom, young=young, kind=lambda o: "+" in o.uuid and "/" not in o.uuid)
    assert ask(slash.uuid, 2 if twice else 1) == (200 if twice else 404)
    assert ask(double.uuid, 2 if twice else 1) == (200 if twice else 404)
    assert ask(inner.uuid, 2 if twice else 1) == 200
    assert ask(plus.uuid, 2 if twice else 1) == 200
    assert ask(inner.uuid, 0) != 200


def test_a_number_answers_for_the_latest_instance_only(zoom: Sandbox, client: Client) -> None:
    series = next(m for m in zoom.account.listed_meetings() if len(m.occurrences) > 1)
    latest = max(series.occurrences, key=lambda o: o.start)
    assert client.get(f"report/meetings/{series.id}").json()["uuid"] == latest.uuid


def test_the_uuid_of_the_next_instance_has_no_report(zoom: Sandbox, client: Client) -> None:
    series = next(m for m in zoom.account.listed_meetings() if m.occurrences)
    assert client.error(f"report/meetings/{quote(quote(series.uuid, safe=''), safe='')}")[:2] == (404, 3001)


def test_a_webinar_number_on_a_meeting_endpoint_and_the_other_way_round(zoom: Sandbox, client: Client) -> None:
    webinar = zoom.account.listed_webinars()[0].id
    meeting = zoom.account.listed_meetings()[0].id
    assert client.error(f"meetings/{webinar}") == (400, 3000, "Cannot access webinar info.")
    assert client.error(f"meetings/{webinar}/registrants") == (400, 300, "Cannot access webinar info.")
    assert client.error(f"webinars/{meeting}/panelists") == (400, 300, "Invalid webinar ID.")
    assert client.error("webinars/123/panelists")[:2] == (404, 3001)
    assert client.error(f"past_webinars/{meeting}/instances") == (400, 300, "Invalid webinar ID.")


def test_unknown_paths_and_methods(zoom: Sandbox, client: Client) -> None:
    assert client.error("metrics/meetings") == (404, 2300, "This API endpoint is not recognized.")
    zoom.set_knobs(unknown_path_status=400)
    assert client.error("report/meetings/1/2/3")[:2] == (400, 2300)
    assert client.session.post("https://api.zoom.us/v2/users", timeout=5).json()["code"] == 2300


def test_start_url_is_a_secret_that_changes_with_every_read(zoom: Sandbox, client: Client) -> None:
    meeting = next(m for m in zoom.account.listed_meetings() if not m.gone)
    urls = {client.get(f"meetings/{meeting.id}").json()["start_url"] for _ in range(2)}
    assert len(urls) == 2
