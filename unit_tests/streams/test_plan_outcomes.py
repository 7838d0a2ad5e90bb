"""plan.py: what each outcome of a request means for the state of its table."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from source_zoom.streams.ledger import MAX_FAILED
from source_zoom.streams.plan import Outcome
from unit_tests.streams.plans import NOW, again, held, plan_of, taken, walk_of


class TestOutcomes:
    @pytest.mark.parametrize("outcome", list(Outcome))
    def test_every_outcome_is_written_down_and_closes_the_day(self, outcome: Outcome) -> None:
        plan = plan_of()
        for occurrence in plan.due(walk_of(held("a", 3))):
            plan.answered(occurrence.uuid, outcome)
        assert list(plan.state()["asked"]) == ["2026-11-21"]
        assert plan.state()["complete_until"] == "2026-11-24"
        assert (plan.found, plan.left, plan.answers) == (1, 0, 1)

    def test_what_was_never_reported_is_not_read_and_keeps_its_day_open(self) -> None:
        plan = plan_of()
        due = plan.due(walk_of(held("a", 5), held("b", 3)))
        next(due)
        assert taken(due) == ["b"]
        plan.answered("b", Outcome.ROWS)
        assert plan.state()["complete_until"] == "2026-11-19"
        assert taken(plan_of(plan.state()).due(walk_of(held("a", 5), held("b", 3)))) == ["a"]

    def test_day_that_is_not_reached_yet_stays_open(self) -> None:
        plan = plan_of()
        due = plan.due(walk_of(held("a", 5), held("b", 3)))
        plan.answered(next(due).uuid, Outcome.ROWS)
        assert plan.state()["complete_until"] == "2026-11-21"

    def test_while_the_walk_grows_nothing_is_complete(self) -> None:
        walk = walk_of(held("a", 5), ends=False)
        plan = plan_of()
        plan.answered(next(plan.due(walk)).uuid, Outcome.ROWS)
        assert plan.state()["complete_until"] is None
        assert list(plan.state()["asked"]) == ["2026-11-19"]
        walk.finish()
        assert plan.state()["complete_until"] == "2026-11-24"

    def test_walk_that_failed_completes_nothing(self) -> None:
        plan = plan_of(again())
        due = plan.due(walk_of(held("a", 5), error=ValueError("broken")))
        plan.answered(next(due).uuid, Outcome.ROWS)
        with pytest.raises(ValueError, match="broken"):
            next(due)
        assert plan.state()["complete_until"] == "2026-11-23"
        assert list(plan.state()["asked"]) == ["2026-11-19"]

    def test_failure_is_kept_by_uuid_and_its_day_is_complete(self) -> None:
        plan = plan_of()
        for occurrence in plan.due(walk_of(held("a", 3))):
            assert plan.tries(occurrence.uuid) == 0
            assert plan.failed(occurrence.uuid) == 1
        state = plan.state()
        assert state["complete_until"] == "2026-11-24"
        second = plan_of(state)
        for occurrence in second.due(walk_of(held("a", 3))):
            assert second.tries(occurrence.uuid) == 1
            assert second.failed(occurrence.uuid) == 2
        assert second.found == 1

    @pytest.mark.parametrize("outcome", [Outcome.NOTHING, Outcome.TOO_OLD, Outcome.EXCLUDED])
    def test_what_failed_before_and_is_gone_is_known_as_lost(self, outcome: Outcome) -> None:
        plan = plan_of(again("x", tries=4))
        for occurrence in plan.due(walk_of()):
            assert plan.tries(occurrence.uuid) == 4
            plan.answered(occurrence.uuid, outcome)
        assert plan.state()["again"] == []

    def test_one_that_fails_again_keeps_no_day_open(self) -> None:
        plan = plan_of(again("x"))
        due = plan.due(walk_of())
        next(due)
        plan.stop(counts_rest=True)
        assert taken(due) == []
        assert plan.state()["complete_until"] == "2026-11-24"
        assert [entry["uuid"] for entry in plan.state()["again"]] == ["x"]

    def test_one_failure_too_many_is_not_remembered_and_keeps_its_day_open(self) -> None:
        plan = plan_of(again(*(str(number) for number in range(MAX_FAILED))))
        due = plan.due(walk_of(held("a", 3)))
        for _ in range(MAX_FAILED):
            next(due)
        assert plan.failed(next(due).uuid) is None
        assert taken(due) == []
        assert plan.state()["complete_until"] == "2026-11-23"
        assert len(plan.state()["again"]) == MAX_FAILED

    def test_outcome_of_something_unknown_changes_nothing(self) -> None:
        plan = plan_of()
        plan.answered("x", Outcome.ROWS)
        assert plan.failed("x") is None
        assert plan.answers == 0


class TestContradiction:
    @pytest.mark.parametrize(
        ("outcome", "attended", "expects_rows", "is_open"),
        [
            (Outcome.NOTHING, True, True, True),
            (Outcome.NOTHING, False, True, False),
            (Outcome.NOTHING, True, False, False),
            (Outcome.EXCLUDED, True, True, False),
            (Outcome.TOO_OLD, True, True, False),
            (Outcome.ROWS, True, True, False),
        ],
    )
    def test_nothing_where_two_took_part_stays_open(
        self, outcome: Outcome, attended: bool, expects_rows: bool, is_open: bool
    ) -> None:
        walk = walk_of(held("a", 3, attended=attended))
        state: dict[str, Any] = {}
        for night in range(3):
            plan = plan_of(state, now=NOW + timedelta(days=night), expects_rows=expects_rows)
            for occurrence in plan.due(walk):
                plan.answered(occurrence.uuid, outcome)
            state = plan.state()
        groups = state["asked"]["2026-11-21"]
        assert list(groups) == (["2026-11-26T02"] if is_open else [""])

    def test_one_that_failed_before_is_known_by_the_walk(self) -> None:
        state = {"version": 1, "again": [{"uuid": "a", "id": 1, "start": "2026-11-21T02:00:00Z", "tries": 1}]}
        plan = plan_of(state, expects_rows=True)
        for occurrence in plan.due(walk_of(held("a", 3, attended=True))):
            plan.answered(occurrence.uuid, Outcome.NOTHING)
        second = plan_of(plan.state(), now=NOW + timedelta(days=1), expects_rows=True)
        for occurrence in second.due(walk_of(held("a", 3, attended=True))):
            second.answered(occurrence.uuid, Outcome.NOTHING)
        assert list(second.state()["asked"]["2026-11-21"]) == ["2026-11-25T02"]
