"""Draws how much of each label's limit was in use, second by second."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.usage import Report


def draw(report: Report, started: float, ended: float, title: str, file: Path) -> None:
    """One panel a label, written as PNG."""
    # Imported here, because it takes a second and much memory, and only the drawing needs it.
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, panels = plt.subplots(len(report.usages), 1, sharex=True, figsize=(10, 6), layout="constrained")
    seconds = range(int(started), int(ended) + 1)
    places = [second - started for second in seconds]
    for panel, usage in zip(panels, report.usages.values(), strict=True):
        answered = [100 * usage.answered_per_second[second] / usage.limit for second in seconds]
        refused = [100 * usage.refused_per_second[second] / usage.limit for second in seconds]
        panel.bar(places, answered, width=1.0, align="edge", color="#3b6fb5", label="answered")
        panel.bar(places, refused, width=1.0, align="edge", bottom=answered, color="#c8442e", label="refused (429)")
        panel.axhline(100, color="black", linewidth=0.8)
        panel.set_ylim(0, 120)
        panel.set_ylabel(f"{usage.label}\n% of {usage.limit}/s")
        panel.margins(x=0)
    panels[0].set_title(title, fontsize=10)
    panels[0].legend(loc="upper right", fontsize=8, ncols=2)
    panels[-1].set_xlabel("seconds since the command was started")
    figure.savefig(file, dpi=100)
    plt.close(figure)
