"""The lines of progress of a real sync, against the end that it really had."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

import pytest

from integration_tests.faulty import assert_whole, at_once, sync
from integration_tests.sandbox import TABLES, AccountShape, Sandbox

pytestmark = pytest.mark.long

LINE = re.compile(r"INFO Progress after (\d+) s: .* set the pace: .*, about (\d+) (s|min) to go\.")
DONE = re.compile(r"INFO Done in (\d+) s: ")


def estimates(zoom: Sandbox, catalog: dict[str, Any], plan: str) -> tuple[list[tuple[int, int]], int]:
    """(seconds passed, seconds in all as the line expected) of each line, and the seconds that it took."""
    with zoom:
        output = sync(zoom, catalog, patience=4, account_plan=plan)
        assert_whole(output, zoom, TABLES)
    lines = [found for found in map(LINE.fullmatch, output.logs) if found]
    (took,) = [int(found[1]) for found in map(DONE.match, output.logs) if found]
    return [(int(f[1]), int(f[1]) + int(f[2]) * (60 if f[3] == "min" else 1)) for f in lines], took


def test_time_to_go_is_right_within_a_quarter_from_the_first_third_on(catalog: dict[str, Any]) -> None:
    shapes = {"pro": AccountShape(users=16), "business": AccountShape(users=50, seed=3)}
    accounts = {plan: Sandbox(shape, plan=plan, latency=0.125, latency_jitter=0.025) for plan, shape in shapes.items()}
    reads = {plan: partial(estimates, zoom, catalog, plan) for plan, zoom in accounts.items()}
    for plan, (lines, took) in at_once(reads).items():
        late = [(passed, expected) for passed, expected in lines if passed >= took / 3]
        assert len(late) >= 4, plan
        wrong = [line for line in late if abs(line[1] - took) > took / 4]
        assert wrong == [], (plan, took, lines)
