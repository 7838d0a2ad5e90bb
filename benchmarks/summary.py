"""The numbers of a run that are kept and compared: as a file, on the terminal, and in the README."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from benchmarks.measure import Result

_BEGIN, _END = "<!-- numbers: begin -->", "<!-- numbers: end -->"
_HEADS = (
    *("run", "requests", "records", "records/s", "wall s", "bound s", "wall/bound", "without start"),
    *("429", "needless", "CPU/request", "CPU/record", "peak MB"),
)


@dataclass(frozen=True)
class Summary:
    """One run in numbers; `megabytes` is the peak of its memory, ratios are to the bound that Zoom's limits set."""

    name: str
    about: str
    requests: int
    records: int
    wall_seconds: float
    bound_seconds: float
    sync_seconds: float
    refused: int
    needless: int
    cpu_seconds: float
    megabytes: float

    @classmethod
    def of(cls, result: Result) -> Summary:
        command, report = result.command, result.report
        return cls(
            result.scenario.name,
            str(result.scenario),
            report.requests,
            command.record_count,
            round(command.wall_seconds, 2),
            round(report.bound.least_seconds, 2),
            round(result.sync_seconds, 2),
            report.refused,
            report.needless.count,
            round(command.cpu_seconds, 2),
            round(command.peak_memory / 1_000_000, 1),
        )

    def save(self, folder: Path) -> None:
        text = json.dumps(asdict(self), indent=2, ensure_ascii=False)
        (folder / f"{self.name}.json").write_text(text + "\n", encoding="utf-8")

    @property
    def cells(self) -> tuple[str, ...]:
        """In the order of the heads."""
        return (
            self.name,
            f"{self.requests:,}",
            f"{self.records:,}",
            f"{self.records / self.wall_seconds:,.0f}",
            f"{self.wall_seconds:.1f}",
            f"{self.bound_seconds:.1f}",
            f"{self.wall_seconds / self.bound_seconds:.2f}",
            f"{self.sync_seconds / self.bound_seconds:.2f}",
            f"{self.refused / max(self.requests, 1):.2%}",
            f"{self.needless:,}",
            f"{1000 * self.cpu_seconds / max(self.requests, 1):.2f} ms",
            f"{1000 * self.cpu_seconds / max(self.records, 1):.2f} ms",
            f"{self.megabytes:.0f}",
        )


def as_text(summaries: Iterable[Summary]) -> str:
    """One line a run."""
    rows = [_HEADS, *(summary.cells for summary in summaries)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if column else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )


def write_readme(readme: Path, folder: Path) -> None:
    """Put the saved numbers and plots of all runs into the README, between its two marks."""
    kept = [Summary(**json.loads(file.read_text(encoding="utf-8"))) for file in folder.glob("*.json")]
    kept.sort(key=lambda summary: (summary.name.partition("-")[0], summary.requests))
    lines = [_row(_HEADS), _row(["---", *("--:" for _ in _HEADS[1:])]), *(_row(summary.cells) for summary in kept), ""]
    for summary in kept:
        lines += [f"### {summary.name}", "", f"{summary.about[:1].upper()}{summary.about[1:]}.", ""]
        lines += [f"![Share of each limit in use]({folder.name}/{summary.name}.png)", ""]
    before, _, rest = readme.read_text(encoding="utf-8").partition(_BEGIN)
    after = rest.partition(_END)[2]
    readme.write_text("\n".join([before + _BEGIN, "", *lines, _END + after]), encoding="utf-8")


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
