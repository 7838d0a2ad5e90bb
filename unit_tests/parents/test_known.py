"""parents/known.py: which answers spare later requests, and the count of every skip."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from source_zoom.parents.known import Known, SkipCount, SkipKey
from source_zoom.zoom.errors import Meaning, Rule

NO_PLAN = Rule(Meaning.HOST_CANNOT, "the host is not on a paid plan")
OLD = Rule(Meaning.TOO_OLD, "Zoom keeps reports for one year")
GONE = Rule(Meaning.NOTHING_THERE, "it was deleted")


@pytest.fixture
def known() -> Known:
    return Known()


class TestFacts:
    def test_nothing_is_known_at_first(self, known: Known) -> None:
        assert known.rule("meetings", "u1") is None

    def test_fact_holds_for_its_table_and_subject_alone(self, known: Known) -> None:
        known.learn("meeting_polls", "u1", NO_PLAN)
        assert known.rule("meeting_polls", "u1") is NO_PLAN
        assert known.rule("meeting_polls", "u2") is None
        assert known.rule("meeting_registrants", "u1") is None

    def test_first_answer_counts(self, known: Known) -> None:
        known.learn("meeting_polls", "u1", NO_PLAN)
        known.learn("meeting_polls", "u1", GONE)
        assert known.rule("meeting_polls", "u1") is NO_PLAN


class TestSkips:
    def test_each_is_counted_by_table_and_reason_with_its_first_example(self, known: Known) -> None:
        for number in range(3):
            known.skipped("meeting_polls", GONE, str(number))
        known.skipped("webinar_polls", GONE, "7")
        known.skipped("meeting_polls", OLD, "9")
        assert known.skips() == {
            SkipKey("meeting_polls", GONE.reason, warn=False): SkipCount(3, "0"),
            SkipKey("webinar_polls", GONE.reason, warn=False): SkipCount(1, "7"),
            SkipKey("meeting_polls", OLD.reason, warn=False): SkipCount(1, "9"),
        }

    def test_skip_for_the_hosts_plan_is_a_warning(self, known: Known) -> None:
        known.skipped("meeting_polls", NO_PLAN, "1")
        assert [key.warn for key in known.skips()] == [True]

    def test_counts_of_many_threads_are_right(self, known: Known) -> None:
        key = SkipKey("meetings", "Zoom sent no id", warn=True)

        def count(_: int) -> None:
            for _ in range(500):
                known.count(key, "1")

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(count, range(8)))
        assert known.skips() == {key: SkipCount(4000, "1")}
