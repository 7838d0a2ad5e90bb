"""The runs of a benchmark of nights in numbers, for the terminal, the folder of results and the README."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from integration_tests.sandbox import HEAVY, LIGHT, MEDIUM

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from benchmarks.command import Measurement

_BEGIN, _END = "<!-- nights: begin -->", "<!-- nights: end -->"
_HEADS: tuple[str, ...] = (
    *("account", "run", LIGHT, MEDIUM, HEAVY, "of the full refresh", "repeated"),
    *("records", "seconds", "peak MB", "largest state"),
)
FULL_REFRESH = "full refresh"


class Log:
    """The requests of several syncs one after the other, as the simulated Zoom has logged them."""

    def __init__(self, requests: Sequence[dict[str, Any]]) -> None:
        self._requests = requests

    def between(self, begin: float, end: float) -> list[dict[str, Any]]:
        """Those that arrived between two moments, Unix seconds, but for 429s."""
        return [
            request for request in self._requests if begin <= request["started"] <= end and request["status"] != 429
        ]

    def repeated(self, since: float, begin: float, end: float) -> int:
        """Requests about an occurrence between two moments for URLs that have been answered since another."""
        before = {request["url"] for request in self.between(since, begin) if _is_of_occurrence(request["url"])}
        return sum(request["url"] in before for request in self.between(begin, end))


def _is_of_occurrence(url: str) -> bool:
    parts = url.partition("?")[0].removeprefix("/v2/").split("/")
    return (parts[0] in {"past_meetings", "past_webinars"} and parts[-1] != "instances") or parts[:2] in (
        ["report", "meetings"],
        ["report", "webinars"],
    )


@dataclass(frozen=True)
class Run:
    """One sync. ``repeated`` counts requests about occurrences that an earlier one has sent, but for full refreshes.

    ``largest_state`` is that of one table, in bytes.
    """

    account: str
    name: str
    requests: dict[str, int]
    repeated: int
    records: int
    seconds: float
    megabytes: float
    largest_state: int

    @classmethod
    def of(cls, account: str, name: str, measured: Measurement, log: Log, since: float) -> Run:
        """:param since: when the first incremental sync began"""
        counts = Counter(request["label"] for request in log.between(measured.started, measured.ended))
        return cls(
            account,
            name,
            {label: counts[label] for label in (LIGHT, MEDIUM, HEAVY)},
            log.repeated(since, measured.started, measured.ended),
            measured.record_count,
            round(measured.wall_seconds, 1),
            round(measured.peak_memory / 1_000_000, 1),
            0 if name == FULL_REFRESH else max(map(len, measured.states.values()), default=0),
        )


def save(runs: Sequence[Run], folder: Path) -> None:
    """One file an account."""
    text = json.dumps([asdict(run) for run in runs], indent=2, ensure_ascii=False)
    (folder / f"{runs[0].account}.json").write_text(text + "\n", encoding="utf-8")


def load(folder: Path) -> list[list[Run]]:
    """All accounts, the smallest first."""
    found = [[Run(**run) for run in json.loads(file.read_text(encoding="utf-8"))] for file in folder.glob("*.json")]
    return sorted(found, key=lambda runs: (runs[0].account == "capped", sum(runs[0].requests.values())))


def _cells(run: Run, whole: int | None) -> tuple[str, ...]:
    """In the order of the heads; ``whole`` are the heavy requests of the full refresh."""
    share = f"{run.requests[HEAVY] / whole:.2%}" if whole else ""
    return (
        run.account,
        run.name,
        *(f"{count:,}" for count in run.requests.values()),
        share,
        f"{run.repeated:,}",
        f"{run.records:,}",
        f"{run.seconds:,.1f}",
        f"{run.megabytes:.0f}",
        f"{run.largest_state / 1000:.1f} kB",
    )


def rows(runs: Sequence[Run]) -> list[tuple[str, ...]]:
    """One a run."""
    whole = next((run.requests[HEAVY] for run in runs if run.name == FULL_REFRESH), None)
    return [_cells(run, whole) for run in runs]


def as_text(runs: Sequence[Run]) -> str:
    """A table for the terminal."""
    table = [_HEADS, *rows(runs)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return "\n".join("  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in table)


def write_readme(readme: Path, accounts: Iterable[Sequence[Run]]) -> None:
    """Put the numbers into the README, between its two marks."""
    lines = [_row(_HEADS), _row(["---", "---", *("--:" for _ in _HEADS[2:])])]
    lines += [_row(cells) for runs in accounts for cells in rows(runs)]
    before, _, rest = readme.read_text(encoding="utf-8").partition(_BEGIN)
    after = rest.partition(_END)[2]
    readme.write_text("\n".join([before + _BEGIN, "", *lines, "", _END + after]), encoding="utf-8")


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
