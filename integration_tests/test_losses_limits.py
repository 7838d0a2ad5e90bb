"""Rate limits that other apps use too, that end in the past or never: the sync ends, and says what it lacks."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from integration_tests.connector import Output, configured, server_to_server, write_json
from integration_tests.faulty import PLAIN, assert_failed, assert_whole, at_once, sync
from integration_tests.losses import assert_nothing_is_lost_in_silence
from integration_tests.sandbox import HEAVY, LIGHT, Fault, OtherApp, Sandbox

if TYPE_CHECKING:
    from pathlib import Path

REPORTS = r"^/v2/report/meetings/"
DAILY = "Zoom's daily limit for heavy API requests is used up; Zoom answers again "


def refused(zoom: Sandbox, label: str) -> int:
    return sum(request.status == 429 and request.label == label for request in zoom.requests)


# Limits that others use too


@pytest.mark.parametrize("window", ["fixed", "sliding"])
def test_limits_that_another_app_uses_too(catalog: dict[str, Any], window: str) -> None:
    """Seven of ten requests a second are the other app's. Zoom's headers go on naming ten."""
    shape = replace(PLAIN, meetings_per_user=14, occurrences_per_recurring=14)
    apps = [OtherApp(HEAVY, 7)]
    with Sandbox(shape, plan="pro", limit_window=window, latency=0.05, other_apps=apps) as zoom:
        output = sync(zoom, catalog, ["report_meetings"], account_plan="pro")
        assert_whole(output, zoom, ["report_meetings"])
        heavy = [request for request in zoom.requests if request.label == HEAVY]
        # Once the pace has found what is left, few requests are refused, instead of two in three.
        settled = heavy[len(heavy) // 3 :]
        assert len(settled) > 50
        assert sum(request.status == 429 for request in settled) < len(settled) / 4


# Limits of the day


def test_daily_limits_that_have_passed_by_zooms_own_word(catalog: dict[str, Any]) -> None:
    """A clock that goes fast, a stale header, and none that can be read: refused again, the label closes."""
    faults = {
        "in the past": Fault("daily_429", REPORTS, seconds=-180),
        "far in the past": Fault("daily_429", REPORTS, retry_after="2020-01-01T00:00:00Z"),
        "unreadable": Fault("daily_429", REPORTS, retry_after="later"),
        "in seconds": Fault("daily_429", REPORTS, retry_after="3600"),
        "none": Fault("daily_429", REPORTS, retry_after=""),
    }

    def read(fault: Fault) -> tuple[Sandbox, Output]:
        with Sandbox(PLAIN, faults=[fault]) as zoom:
            return zoom, sync(zoom, catalog, ["report_meetings", "meetings"])

    for name, (zoom, output) in at_once(
        {name: lambda fault=fault: read(fault) for name, fault in faults.items()}
    ).items():
        assert_failed(output, zoom, ["report_meetings"], ["meetings"], "transient_error", DAILY)
        assert "after its daily reset" in output.errors[-1]["message"], name
        # Neither five a second nor one a minute for ever: those under way, and once more after the wait.
        assert max(Counter(r.url for r in zoom.requests).values()) <= 2, name
        assert_nothing_is_lost_in_silence(output, zoom, ["report_meetings", "meetings"])


def test_end_of_a_daily_limit_is_named_in_utc(catalog: dict[str, Any]) -> None:
    fault = Fault("daily_429", REPORTS, retry_after="2999-11-25T02:00:00+02:00")
    with Sandbox(PLAIN, faults=[fault]) as zoom:
        output = sync(zoom, catalog, ["report_meetings"])
        assert_failed(output, zoom, ["report_meetings"], [], "transient_error", f"{DAILY}at 2999-11-25 00:00 UTC")


# Limits without an end


@pytest.mark.parametrize("kind", ["qps_429", "answer"])
def test_limit_without_an_end_ends_its_tables(catalog: dict[str, Any], tmp_path: Path, kind: Any) -> None:
    """Zoom's own 429 and the web page of a server in front of it. Other labels go on."""
    fault = Fault(kind, REPORTS, status=429, text="<html>error 1015: you are being rate limited</html>")
    with Sandbox(PLAIN, faults=[fault]) as zoom:
        config = write_json(tmp_path / "config.json", server_to_server(zoom.credentials, account_plan="business"))
        selected = write_json(tmp_path / "catalog.json", configured(catalog, ["report_meetings", "meetings"]))
        command = [sys.executable, "-m", "integration_tests.impatient", "8", "read"]
        finished = subprocess.run(
            [*command, "--config", config, "--catalog", selected],
            env={**os.environ, **zoom.environment},
            capture_output=True,
            timeout=200,
            check=False,
        )
        output = Output(finished.returncode, finished.stdout.decode().splitlines())
        words = ("Zoom has refused every heavy API request for ", "(HTTP 429)", "What was read so far is kept.")
        assert_failed(output, zoom, ["report_meetings"], ["meetings"], "transient_error", *words)
        assert_nothing_is_lost_in_silence(output, zoom, ["report_meetings", "meetings"])
        assert refused(zoom, HEAVY) >= 10
        assert refused(zoom, LIGHT) == 0
