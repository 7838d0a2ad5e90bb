"""The benchmark's own judgement: which requests it calls needless, and what it counts of a command."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from benchmarks.command import Measurement
from benchmarks.needless import LISTS_OF_PARENTS, Request, find
from benchmarks.scenario import Scenario, of_many_parents
from benchmarks.usage import of_log
from integration_tests.sandbox import HEAVY, LIGHT, MEDIUM, TABLES, LoggedRequest
from integration_tests.sandbox.account import Account
from integration_tests.sandbox.draw import utc_today

if TYPE_CHECKING:
    from pathlib import Path

ACCOUNT = Account(Scenario("").account(), utc_today())
NUMBERS = [meeting.id for meeting in ACCOUNT.listed_meetings() if meeting.host is ACCOUNT.users[0]]
WEBINAR = next(webinar for webinar in ACCOUNT.listed_webinars() if webinar.occurrences)
FIRST, SECOND = NUMBERS[:2]
ABSENTEES = f"/v2/past_webinars/{WEBINAR.occurrences[0].uuid.replace('=', '%3D')}/absentees"


OLDER, YOUNGER = (
    found.uuid.replace("=", "%3D").replace("/", "%2F").replace("+", "%2B")
    for found in sorted(
        (one for one in ACCOUNT.occurrences.values() if "//" not in one.uuid and one.uuid[0] != "/"),
        key=lambda one: one.start,
    )[:: len(ACCOUNT.occurrences) // 2][:2]
)


def asked(target: str, status: int | None = 200, code: int | None = None, **more: Any) -> LoggedRequest:
    return LoggedRequest("GET", "api.zoom.us", target, MEDIUM, 0.0, status, code, 0.1, **more)


def one_after_the_other(requests: list[LoggedRequest]) -> list[Request]:
    for second, request in enumerate(requests):
        request.started = 1000.0 + 10 * second
    return [request.as_dict() for request in requests]


MEETING_OFF = asked(f"/v2/meetings/{FIRST}/registrants?status=approved", 400, 300)
CASES = {
    "repeated": [asked("/v2/users?status=active"), asked("/v2/users?status=active")],
    "registration off": [asked(f"/v2/meetings/{FIRST}"), MEETING_OFF],
    "parent gone": [asked(f"/v2/meetings/{FIRST}", 404, 3001), asked(f"/v2/meetings/{FIRST}/polls", 404, 3001)],
    "host refused": [asked(f"/v2/meetings/{number}/polls", 400, 200) for number in (FIRST, SECOND)],
    "too old": [asked(f"/v2/report/meetings/{uuid}", 400, 12702) for uuid in (YOUNGER, OLDER)],
    "past the end": [asked("/v2/users/a/webinars?page_number=2", rows=0)],
    "no table": [asked("/v2/past_webinars/1/instances")],
}


@pytest.mark.parametrize("reason", CASES)
def test_needless(reason: str) -> None:
    tables = set(TABLES) - ({table for table in TABLES if "webinar" in table} if reason == "no table" else set())
    found = find(one_after_the_other(CASES[reason]), tables, ACCOUNT)
    assert {name: len(requests) for name, requests in found.reasons.items() if requests} == {reason: 1}
    assert not found.foreseeable


@pytest.mark.parametrize(
    "requests",
    [
        [MEETING_OFF, asked(f"/v2/meetings/{FIRST}/registrants?status=pending", 400, 300)],
        [MEETING_OFF, asked(f"/v2/meetings/{FIRST}/registrants/questions", 404, 404)],
        [asked(f"/v2/webinars/{WEBINAR.id}"), asked(ABSENTEES, 400, 3000)],
    ],
    ids=["other status", "questions", "absentees"],
)
def test_registration_known_to_be_off(requests: list[Any]) -> None:
    found = find(one_after_the_other(requests), TABLES, ACCOUNT)
    assert [request["url"] for request in found.reasons["registration off"]] == [requests[1].url]


@pytest.mark.parametrize(
    "requests",
    [
        [asked("/v2/users?status=active"), asked("/v2/users?status=inactive")],
        [asked("/v2/users?status=active", 429, 429), asked("/v2/users?status=active")],
        [asked("/v2/users?status=active", 503, 503), asked("/v2/users?status=active")],
        [asked(f"/v2/meetings/{FIRST}"), asked(f"/v2/meetings/{FIRST}/registrants?status=approved")],
        [asked(f"/v2/meetings/{FIRST}/polls", 400, 200), asked(f"/v2/meetings/{FIRST}/registrants", 400, 200)],
        [asked("/v2/users/a/webinars", 400, 200), asked("/v2/users/b/webinars", 400, 200)],
        [asked("/v2/users/a/webinars?page_number=2", rows=1), asked("/v2/users?status=pending", rows=0)],
    ],
)  # fmt: skip
def test_needed(requests: list[Any]) -> None:
    found = find(one_after_the_other(requests), TABLES, ACCOUNT)
    assert found.count == 0
    assert not found.foreseeable


def test_answer_that_comes_too_late_makes_the_request_foreseeable() -> None:
    record, registrants = one_after_the_other([asked(f"/v2/meetings/{FIRST}"), MEETING_OFF])
    under_way = {**record, "seconds": 9.5}
    found = find([under_way, registrants], TABLES, ACCOUNT)
    assert found.count == 0
    assert found.foreseeable == [registrants]


def test_usage_of_the_limits() -> None:
    log = one_after_the_other([asked(f"/v2/users/{number % 50}/meetings") for number in range(60)])
    log += one_after_the_other([asked("/v2/users/1/meetings", 429, 429)] * 3)
    report = of_log(log, Scenario("", plan="pro"), ACCOUNT)
    medium = report.usages[MEDIUM]
    assert (medium.requests, medium.distinct, medium.repeated, medium.refused) == (63, 50, 10, 3)
    assert medium.least_seconds == 60 / 20
    assert report.bound is medium
    assert medium.answered_per_second == Counter(range(1000, 1600, 10))
    assert {label: report.usages[label].requests for label in (LIGHT, HEAVY)} == {LIGHT: 0, HEAVY: 0}


Measured = Callable[..., Measurement]


@pytest.fixture
def measured(tmp_path: Path) -> Measured:
    """measured(program, timeout): of a Python program, by a process that has not grown as this one has."""

    def run(program: str, timeout: float = 60) -> Measurement:
        file = tmp_path / "measurement.json"
        measuring = [sys.executable, "-m", "benchmarks.command", str(file), str(timeout)]
        subprocess.run([*measuring, sys.executable, "-c", program], check=True, timeout=100)
        return Measurement(**json.loads(file.read_text()))

    return run


def test_measured_command(measured: Measured) -> None:
    record = '{"type":"RECORD","record":{"stream":"%s","data":{},"emitted_at":1}}'
    lines = [*(record % table for table in ("users", "users", "meetings", "users")), '{"type":"LOG"}']
    found = measured(f"print(*{lines!r}, sep=chr(10)); memory = bytearray(200_000_000); raise SystemExit(3)")
    assert found.records == {"users": 3, "meetings": 1}
    assert found.record_count == 4
    assert found.exit_code == 3
    assert found.last_lines == ['{"type":"LOG"}']
    assert found.started <= (found.first_record or 0) <= found.ended
    assert 200_000_000 < found.peak_memory < 300_000_000
    assert found.cpu_seconds > 0


def test_command_that_hangs_is_killed(measured: Measured) -> None:
    found = measured("import time; time.sleep(1000)", timeout=0.5)
    assert found.exit_code < 0
    assert found.records == {}


def test_every_table_has_its_parents() -> None:
    tables = {table for _, needed_by in LISTS_OF_PARENTS for table in needed_by}
    assert tables | {"users"} == set(TABLES)


@pytest.mark.parametrize("parents", [1000, 10_000])
def test_account_of_many_parents(parents: int) -> None:
    account = Account(of_many_parents(parents).account(), utc_today())
    past_meetings = [o for o in account.occurrences.values() if account.within(o, 6) and not o.meeting.is_webinar]
    known = len(account.listed_meetings()) + len(account.listed_webinars()) + len(past_meetings)
    assert abs(known - parents) < parents / 50
