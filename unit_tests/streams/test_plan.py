"""plan.py: what a table requests in one sync, in which order, and what ends it."""

from __future__ import annotations

import sys
import threading
from datetime import datetime, timedelta, timezone

import pytest

from source_zoom.parents.occurrence import Occurrence
from source_zoom.streams.ledger import Ledger
from source_zoom.streams.plan import MAX_FAILED_AGAIN, OccurrencePlan, Outcome
from unit_tests.streams.plans import BELIEVED, NOW, again, full_refresh, held, plan_of, taken, walk_of
from unit_tests.threads import WAIT, in_thread


class TestOrder:
    def test_what_failed_before_comes_first_then_the_oldest_day(self) -> None:
        plan = plan_of(again("x", "y"))
        assert taken(plan.due(walk_of(held("b", 1), held("a", 3), held("x", 2)))) == ["x", "y", "a", "b"]
        assert (plan.found, plan.left, plan.answers) == (4, 4, 0)

    def test_what_failed_before_needs_nothing_of_the_walk(self) -> None:
        due = plan_of(again("x")).due(walk_of(ends=False))
        assert next(due) == Occurrence("x", 7, int(datetime(2026, 11, 1, tzinfo=timezone.utc).timestamp()))

    def test_start_of_what_failed_before_is_known_until_it_is_answered(self) -> None:
        plan = plan_of(again("x"))
        for occurrence in plan.due(walk_of()):
            assert plan.requested("x") == occurrence
            plan.answered("x", Outcome.ROWS)
        assert plan.requested("x") is None

    def test_one_that_is_read_again_is_not_requested_a_second_time_in_the_sync(self) -> None:
        """It has started so lately that its answer is not written down."""
        young = Occurrence.starting("x", 7, NOW - timedelta(hours=1))
        state = {"version": 1, "again": [{"uuid": "x", "id": 7, "start": "2026-11-24T01:00:00Z", "tries": 1}]}
        plan = plan_of(state)
        due = plan.due(walk_of(young))
        assert next(due) == young
        plan.answered("x", Outcome.ROWS)
        assert taken(due) == []

    def test_several_of_them_failing_in_a_row_leave_the_others_for_the_next_sync(self) -> None:
        plan = plan_of(again(*"abcdefgh"))
        due = plan.due(walk_of(held("new", 1)))
        for _ in range(MAX_FAILED_AGAIN):
            assert plan.failed(next(due).uuid) == 2
        assert taken(due) == ["new"]
        tries = {entry["uuid"]: entry["tries"] for entry in plan.state()["again"]}
        assert tries == {**dict.fromkeys("abc", 2), **dict.fromkeys("defgh", 1)}
        assert next(plan_of(plan.state()).due(walk_of())).uuid == "d"

    def test_failures_that_are_not_in_a_row_stop_none_of_them(self) -> None:
        plan = plan_of(again(*"abcdefgh"))
        for number, occurrence in enumerate(plan.due(walk_of())):
            if number % 3 == 2:
                plan.answered(occurrence.uuid, Outcome.ROWS)
            else:
                assert plan.failed(occurrence.uuid) == 2
        assert [entry["uuid"] for entry in plan.state()["again"]] == list("abdegh")

    def test_without_a_start_it_is_requested_once_a_sync_though_its_start_is_found_meanwhile(self) -> None:
        walk = walk_of(held("a", None), ends=False)
        due = plan_of().due(walk)
        assert next(due).uuid == "a"
        walk.publish(held("a", 3))
        walk.finish()
        assert taken(due) == []

    def test_failure_of_the_walk_comes_after_what_it_found(self) -> None:
        due = plan_of().due(walk_of(held("a", 1), error=ValueError("broken")))
        assert next(due).uuid == "a"
        with pytest.raises(ValueError, match="broken"):
            next(due)


class TestAge:
    def test_what_three_meetings_prove_too_old_is_spared_and_written_down(self) -> None:
        days = (*range(430, 399, -1), 200)
        items = [held(f"{day} {number}", day, day * 10 + number) for day in days for number in range(3)]
        plan = plan_of()
        spared: list[Occurrence] = []
        refused = 0
        requested = []
        for occurrence in plan.due(walk_of(*items), spared.append):
            requested.append(occurrence)
            is_old = occurrence.day < NOW.toordinal() - 365
            refused += is_old
            plan.answered(occurrence.uuid, Outcome.TOO_OLD if is_old else Outcome.ROWS)
        assert requested[0] == items[0]
        assert refused <= 12
        assert sorted(requested + spared) == sorted(items)
        assert {item.uuid for item in requested} >= {"200 0", "200 1", "200 2"}
        assert plan.found == len(requested)
        assert (plan.state()["complete_until"], plan.left) == ("2026-11-24", 0)
        assert taken(plan_of(plan.state()).due(walk_of(*items))) == []

    def test_days_in_between_are_read_though_young_ones_are_called_too_old(self) -> None:
        items = [held(f"{days} {number}", days, number) for days in (140, 100, 60, 10) for number in range(3)]
        plan = full_refresh()
        requested = []
        for occurrence in plan.due(walk_of(*items), lambda _: pytest.fail("spared")):
            requested.append(occurrence.uuid)
            plan.answered(occurrence.uuid, Outcome.TOO_OLD)
        assert requested == [item.uuid for item in items]


class TestStops:
    def test_the_rest_is_counted_and_not_requested(self) -> None:
        plan = plan_of()
        due = plan.due(walk_of(*(held(str(days), days) for days in range(9, 0, -1))))
        plan.answered(next(due).uuid, Outcome.ROWS)
        next(due)
        plan.stop(counts_rest=True)
        assert taken(due) == []
        assert (plan.found, plan.left, plan.answers) == (9, 8, 1)
        assert plan.state()["complete_until"] == "2026-11-16"

    def test_without_counting_it_ends_at_once_though_the_walk_goes_on(self) -> None:
        plan = plan_of()
        due = plan.due(walk_of(held("a", 3), ends=False))
        next(due)
        plan.stop(counts_rest=False)
        assert in_thread(taken, due).result(WAIT) == []
        assert plan.state()["complete_until"] is None

    def test_answers_that_were_under_way_still_count(self) -> None:
        plan = plan_of()
        due = plan.due(walk_of(held("a", 3), held("b", 2)))
        next(due)
        plan.stop(counts_rest=True)
        assert taken(due) == []
        plan.answered("a", Outcome.ROWS)
        assert (plan.left, plan.state()["complete_until"]) == (1, "2026-11-22")

    @pytest.mark.parametrize(
        ("until", "written"),
        [
            (NOW + timedelta(hours=22), "2026-11-25T00:00:00Z"),
            (NOW + timedelta(days=99), "2026-11-25T00:00:00Z"),
            (NOW - timedelta(hours=1), "2026-11-24T03:00:00Z"),
            (None, "2026-11-24T03:00:00Z"),
        ],
    )
    def test_daily_limit_is_written_down(self, until: datetime | None, written: str) -> None:
        plan = plan_of()
        due = plan.due(walk_of(held("a", 3), held("b", 2)))
        plan.answered(next(due).uuid, Outcome.ROWS)
        plan.limit(until)
        assert taken(due) == []
        assert plan.left == 1
        assert plan.state()["limit_until"] == written

    def test_state_of_a_sync_that_requests_nothing_is_the_one_it_was_given(self) -> None:
        given = {
            **again("x"),
            "since": "2026-05-24",
            "asked": {"2026-11-20": {"": "aaaaaaaa", "2026-11-23T02": "bbbbbbbb"}},
            "limit_until": "2026-11-25T00:00:00Z",
        }
        start = datetime(2026, 5, 24, tzinfo=timezone.utc)
        ledger = Ledger.resume(given, start=start, lookback_days=2, now=NOW)
        assert OccurrencePlan(ledger, lambda: NOW, believed_before=BELIEVED).state() == given

    def test_retired_endpoint_is_an_empty_table_that_is_complete(self) -> None:
        walk = walk_of(*(held(str(days), days) for days in range(100, 0, -1)), ends=False)
        plan = plan_of()
        due = plan.due(walk)
        next(due), next(due)
        plan.retire()
        rest = in_thread(taken, due)
        walk.finish()
        assert rest.result(WAIT) == []
        plan.answered("100", Outcome.ROWS)
        state = plan.state()
        assert (state["complete_until"], state["asked"], plan.left) == ("2026-11-24", {}, 0)
        # Served again: what is new comes, and so does what lies above the floor.
        served = plan_of(state)
        assert taken(served.due(walk)) == [str(days) for days in range(14, 0, -1)]


class TestFullRefresh:
    def test_everything_is_due_and_there_is_no_state(self) -> None:
        plan = full_refresh()
        walk = walk_of(held("old", 200), held("new", 0), held("undated", None))
        for occurrence in plan.due(walk):
            plan.answered(occurrence.uuid, Outcome.ROWS)
        assert (plan.found, plan.answers, plan.left) == (3, 3, 0)
        assert plan.state() == {}

    def test_a_failure_is_not_remembered(self) -> None:
        plan = full_refresh()
        assert [plan.failed(occurrence.uuid) for occurrence in plan.due(walk_of(held("a", 1)))] == [None]
        assert plan.tries("a") == 0
        assert plan.left == 1


def test_no_state_passes_over_what_was_just_taken() -> None:
    """One thread takes and never reports, another builds states: the first day stays open throughout."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(200):
            plan = plan_of()
            due = plan.due(walk_of(*(held(str(days), days) for days in range(12, 0, -1))))
            ended = threading.Event()

            def build(plan: OccurrencePlan = plan, ended: threading.Event = ended) -> set[str | None]:
                found = set()
                while not ended.is_set():
                    found.add(plan.state()["complete_until"])
                return found

            states = in_thread(build)
            assert len(taken(due)) == 12
            ended.set()
            assert states.result(WAIT) <= {None, "2026-11-12"}
    finally:
        sys.setswitchinterval(usual)
