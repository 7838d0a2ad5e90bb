"""parents/known.py: which answers spare later requests, and the count of every skip."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from source_zoom.parents.known import Known, SkipCount, SkipKey
from source_zoom.zoom.errors import Meaning, Rule

# Nothing that took place on this day or later is skipped as too old.
BELIEVED = 1000
NO_PLAN = Rule(Meaning.HOST_CANNOT, "the host is not on a paid plan")
OLD = Rule(Meaning.TOO_OLD, "Zoom keeps reports for one year")
GONE = Rule(Meaning.NOTHING_THERE, "it was deleted")


@pytest.fixture
def known() -> Known:
    return Known(BELIEVED)


class TestFacts:
    def test_nothing_is_known_at_first(self, known: Known) -> None:
        assert known.rule("meetings", "u1") is None
        assert known.rule("meetings", "u1", 1) is None

    def test_fact_holds_for_its_table_and_subject_alone(self, known: Known) -> None:
        known.learn("meeting_polls", "u1", NO_PLAN)
        assert known.rule("meeting_polls", "u1") is NO_PLAN
        assert known.rule("meeting_polls", "u2") is None
        assert known.rule("meeting_registrants", "u1") is None

    def test_first_answer_counts(self, known: Known) -> None:
        known.learn("meeting_polls", "u1", NO_PLAN)
        known.learn("meeting_polls", "u1", GONE)
        assert known.rule("meeting_polls", "u1") is NO_PLAN


class TestAge:
    """An answer "a year ago" (12702) about one occurrence says something about older ones."""

    @staticmethod
    def skips(known: Known, *days: int, table: str = "report_meetings") -> list[bool]:
        return [known.rule(table, "another", day) is OLD for day in days]

    def test_three_different_meetings_draw_the_line_at_the_oldest_of_their_days(self, known: Known) -> None:
        for series, day in ((1, 300), (2, 500), (3, 400)):
            assert self.skips(known, 1) == [False]
            known.learn_age("report_meetings", series, day, OLD)
        # The day itself is read, because Zoom may draw the line within it.
        assert self.skips(known, 299, 300, 301, 500) == [True, False, False, False]

    def test_each_further_meeting_moves_the_line_as_far_as_three_agree(self, known: Known) -> None:
        for series, day in ((1, 300), (2, 500), (3, 400), (4, 450)):
            known.learn_age("report_meetings", series, day, OLD)
        assert self.skips(known, 399, 400) == [True, False]

    def test_occurrences_of_one_series_are_one_witness(self, known: Known) -> None:
        for day in range(300, 320):
            known.learn_age("report_meetings", 1, day, OLD)
        known.learn_age("report_meetings", 2, 400, OLD)
        assert self.skips(known, 1) == [False]
        known.learn_age("report_meetings", 3, 400, OLD)
        # Of the series, its newest day counts.
        assert self.skips(known, 318, 319) == [True, False]

    def test_recent_days_are_never_believed(self, known: Known) -> None:
        for series in range(20):
            known.learn_age("report_meetings", series, BELIEVED, OLD)
        assert self.skips(known, 1, BELIEVED - 1) == [False, False]
        for series in range(20, 23):
            known.learn_age("report_meetings", series, BELIEVED - 1, OLD)
        assert self.skips(known, BELIEVED - 2, BELIEVED - 1, BELIEVED) == [True, False, False]

    def test_other_tables_draw_lines_of_their_own(self, known: Known) -> None:
        for series in range(3):
            known.learn_age("report_meetings", series, 500, OLD)
        assert self.skips(known, 1, table="meeting_poll_results") == [False]

    def test_parent_without_a_day_is_never_too_old(self, known: Known) -> None:
        for series in range(3):
            known.learn_age("report_meetings", series, 500, OLD)
        assert known.rule("report_meetings", "another") is None


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
