"""Measure what incremental syncs cost, by the real command over a simulated Zoom whose account grows day by day.

Without options: of 40 users, a full refresh, a first load, two nights, and one hour later.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.command import Measurement
from benchmarks.night_runs import FULL_REFRESH, Log, Run, as_text, load, save, write_readme
from benchmarks.scenario import Scenario
from benchmarks.zoom import SimulatedZoom
from integration_tests.connector import server_to_server, write_json
from integration_tests.fixtures import configured_catalog
from integration_tests.sandbox import HEAVY
from integration_tests.sandbox.account import Account
from integration_tests.sandbox.draw import DAY, utc_today

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

README = Path(__file__).parent / "README.md"
RESULTS = Path(__file__).parent / "results" / "nights"
# Of which the account's own past shows how many take place a day.
PAST_DAYS = 180
NIGHTS = 2
# 3,000 past meetings that no list shows, and nothing else.
CAPPED = {
    "users": 30,
    "inactive_users": 0,
    "pending_users": 0,
    "basic_share": 0,
    "webinar_share": 0,
    "meetings_per_user": 0,
    "unlisted_per_user": 88,
    "big_lists": 0,
    "special_cases": False,
}
CAPPED_TABLE = "report_meetings"
# 600 for occurrences, and some for the pages of the history.
CAPPED_REQUESTS = 640
CAPPED_DAYS = 8


class Reader:
    """Reads the incremental tables again and again at the clock of a simulated Zoom, each time from the last states."""

    def __init__(self, zoom: SimulatedZoom, folder: Path, days_behind: int, timeout: float) -> None:
        self._zoom = zoom
        self._folder = folder
        self._seconds = -days_behind * DAY
        self._timeout = timeout
        self._states: dict[str, str] = {}
        self.runs: list[tuple[str, Measurement]] = []

    def advance(self, *, days: float = 0, hours: float = 0) -> None:
        """Move the clocks of Zoom and of the connector."""
        self._zoom.command("advance", days=days, hours=hours)
        self._seconds += int(days * DAY + hours * 3600)

    def read(self, name: str, *, incremental: bool, tables: tuple[str, ...] = (), **settings: Any) -> Measurement:
        """One sync of the tables, by default of all that can be incremental."""
        streams = [
            entry
            for entry in configured_catalog(incremental=True)["streams"]
            if not tables or entry["stream"]["name"] in tables
        ]
        mode = {} if incremental else {"sync_mode": "full_refresh", "destination_sync_mode": "overwrite"}
        config = server_to_server(self._zoom.credentials, account_plan="business", **settings)
        catalog = {"streams": [{**entry, **mode} for entry in streams]}
        arguments = ["--config", write_json(self._folder / "config.json", config)]
        arguments += ["--catalog", write_json(self._folder / "catalog.json", catalog)]
        if incremental and self._states:
            states = [_state(table, json.loads(text)) for table, text in self._states.items()]
            arguments += ["--state", write_json(self._folder / "state.json", states)]
        measurement = self._run(arguments)
        if incremental:
            self._states.update(measurement.states)
        self.runs.append((name, measurement))
        return measurement

    def _run(self, arguments: list[str]) -> Measurement:
        file = self._folder / "measurement.json"
        measuring = [sys.executable, "-m", "benchmarks.command", str(file), str(self._timeout)]
        command = [sys.executable, "-m", "integration_tests.at", str(self._seconds), "60", "read", *arguments]
        subprocess.run([*measuring, *command], env={**os.environ, **self._zoom.environment}, check=True)
        return Measurement(**json.loads(file.read_text(encoding="utf-8")))


def _state(table: str, state: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "STREAM", "stream": {"stream_descriptor": {"name": table}, "stream_state": state}}


def nights(users: int, timeout: float) -> list[Run]:
    """What each kind of sync costs an account of so many users, which grows as it did in the last half year."""
    scenario = Scenario(f"{users}-users", shape={"users": users})
    days_behind = NIGHTS + 1
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        clock = ["--shared", "--behind-days", str(days_behind), *_growth(scenario)]
        zoom = SimulatedZoom(scenario, clock, Path(name))
        with zoom:
            reader = Reader(zoom, Path(name), days_behind, timeout)
            full = reader.read(FULL_REFRESH, incremental=False)
            first = reader.read("first load", incremental=True)
            for night in range(NIGHTS):
                reader.advance(days=1)
                reader.read(f"night {night + 1}", incremental=True)
            reader.advance(hours=1)
            reader.read("an hour later", incremental=True)
        if full.records != first.records:
            raise SystemExit(f"the first load differs from the full refresh: {first.records} and {full.records}")
        return list(_runs(scenario.name, reader, zoom.log()))


def _growth(scenario: Scenario) -> Iterator[str]:
    account = Account(scenario.account(), utc_today())
    recent = [o for o in account.occurrences.values() if account.clock() - o.start < PAST_DAYS * DAY]
    webinars = sum(o.meeting.is_webinar for o in recent)
    rates = {"per_day": (len(recent) - webinars) / PAST_DAYS, "webinars_per_day": webinars / PAST_DAYS, "days": 7}
    for name, rate in rates.items():
        yield from ("--growth", f"{name}={rate}")


def capped(timeout: float) -> list[Run]:
    """A first load under a daily limit, day by day, in which nothing is due twice."""
    scenario = Scenario("capped", shape=CAPPED)
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        zoom = SimulatedZoom(scenario, ["--shared", "--behind-days", str(CAPPED_DAYS)], Path(name))
        with zoom:
            zoom.command("set_limits", per_day={HEAVY: CAPPED_REQUESTS})
            reader = Reader(zoom, Path(name), CAPPED_DAYS, timeout)
            for day in range(CAPPED_DAYS):
                table = (CAPPED_TABLE,)
                found = reader.read(f"day {day + 1}", incremental=True, tables=table, lookback_window_days=0)
                if "limit_until" not in json.loads(found.states[CAPPED_TABLE]):
                    break
                reader.advance(days=1)
        return list(_runs(scenario.name, reader, zoom.log()))


def _runs(account: str, reader: Reader, requests: list[dict[str, Any]]) -> Iterator[Run]:
    log = Log(requests)
    since = next(measurement.started for name, measurement in reader.runs if name != FULL_REFRESH)
    for name, measurement in reader.runs:
        if measurement.exit_code:
            raise SystemExit("\n".join([f"{name} failed with {measurement.exit_code}:", *measurement.last_lines[-5:]]))
        yield Run.of(account, name, measurement, log, since)


def main() -> int:
    options = _parser().parse_args()
    options.results.mkdir(parents=True, exist_ok=True)
    for users in options.sizes:
        found = nights(users, options.timeout)
        save(found, options.results)
        print(as_text(found), flush=True)
    if options.capped:
        found = capped(options.timeout)
        save(found, options.results)
        print(as_text(found), flush=True)
    if options.write:
        write_readme(README, load(options.results))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.nights", description=__doc__)
    parser.add_argument("--sizes", type=_numbers, default=[40], metavar="N,N,…", help="numbers of users (default: 40)")
    parser.add_argument("--capped", action="store_true", help="also a first load under a daily limit")
    parser.add_argument("--results", type=Path, default=RESULTS, metavar="DIR", help="for the numbers")
    parser.add_argument("--write", action="store_true", help="put the numbers of all kept runs into the README")
    parser.add_argument("--timeout", type=float, default=3600, metavar="SECONDS", help="of one sync")
    return parser


def _numbers(text: str) -> list[int]:
    return [int(number) for number in text.split(",") if number]


if __name__ == "__main__":
    sys.exit(main())
