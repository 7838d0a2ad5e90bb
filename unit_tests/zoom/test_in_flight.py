"""in_flight.py: how many parents of each label are read at once."""

from __future__ import annotations

import threading

import pytest

from source_zoom.base.config import DEFAULT_WORKERS
from source_zoom.zoom.in_flight import InFlight, Latency, may_start, needed
from source_zoom.zoom.labels import REQUESTS_PER_SECOND, Label

HEAVY, MEDIUM, LIGHT = Label.HEAVY, Label.MEDIUM, Label.LIGHT


def fill(label: Label, workers: int, needs: int, **running: int) -> int:
    """How many of a label run, when those of the others do not end."""
    counts = {each: running.get(each.value, 0) for each in Label}
    while may_start(label, counts, needs, workers):
        counts[label] += 1
    return counts[label]


class TestNeeded:
    @pytest.mark.parametrize(("rate", "latency"), [(40, 1.0), (40, 0.125), (10, 0.4), (1, 0.1), (80, 0.125)])
    def test_covers_what_is_under_way_at_that_rate(self, rate: float, latency: float) -> None:
        assert rate * latency + 1 < needed(rate, latency) <= 2 * rate * latency + 3

    def test_latency_follows_the_answers(self) -> None:
        latency = Latency()
        for _ in range(100):
            latency.observe(1.0)
        assert latency.seconds == pytest.approx(1.0, rel=0.01)
        latency.observe(0.1)
        assert latency.seconds > 0.9

    def test_pauses_of_failed_attempts_count(self) -> None:
        """Of ten attempts two fail and pause for 0.8 seconds, so the mean is 0.162 seconds."""
        latency = Latency()
        means = []
        for attempt in range(1000):
            latency.observe(0.002)
            if attempt % 5 == 0:
                latency.extend(0.8)
            means.append(latency.seconds)
        assert sum(means[500:]) / 500 == pytest.approx(0.162, rel=0.05)


class TestMayStart:
    def test_default_workers_fill_the_heavy_limit_of_business_at_one_second_an_answer(self) -> None:
        rate = REQUESTS_PER_SECOND["business"][HEAVY]
        assert fill(HEAVY, DEFAULT_WORKERS, needed(rate, 1.0)) >= rate

    def test_no_more_than_needed(self) -> None:
        assert fill(HEAVY, 48, 7) == 7

    @pytest.mark.parametrize("workers", [4, 6, 12, 18, 40, 48, 200])
    def test_slow_label_leaves_workers_to_each_other(self, workers: int) -> None:
        heavy = fill(HEAVY, workers, 1000)
        medium = fill(MEDIUM, workers, 1000, heavy=heavy)
        light = fill(LIGHT, workers, 1000, heavy=heavy, medium=medium)
        assert workers - heavy >= 2
        assert min(medium, light) >= workers // 3

    def test_third_of_the_workers_is_every_labels_own(self) -> None:
        assert fill(LIGHT, 48, 100, heavy=40, medium=16) == 16

    def test_what_others_do_not_use_may_be_used(self) -> None:
        assert fill(HEAVY, 48, 100) > 16
        assert fill(HEAVY, 48, 100) > fill(HEAVY, 48, 100, light=16)

    @pytest.mark.parametrize("workers", [1, 2, 3])
    def test_few_workers_take_one_of_each_label(self, workers: int) -> None:
        assert [fill(label, workers, 50) for label in Label] == [1, 1, 1]


class TestInFlight:
    @staticmethod
    def waiting(in_flight: InFlight, label: Label) -> tuple[threading.Thread, threading.Event]:
        started = threading.Event()

        def run() -> None:
            in_flight.acquire(label)
            started.set()

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        return thread, started

    def test_waits_for_a_parent_that_has_been_read(self) -> None:
        in_flight = InFlight(1, lambda _: 5)
        slots = in_flight.of(HEAVY)
        slots.acquire()
        thread, started = self.waiting(in_flight, HEAVY)
        assert not started.wait(0.05)
        slots.release()
        assert started.wait(5)
        thread.join(5)

    def test_other_labels_do_not_wait(self) -> None:
        in_flight = InFlight(1, lambda _: 5)
        in_flight.acquire(HEAVY)
        thread, started = self.waiting(in_flight, LIGHT)
        assert started.wait(5)
        thread.join(5)

    def test_parent_of_another_label_can_make_room(self) -> None:
        """Twelve workers: four of each label are its own, and heavy may borrow what light leaves."""
        in_flight = InFlight(12, lambda _: 50)
        for _ in range(4):
            in_flight.acquire(LIGHT)
            in_flight.acquire(MEDIUM)
            in_flight.acquire(HEAVY)
        thread, started = self.waiting(in_flight, HEAVY)
        assert not started.wait(0.05)
        in_flight.release(LIGHT)
        in_flight.release(LIGHT)
        assert started.wait(5)
        thread.join(5)

    def test_all_that_wait_get_their_turn_when_more_are_needed(self) -> None:
        needs = 1
        in_flight = InFlight(48, lambda _: needs)
        in_flight.acquire(HEAVY)
        threads = [self.waiting(in_flight, HEAVY) for _ in range(5)]
        needs = 10
        in_flight.release(HEAVY)
        assert all(started.wait(5) for _, started in threads)
        for thread, _ in threads:
            thread.join(5)
