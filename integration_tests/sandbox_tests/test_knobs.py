"""The simulated Zoom: the answers that depend on knobs."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from integration_tests.sandbox import Sandbox
from integration_tests.sandbox_tests.client import Client, find_occurrence


@pytest.mark.parametrize(
    ("state", "answer"),
    [
        ("refused", (400, 4711)),
        ("unknown", (404, 2300)),
        ("paid_only", (400, 200)),
    ],
)
def test_history_can_be_closed(zoom: Sandbox, client: Client, state: str, answer: tuple[int, int]) -> None:
    zoom.set_knobs(history=state)
    assert client.error("report/history_meetings", from_="2026-05-01", to="2026-05-20")[:2] == answer
    assert zoom.owed("report_meetings") > 0


def test_one_participant_reports(zoom: Sandbox, client: Client) -> None:
    lone = find_occurrence(zoom, lone=lambda o: o.lone, young=lambda o: zoom.account.within(o, 12))
    path = f"report/meetings/{quote(quote(lone.uuid, safe=''), safe='')}/participants"
    owed = zoom.owed("report_meeting_participants")
    assert client.error(path)[:2] == (404, 3001)
    zoom.set_knobs(one_participant_report="served")
    assert len(client.get(path).json()["participants"]) == 1
    assert zoom.owed("report_meeting_participants") > owed


def test_registrant_id_comes_only_when_asked_for(zoom: Sandbox, client: Client) -> None:
    crowd = find_occurrence(zoom, crowd=lambda o: o.rows == 620)
    path = f"report/meetings/{quote(quote(crowd.uuid, safe=''), safe='')}/participants"
    assert all("registrant_id" not in row for row in client.get(path).json()["participants"])
    asked = client.get(path, include_fields="registrant_id").json()["participants"]
    assert all("registrant_id" in row for row in asked)


@pytest.mark.parametrize(
    ("state", "same_id", "same_time"),
    [
        ("same_user_id", True, False),
        ("own_user_id", False, False),
        ("same_join_time", True, True),
    ],
)
def test_waiting_room_rows(zoom: Sandbox, client: Client, state: str, same_id: bool, same_time: bool) -> None:
    zoom.set_knobs(waiting_room_rows=state)
    crowd = find_occurrence(zoom, crowd=lambda o: o.rows == 620)
    rows = client.get(f"report/meetings/{quote(quote(crowd.uuid, safe=''), safe='')}/participants").json()[
        "participants"
    ]
    at, waiting = next((i, row) for i, row in enumerate(rows) if row["status"] == "in_waiting_room")
    assert (waiting["user_id"] == rows[at - 1]["user_id"]) == same_id
    assert (waiting["join_time"] == rows[at - 1]["join_time"]) == same_time


@pytest.mark.parametrize(
    ("state", "answer"),
    [
        ("gone", (404, 3001)),
        ("unrecognized", (404, 2300)),
        ("bad_request", (400, 1010)),
        ("forbidden", (403, 403)),
        ("scope", (400, 4711)),
    ],
)
def test_files_can_be_dead_in_every_way(zoom: Sandbox, client: Client, state: str, answer: tuple[int, int]) -> None:
    zoom.set_knobs(files=state)
    occurrence = find_occurrence(zoom)
    assert client.error(f"past_meetings/{quote(quote(occurrence.uuid, safe=''), safe='')}/files")[:2] == answer
    assert zoom.owed("meeting_files") == zoom.owed("webinar_files") == 0


def test_registration_off_comes_in_three_codes(zoom: Sandbox, client: Client) -> None:
    meeting = next(m for m in zoom.account.listed_meetings() if not m.registration and not m.gone and m.host.type == 2)
    message = f"Registration has not been enabled for this meeting: {meeting.id}."
    for status, code in ((400, 300), (404, 404), (400, 3000)):
        zoom.set_knobs(registration_off=(status, code))
        assert client.error(f"meetings/{meeting.id}/registrants") == (status, code, message)
    webinar = next(w for w in zoom.account.listed_webinars() if not w.registration)
    assert client.error(f"webinars/{webinar.id}/registrants")[:2] == (400, 3000)
    zoom.set_knobs(webinar_registration_off="empty")
    assert client.get(f"webinars/{webinar.id}/registrants").json()["registrants"] == []


def test_roles_and_scopes(zoom: Sandbox, client: Client) -> None:
    window = {"from_": "2026-05-01", "to": "2026-05-20"}
    zoom.set_knobs(role_permissions=("User:Read",))
    assert client.error("report/history_meetings", **window) == (400, 200, "No permission.")
    assert client.get("users").status_code == 200
    zoom.set_knobs(role_permissions=("UsageReport:Read",))
    assert client.error("users") == (400, 200, "No permission.")


def test_an_unknown_knob_or_value_is_refused() -> None:
    with pytest.raises(TypeError, match="no_such_knob"):
        Sandbox(no_such_knob=1)
    with pytest.raises(ValueError, match="history is one of"):
        Sandbox(history="sometimes")
    with pytest.raises(ValueError, match="no such table"):
        list(Sandbox().truth("chats"))
