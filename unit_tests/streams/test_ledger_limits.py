"""ledger.py: what failed, what a daily limit postpones, and what another start date changes."""

from __future__ import annotations

from typing import Any

import pytest

from source_zoom.streams.ledger import MAX_FAILED
from source_zoom.streams.ledger_state import fingerprint
from unit_tests.streams.ledgers import HOUR, NIGHT, NOW, STATE, complete, day, held, json_of, ledger


class TestFailures:
    def test_it_is_kept_by_uuid_with_the_number_of_tries(self) -> None:
        item = held(day("2026-11-20T09:00"))
        state: Any = None
        for tries in (1, 2, 3):
            table = ledger(state)
            assert table.record_failure(item) == tries
            state = complete(table, NOW)
            assert state["again"] == [
                {"uuid": "abc==", "id": 85_123_456_789, "start": "2026-11-20T09:00:00Z", "tries": tries}
            ]
            assert state["asked"] == {}
            assert state["complete_until"] == "2026-11-24"
        table = ledger(state)
        assert table.failed() == [item]
        assert table.tries("abc==") == 3
        assert not table.is_due(item, NOW)
        table.record_answer(item, NOW)
        assert json_of(table)["again"] == []
        assert table.tries("abc==") == 0

    def test_least_tried_come_first(self) -> None:
        again = [{"uuid": uuid, "id": 1, "tries": tries} for uuid, tries in (("a", 3), ("b", 1), ("c", 2), ("d", 1))]
        assert [item.uuid for item in ledger({"version": 1, "again": again}).failed()] == ["b", "d", "c", "a"]

    def test_only_so_many_are_kept(self) -> None:
        table = ledger()
        for number in range(MAX_FAILED):
            assert table.record_failure(held(NOW, str(number))) == 1
        assert table.record_failure(held(NOW, "one more")) is None
        assert table.record_failure(held(NOW, "0")) == 2
        assert len(json_of(table)["again"]) == MAX_FAILED

    def test_start_date_that_moved_later_leaves_them_for_now(self) -> None:
        again = [
            {"uuid": "a", "id": 1, "start": "2026-05-01T00:00:00Z", "tries": 1},
            {"uuid": "b", "id": 0, "tries": 1},
        ]
        state = {"version": 1, "since": None, "complete_until": "2026-11-20", "again": again}
        table = ledger(state, start=day("2026-06-01"))
        assert [item.uuid for item in table.failed()] == ["b"]
        assert [item.uuid for item in ledger(json_of(table)).failed()] == ["a", "b"]

    def test_what_failed_twice_was_asked_before_and_is_settled_by_its_second_answer(self) -> None:
        item = held(day("2026-11-22T12:00"))
        table = ledger()
        table.record_answer(item, NOW)
        table = ledger(complete(table, NOW), now=NOW + NIGHT)
        assert table.is_due(item, NOW + NIGHT)
        table.record_failure(item)
        table = ledger(complete(table, NOW), now=NOW + 2 * NIGHT)
        table.record_answer(item, NOW + 2 * NIGHT)
        assert json_of(table)["asked"] == {"2026-11-22": {"": fingerprint("abc==")}}


class TestLimit:
    def test_no_request_before_the_limit_ends(self) -> None:
        table = ledger()
        table.limit(NOW + 22 * HOUR, NOW)
        state = json_of(table)
        assert state["limit_until"] == "2026-11-25T00:00:00Z"
        later = ledger(state, now=NOW + 21 * HOUR)
        assert later.limited_until(NOW + 21 * HOUR) == NOW + 22 * HOUR
        assert json_of(later, NOW + 21 * HOUR) == state
        assert ledger(state).limited_until(NOW + 22 * HOUR) is None
        assert "limit_until" not in json_of(later, NOW + 22 * HOUR)

    def test_one_absurdly_far_is_capped(self) -> None:
        table = ledger()
        table.limit(day("2999-01-01"), NOW)
        assert table.limited_until(NOW) == day("2026-11-25")
        table.limit(NOW + 25 * HOUR, NOW)
        assert table.limited_until(NOW) == NOW + 25 * HOUR

    def test_one_absurdly_far_in_a_given_state_counts_for_nothing(self) -> None:
        table = ledger({"version": 1, "limit_until": "2999-01-01T00:00:00Z"})
        assert table.limited_until(NOW) is None
        assert "limit_until" not in json_of(table)


class TestStartDate:
    @pytest.mark.parametrize("start", [None, "2026-05-23", "2026-01-01"])
    def test_earlier_or_removed_reopens_the_table(self, start: str | None) -> None:
        since = None if start is None else day(start)
        table = ledger(STATE, start=since)
        assert json_of(table) == {
            "version": 1,
            "since": start,
            "complete_until": None,
            "asked": {},
            "again": STATE["again"],
        }
        assert table.reads_from == (None if since is None else since.toordinal())
        assert table.is_due(held(day("2026-06-01")), NOW)

    def test_the_same_changes_nothing(self) -> None:
        table = ledger(STATE, start=day("2026-05-24"))
        assert json_of(table) == STATE
        assert table.reads_from == day("2026-11-06").toordinal()

    def test_later_but_settled_changes_nothing(self) -> None:
        table = ledger(STATE, start=day("2026-11-06"))
        assert json_of(table) == STATE

    @pytest.mark.parametrize("start", ["2026-11-07", "2026-11-20", "2026-12-24"])
    def test_later_than_the_floor_leaves_days_uncovered(self, start: str) -> None:
        table = ledger(STATE, start=day(start))
        assert json_of(table) == {**STATE, "since": start}
        back = ledger(json_of(table), start=day("2026-05-24"))
        assert json_of(back)["complete_until"] is None
        assert back.is_due(held(day("2026-06-01")), NOW)

    def test_later_during_a_first_load_leaves_days_uncovered(self) -> None:
        state = {"version": 1, "since": None, "complete_until": None, "asked": STATE["asked"]}
        table = ledger(state, start=day("2026-06-01"))
        assert json_of(table)["since"] == "2026-06-01"

    def test_an_earlier_hour_of_the_same_day_reopens_it(self) -> None:
        table = ledger(start=day("2026-05-24T12:00"))
        table.advance([])
        assert json_of(table)["since"] == "2026-05-24T12:00:00Z"
        assert json_of(ledger(json_of(table), start=day("2026-05-24T12:00")))["complete_until"] == "2026-11-24"
        assert json_of(ledger(json_of(table), start=day("2026-05-24T06:00")))["complete_until"] is None

    def test_first_sync_needs_the_list_from_the_start_date_on(self) -> None:
        assert ledger().reads_from is None
        assert ledger(start=day("2026-05-24")).reads_from == day("2026-05-24").toordinal()

    def test_start_date_after_the_floor_bounds_the_list(self) -> None:
        assert ledger(STATE, start=day("2026-11-10")).reads_from == day("2026-11-10").toordinal()
