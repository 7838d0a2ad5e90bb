"""Command line: a line for each seed, and a summary. Exit code 1 where a seed found something."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from integration_tests.connector import run, server_to_server, write_json
from integration_tests.fuzz.trial import Trial, attempt
from integration_tests.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: list[str] | None = None) -> int:
    """1 where a seed found something."""
    parser = argparse.ArgumentParser(prog="python -m integration_tests.fuzz", description=__doc__)
    parser.add_argument("--seeds", type=int, default=20, help="how many, from --first on")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--at-once", type=int, default=2, help="reads side by side")
    options = parser.parse_args(arguments)
    catalog = discovered()
    trials = []
    with ThreadPoolExecutor(options.at_once) as pool:
        seeds = range(options.first, options.first + options.seeds)
        for trial in pool.map(lambda seed: attempt(seed, catalog), seeds):
            print(trial, flush=True)
            trials.append(trial)
    print(summary(trials))
    return int(any(trial.findings for trial in trials))


def discovered() -> dict[str, Any]:
    """The catalog as discover prints it."""
    with Sandbox() as zoom, TemporaryDirectory() as folder:
        config = write_json(Path(folder) / "config.json", server_to_server(zoom.credentials))
        (message,) = run(["discover", "--config", config], zoom.environment).of_type("CATALOG")
    found: dict[str, Any] = message["catalog"]
    return found


def summary(trials: Sequence[Trial]) -> str:
    """All seeds in a few words."""
    ends = Counter("with" if trial.incomplete else "without" for trial in trials)
    found = [trial.draw.seed for trial in trials if trial.findings]
    return (
        f"{len(trials)} seeds, {sum(trial.rows for trial in trials):,} rows; {ends['with']} syncs with INCOMPLETE "
        f"tables, {sum(trial.missing for trial in trials):,} rows missing and named. Findings: {found or 'none'}"
    )


if __name__ == "__main__":
    sys.exit(main())
