"""A plain client of the simulated Zoom, and an independent walk through a whole account."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import orjson
import requests

from integration_tests.sandbox import ACCOUNT_TABLES, HOST_SECRETS, TABLES, Fault, FaultKind, Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from integration_tests.sandbox.entities import Occurrence

# The day on which the simulated accounts of these tests stand.
TODAY = date(2026, 5, 20)
Record = dict[str, Any]
# UUID, number, and whether a meeting or a webinar.
Parent = tuple[str, int, str]


class Client:
    """A plain HTTP client of the sandbox, with a Server-to-Server token."""

    def __init__(self, zoom: Sandbox, *, login: bool = True) -> None:
        self.zoom = zoom
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.proxies = {"https": zoom.proxy_url, "http": zoom.proxy_url}
        self.session.verify = str(zoom.ca_file)
        if login:
            self.login()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.session.close()

    def login(self) -> None:
        """Takes a new token."""
        answer = self.token()
        assert answer.status_code == 200, answer.text
        self.session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def token(self, host: str = "zoom.us", **changes: str) -> requests.Response:
        credentials = {**self.zoom.credentials, **changes}
        return self.session.post(
            f"https://{host}/oauth/token",
            data={"grant_type": "account_credentials", "account_id": credentials["account_id"]},
            auth=(credentials["client_id"], credentials["client_secret"]),
            timeout=10,
        )

    def answer_of(self, kind: FaultKind, **fault: Any) -> requests.Response:
        """The answer to a request for users that meets this fault."""
        self.zoom.faults.add(Fault(kind, path=r"^/v2/users", first=1, **fault))
        return self.get("users")

    def get(self, path: str, **query: Any) -> requests.Response:
        names = {"from_": "from"}
        params = {names.get(name, name): value for name, value in query.items()}
        return self.session.get(f"https://api.zoom.us/v2/{path}", params=params, timeout=10)

    def error(self, path: str, **query: Any) -> tuple[int, int, str]:
        answer = self.get(path, **query)
        body = answer.json()
        return answer.status_code, body["code"], body["message"]


class Walk:
    """Reads the tables of users, meetings and webinars as Zoom's documents say one has to."""

    def __init__(self, client: Client, today: date, start: datetime | None = None) -> None:
        self.client = client
        self.today = today
        self.start = start
        self.tables: dict[str, list[Record]] = {table: [] for table in TABLES if table not in ACCOUNT_TABLES}
        self.errors: Counter[tuple[int, int, str]] = Counter()
        # Of each occurrence, as the first list says that names one: rows of files have no time of their own.
        self.starts: dict[str, str] = {}

    def run(self) -> dict[str, list[Record]]:
        for status in ("active", "inactive", "pending"):
            rows = self.pages("users", "users", status=status, include_fields="custom_attributes")
            self.tables["users"] += rows
        users = [user for user in self.tables["users"] if "id" in user]
        active = [user["id"] for user in users if user["status"] == "active"]
        reported = [*self.history(), *self.reported(users)]
        for kind in ("meeting", "webinar"):
            listed = {row["id"]: row for user in active for row in self.pages(f"users/{user}/{kind}s", f"{kind}s")}
            for number, row in listed.items():
                if row["type"] in (3, 6, 8, 9) or "start_time" not in row or self.is_wanted(row["start_time"]):
                    self.read_listed(kind, number)
            occurrences = {uuid: number for uuid, number, of in reported if of == kind}
            rooms = [user["pmi"] for user in users] if kind == "meeting" else []
            for number in [*listed, *rooms]:
                for instance in self.pages(f"past_{kind}s/{number}/instances", f"{kind}s"):
                    if self.is_wanted(instance["start_time"]):
                        occurrences[instance["uuid"]] = number
                        self.note_start(instance["uuid"], instance["start_time"])
            for uuid, number in occurrences.items():
                self.read_occurrence(kind, number, uuid)
        return self.tables

    def read_listed(self, kind: str, number: int) -> None:
        where = f"{kind}s/{number}"
        parent = {f"{kind}_id": number}
        self.add(f"{kind}s", self.whole(where, show_previous_occurrences="true"), {})
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
        start = {f"{kind}_start_time": self.starts.get(uuid)}
        self.add(f"{kind}_files", self.pages(f"{past}/files", "in_meeting_files"), parent | start)
        if kind == "webinar":
            self.add("webinar_qna_results", self.results(f"{past}/qa"), parent)
            self.add("webinar_absentees", self.pages(f"{past}/absentees", "registrants"), parent)

    def history(self) -> Iterator[Parent]:
        for window in self.windows():
            for row in self.pages("report/history_meetings", "history_meetings", **window):
                if self.is_wanted(row["start_time"]):
                    self.note_start(row["meeting_uuid"], row["start_time"])
                    yield row["meeting_uuid"], row["meeting_id"], row["type"].lower()

    def reported(self, users: list[Record]) -> Iterator[Parent]:
        for user in users:
            for window in self.windows():
                for kind in ("past", "pastOne"):
                    for row in self.pages(f"report/users/{user['id']}/meetings", "meetings", type=kind, **window):
                        if self.is_wanted(row["start_time"]):
                            self.note_start(row["uuid"], row["start_time"])
                            yield row["uuid"], row["id"], "webinar" if row["type"] in (5, 6, 9) else "meeting"

    def note_start(self, uuid: str, start: str) -> None:
        if start:
            self.starts.setdefault(uuid, start)

    def windows(self) -> Iterator[dict[str, str]]:
        """Six months, a month at a time."""
        first = _six_months_before(self.today)
        while first <= self.today:
            last = min(first + timedelta(days=27), self.today)
            yield {"from_": first.isoformat(), "to": last.isoformat()}
            first = last + timedelta(days=1)

    def is_wanted(self, moment: str) -> bool:
        return self.start is None or datetime.fromisoformat(moment.replace("Z", "+00:00")) >= self.start

    def whole(self, path: str, **query: str) -> list[Record]:
        body = self.body(path, **query)
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
        body: Record = answer.json()
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


def canonical(records: Any) -> list[bytes]:
    """Records in an order and a form of their own, so that two lists of them can be compared."""
    return sorted(orjson.dumps(record, option=orjson.OPT_SORT_KEYS) for record in records)


def find_occurrence(zoom: Sandbox, *, webinar: bool = False, **wanted: Callable[[Occurrence], bool]) -> Occurrence:
    """The first occurrence that the account owes and that meets every condition."""
    for occurrence in zoom.occurrences(webinars=webinar):
        if all(test(occurrence) for test in wanted.values()):
            return occurrence
    raise AssertionError("no such occurrence")
