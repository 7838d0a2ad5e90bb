"""Reads random accounts on which random things go wrong, and compares the rows with the truth.

Usage: python -m integration_tests.fuzz --seeds 200
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

from integration_tests.faulty import sync
from integration_tests.fixtures import configured_catalog
from integration_tests.sandbox import Sandbox

from .cases import Case, case
from .verdict import complaints

if TYPE_CHECKING:
    from integration_tests.connector import Output

# A read of these accounts takes seconds, and a request that keeps failing two minutes.
HANG_SECONDS = 400


class Result(NamedTuple):
    """What one seed came to."""

    case: Case
    seconds: float
    rows: int
    incomplete: int
    complaints: list[str]

    def __str__(self) -> str:
        found = f"{self.rows:,} rows, {self.incomplete} of {len(self.case.tables)} tables incomplete"
        line = f"seed {self.case.seed}: {'FAILED' if self.complaints else 'ok'}, {self.seconds:.0f} s, {found}"
        return "\n".join((line, f"  {self.case}", *(f"  {c}" for c in self.complaints)) if self.complaints else (line,))


def check(seed: int) -> Result:
    """Read the account of one seed by the real command."""
    made, started = case(seed), time.monotonic()
    catalog = {"streams": [entry["stream"] for entry in configured_catalog()["streams"]]}
    with Sandbox(made.shape, faults=made.faults, **made.knobs) as zoom:
        try:
            output = sync(zoom, catalog, made.tables, **made.settings)
        except subprocess.TimeoutExpired:
            return Result(made, time.monotonic() - started, 0, 0, [f"no end after {HANG_SECONDS} seconds"])
        found = complaints(made, output, zoom)
    return Result(made, time.monotonic() - started, _rows(output), _incomplete(output), found)


def _rows(output: Output) -> int:
    return sum(map(len, output.records.values()))


def _incomplete(output: Output) -> int:
    return sum(statuses[-1] == "INCOMPLETE" for statuses in output.statuses.values())


def main() -> int:
    """Exit code 1 when a read left something out and did not say so."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=20, metavar="N", help="how many; default: 20")
    parser.add_argument("--first", type=int, default=0, metavar="SEED", help="the first of them; default: 0")
    parser.add_argument("--at-once", type=int, default=2, metavar="N", help="reads side by side; default: 2")
    options = parser.parse_args()
    failed = rows = 0
    with ThreadPoolExecutor(options.at_once) as pool:
        for result in pool.map(check, range(options.first, options.first + options.seeds)):
            print(result, flush=True)
            failed += bool(result.complaints)
            rows += result.rows
    print(f"{options.seeds} seeds, {failed} failed, {rows:,} rows compared")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
