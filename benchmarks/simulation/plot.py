"""Draws what Zoom admitted and refused, second by second, for each candidate in a few scenarios."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.simulation.engine import Scenario, play
from benchmarks.simulation.lanes import CANDIDATES
from benchmarks.simulation.zoom import OtherApp

if TYPE_CHECKING:
    from pathlib import Path

SHOWN = {
    "alone, any second's span, jitter 50 ms": Scenario(40, "sliding", seconds=40, jitter=0.05),
    "another app takes half, from 10 s to 30 s": Scenario(40, "fixed", seconds=30, other=OtherApp(0.5, 10, 30)),
    "a second connection starts after 10 s": Scenario(40, "sliding", seconds=20, second_starts=10),
    "account on Business, set to Pro, no headers": Scenario(40, "fixed", seconds=30, setting=10, headers=False),
}
SECONDS = 48


def draw(file: Path) -> None:
    """One row a candidate, one column a scenario, written as PNG."""
    # Imported here, because it takes a second, and only the drawing needs it.
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, panels = plt.subplots(
        len(CANDIDATES), len(SHOWN), sharex=True, sharey=True, figsize=(16, 10), layout="constrained", squeeze=False
    )
    for row, name in zip(panels, CANDIDATES, strict=True):
        row[0].set_ylabel(f"{name}\nrequests a second")
        for panel, scenario in zip(row, SHOWN.values(), strict=True):
            _bars(panel, scenario, name)
    for panel, title in zip(panels[0], SHOWN, strict=True):
        panel.set_title(title, fontsize=10)
    panels[0][0].legend(loc="upper right", fontsize=8, ncols=2)
    for panel in panels[-1]:
        panel.set_xlabel("seconds")
    figure.savefig(file, dpi=80)
    plt.close(figure)


def _bars(panel: Any, scenario: Scenario, candidate: str) -> None:
    """Stacked: what each connection got, and what was refused to all of them."""
    bottom = [0.0] * SECONDS
    runs = play(scenario, CANDIDATES[candidate])
    for run, color, label in zip(runs, ("#3b6fb5", "#7fb2e5"), ("admitted", "of a second"), strict=False):
        heights = [run.admitted_in(second, second + 1) for second in range(SECONDS)]
        panel.bar(range(SECONDS), heights, width=1.0, align="edge", bottom=bottom, color=color, label=label)
        bottom = [below + height for below, height in zip(bottom, heights, strict=True)]
    refused = [sum(int(moment) == second for run in runs for moment in run.refused) for second in range(SECONDS)]
    panel.bar(range(SECONDS), refused, width=1.0, align="edge", bottom=bottom, color="#c8442e", label="refused (429)")
    other = scenario.other
    free = [scenario.limit - (other.taken(second, scenario.limit) if other else 0) for second in range(SECONDS)]
    panel.step(range(SECONDS), free, where="post", color="black", linewidth=0.8)
    panel.set_ylim(0, 1.4 * scenario.limit)
    panel.margins(x=0)
