"""Runs one scenario: starts its Zoom, reads it with the real command, and puts together what came of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import usage
from benchmarks.command import Measurement
from benchmarks.zoom import SimulatedZoom
from integration_tests.connector import COMMAND, configured, server_to_server, write_json
from integration_tests.sandbox.account import Account
from integration_tests.sandbox.draw import utc_today

if TYPE_CHECKING:
    from benchmarks.scenario import Scenario

CATALOG = Path(__file__).parent.parent / "integration_tests" / "configured_catalog.json"


@dataclass
class Result:
    """Of one scenario; `owed` are the records that the account holds, by selected table."""

    scenario: Scenario
    command: Measurement
    report: usage.Report
    owed: dict[str, int]

    @property
    def wrong_counts(self) -> dict[str, tuple[int, int]]:
        """(read, owed) of every table where they differ."""
        read = self.command.records
        pairs = {table: (read.get(table, 0), self.owed.get(table, 0)) for table in sorted({*read, *self.owed})}
        return {table: (have, want) for table, (have, want) in pairs.items() if have != want}

    @property
    def is_complete(self) -> bool:
        return self.command.exit_code == 0 and not self.wrong_counts

    @property
    def sync_seconds(self) -> float:
        """The wall time without the start-up: from the first request to the end of the process."""
        return self.command.ended - self.report.first_request

    @property
    def ratio(self) -> float:
        """Wall time over the least that Zoom's limits allow."""
        return self.command.wall_seconds / self.report.bound.least_seconds

    @property
    def ratio_without_start(self) -> float:
        return self.sync_seconds / self.report.bound.least_seconds


def measure(scenario: Scenario, *, timeout: float) -> Result:
    """Run it once; after `timeout` seconds the command is killed, which makes the result incomplete."""
    today = utc_today()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        zoom = SimulatedZoom(scenario, ["--today", today.isoformat()], folder)
        with zoom:
            owed = {table: count for table, count in zoom.owed().items() if table in scenario.tables}
            command = _read(scenario, zoom, folder, timeout)
        report = usage.of_log(zoom.log(), scenario, Account(scenario.account(), today))
    return Result(scenario, command, report, owed)


def _read(scenario: Scenario, zoom: SimulatedZoom, folder: Path, timeout: float) -> Measurement:
    settings = {
        "account_plan": scenario.setting or scenario.plan,
        **({"num_workers": scenario.workers} if scenario.workers else {}),
    }
    streams = json.loads(CATALOG.read_text(encoding="utf-8"))["streams"]
    catalog = configured({"streams": [stream["stream"] for stream in streams]}, scenario.tables)
    config = server_to_server(zoom.credentials, **settings)
    file = folder / "measurement.json"
    subprocess.run(
        [
            *(sys.executable, "-m", "benchmarks.command", str(file), str(timeout)),
            *(str(COMMAND), "read"),
            *("--config", write_json(folder / "config.json", config)),
            *("--catalog", write_json(folder / "catalog.json", catalog)),
        ],
        env={**os.environ, **zoom.environment, **({"PYTHONPATH": str(scenario.package)} if scenario.package else {})},
        check=True,
    )
    return Measurement(**json.loads(file.read_text(encoding="utf-8")))
