"""limit_finder.py: the account's limit, by headers and by trying."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, cast

import pytest

from source_zoom.zoom.limit_finder import NEXT_TRIAL_MOST, NEXT_TRIAL_SECONDS, LimitFinder

if TYPE_CHECKING:
    from source_zoom.zoom.pace import Pace

HEAVY = (1, 10, 40)
PRO = 1


class Observed:
    """A fake of a pace: how much Zoom answers, and whether it is full."""

    def __init__(self, delivered: float, *, full: bool = True) -> None:
        self._delivered = delivered
        self._full = full

    def delivered(self, now: float) -> float:
        return self._delivered

    def is_full(self, now: float) -> bool:
        return self._full


def update(finder: LimitFinder, now: float, delivered: float, *, full: bool = True, dropped: bool = False) -> float:
    """The limit after one answer."""
    finder.update(now, cast("Pace", cast("Any", Observed(delivered, full=full))), has_dropped=dropped)
    return finder.limit


@pytest.fixture
def finder() -> LimitFinder:
    """One that has begun with Pro, and seen that it holds."""
    finder = LimitFinder(HEAVY, PRO)
    assert update(finder, 1.0, 5.0) == 10
    return finder


class TestHeaders:
    def test_name_the_limit(self) -> None:
        finder = LimitFinder(HEAVY, PRO)
        assert not finder.is_found
        finder.read_header(25)
        assert (finder.limit, finder.is_found) == (25, True)

    def test_are_read_again(self) -> None:
        finder = LimitFinder(HEAVY, PRO)
        finder.read_header(40)
        finder.read_header(20)
        assert finder.limit == 20

    def test_never_raise_it_over_the_highest_plan(self) -> None:
        finder = LimitFinder(HEAVY, PRO)
        finder.read_header(6000)
        assert finder.limit == 40

    def test_leave_nothing_to_try(self, finder: LimitFinder) -> None:
        finder.read_header(10)
        assert update(finder, 100.0, 9.6) == 10
        assert update(finder, 101.0, 0.5, dropped=True) == 10

    def test_lower_a_plan_but_never_raise_it(self) -> None:
        finder = LimitFinder([10])
        finder.read_header(4)
        assert finder.limit == 4
        finder.read_header(80)
        assert finder.limit == 10


class TestHigherPlan:
    def test_is_tried_when_the_limit_is_in_use(self, finder: LimitFinder) -> None:
        assert update(finder, 3.0, 9.5) == 40
        assert not finder.is_found

    def test_is_not_tried_below_that(self, finder: LimitFinder) -> None:
        assert update(finder, 3.0, 8.0) == 10

    def test_is_not_tried_while_something_holds_the_pace_back(self, finder: LimitFinder) -> None:
        assert update(finder, 3.0, 9.5, full=False) == 10

    def test_is_proved_by_more_than_the_lower_one_allows(self, finder: LimitFinder) -> None:
        update(finder, 3.0, 9.5)
        update(finder, 4.0, 15.0, full=False)
        assert finder.proved == PRO
        update(finder, 5.0, 15.5, full=False)
        assert (finder.proved, finder.is_found) == (2, True)
        assert update(finder, 6.0, 15.5, full=False, dropped=True) == 40

    def test_is_given_up_when_the_pace_drops_before(self, finder: LimitFinder) -> None:
        update(finder, 3.0, 9.5)
        assert update(finder, 4.0, 10.0, full=False, dropped=True) == 10
        assert finder.is_found

    def test_is_tried_again_at_growing_distances(self, finder: LimitFinder) -> None:
        trials = []
        for second in range(4000):
            now = 3.0 + second
            if update(finder, now, 9.5) == 40:
                trials.append(now)
                update(finder, now + 0.5, 9.5, full=False, dropped=True)
        distances = [after - before for before, after in pairwise(trials)]
        assert distances[0] <= 20
        assert distances == sorted(distances)
        assert max(distances) <= NEXT_TRIAL_MOST + 1
        assert len(trials) <= 15

    def test_that_another_label_has_proved_is_taken(self) -> None:
        finder = LimitFinder((4, 30, 80), PRO)
        finder.prove(2)
        assert (finder.limit, finder.is_found) == (80, True)
        assert update(finder, 1.0, 2.0, dropped=True) == 80

    def test_there_is_none_above_the_highest(self) -> None:
        finder = LimitFinder(HEAVY, 2)
        update(finder, 1.0, 20.0)
        assert update(finder, 2.0, 39.0) == 40


class TestLowerPlan:
    def test_is_taken_when_the_pace_drops_before_more_came_through(self) -> None:
        finder = LimitFinder(HEAVY, PRO)
        assert update(finder, 1.0, 1.0, full=False, dropped=True) == 1

    def test_is_not_taken_once_the_plan_is_proved(self, finder: LimitFinder) -> None:
        assert update(finder, 2.0, 1.0, full=False, dropped=True) == 10

    def test_is_left_again_by_a_trial(self) -> None:
        finder = LimitFinder(HEAVY, PRO)
        update(finder, 1.0, 1.0, full=False, dropped=True)
        assert update(finder, 5.0, 0.95) == 1
        assert update(finder, 30.0, 0.95) == 10

    def test_that_failed_does_not_delay_trials_of_the_next_once_it_is_proved(self) -> None:
        finder = LimitFinder(HEAVY, PRO)
        update(finder, 1.0, 1.0, full=False, dropped=True)
        update(finder, 20.0, 0.95)
        update(finder, 21.0, 5.0)
        assert update(finder, 22.0, 9.5) == 40
        assert update(finder, 23.0, 9.5, full=False, dropped=True) == 10
        assert update(finder, 23.1 + NEXT_TRIAL_SECONDS, 9.5) == 40


class TestShare:
    def test_small_share_shows_nothing_and_keeps_the_plan(self) -> None:
        """A quarter of Business is no more than all of Pro, so nothing would be refused on a Pro account."""
        finder = LimitFinder(HEAVY, PRO, share=0.25)
        update(finder, 1.0, 2.0)
        assert update(finder, 3.0, 2.4) == 10

    def test_large_share_finds_the_plan(self) -> None:
        finder = LimitFinder(HEAVY, PRO, share=0.5)
        update(finder, 1.0, 2.0)
        assert update(finder, 3.0, 4.8) == 40
        update(finder, 5.0, 16.0)
        assert finder.proved == 2
