"""pace.py: when requests leave, and what refusals do to that."""

from __future__ import annotations

from itertools import pairwise

import pytest

from source_zoom.zoom.pace import HOLD_SECONDS, RISE_SECONDS, Pace
from unit_tests.zoom.paces import WINDOWS, leave, rate, settled
from unit_tests.zoom.simulated import Client, Window, simulate


def most_in_a_second(moments: list[float]) -> int:
    return max(sum(begins <= moment < begins + 1 for moment in moments) for begins in moments)


class TestSpacing:
    @pytest.mark.parametrize("limit", [1, 2, 4, 10, 20, 30, 40, 60, 80])
    def test_full_pace_is_just_under_the_limit(self, limit: int) -> None:
        pace, now = settled(limit)
        moments = leave(pace, now, 200)
        assert 0.95 * limit < rate(moments) < limit
        assert most_in_a_second(moments) <= limit

    def test_requests_are_evenly_spaced(self) -> None:
        pace, now = settled()
        gaps = [after - before for before, after in pairwise(leave(pace, now, 50))]
        assert max(gaps) == pytest.approx(min(gaps))

    def test_share_of_the_limit_is_kept(self) -> None:
        pace, now = settled(20, share=0.25)
        assert 0.95 * 5 < rate(leave(pace, now, 100)) < 5

    def test_first_request_leaves_at_once(self) -> None:
        assert Pace(1).take(1234.5) == 0

    def test_starts_below_full_pace_and_reaches_it_within_two_seconds(self) -> None:
        moments = leave(Pace(40), 0.0, 200)
        assert sum(moment < 0.5 for moment in moments) < 0.6 * 20
        assert sum(2 <= moment < 3 for moment in moments) >= 0.95 * 40

    def test_threads_that_wake_up_late_do_not_slow_it_down(self) -> None:
        pace = Pace(40)
        now, moments = 0.0, []
        while now < 30:
            now += pace.take(now)
            now += 0.004
            while pace.take(now) == 0:
                moments.append(now)
        assert rate([moment for moment in moments if moment > 5]) > 0.95 * 40

    @pytest.mark.parametrize("idle", [0.3, 1.0, 60.0])
    def test_stall_is_not_made_up_for_in_a_burst(self, idle: float) -> None:
        pace, now = settled(40)
        before = leave(pace, now, 100)
        after = leave(pace, before[-1] + idle, 100)
        assert most_in_a_second(before + after) <= 40
        assert sum(moment < after[0] + 0.1 for moment in after) <= 5

    def test_waits_are_looked_at_again(self) -> None:
        pace, now = settled(1)
        leave(pace, now, 1)
        assert 0 < pace.take(now + 0.01) <= 0.25


class TestStrayRefusals:
    @pytest.mark.parametrize("refusals", [1, 2])
    def test_pace_stays(self, refusals: int) -> None:
        pace, now = settled(40)
        before = pace.rate(now)
        for _ in range(refusals):
            assert not pace.refused(now)
        assert pace.rate(now) >= 0.985 * before
        assert pace.is_full(now)

    def test_label_goes_on_at_once(self) -> None:
        pace, now = settled(10)
        pace.refused(now)
        assert leave(pace, now, 1)[0] - now <= 0.11

    def test_one_in_two_hundred_never_drops_it(self) -> None:
        pace, now = settled(40)
        for number in range(20_000):
            now = leave(pace, now, 1)[0]
            if number % 200 == 0:
                assert not pace.refused(now)
            else:
                pace.succeeded(now)
        assert pace.rate(now) >= 0.95 * 40

    def test_jitter_makes_room(self) -> None:
        """With refusals among many successes it goes a little slower, and without them a little faster again."""
        pace, now = settled(40)

        def successes(count: int) -> None:
            nonlocal now
            for _ in range(count):
                now = leave(pace, now, 1)[0]
                pace.succeeded(now)

        full = pace.full_rate
        pace.refused(now)
        slower = pace.full_rate
        assert 0.98 * full < slower < full
        successes(2000)
        assert slower < pace.full_rate < 40

    @WINDOWS
    @pytest.mark.parametrize("limit", [10, 40])
    def test_alone_it_is_hardly_refused(self, limit: int, sliding: bool) -> None:
        client = Client(Pace(limit))
        simulate(Window(limit, sliding=sliding), [client], 60, jitter=0.04)
        assert client.refused_share(0, 60) <= 0.005
        assert client.count(5, 55) >= 0.94 * limit * 50


class TestDrop:
    def test_goes_down_to_what_came_through(self) -> None:
        pace, now = settled(40)
        for number in range(80):
            pace.succeeded(now + number / 20)
        now += 4
        assert [pace.refused(now) for _ in range(3)] == [False, False, True]
        assert 0.9 * 20 < pace.rate(now) < 20

    def test_happens_once_a_second(self) -> None:
        pace, now = settled(40)
        drops = [now + number / 20 for number in range(100) if pace.refused(now + number / 20)]
        assert all(after - before >= 1 for before, after in pairwise(drops))
        assert len(drops) == 5

    def test_never_more_than_halves_the_pace(self) -> None:
        pace, now = settled(40)
        before = pace.rate(now)
        for _ in range(3):
            pace.refused(now)
        assert pace.rate(now) == pytest.approx(before / 2, rel=0.02)

    def test_ends_at_a_tenth(self) -> None:
        pace, now = settled(40)
        for second in range(20):
            pace.refused(now + second)
        assert pace.rate(now + 19) == pytest.approx(0.1 * pace.full_rate)

    def test_holds_then_rises_slowly_at_first_and_is_full_again(self) -> None:
        pace, now = settled(40)
        for _ in range(3):
            pace.refused(now)
        low = pace.rate(now)
        assert pace.rate(now + HOLD_SECONDS) == low
        quarter = pace.rate(now + HOLD_SECONDS + RISE_SECONDS / 4)
        assert low < quarter < low + 0.05 * (pace.full_rate - low)
        assert not pace.is_full(now + HOLD_SECONDS + RISE_SECONDS - 0.01)
        assert pace.rate(now + HOLD_SECONDS + RISE_SECONDS) == pace.full_rate

    def test_soon_after_one_refusal_is_enough_for_the_next(self) -> None:
        pace, now = settled(40)
        for _ in range(3):
            pace.refused(now)
        low = pace.rate(now)
        pace.succeeded(now + 1)
        assert pace.refused(now + 2.5)
        assert pace.rate(now + 2.5) < low

    def test_answer_that_says_nothing_remains_ends_the_rise(self) -> None:
        pace, now = settled(40)
        for _ in range(3):
            pace.refused(now)
        for number in range(60):
            pace.succeeded(now + 1 + number / 25, 12)
        now += 3.4
        risen = pace.rate(now)
        pace.succeeded(now, 0)
        assert pace.rate(now) == pace.rate(now + HOLD_SECONDS) == pytest.approx(0.95 * risen, rel=0.001)

    @pytest.mark.parametrize(("delivered", "why"), [(12, "may be the weaker of two"), (38, "nobody else is there")])
    def test_such_an_answer_does_not_end_it_otherwise(self, delivered: int, why: str) -> None:
        pace, now = settled(40)
        for _ in range(3):
            pace.refused(now)
        for number in range(2 * delivered):
            pace.succeeded(now + 1 + number / delivered, 5)
        now += 3
        pace.succeeded(now, 0)
        assert pace.rate(now + 1.5) > 1.1 * pace.rate(now), why


class TestBlocked:
    def test_pauses_after_three_refusals_without_a_success(self) -> None:
        pace, now = settled(40)
        pace.refused(now)
        pace.refused(now)
        assert leave(pace, now, 1)[0] - now < 0.1
        pace.refused(now)
        assert leave(pace, now, 1)[0] - now == pytest.approx(0.25)

    def test_pauses_grow_with_the_time_without_a_success_and_end(self) -> None:
        pace, now = settled(40)
        started, pauses = now, []
        while now < started + 600:
            pace.refused(now)
            after = leave(pace, now, 1)[0]
            pauses.append(after - now)
            now = after
        assert all(after > before - 1e-6 for before, after in pairwise(pauses[2:]))
        assert max(pauses) == pytest.approx(15)
        assert len(pauses) < 100

    def test_success_ends_it(self) -> None:
        pace, now = settled(40)
        for second in range(60):
            pace.refused(now + second)
        now = leave(pace, now + 60, 1)[0]
        pace.succeeded(now)
        pace.refused(now)
        assert leave(pace, now, 1)[0] - now < 0.3

    def test_pause_holds_all_requests(self) -> None:
        pace, now = settled(40)
        pace.pause(now + 90)
        assert leave(pace, now, 1)[0] == pytest.approx(now + 90)


class TestDelivered:
    def test_counts_the_last_second(self) -> None:
        pace = Pace(40)
        for number in range(100):
            pace.succeeded(number / 20)
        assert pace.delivered(99 / 20) == pytest.approx(20, abs=1)
        assert pace.delivered(60.0) == 0

    def test_a_moment_of_more_does_not_count(self) -> None:
        pace = Pace(40)
        for number in range(40):
            pace.succeeded(number / 10)
        for number in range(20):
            pace.succeeded(4 + number / 40)
        assert pace.delivered(4.5) <= 18

    def test_low_limits_take_longer_to_count(self) -> None:
        pace = Pace(1)
        for number in range(20):
            pace.succeeded(number * 1.3)
        counted = [pace.delivered(19 * 1.3 + tenth / 10) for tenth in range(13)]
        assert min(counted) >= 0.5
        assert max(counted) <= 1
