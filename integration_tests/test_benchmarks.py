"""The benchmark's own judgement: which requests it calls needless, and what it counts of a command."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from benchmarks.command import Measurement
from benchmarks.needless import REASONS, Request, find
from benchmarks.night_runs import FULL_REFRESH, Log, Run, load, save, write_readme
from benchmarks.scenario import Scenario, of_many_parents
from benchmarks.usage import of_log
from integration_tests.sandbox import HEAVY, LIGHT, MEDIUM, TABLES, LoggedRequest
from integration_tests.sandbox.account import Account
from integration_tests.sandbox.draw import utc_today

if TYPE_CHECKING:
    from pathlib import Path

ACCOUNT = Account(Scenario("").account(), utc_today())
NUMBERS = [meeting.id for meeting in ACCOUNT.listed_meetings() if meeting.host is ACCOUNT.users[0]]
WEBINAR = next(webinar for webinar in ACCOUNT.listed_webinars() if len(webinar.occurrences) > 1)
FIRST, SECOND = NUMBERS[:2]


def absentees(number: int) -> str:
    return f"/v2/past_webinars/{quote(WEBINAR.occurrences[number].uuid, safe='')}/absentees"


def reports(first_months: int, last_months: int) -> list[str]:
    """Reports on one occurrence of each of four meetings, within so many months before today, the oldest one last."""
    within = [
        occurrence
        for occurrence in ACCOUNT.occurrences.values()
        if ACCOUNT.within(occurrence, last_months) and not ACCOUNT.within(occurrence, first_months)
        # Those that must be encoded twice are left out.
        and "//" not in occurrence.uuid and occurrence.uuid[0] != "/"
    ]  # fmt: skip
    one_each = {occurrence.meeting.id: occurrence for occurrence in within}
    oldest_last = sorted(one_each.values(), key=lambda occurrence: occurrence.start, reverse=True)
    days = {occurrence.start // 86_400: occurrence for occurrence in oldest_last}
    return [f"/v2/report/meetings/{quote(occurrence.uuid, safe='')}" for occurrence in days.values()][:4]


def asked(target: str, status: int | None = 200, code: int | None = None, **more: Any) -> LoggedRequest:
    return LoggedRequest("GET", "api.zoom.us", target, MEDIUM, 0.0, status, code, 0.1, **more)


def one_after_the_other(requests: list[LoggedRequest]) -> list[Request]:
    for second, request in enumerate(requests):
        request.started = 1000.0 + 10 * second
    return [request.as_dict() for request in requests]


MEETING_OFF = asked(f"/v2/meetings/{FIRST}/registrants?status=approved", 400, 300)
MEETING_GONE = asked(f"/v2/meetings/{FIRST}/registrants?status=approved", 404, 3001)
CASES = {
    "repeated": [asked("/v2/users?status=active"), asked("/v2/users?status=active")],
    "parent refused": [MEETING_OFF, asked(f"/v2/meetings/{FIRST}/registrants?status=pending", 400, 300)],
    "parent refused: gone": [MEETING_GONE, asked(f"/v2/meetings/{FIRST}/registrants?status=denied", 404, 3001)],
    "host refused": [asked(f"/v2/meetings/{number}/polls", 400, 200) for number in (FIRST, SECOND)],
    "host refused: absentees": [asked(absentees(number), 400, 200) for number in (0, 1)],
    "too old": [asked(report, 400, 12702) for report in reports(6, 16)],
    "past the end": [asked("/v2/users/a/webinars?page_number=2", rows=0)],
    "no table": [asked("/v2/past_webinars/1/instances")],
}


@pytest.mark.parametrize("case", CASES)
def test_needless(case: str) -> None:
    reason = case.partition(":")[0]
    tables = set(TABLES) - ({table for table in TABLES if "webinar" in table} if reason == "no table" else set())
    requests = one_after_the_other(CASES[case])
    found = find(requests, tables, ACCOUNT)
    assert {name: found for name, found in found.reasons.items() if found} == {reason: requests[-1:]}


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
        # What the record of a meeting or webinar tells, and what another endpoint answers about it.
        [asked(f"/v2/meetings/{FIRST}"), MEETING_OFF],
        [MEETING_OFF, asked(f"/v2/meetings/{FIRST}/registrants/questions", 404, 404)],
        [asked(f"/v2/meetings/{FIRST}", 404, 3001), asked(f"/v2/meetings/{FIRST}/polls", 404, 3001)],
        [asked(f"/v2/webinars/{WEBINAR.id}"), asked(absentees(0), 400, 3000)],
        # Each occurrence may have had registration or not.
        [asked(absentees(number), 400, 3000) for number in (0, 1)],
        # Too few meetings were too old, or older ones, or those are too young.
        [asked(report, 400, 12702) for report in reports(6, 16)[1:]],
        [asked(report, 400, 12702) for report in reversed(reports(6, 16))],
        [asked(report, 400, 12702) for report in reports(0, 5)],
    ],
)  # fmt: skip
def test_needed(requests: list[LoggedRequest]) -> None:
    assert find(one_after_the_other(requests), TABLES, ACCOUNT).reasons == {reason: [] for reason in REASONS}


def test_request_under_way_when_the_answer_comes_is_needed() -> None:
    approved, pending = one_after_the_other(CASES["parent refused"])
    assert find([{**approved, "seconds": 9.5}, pending], TABLES, ACCOUNT).count == 0


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


@pytest.mark.parametrize("parents", [1000, 10_000])
def test_account_of_many_parents(parents: int) -> None:
    account = Account(of_many_parents(parents).account(), utc_today())
    past_meetings = [o for o in account.occurrences.values() if account.within(o, 6) and not o.meeting.is_webinar]
    known = len(account.listed_meetings()) + len(account.listed_webinars()) + len(past_meetings)
    assert abs(known - parents) < parents / 50


# Nights


def measured_at(started: float, ended: float, **more: Any) -> Measurement:
    return Measurement(started, ended, peak_memory=90_000_000, **more)


def logged(url: str, label: str, started: float, status: int = 200) -> dict[str, Any]:
    return {"url": url, "label": label, "started": started, "status": status}


NIGHT_LOG = Log(
    [
        logged("/v2/report/meetings/a", HEAVY, 1),
        logged("/v2/report/meetings/a", HEAVY, 11),
        logged("/v2/past_meetings/a/polls", MEDIUM, 12),
        logged("/v2/users", LIGHT, 20),
        logged("/v2/report/meetings/a", HEAVY, 21),
        logged("/v2/report/meetings/b", HEAVY, 22),
        logged("/v2/report/meetings/c", HEAVY, 23, status=429),
        logged("/v2/past_meetings/1/instances", MEDIUM, 24),
        logged("/v2/past_meetings/a/polls", MEDIUM, 25),
    ]
)


def test_runs_of_nights_count_their_requests_and_what_they_repeat(tmp_path: Path) -> None:
    state = '{"version":1}'
    runs = [
        Run.of("2-users", FULL_REFRESH, measured_at(0, 5, states={"users": state}), NIGHT_LOG, 10),
        Run.of("2-users", "first load", measured_at(10, 15, states={"a": state, "b": "{}"}), NIGHT_LOG, 10),
        Run.of("2-users", "night 1", measured_at(20, 30, records={"a": 3}), NIGHT_LOG, 10),
    ]
    assert [run.requests for run in runs] == [
        {LIGHT: 0, MEDIUM: 0, HEAVY: 1},
        {LIGHT: 0, MEDIUM: 1, HEAVY: 1},
        {LIGHT: 1, MEDIUM: 2, HEAVY: 2},
    ]
    # A full refresh before them counts for nothing.
    assert [run.repeated for run in runs] == [0, 0, 2]
    assert [run.largest_state for run in runs] == [0, len(state), 0]
    assert runs[2].records == 3
    readme = tmp_path / "README.md"
    readme.write_text("before\n<!-- nights: begin -->\nold\n<!-- nights: end -->\nafter\n", encoding="utf-8")
    save(runs, tmp_path)
    assert load(tmp_path) == [runs]
    write_readme(readme, load(tmp_path))
    lines = readme.read_text(encoding="utf-8").splitlines()
    assert (lines[0], lines[-1]) == ("before", "after")
    assert "old" not in lines
    assert "| 2-users | night 1 | 1 | 2 | 2 | 200.00% | 2 | 3 | 10.0 | 90 | 0.0 kB |" in lines


def test_measured_command_keeps_the_last_states(measured: Measured) -> None:
    state = '{"type":"STATE","state":{"stream":{"stream_descriptor":{"name":"%s"},"stream_state":{"at":%d}}}}'
    lines = [state % ("users", 1), state % ("meetings", 2), state % ("users", 3)]
    found = measured(f"print(*{lines!r}, sep=chr(10))")
    assert found.states == {"users": '{"at": 3}', "meetings": '{"at": 2}'}
    assert found.last_lines == []
