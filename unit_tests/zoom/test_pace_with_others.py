"""pace.py: the pace beside other apps of the account, and limits that change."""

from __future__ import annotations

import pytest

from source_zoom.zoom.pace import RISE_SECONDS, Pace
from unit_tests.zoom.paces import HEADERS, WINDOWS, leave, rate, settled
from unit_tests.zoom.simulated import Client, Window, simulate


class TestOtherApps:
    @WINDOWS
    @HEADERS
    @pytest.mark.parametrize("limit", [20, 40])
    def test_gives_way_to_an_app_that_takes_half_and_comes_back(self, limit: int, headers: bool, sliding: bool) -> None:
        client = Client(Pace(limit), headers=headers)
        simulate(Window(limit, sliding=sliding), [client], 40, others=((10, limit / 2), (30, 0)))
        assert client.refused_share(13, 30) <= 0.10
        assert client.count(13, 30) >= 0.75 * 17 * limit / 2
        assert client.count(34.5, 35.5) >= 0.9 * limit

    @WINDOWS
    def test_gives_way_further_when_the_app_takes_more(self, sliding: bool) -> None:
        """It drops again and again, as long as it is refused."""
        client = Client(Pace(40), headers=False)
        simulate(Window(40, sliding=sliding), [client], 60, others=((0, 12), (20, 24), (40, 32)))
        for since, until, free in ((5, 20, 28), (25, 40, 16), (45, 60, 8)):
            assert 0.7 * free < client.count(since, until) / (until - since) < 1.5 * free
            assert client.refused_share(since, until) <= 0.2

    @WINDOWS
    def test_gives_way_for_as_long_as_it_takes(self, sliding: bool) -> None:
        client = Client(Pace(40), headers=False)
        simulate(Window(40, sliding=sliding), [client], 120, others=((0, 20),))
        assert client.refused_share(5, 120) <= 0.08

    def test_small_app_costs_little(self) -> None:
        client = Client(Pace(40))
        simulate(Window(40, sliding=True), [client], 60, others=((0, 4),))
        assert client.refused_share(5, 60) <= 0.04
        assert client.count(5, 60) >= 0.85 * 36 * 55

    def test_app_that_takes_all_leaves_a_few_tries(self) -> None:
        client = Client(Pace(40))
        simulate(Window(40, sliding=False), [client], 30, others=((0, 400),))
        assert len(client.refused) <= 150

    @WINDOWS
    @pytest.mark.parametrize("starts", [0.0, 10.0])
    def test_two_connections_share(self, starts: float, sliding: bool) -> None:
        clients = [Client(Pace(40)), Client(Pace(40), starts=starts)]
        simulate(Window(40, sliding=sliding), clients, 60)
        counts = [client.count(20, 60) for client in clients]
        assert min(counts) >= 0.2 * sum(counts)
        assert sum(counts) >= 0.85 * 40 * 40
        refused = sum(len(client.refused) for client in clients)
        assert refused <= 0.06 * (refused + sum(client.count(0, 60) for client in clients))


class TestLimitsThatChange:
    def test_lower_limit_holds_at_once(self) -> None:
        pace, now = settled(40)
        pace.learn(10, now)
        assert 0.95 * 10 < rate(leave(pace, now, 100)) < 10

    def test_higher_limit_is_reached_within_seconds_and_not_at_once(self) -> None:
        pace, now = settled(10)
        pace.learn(40, now)
        assert pace.rate(now) < 10
        assert pace.rate(now + RISE_SECONDS) > 0.95 * 40
        assert pace.limit == 40

    @WINDOWS
    def test_lower_limit_is_found_without_headers(self, sliding: bool) -> None:
        client = Client(Pace(40), headers=False)
        simulate(Window(10, sliding=sliding), [client], 60)
        assert client.refused_share(5, 60) <= 0.25
        assert client.count(5, 60) >= 0.8 * 10 * 55
