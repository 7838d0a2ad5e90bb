"""retry.py: pauses between attempts, limits of a request, and when the cause is not the single parent."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from source_zoom.check import CHECK_SECONDS
from source_zoom.zoom.auth import LOGIN_RETRIES
from source_zoom.zoom.client import REQUEST_RETRIES
from source_zoom.zoom.retry import CHECK_LOGIN_RETRIES, CHECK_RETRIES, LONGEST_BACKOFF, Breaker, RetryPolicy, backoff


class TestBackoff:
    @pytest.mark.parametrize(
        ("attempt", "longest"), [(1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 30), (7, 30), (60, 30)]
    )
    def test_doubles_up_to_the_longest_pause(self, attempt: int, longest: float) -> None:
        pauses = [backoff(attempt) for _ in range(200)]
        assert longest / 2 <= min(pauses)
        assert max(pauses) <= longest <= LONGEST_BACKOFF

    def test_has_jitter(self) -> None:
        # Threads that failed together must not come back together.
        pauses = [backoff(5) for _ in range(200)]
        assert max(pauses) - min(pauses) > 4


class TestPolicies:
    def test_timeouts_are_those_of_requests(self) -> None:
        assert RetryPolicy(2, 12.0, 4.0, 6.0).timeout == (4.0, 6.0)

    @pytest.mark.parametrize("policy", [CHECK_RETRIES, CHECK_LOGIN_RETRIES])
    def test_one_answer_of_a_check_comes_before_the_check_ends(self, policy: RetryPolicy) -> None:
        # The token of a later answer would be lost with the process.
        assert policy.connect_timeout + policy.read_timeout < CHECK_SECONDS
        assert policy.max_seconds < CHECK_SECONDS

    def test_a_check_gives_up_sooner_than_a_sync(self) -> None:
        assert CHECK_RETRIES.max_attempts < REQUEST_RETRIES.max_attempts
        assert CHECK_LOGIN_RETRIES.max_attempts < LOGIN_RETRIES.max_attempts


class TestBreaker:
    def test_opens_after_so_many_different_subjects(self) -> None:
        breaker = Breaker()
        assert [breaker.failed(subject, 3) for subject in "abc"] == [False, False, True]
        assert breaker.is_open

    def test_one_subject_counts_once(self) -> None:
        # Occurrences of one series often fail alike.
        breaker = Breaker()
        assert not any(breaker.failed("a", 3) for _ in range(100))
        assert not breaker.failed("b", 3)
        assert not breaker.is_open
        assert breaker.failed("c", 3)

    def test_success_starts_the_count_anew(self) -> None:
        breaker = Breaker()
        for _ in range(10):
            breaker.failed("a", 3)
            breaker.failed("b", 3)
            breaker.succeeded()
        assert not breaker.is_open
        assert not breaker.failed("c", 3)

    def test_failures_with_different_limits_are_counted_apart(self) -> None:
        breaker = Breaker()
        for number in range(19):
            assert not breaker.failed(number, 20)
        assert not breaker.failed("a", 3)
        assert not breaker.failed("b", 3)
        assert breaker.failed("c", 3)

    def test_stays_open(self) -> None:
        breaker = Breaker()
        breaker.failed("a", 1)
        breaker.succeeded()
        assert breaker.is_open
        assert breaker.failed("a", 3)

    def test_can_be_opened(self) -> None:
        breaker = Breaker()
        assert not breaker.is_open
        breaker.open()
        assert breaker.is_open

    def test_threads_lose_no_failure(self) -> None:
        breaker = Breaker()
        with ThreadPoolExecutor(8) as pool:
            opened = list(pool.map(lambda number: breaker.failed(number, 1000), range(1000)))
        assert opened.count(True) == 1
        assert breaker.is_open
