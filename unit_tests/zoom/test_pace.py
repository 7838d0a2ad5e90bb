"""pace.py: when requests leave, and what refusals do to that."""

from __future__ import annotations

from itertools import pairwise

import pytest

from source_zoom.zoom.pace import HOLD_SECONDS, RISE_SECONDS, Pace
from unit_tests.zoom.simulated import Client, Window, simulate

WINDOWS = pytest.mark.parametrize("sliding", [False, True], ids=["clock's second", "any second"])
HEADERS = pytest.mark.parametrize("headers", [True, False], ids=["headers", "no headers"])
# Long enough for the ramp, and for the pace to rise after a drop.
SETTLED = 10.0


def leave(pace: Pace, now: float, times: int, *, late: float = 0.0) -> list[float]:
    """Moments at which so many requests leave, each ``late`` seconds after it might have."""
    moments = []
    while len(moments) < times:
        wait = pace.take(now)
        if wait:
            now += wait
            if pace.take(now) == 0:
                now += late
                moments.append(now)
        else:
            moments.append(now)
    return moments


def rate(moments: list[float]) -> float:
    return (len(moments) - 1) / (moments[-1] - moments[0])


def settled(limit: float = 10, share: float = 1.0) -> tuple[Pace, float]:
    """A pace past its ramp, and the moment of its last request."""
    pace = Pace(limit, share)
    now = 0.0
    while now < SETTLED:
        now = leave(pace, now, 1)[0]
    return pace, now


def most_in_a_second(moments: list[float]) -> int:
    return max(sum(begins <= moment < begins + 1 for moment in moments) for begins in moments)


class TestSpacing:
    @pytest.mark.parametrize("limit", [1, 2, 4, 10, 20, 30, 40, 60, 80])
    def test_full_pace_is_just_under_the_limit(self, limit: int):
        pace, now = settled(limit)
        moments = leave(pace, now, 200)
        assert 0.95 * limit < rate(moments) < limit
        assert most_in_a_second(moments) <= limit

    def test_requests_are_evenly_spaced(self):
        pace, now = settled()
        gaps = [after - before for before, after in pairwise(leave(pace, now, 50))]
        assert max(gaps) == pytest.approx(min(gaps))

    def test_share_of_the_limit_is_kept(self):
        pace, now = settled(20, share=0.25)
        assert 0.95 * 5 < rate(leave(pace, now, 100)) < 5

    def test_first_request_leaves_at_once(self):
        assert Pace(1).take(1234.5) == 0

    def test_starts_below_full_pace_and_reaches_it_within_two_seconds(self):
        moments = leave(Pace(40), 0.0, 200)
        assert sum(moment < 0.5 for moment in moments) < 0.6 * 20
        assert sum(2 <= moment < 3 for moment in moments) >= 0.95 * 40

    def test_threads_that_wake_up_late_do_not_slow_it_down(self):
        pace = Pace(40)
        now, moments = 0.0, []
        while now < 30:
            now += pace.take(now)
            now += 0.004
            while pace.take(now) == 0:
                moments.append(now)
        assert rate([moment for moment in moments if moment > 5]) > 0.95 * 40

    @pytest.mark.parametrize("idle", [0.3, 1.0, 60.0])
    def test_stall_is_not_made_up_for_in_a_burst(self, idle: float):
        pace, now = settled(40)
        before = leave(pace, now, 100)
        after = leave(pace, before[-1] + idle, 100)
        assert most_in_a_second(before + after) <= 40
        assert sum(moment < after[0] + 0.1 for moment in after) <= 5

    def test_waits_are_looked_at_again(self):
        pace, now = settled(1)
        leave(pace, now, 1)
        assert 0 < pace.take(now + 0.01) <= 0.25


class TestStrayRefusals:
    @pytest.mark.parametrize("refusals", [1, 2])
    def test_pace_stays(self, refusals: int):
        pace, now = settled(40)
        before = pace.rate(now)
        for _ in range(refusals):
            assert not pace.refused(now)
        assert pace.rate(now) >= 0.985 * before
        assert pace.is_full(now)

    def test_label_goes_on_at_once(self):
        pace, now = settled(10)
        pace.refused(now)
        assert leave(pace, now, 1)[0] - now <= 0.11

    def test_one_in_two_hundred_never_drops_it(self):
        pace, now = settled(40)
        for number in range(20_000):
            now = leave(pace, now, 1)[0]
            if number % 200 == 0:
                assert not pace.refused(now)
            else:
                pace.succeeded(now)
        assert pace.rate(now) >= 0.95 * 40

    def test_jitter_makes_room(self):
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
    def test_alone_it_is_hardly_refused(self, limit: int, sliding: bool):
        client = Client(Pace(limit))
        simulate(Window(limit, sliding=sliding), [client], 60, jitter=0.04)
        assert client.refused_share(0, 60) <= 0.005
        assert client.count(5, 55) >= 0.94 * limit * 50


class TestDrop:
    def test_goes_down_to_what_came_through(self):
        pace, now = settled(40)
        for number in range(80):
            pace.succeeded(now + number / 20)
        now += 4
        assert [pace.refused(now) for _ in range(3)] == [False, False, True]
        assert 0.9 * 20 < pace.rate(now) < 20

    def test_happens_once_a_second(self):
        pace, now = settled(40)
        drops = [now + number / 20 for number in range(100) if pace.refused(now + number / 20)]
        assert all(after - before >= 1 for before, after in pairwise(drops))
        assert len(drops) == 5

    def test_never_more_than_halves_the_pace(self):
        pace, now = settled(40)
        before = pace.rate(now)
        for _ in range(3):
            pace.refused(now)
        assert pace.rate(now) == pytest.approx(before / 2, rel=0.02)

    def test_ends_at_a_tenth(self):
        pace, now = settled(40)
        for second in range(20):
            pace.refused(now + second)
        assert pace.rate(now + 19) == pytest.approx(0.1 * pace.full_rate)

    def test_holds_then_rises_slowly_at_first_and_is_full_again(self):
        pace, now = settled(40)
        for _ in range(3):
            pace.refused(now)
        low = pace.rate(now)
        assert pace.rate(now + HOLD_SECONDS) == low
        quarter = pace.rate(now + HOLD_SECONDS + RISE_SECONDS / 4)
        assert low < quarter < low + 0.05 * (pace.full_rate - low)
        assert not pace.is_full(now + HOLD_SECONDS + RISE_SECONDS - 0.01)
        assert pace.rate(now + HOLD_SECONDS + RISE_SECONDS) == pace.full_rate

    def test_soon_after_one_refusal_is_enough_for_the_next(self):
        pace, now = settled(40)
        for _ in range(3):
            pace.refused(now)
        low = pace.rate(now)
        pace.succeeded(now + 1)
        assert pace.refused(now + 2.5)
        assert pace.rate(now + 2.5) < low

    def test_answer_that_says_nothing_remains_ends_the_rise(self):
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
    def test_such_an_answer_does_not_end_it_otherwise(self, delivered: int, why: str):
        pace, now = settled(40)
        for _ in range(3):
            pace.refused(now)
        for number in range(2 * delivered):
            pace.succeeded(now + 1 + number / delivered, 5)
        now += 3
        pace.succeeded(now, 0)
        assert pace.rate(now + 1.5) > 1.1 * pace.rate(now), why


class TestBlocked:
    def test_pauses_after_three_refusals_without_a_success(self):
        pace, now = settled(40)
        pace.refused(now)
        pace.refused(now)
        assert leave(pace, now, 1)[0] - now < 0.1
        pace.refused(now)
        assert leave(pace, now, 1)[0] - now == pytest.approx(0.25)

    def test_pauses_grow_with_the_time_without_a_success_and_end(self):
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

    def test_success_ends_it(self):
        pace, now = settled(40)
        for second in range(60):
            pace.refused(now + second)
        now = leave(pace, now + 60, 1)[0]
        pace.succeeded(now)
        pace.refused(now)
        assert leave(pace, now, 1)[0] - now < 0.3

    def test_pause_holds_all_requests(self):
        pace, now = settled(40)
        pace.pause(now + 90)
        assert leave(pace, now, 1)[0] == pytest.approx(now + 90)


class TestOtherApps:
    @WINDOWS
    @HEADERS
    @pytest.mark.parametrize("limit", [20, 40])
    def test_gives_way_to_an_app_that_takes_half_and_comes_back(self, limit: int, headers: bool, sliding: bool):
        client = Client(Pace(limit), headers=headers)
        simulate(Window(limit, sliding=sliding), [client], 40, others=((10, limit / 2), (30, 0)))
        assert client.refused_share(13, 30) <= 0.10
        assert client.count(13, 30) >= 0.75 * 17 * limit / 2
        assert client.count(34.5, 35.5) >= 0.9 * limit

    @WINDOWS
    def test_gives_way_further_when_the_app_takes_more(self, sliding: bool):
        """It drops again and again, as long as it is refused."""
        client = Client(Pace(40), headers=False)
        simulate(Window(40, sliding=sliding), [client], 60, others=((0, 12), (20, 24), (40, 32)))
        for since, until, free in ((5, 20, 28), (25, 40, 16), (45, 60, 8)):
            assert 0.7 * free < client.count(since, until) / (until - since) < 1.5 * free
            assert client.refused_share(since, until) <= 0.2

    @WINDOWS
    def test_gives_way_for_as_long_as_it_takes(self, sliding: bool):
        client = Client(Pace(40), headers=False)
        simulate(Window(40, sliding=sliding), [client], 120, others=((0, 20),))
        assert client.refused_share(5, 120) <= 0.08

    def test_small_app_costs_little(self):
        client = Client(Pace(40))
        simulate(Window(40, sliding=True), [client], 60, others=((0, 4),))
        assert client.refused_share(5, 60) <= 0.04
        assert client.count(5, 60) >= 0.85 * 36 * 55

    def test_app_that_takes_all_leaves_a_few_tries(self):
        client = Client(Pace(40))
        simulate(Window(40, sliding=False), [client], 30, others=((0, 400),))
        assert len(client.refused) <= 150

    @WINDOWS
    @pytest.mark.parametrize("starts", [0.0, 10.0])
    def test_two_connections_share(self, starts: float, sliding: bool):
        clients = [Client(Pace(40)), Client(Pace(40), starts=starts)]
        simulate(Window(40, sliding=sliding), clients, 60)
        counts = [client.count(20, 60) for client in clients]
        assert min(counts) >= 0.2 * sum(counts)
        assert sum(counts) >= 0.85 * 40 * 40
        refused = sum(len(client.refused) for client in clients)
        assert refused <= 0.06 * (refused + sum(client.count(0, 60) for client in clients))


class TestLimitsThatChange:
    def test_lower_limit_holds_at_once(self):
        pace, now = settled(40)
        pace.learn(10, now)
        assert 0.95 * 10 < rate(leave(pace, now, 100)) < 10

    def test_higher_limit_is_reached_within_seconds_and_not_at_once(self):
        pace, now = settled(10)
        pace.learn(40, now)
        assert pace.rate(now) < 10
        assert pace.rate(now + RISE_SECONDS) > 0.95 * 40
        assert pace.limit == 40

    @WINDOWS
    def test_lower_limit_is_found_without_headers(self, sliding: bool):
        client = Client(Pace(40), headers=False)
        simulate(Window(10, sliding=sliding), [client], 60)
        assert client.refused_share(5, 60) <= 0.25
        assert client.count(5, 60) >= 0.8 * 10 * 55


class TestDelivered:
    def test_counts_the_last_second(self):
        pace = Pace(40)
        for number in range(100):
            pace.succeeded(number / 20)
        assert pace.delivered(99 / 20) == pytest.approx(20, abs=1)
        assert pace.delivered(60.0) == 0

    def test_a_moment_of_more_does_not_count(self):
        pace = Pace(40)
        for number in range(40):
            pace.succeeded(number / 10)
        for number in range(20):
            pace.succeeded(4 + number / 40)
        assert pace.delivered(4.5) <= 18

    def test_low_limits_take_longer_to_count(self):
        pace = Pace(1)
        for number in range(20):
            pace.succeeded(number * 1.3)
        counted = [pace.delivered(19 * 1.3 + tenth / 10) for tenth in range(13)]
        assert min(counted) >= 0.5
        assert max(counted) <= 1
