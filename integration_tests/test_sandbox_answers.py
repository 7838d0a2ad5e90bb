"""The simulated Zoom: envelopes, paging, path encoding, windows, and the answers that depend on knobs."""

from __future__ import annotations

from datetime import date, timedelta
from urllib.parse import quote

import pytest
import requests

from integration_tests.sandbox import AccountShape, Sandbox
from integration_tests.test_sandbox import Client, Walk, _sorted

TODAY = date(2026, 5, 20)


@pytest.fixture(scope="module")
def zoom():
    with Sandbox(AccountShape(seed=7), today=TODAY) as sandbox:
        yield sandbox


@pytest.fixture
def client(zoom):
    with Client(zoom) as connected:
        yield connected
    zoom.set_knobs(**vars(type(zoom.knobs)()))


def _big_meeting(zoom):
    return next(m for m in zoom.account.listed_meetings() if m.big)


def _occurrence(zoom, *, webinar=False, **wanted):
    for occurrence in zoom._truth.occurrences(webinars=webinar):
        if all(test(occurrence) for test in wanted.values()):
            return occurrence
    raise AssertionError("no such occurrence")


# Paging


def test_pages_follow_the_token_and_end_with_an_empty_one(zoom, client):
    path = f"meetings/{_big_meeting(zoom).id}/registrants"
    first = client.get(path, page_size=300).json()
    assert (first["page_count"], first["page_size"], first["total_records"], first["page_number"]) == (3, 300, 620, 1)
    second = client.get(path, page_size=300, next_page_token=first["next_page_token"]).json()
    third = client.get(path, page_size=300, next_page_token=second["next_page_token"]).json()
    assert [len(page["registrants"]) for page in (first, second, third)] == [300, 300, 20]
    assert third["next_page_token"] == ""
    ids = {row["id"] for page in (first, second, third) for row in page["registrants"]}
    assert len(ids) == 620


def test_page_size_defaults_to_30_and_is_capped_or_refused_above_300(zoom, client):
    path = f"meetings/{_big_meeting(zoom).id}/registrants"
    assert client.get(path).json()["page_size"] == 30
    assert client.get(path, page_size=1000).json()["page_size"] == 300
    zoom.set_knobs(page_size_over="refuse")
    assert client.error(path, page_size=301) == (400, 300, "Invalid parameter: page_size.")
    assert client.error(path, page_size="many")[:2] == (400, 300)


def test_page_number_leads_on_where_zoom_documents_it(zoom, client):
    path = f"meetings/{_big_meeting(zoom).id}/registrants"
    numbered = client.get(path, page_size=300, page_number=3).json()
    assert (numbered["page_number"], len(numbered["registrants"])) == (3, 20)


def test_a_page_token_belongs_to_one_list_with_one_set_of_parameters(zoom, client):
    path = f"meetings/{_big_meeting(zoom).id}/registrants"
    token = client.get(path, page_size=300).json()["next_page_token"]
    dead = (400, 300, "The next page token is invalid or expired.")
    assert client.error(path, page_size=100, next_page_token=token) == dead
    assert client.error("users", page_size=300, next_page_token=token) == dead
    assert client.error(path, page_size=300, next_page_token="made-up") == dead
    assert client.get(path, page_size=300, next_page_token=token).status_code == 200
    zoom.expire_page_tokens()
    assert client.error(path, page_size=300, next_page_token=token) == dead


def test_a_page_token_dies_of_age(zoom, client):
    path = f"meetings/{_big_meeting(zoom).id}/registrants"
    token = client.get(path, page_size=300).json()["next_page_token"]
    zoom.set_knobs(page_token_seconds=0)
    assert client.error(path, page_size=300, next_page_token=token)[:2] == (400, 300)


def test_the_webinar_list_can_lack_its_token(zoom, client):
    owner = zoom.account.users[0]
    path = f"users/{owner.id}/webinars"
    assert client.get(path, page_size=1).json()["next_page_token"]
    zoom.set_knobs(webinar_list_token=False)
    first = client.get(path, page_size=1).json()
    assert first["next_page_token"] == ""
    assert first["page_count"] == len(owner.webinar_rows)
    second = client.get(path, page_size=1, page_number=2).json()
    assert second["webinars"] != first["webinars"]


# Users


def test_pending_users_have_no_id_and_are_found_by_email(client):
    pending = client.get("users", status="pending").json()["users"]
    assert pending
    assert all("id" not in user for user in pending)
    assert client.get(f"users/{quote(pending[0]['email'])}").json()["status"] == "pending"
    assert client.error("users/nobody@example.com")[:2] == (404, 1001)
    assert client.error("users/me")[:2] == (404, 1001)


def test_host_key_and_custom_attributes_come_only_when_asked_for(client):
    assert all("host_key" not in user for user in client.get("users").json()["users"])
    assert any("host_key" in user for user in client.get("users", include_fields="host_key").json()["users"])
    asked = client.get("users", include_fields="custom_attributes").json()["users"]
    assert all("custom_attributes" in user and "host_key" not in user for user in asked)


def test_hosts_without_licence_are_refused(zoom, client):
    unassigned = next(u for u in zoom.account.users if u.type == 4)
    assert client.error(f"users/{unassigned.id}/meetings")[:2] == (400, 3161)
    plain = next(u for u in zoom.account.users if u.id and not u.webinar_addon)
    status, code, message = client.error(f"users/{plain.id}/webinars")
    assert (status, code) == (400, 200)
    assert message.startswith("Webinar plan is missing.")


# Ids and UUIDs


@pytest.mark.parametrize("twice", [False, True])
def test_uuids_resolve_by_zooms_encoding_rule(zoom, client, twice):
    def ask(uuid, encodings):
        for _ in range(encodings):
            uuid = quote(uuid, safe="")
        return client.get(f"report/meetings/{uuid}").status_code

    def young(o):
        return zoom.account.within(o, 12)

    slash = _occurrence(zoom, young=young, kind=lambda o: o.uuid.startswith("/"))
    double = _occurrence(zoom, young=young, kind=lambda o: "//" in o.uuid)
    inner = _occurrence(
        zoom, young=young, kind=lambda o: "/" in o.uuid.strip("/") and "//" not in o.uuid and o.uuid[0] != "/"
    )
    plus = _occurrence(zoom, young=young, kind=lambda o: "+" in o.uuid and "/" not in o.uuid)
    assert ask(slash.uuid, 2 if twice else 1) == (200 if twice else 404)
    assert ask(double.uuid, 2 if twice else 1) == (200 if twice else 404)
    assert ask(inner.uuid, 2 if twice else 1) == 200
    assert ask(plus.uuid, 2 if twice else 1) == 200
    assert ask(inner.uuid, 0) != 200


def test_a_number_answers_for_the_latest_instance_only(zoom, client):
    series = next(m for m in zoom.account.listed_meetings() if len(m.occurrences) > 1)
    latest = max(series.occurrences, key=lambda o: o.start)
    assert client.get(f"report/meetings/{series.id}").json()["uuid"] == latest.uuid


def test_the_uuid_of_the_next_instance_has_no_report(zoom, client):
    series = next(m for m in zoom.account.listed_meetings() if m.occurrences)
    assert client.error(f"report/meetings/{quote(quote(series.uuid, safe=''), safe='')}")[:2] == (404, 3001)


def test_a_webinar_number_on_a_meeting_endpoint_and_the_other_way_round(zoom, client):
    webinar = zoom.account.listed_webinars()[0].id
    meeting = zoom.account.listed_meetings()[0].id
    assert client.error(f"meetings/{webinar}") == (400, 3000, "Cannot access webinar info.")
    assert client.error(f"meetings/{webinar}/registrants") == (400, 300, "Cannot access webinar info.")
    assert client.error(f"webinars/{meeting}/panelists") == (400, 300, "Invalid webinar ID.")
    assert client.error("webinars/123/panelists")[:2] == (404, 3001)
    assert client.error(f"past_webinars/{meeting}/instances") == (400, 300, "Invalid webinar ID.")


def test_unknown_paths_and_methods(zoom, client):
    assert client.error("metrics/meetings") == (404, 2300, "This API endpoint is not recognized.")
    zoom.set_knobs(unknown_path_status=400)
    assert client.error("report/meetings/1/2/3")[:2] == (400, 2300)
    assert client.session.post("https://api.zoom.us/v2/users", timeout=5).json()["code"] == 2300


def test_start_url_is_a_secret_that_changes_with_every_read(zoom, client):
    meeting = next(m for m in zoom.account.listed_meetings() if not m.gone)
    urls = {client.get(f"meetings/{meeting.id}").json()["start_url"] for _ in range(2)}
    assert len(urls) == 2


# Windows and retention


@pytest.mark.parametrize("path", ["report/history_meetings", "report/users", "report/users/{}/meetings"])
def test_report_windows_are_checked(zoom, client, path):
    path = path.format(zoom.account.users[0].id)
    assert client.error(path)[:2] == (400, 300)
    assert client.error(path, from_="2026-05-01")[:2] == (400, 300)
    assert client.error(path, from_="05/01/2026", to="2026-05-02")[:2] == (400, 300)
    assert client.error(path, from_="2026-05-10", to="2026-05-09")[:2] == (400, 300)
    assert client.error(path, from_="2026-04-01", to="2026-05-02")[:2] == (400, 300)
    assert client.get(path, from_="2026-04-01", to="2026-05-01").status_code == 200
    assert client.get(path, from_="2025-11-20", to="2025-12-01").status_code == 200
    status, code, message = client.error(path, from_="2025-11-19", to="2025-12-01")
    assert (status, code) == (400, 300)
    assert "only the last six months" in message


def test_history_can_be_asked_by_kind_and_by_end(zoom, client):
    window = {"from_": "2026-05-01", "to": "2026-05-20", "page_size": 300}
    rows = client.get("report/history_meetings", **window).json()["history_meetings"]
    kinds = {
        kind: client.get("report/history_meetings", meeting_type=kind, **window).json()["history_meetings"]
        for kind in ("meeting", "webinar")
    }
    assert len(kinds["meeting"]) + len(kinds["webinar"]) == len(rows)
    assert {row["type"] for row in kinds["webinar"]} == {"Webinar"}
    ended = client.get("report/history_meetings", date_type="end_time", **window).json()["history_meetings"]
    assert {row["meeting_uuid"] for row in ended} == {row["meeting_uuid"] for row in rows}


def test_the_user_reports_reach_what_the_history_reaches(zoom, client):
    found = set()
    first = date(2025, 11, 20)
    while first <= TODAY:
        window = {"from_": first.isoformat(), "to": min(first + timedelta(days=27), TODAY).isoformat()}
        for user in client.get("report/users", page_size=300, **window).json()["users"]:
            for kind in ("past", "pastOne"):
                path = f"report/users/{user['id']}/meetings"
                rows = client.get(path, type=kind, page_size=300, **window).json()["meetings"]
                assert all((row["participants_count"] == 1) == (kind == "pastOne") for row in rows)
                found |= {row["uuid"] for row in rows}
        first += timedelta(days=28)
    assert found == {o.uuid for o in zoom.account.history}


def test_instances_reach_fifteen_months(zoom, client):
    series = next(m for m in zoom.account.listed_meetings() if len(m.occurrences) == 7)
    starts = [row["start_time"] for row in client.get(f"past_meetings/{series.id}/instances").json()["meetings"]]
    assert len(starts) == 6
    assert min(starts) == "2025-02-20T00:00:30Z"
    assert max(starts) == "2026-05-20T00:00:05Z"


# Knobs


@pytest.mark.parametrize(
    ("state", "answer"),
    [
        ("refused", (400, 4711)),
        ("unknown", (404, 2300)),
        ("paid_only", (400, 200)),
    ],
)
def test_history_can_be_closed(zoom, client, state, answer):
    zoom.set_knobs(history=state)
    assert client.error("report/history_meetings", from_="2026-05-01", to="2026-05-20")[:2] == answer
    assert zoom.owed("report_meetings") > 0


def test_history_can_lack_some_meetings_and_the_truth_follows():
    lacks = ("instant", "one_participant")
    with Sandbox(AccountShape(seed=7), today=TODAY, history_lacks=lacks) as zoom, Client(zoom) as client:
        found = Walk(client, TODAY).run()
        assert _sorted(found["report_meetings"]) == _sorted(zoom.truth("report_meetings"))
        full = Sandbox(AccountShape(seed=7), today=TODAY)
        assert zoom.owed("report_meetings") < full.owed("report_meetings")


def test_one_participant_reports(zoom, client):
    lone = _occurrence(zoom, lone=lambda o: o.lone, young=lambda o: zoom.account.within(o, 12))
    path = f"report/meetings/{quote(quote(lone.uuid, safe=''), safe='')}/participants"
    owed = zoom.owed("report_meeting_participants")
    assert client.error(path)[:2] == (404, 3001)
    zoom.set_knobs(one_participant_report="served")
    assert len(client.get(path).json()["participants"]) == 1
    assert zoom.owed("report_meeting_participants") > owed


def test_registrant_id_comes_only_when_asked_for(zoom, client):
    crowd = _occurrence(zoom, crowd=lambda o: o.rows == 620)
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
def test_waiting_room_rows(zoom, client, state, same_id, same_time):
    zoom.set_knobs(waiting_room_rows=state)
    crowd = _occurrence(zoom, crowd=lambda o: o.rows == 620)
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
def test_files_can_be_dead_in_every_way(zoom, client, state, answer):
    zoom.set_knobs(files=state)
    occurrence = _occurrence(zoom)
    assert client.error(f"past_meetings/{quote(quote(occurrence.uuid, safe=''), safe='')}/files")[:2] == answer
    assert zoom.owed("meeting_files") == zoom.owed("webinar_files") == 0


def test_registration_off_comes_in_three_codes(zoom, client):
    meeting = next(m for m in zoom.account.listed_meetings() if not m.registration and not m.gone and m.host.type == 2)
    message = f"Registration has not been enabled for this meeting: {meeting.id}."
    for status, code in ((400, 300), (404, 404), (400, 3000)):
        zoom.set_knobs(registration_off=(status, code))
        assert client.error(f"meetings/{meeting.id}/registrants") == (status, code, message)
    webinar = next(w for w in zoom.account.listed_webinars() if not w.registration)
    assert client.error(f"webinars/{webinar.id}/registrants")[:2] == (400, 3000)
    zoom.set_knobs(webinar_registration_off="empty")
    assert client.get(f"webinars/{webinar.id}/registrants").json()["registrants"] == []


def test_roles_and_scopes(zoom, client):
    window = {"from_": "2026-05-01", "to": "2026-05-20"}
    zoom.set_knobs(role_permissions=("User:Read",))
    assert client.error("report/history_meetings", **window) == (400, 200, "No permission.")
    assert client.get("users").status_code == 200
    zoom.set_knobs(role_permissions=("UsageReport:Read",))
    assert client.error("users") == (400, 200, "No permission.")


def test_an_unknown_knob_or_value_is_refused():
    with pytest.raises(TypeError, match="no_such_knob"):
        Sandbox(no_such_knob=1)
    with pytest.raises(ValueError, match="history is one of"):
        Sandbox(history="sometimes")
    with pytest.raises(ValueError, match="no such table"):
        list(Sandbox().truth("chats"))


# The proxy


@pytest.mark.parametrize("url", ["https://example.com/", "https://api.zoom.us:8443/v2/users", "http://zoom.us/"])
def test_the_proxy_leads_to_zoom_only(zoom, client, url):
    zoom.clear_requests()
    if url.startswith("https:"):
        with pytest.raises(requests.exceptions.ProxyError, match="403"):
            client.session.get(url, timeout=5)
    else:
        assert client.session.get(url, timeout=5).status_code == 403
    assert len(zoom.refused_hosts) == 1
    assert zoom.requests == []


def test_a_tunnel_to_one_host_serves_no_other(client):
    answer = client.session.get("https://api.zoom.us/v2/users", headers={"Host": "zoom.us"}, timeout=5)
    assert answer.status_code == 421


def test_the_request_log(zoom, client):
    zoom.clear_requests()
    client.session.get("https://api.zoom.us/v2/users?status=active&page_size=5", timeout=5)
    client.error("meetings/1")
    first, second = zoom.requests
    assert (first.method, first.host, first.path) == ("GET", "api.zoom.us", "/v2/users")
    assert first.query == {"page_size": "5", "status": "active"}
    assert first.url == "/v2/users?page_size=5&status=active"
    assert (first.label, first.status, first.code, first.fault) == ("Medium", 200, None, None)
    assert (second.label, second.status, second.code) == ("Light", 404, 3001)
    assert second.seconds is not None
    assert first.started <= second.started
