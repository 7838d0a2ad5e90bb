"""A handful of the random accounts; `python -m integration_tests.fuzz --seeds 200` reads more of them."""

from __future__ import annotations

import pytest

from integration_tests.fuzz.__main__ import check

pytestmark = pytest.mark.long

SEEDS = (0, 1, 2, 3, 4, 5)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_row_is_out_or_told(seed: int) -> None:
    result = check(seed)
    assert result.complaints == [], result
