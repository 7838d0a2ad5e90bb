"""The simulated Zoom in a process of its own, so that its work is not counted as the connector's."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
import urllib.request
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from benchmarks.scenario import Scenario

START_SECONDS = 300


class SimulatedZoom:
    """A context manager; `log()` is there once it is left."""

    def __init__(self, scenario: Scenario, clock: Sequence[str], folder: Path) -> None:
        """:param clock: options of the simulation that say what time it is there, and how its account grows"""
        self._ready = folder / "zoom.json"
        self._log = folder / "requests.jsonl"
        account = [
            part
            for name, value in scenario.shape.items()
            for part in (f"--{name.replace('_', '-')}", str(value).lower())
        ]
        self._command = [
            *(sys.executable, "-m", "integration_tests.sandbox", *account, *clock),
            *("--plan", scenario.plan, "--limit-window", scenario.window),
            *("--latency", str(scenario.latency), "--latency-jitter", str(scenario.jitter)),
            *("--ready", str(self._ready), "--log", str(self._log)),
            *(part for app in scenario.other_apps for part in ("--other-app", json.dumps(app))),
        ]
        self._errors = folder / "zoom.stderr"
        self._contact: dict[str, Any] = {}

    def __enter__(self) -> SimulatedZoom:
        with self._errors.open("wb") as errors:
            self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=errors)
        deadline = time.monotonic() + START_SECONDS
        while not self._contact:
            if self._process.poll() is not None or time.monotonic() > deadline:
                self._process.kill()
                raise RuntimeError(f"the simulated Zoom did not start: {self._errors.read_text()[-2000:]}")
            time.sleep(0.05)
            text = self._ready.read_text() if self._ready.exists() else ""
            # The file may be there before all of it is.
            self._contact = json.loads(text) if text.endswith("}") else {}
        return self

    def __exit__(self, *_: object) -> None:
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(START_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    @property
    def environment(self) -> Mapping[str, str]:
        environment: dict[str, str] = self._contact["environment"]
        return environment

    @property
    def credentials(self) -> Mapping[str, str]:
        credentials: dict[str, str] = self._contact["credentials"]
        return credentials

    def command(self, name: str, **arguments: Any) -> None:
        """Have the simulation do something while it runs, such as `advance` its clock."""
        body = json.dumps(arguments).encode()
        with self._direct.open(f"{self._contact['control']}/do/{name}", body, timeout=START_SECONDS) as page:
            page.read()

    @property
    def _direct(self) -> urllib.request.OpenerDirector:
        return urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def owed(self) -> dict[str, int]:
        """How many records a full sync owes, table by table."""
        with self._direct.open(f"{self._contact['control']}/owed", timeout=START_SECONDS) as page:
            owed: dict[str, int] = json.load(page)
        return owed

    def log(self) -> list[dict[str, Any]]:
        """Every request, in the order of arrival."""
        with self._log.open(encoding="utf-8") as lines:
            return [json.loads(line) for line in lines]
