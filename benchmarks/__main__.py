"""Measure what a sync costs: the real command over a simulated Zoom account in another process.

Without options: all tables of 40 users on the business plan, and of 8 users with a single worker.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import get_args

from benchmarks.measure import Result, measure
from benchmarks.plot import draw
from benchmarks.report import in_words
from benchmarks.scenario import Scenario, of_large_pages, of_many_parents, of_users
from benchmarks.summary import Summary, as_text, write_readme
from integration_tests.sandbox import TABLES
from integration_tests.sandbox.limits import PLANS, Window

README = Path(__file__).parent / "README.md"
RESULTS = Path(__file__).parent / "results"
DEFAULT_USERS = 40
ONE_WORKER_USERS = 8


def main() -> int:
    """Exit code 0 when every sync brought as many records of each table as its account owes."""
    options = _parser().parse_args()
    options.results.mkdir(parents=True, exist_ok=True)
    complete = True
    summaries: list[Summary] = []
    for scenario in _scenarios(options):
        print(f"\n{scenario.name}: {scenario}", flush=True)
        result = measure(scenario, timeout=options.timeout)
        print(in_words(result), flush=True)
        complete = complete and result.is_complete
        _draw(result, options.results)
        summaries.append(Summary.of(result))
        if result.is_complete:
            summaries[-1].save(options.results)
    print("\n" + as_text(summaries))
    if options.write:
        write_readme(README, options.results)
    return 0 if complete else 1


def _scenarios(options: argparse.Namespace) -> list[Scenario]:
    if options.scenario == "memory":
        return [of_many_parents(options.parents // 10), of_many_parents(options.parents)]
    base = Scenario(
        "",
        plan=options.plan,
        latency=options.latency,
        jitter=options.jitter,
        tables=options.tables,
        workers=options.workers,
        other_app=options.other_app,
    )
    if options.scenario == "pages":
        return [of_large_pages(base)]
    scenarios = [
        of_users(users, replace(base, window=window, setting=setting, package=package))
        for users in options.sizes or [options.users]
        for window in options.windows
        for package in ([options.against, None] if options.against else [None])
        for setting in options.settings
        # Another version may not know what to do without a plan.
        if not (package and setting == "auto")
    ]
    if options.one_worker and options.workers != 1:
        scenarios.append(of_users(options.one_worker, replace(base, workers=1)))
    return scenarios


def _draw(result: Result, folder: Path) -> None:
    command, bound = result.command, result.report.bound
    title = (
        f"{result.scenario}\n{command.wall_seconds:.0f} s, {result.ratio:.2f} times the bound that {bound.label} sets"
    )
    draw(result.report, command.started, command.ended, title, folder / f"{result.scenario.name}.png")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--scenario",
        choices=("sync", "memory", "pages"),
        default="sync",
        help="memory: see --parents; pages: two tables with large pages",
    )
    parser.add_argument("--users", type=int, default=DEFAULT_USERS, help="active users (default: %(default)s)")
    parser.add_argument("--sizes", type=_numbers, metavar="N,N,…", help="several numbers of users, one after the other")
    parser.add_argument("--plan", choices=sorted(PLANS), default="business", help="(default: %(default)s)")
    parser.add_argument("--latency", type=float, default=0.125, metavar="SECONDS", help="(default: %(default)s)")
    parser.add_argument("--jitter", type=float, default=0.025, metavar="SECONDS", help="(default: %(default)s)")
    parser.add_argument("--tables", type=_tables, default=TABLES, metavar="NAME,NAME,…", help="(default: all)")
    parser.add_argument("--workers", type=int, metavar="N", help="num_workers of the form (default: left out)")
    parser.add_argument("--windows", nargs="+", choices=get_args(Window), default=["fixed"], help="how Zoom counts")
    parser.add_argument(
        "--settings",
        nargs="+",
        choices=("", "auto", *sorted(PLANS)),
        default=[""],
        help='account_plan of the form (default: "", the account\'s plan)',
    )
    parser.add_argument(
        "--other-app", type=float, default=0.0, metavar="SHARE", help="of every limit that another app takes for 20 s"
    )
    parser.add_argument(
        "--against", type=Path, metavar="DIR", help="also measure the version of source_zoom that lies in this folder"
    )
    parser.add_argument(
        "--one-worker",
        type=int,
        default=ONE_WORKER_USERS,
        metavar="USERS",
        help="also measure a single worker on an account of so many users, 0 for not (default: %(default)s)",
    )
    parser.add_argument(
        "--parents",
        type=int,
        default=100_000,
        metavar="N",
        help="with --scenario memory: parents to know, after a tenth of them (default: %(default)s, 15 minutes)",
    )
    parser.add_argument("--results", type=Path, default=RESULTS, metavar="DIR", help="for plots and numbers")
    parser.add_argument("--write", action="store_true", help="put the numbers of all kept runs into the README")
    parser.add_argument("--timeout", type=float, default=3600, metavar="SECONDS", help="of one sync")
    return parser


def _numbers(text: str) -> list[int]:
    return [int(number) for number in text.split(",")]


def _tables(text: str) -> tuple[str, ...]:
    tables = tuple(text.split(","))
    unknown = sorted(set(tables) - set(TABLES))
    if unknown:
        raise argparse.ArgumentTypeError(f"no such table: {', '.join(unknown)}")
    return tables


if __name__ == "__main__":
    sys.exit(main())
