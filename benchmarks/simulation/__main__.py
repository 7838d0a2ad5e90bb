"""Compare the candidates in all scenarios: a table on the terminal, and a plot of three scenarios second by second.

A cell has the wall time over the bound, the share of refused requests, and beside another app the share from the third
second on and the seconds to full pace after its end; means, and the longest recovery. A star marks cells in which a
scenario misses its target, and each candidate's misses are counted at the end.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from statistics import fmean

from benchmarks.simulation.engine import play
from benchmarks.simulation.grid import Group, Outcome, Target, groups, judge
from benchmarks.simulation.lanes import AUTO, CANDIDATES
from benchmarks.simulation.plot import draw

PLOT = Path(__file__).parents[1] / "results" / "pace.png"


def main() -> int:
    """Exit code 1 when source_zoom's own pace misses a target."""
    options = _parser().parse_args()
    started = time.perf_counter()
    rows = [("", *options.candidates)]
    misses = dict.fromkeys(options.candidates, 0)
    scenarios = 0
    for group in groups(quick=not options.all):
        scenarios += len(group.scenarios) * options.seeds
        cells = [group.name]
        for name in options.candidates:
            target = _target(group, name)
            outcomes = _outcomes(group, name, options.seeds)
            missed = sum(outcome.misses(target) for outcome in outcomes)
            misses[name] += missed
            cells.append(_cell(outcomes) + (" *" if missed else "  "))
        rows.append(tuple(cells))
    rows.append((f"targets missed in {scenarios} runs", *(f"{count}  " for count in misses.values())))
    print(_table(rows))
    print(f"\n{time.perf_counter() - started:.0f} s")
    if options.plot:
        draw(options.plot)
    return 1 if any(misses[name] for name in misses if name in ("adaptive", AUTO)) else 0


def _target(group: Group, candidate: str) -> Target:
    if candidate == AUTO:
        return group.target.unknown_limit
    return Target() if group.for_auto else group.target


def _outcomes(group: Group, candidate: str, seeds: int) -> list[Outcome]:
    lane, target = CANDIDATES[candidate], _target(group, candidate)
    return [
        judge(scenario, play(scenario, lane, seed), target) for scenario in group.scenarios for seed in range(seeds)
    ]


def _cell(outcomes: list[Outcome]) -> str:
    text = f"{fmean(outcome.ratio for outcome in outcomes):.2f} {fmean(outcome.refused for outcome in outcomes):6.2%}"
    later = [outcome.refused_later for outcome in outcomes if outcome.refused_later is not None]
    recovery = [outcome.recovery for outcome in outcomes if outcome.recovery is not None]
    least = [outcome.least_share for outcome in outcomes if outcome.least_share is not None]
    if later:
        text += f" {fmean(later):4.0%} " + (f"{max(recovery):4.1f} s" if recovery else " never")
    elif least:
        text += f"  least {min(least):3.0%}"
    return text.ljust(24)


def _table(rows: list[tuple[str, ...]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.simulation", description=__doc__)
    parser.add_argument("--all", action="store_true", help="more limits and latencies: minutes")
    parser.add_argument("--seeds", type=int, default=1, metavar="N", help="runs of each scenario (default: 1)")
    parser.add_argument(
        "--candidates",
        nargs="+",
        choices=CANDIDATES,
        default=list(CANDIDATES),
        metavar="NAME",
        help=f"of: {', '.join(CANDIDATES)}",
    )
    parser.add_argument("--plot", type=Path, metavar="FILE", help=f"draw it, for instance {PLOT.name}")
    return parser


if __name__ == "__main__":
    sys.exit(main())
