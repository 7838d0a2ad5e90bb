"""The simulated Zoom against itself: an independent walk over real HTTPS finds exactly what the truth says is owed."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from typing import Any
from urllib.parse import quote

import orjson
import pytest
import requests

from integration_tests.sandbox import HOST_SECRETS, TABLES, AccountShape, Sandbox

Record = dict[str, Any]


class Client:
    """A plain HTTP client of the sandbox, with a Server-to-Server token."""

    def __init__(self, zoom: Sandbox, *, login: bool = True) -> None:
        self.zoom = zoom
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.proxies = {"https": zoom.proxy_url, "http": zoom.proxy_url}
        self.session.verify = str(zoom.ca_file)
        if login:
            answer = self.token()
            assert answer.status_code == 200, answer.text
            self.session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.session.close()

    def token(self, host: str = "zoom.us", **changes: str) -> requests.Response:
        credentials = {**self.zoom.credentials, **changes}
        return self.session.post(
            f"https://{host}/oauth/token",
            data={"grant_type": "account_credentials", "account_id": credentials["account_id"]},
            auth=(credentials["client_id"], credentials["client_secret"]),
            timeout=10,
        )

    def get(self, path: str, **query: Any) -> requests.Response:
        names = {"from_": "from"}
        params = {names.get(name, name): value for name, value in query.items()}
        return self.session.get(f"https://api.zoom.us/v2/{path}", params=params, timeout=10)

    def error(self, path: str, **query: Any) -> tuple[int, int, str]:
        answer = self.get(path, **query)
        body = answer.json()
        return answer.status_code, body["code"], body["message"]


class Walk:
    """Reads a whole account as Zoom's documents say one has to."""

    def __init__(self, client: Client, today: date, start: datetime | None = None) -> None:
        self.client = client
        self.today = today
        self.start = start
        self.tables: dict[str, list[Record]] = {table: [] for table in TABLES}
        self.errors: Counter[tuple[int, int, str]] = Counter()

    def run(self) -> dict[str, list[Record]]:
        for status in ("active", "inactive", "pending"):
            self.tables["users"] += self.pages("users", "users", status=status)
        active = [user["id"] for user in self.tables["users"] if user["status"] == "active"]
        history = self.history()
        for kind in ("meeting", "webinar"):
            listed = {row["id"]: row for user in active for row in self.pages(f"users/{user}/{kind}s", f"{kind}s")}
            occurrences = {row["meeting_uuid"]: row["meeting_id"] for row in history if row["type"].lower() == kind}
            for number, row in listed.items():
                if row["type"] in (3, 6, 8, 9):
                    for instance in self.pages(f"past_{kind}s/{number}/instances", f"{kind}s"):
                        if self.is_wanted(instance["start_time"]):
                            occurrences[instance["uuid"]] = number
                elif "start_time" in row and not self.is_wanted(row["start_time"]):
                    continue
                self.read_listed(kind, number)
            for uuid, number in occurrences.items():
                self.read_occurrence(kind, number, uuid)
        return self.tables

    def read_listed(self, kind: str, number: int) -> None:
        where = f"{kind}s/{number}"
        parent = {f"{kind}_id": number}
        self.add(f"{kind}s", self.whole(where), {})
        for status in ("approved", "pending", "denied"):
            rows = self.pages(f"{where}/registrants", "registrants", status=status)
            self.add(f"{kind}_registrants", rows, parent)
        self.add(f"{kind}_polls", self.pages(f"{where}/polls", "polls"), parent)
        self.add(f"{kind}_questions", self.whole(f"{where}/registrants/questions"), parent)
        if kind == "webinar":
            self.add("webinar_panelists", self.pages(f"{where}/panelists", "panelists"), parent)
            self.add("webinar_tracking_sources", self.pages(f"{where}/tracking_sources", "tracking_sources"), parent)

    def read_occurrence(self, kind: str, number: int, uuid: str) -> None:
        name = quote(uuid, safe="")
        if uuid.startswith("/") or "//" in uuid:
            name = quote(name, safe="")
        parent = {f"{kind}_id": number, f"{kind}_uuid": uuid}
        past, report = f"past_{kind}s/{name}", f"report/{kind}s/{name}"
        self.add(f"report_{kind}s", self.whole(report), parent)
        rows = self.pages(f"{report}/participants", "participants", include_fields="registrant_id")
        self.add(f"report_{kind}_participants", rows, parent)
        self.add(f"{kind}_poll_results", self.results(f"{past}/polls"), parent)
        self.add(f"{kind}_files", self.pages(f"{past}/files", "in_meeting_files"), parent)
        if kind == "webinar":
            self.add("webinar_qna_results", self.results(f"{past}/qa"), parent)
            self.add("webinar_absentees", self.pages(f"{past}/absentees", "registrants"), parent)

    def history(self) -> list[Record]:
        first = _six_months_before(self.today)
        found = []
        while first <= self.today:
            last = min(first + timedelta(days=27), self.today)
            window = {"from_": first.isoformat(), "to": last.isoformat()}
            found += list(self.pages("report/history_meetings", "history_meetings", **window))
            first = last + timedelta(days=1)
        return [row for row in found if self.is_wanted(row["start_time"])]

    def is_wanted(self, moment: str) -> bool:
        return self.start is None or datetime.fromisoformat(moment.replace("Z", "+00:00")) >= self.start

    def whole(self, path: str) -> list[Record]:
        body = self.body(path)
        return [] if body is None else [body]

    def pages(self, path: str, key: str, **query: str) -> Iterator[Record]:
        token = ""
        while True:
            more = {"next_page_token": token} if token else {}
            body = self.body(path, page_size=300, **query, **more)
            if body is None:
                return
            rows = body.get(key, [])
            assert len(rows) <= 300
            yield from rows
            token = body.get("next_page_token", "")
            if not token:
                return

    def results(self, path: str) -> Iterator[Record]:
        """One record a participant, with the position in the answer and the start that stands beside the list."""
        body = self.body(path) or {}
        for index, row in enumerate(body.get("questions", [])):
            yield row | {"start_time": body["start_time"], "result_index": index}

    def body(self, path: str, **query: Any) -> Record | None:
        answer = self.client.get(path, **query)
        body = answer.json()
        if answer.status_code != 200 or set(body) == {"code", "message"}:
            self.errors[answer.status_code, body["code"], body["message"][:30]] += 1
            return None
        return body

    def add(self, table: str, rows: Any, parent: Record) -> None:
        for row in rows:
            kept = {name: value for name, value in row.items() if name not in HOST_SECRETS}
            self.tables[table].append(kept | parent)


def _six_months_before(day: date) -> date:
    year, month = divmod(day.year * 12 + day.month - 7, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _sorted(records: Any) -> list[bytes]:
    return sorted(orjson.dumps(record, option=orjson.OPT_SORT_KEYS) for record in records)


@pytest.fixture(scope="module")
def zoom() -> Iterator[Sandbox]:
    with Sandbox(AccountShape(seed=7)) as sandbox:
        yield sandbox


def test_a_full_walk_finds_the_truth_and_meets_the_documented_errors(zoom):
    with Client(zoom) as client:
        walk = Walk(client, zoom.account.today)
        found = walk.run()
    for table in TABLES:
        assert _sorted(found[table]) == _sorted(zoom.truth(table)), table
        assert zoom.owed(table) == len(found[table]) >= 5, table
    assert len(zoom.requests) < 1_500
    assert {(status, code) for status, code, _ in walk.errors} == {
        (400, 3161),
        (400, 200),
        (200, 200),
        (404, 3001),
        (400, 300),
        (400, 3000),
        (400, 4400),
        (404, 404),
        (400, 12702),
    }


def test_a_walk_from_a_start_date_finds_the_truth_from_there(zoom):
    start = datetime.now(timezone.utc) - timedelta(days=12)
    with Client(zoom) as client:
        found = Walk(client, zoom.account.today, start).run()
    for table in TABLES:
        assert _sorted(found[table]) == _sorted(zoom.truth(table, start)), table
    assert 0 < zoom.owed("report_meetings", start) < zoom.owed("report_meetings")
    assert 0 < zoom.owed("meetings", start) < zoom.owed("meetings")
    assert zoom.owed("users", start) == zoom.owed("users")


@pytest.mark.parametrize(
    "shape",
    [
        AccountShape(users=1, inactive_users=0, pending_users=0, webinar_share=0),
        AccountShape(users=6, seed=3, special_cases=False, undocumented=False),
        AccountShape(users=30, seed=11, big_lists=0, meetings_per_user=1.5, unlisted_per_user=0.5),
    ],
)
@pytest.mark.parametrize("today", [date(2026, 2, 28), date(2024, 8, 31), date(2025, 12, 31)])
def test_other_shapes_and_dates(shape, today):
    with Sandbox(shape, today=today) as zoom, Client(zoom) as client:
        found = Walk(client, today).run()
        for table in TABLES:
            assert _sorted(found[table]) == _sorted(zoom.truth(table)), table


def test_same_shape_seed_and_date_are_the_same_account():
    def read(seed: int) -> list[list[bytes]]:
        sandbox = Sandbox(AccountShape(users=6, seed=seed), today=date(2026, 6, 1))
        return [_sorted(sandbox.truth(table)) for table in TABLES]

    assert read(5) == read(5)
    assert all(one != other for one, other in zip(read(5), read(6), strict=True))


def test_every_kind_of_parent_and_row_occurs(zoom):
    account = zoom.account
    assert {user.status for user in account.users} == {"active", "inactive", "pending"}
    assert {user.type for user in account.users} == {1, 2, 4}
    assert {m.type for m in account.listed_meetings()} == {2, 3, 8}
    assert {w.type for w in account.listed_webinars()} == {5, 6, 9}
    assert {m.type for m in account.meetings.values() if not m.listed} >= {1, 2, 4, 8, 5}
    uuids = [o.uuid for webinars in (False, True) for o in zoom._truth.occurrences(webinars=webinars)]
    assert any(u.startswith("/") for u in uuids)
    assert any("//" in u for u in uuids)
    assert any("+" in u for u in uuids)
    assert any("/" in u and "//" not in u and not u.startswith("/") for u in uuids)
    numbers = Counter(o.meeting.id for o in account.occurrences.values())
    assert max(numbers.values()) > 1
    for owner in ("meeting_rows", "webinar_rows"):
        rows = Counter(row.id for user in account.users for row in getattr(user, owner))
        assert max(rows.values()) == 2, owner
    people = list(zoom.truth("report_meeting_participants"))
    assert {p["status"] for p in people} == {"in_meeting", "in_waiting_room"}
    assert any("bo_mtg_id" in p for p in people)
    assert any(p["id"] == "" and p["user_email"] == "" for p in people)
    assert any(p["registrant_id"] for p in people)
    keys = Counter((p["meeting_uuid"], p["user_id"]) for p in people)
    assert max(keys.values()) == 2, "a waiting-room row repeats the user_id of its person"
    whole = Counter((p["meeting_uuid"], p["user_id"], p["join_time"]) for p in people)
    assert max(whole.values()) == 1
    answers = list(zoom.truth("meeting_poll_results"))
    assert Counter(a["email"] for a in answers)[""] > 1
    assert any(a["name"] == "Anonymous Attendee" for a in answers)
    everything = b"".join(orjson.dumps(r) for table in TABLES for r in zoom.truth(table))
    assert b'"beta_' in everything
    assert b":null" in everything
    assert not everything.isascii()
    for secret in HOST_SECRETS:
        assert f'"{secret}"'.encode() not in everything


def test_documented_fields_only_when_undocumented_ones_are_off():
    zoom = Sandbox(AccountShape(undocumented=False))
    for table in TABLES:
        for record in zoom.truth(table):
            assert not any(name.startswith("beta_") for name in record), table


def test_many_parents_are_cheap():
    shape = AccountShape.of_parents(5_000)
    zoom = Sandbox(shape)
    parents = sum(zoom.owed(table) for table in ("meetings", "webinars", "users"))
    parents += sum(len(zoom._truth.occurrences(webinars=w)) for w in (False, True))
    assert 4_500 < parents < 5_500
    assert 35_000 < sum(zoom.owed(table) for table in TABLES) < 200_000


def test_log_tells_how_many_rows_a_page_had(zoom):
    with Client(zoom) as client:
        (meeting, *_) = zoom.account.listed_meetings()
        for path, query, rows in (
            ("users", {"page_size": 5}, 5),
            ("users", {"page_size": 5, "page_number": 100}, 0),
            (f"meetings/{meeting.id}", {}, None),
            ("meetings/1/registrants", {"page_size": 5}, None),
        ):
            client.get(path, **query)
            assert (zoom.requests[-1].rows, zoom.requests[-1].as_dict()["rows"]) == (rows, rows)
