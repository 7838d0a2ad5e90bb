"""ledger.py: what is due, what is settled, and until when a table is complete."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest

from source_zoom.parents.occurrence import Occurrence
from source_zoom.streams.ledger import MAX_LOOKBACK_DAYS, SETTLE_DAYS
from source_zoom.streams.ledger_state import fingerprint
from unit_tests.streams.ledgers import HOUR, NIGHT, NOW, complete, day, held, json_of, ledger, nightly, requests


class TestRequests:
    def test_nightly_an_occurrence_is_requested_twice(self) -> None:
        assert requests(day("2026-11-20T15:00"), nightly(day("2026-11-21T02:00"), 30)) == nightly(
            day("2026-11-21T02:00"), 2
        )

    def test_the_second_request_comes_a_day_after_the_end_of_its_day(self) -> None:
        assert requests(day("2026-11-20T15:00"), nightly(day("2026-11-20T23:00"), 30)) == nightly(
            day("2026-11-20T23:00"), 3
        )

    @pytest.mark.parametrize(("lookback", "count"), [(0, 1), (1, 2), (2, 2), (3, 3), (7, 7), (14, 14)])
    def test_lookback_says_how_many_nights(self, lookback: int, count: int) -> None:
        syncs = nightly(day("2026-11-21T02:00"), 40)
        assert requests(day("2026-11-20T15:00"), syncs, lookback=lookback) == syncs[:count]

    def test_one_that_is_found_days_later_is_requested_twice_too(self) -> None:
        started = day("2026-11-10T15:00")
        syncs = nightly(day("2026-11-16T02:00"), 20)
        assert requests(started, syncs) == syncs[:2]

    def test_one_that_is_found_around_midnight_is_not_settled_by_the_calendar(self) -> None:
        syncs = [day("2026-11-15T23:00"), day("2026-11-16T00:00"), day("2026-11-16T23:00"), day("2026-11-17T23:00")]
        assert requests(day("2026-11-10T15:00"), syncs) == [syncs[0], syncs[2]]

    def test_an_old_one_is_requested_once(self) -> None:
        assert len(requests(day("2026-06-01T15:00"), nightly(NOW, 10))) == 1

    def test_hourly_syncs_leave_22_hours_between(self) -> None:
        syncs = [day("2026-11-20T16:10") + hour * HOUR for hour in range(24 * 20)]
        sent = requests(day("2026-11-20T15:00"), syncs)
        # While it may still go on it is read at every sync.
        young = [now for now in sent if now < day("2026-11-20T21:00")]
        assert young == syncs[:5]
        rest = sent[len(young) :]
        assert len(sent) <= 9
        assert all(later - earlier >= 22 * HOUR for earlier, later in itertools.pairwise(rest))
        assert rest[-1].date() >= day("2026-11-22T00:00").date()

    @pytest.mark.parametrize("minutes", [-20, -59, 20])
    def test_a_nightly_schedule_may_vary(self, minutes: int) -> None:
        syncs = [day("2026-11-21T02:00"), day("2026-11-22T02:00") + timedelta(minutes=minutes), day("2026-11-23T02:00")]
        assert requests(day("2026-11-20T15:00"), syncs) == syncs[:2]

    @pytest.mark.parametrize(("second", "is_due"), [("00:05", False), ("00:59", False), ("01:00", True)])
    def test_less_than_22_hours_after_the_first_request_it_is_not_due(self, second: str, is_due: bool) -> None:
        """The state knows the hour alone, so the whole of it counts."""
        syncs = [day("2026-11-21T02:59"), day(f"2026-11-22T{second}")]
        assert requests(day("2026-11-20T15:00"), syncs) == syncs[: 1 + is_due]

    def test_weekly_syncs_request_twice(self) -> None:
        syncs = [day("2026-11-21T02:00") + week * 7 * NIGHT for week in range(6)]
        assert requests(day("2026-11-20T15:00"), syncs) == syncs[:2]

    def test_start_in_the_last_six_hours_is_not_written_down(self) -> None:
        started = NOW - timedelta(hours=5, minutes=59)
        table = ledger()
        table.record_answer(held(started), NOW)
        assert json_of(table)["asked"] == {}
        table.record_answer(held(NOW - 6 * HOUR), NOW)
        assert list(json_of(table)["asked"]) == ["2026-11-23"]

    def test_without_a_start_it_is_due_at_every_sync_and_never_written_down(self) -> None:
        unknown = Occurrence("abc==", 1)
        table = ledger()
        for _ in range(3):
            assert table.is_due(unknown, NOW)
            table.record_answer(unknown, NOW)
        assert json_of(table)["asked"] == {}

    def test_what_lies_below_the_floor_is_not_due(self) -> None:
        table = ledger({"version": 1, "complete_until": "2026-11-20"})
        assert [d for d in range(1, 21) if table.is_due(held(day(f"2026-11-{d:02}T12:00")), NOW)] == list(range(6, 21))

    def test_same_uuid_on_another_day_is_due_there(self) -> None:
        table = ledger()
        table.record_answer(held(day("2026-11-20T23:59:58")), NOW)
        assert not table.is_due(held(day("2026-11-20T23:59:55")), NOW)
        assert table.is_due(held(day("2026-11-21T00:00:03")), NOW)


class TestContradiction:
    def test_nothing_where_participants_are_counted_stays_open_for_14_days(self) -> None:
        syncs = nightly(day("2026-11-21T02:00"), 40)
        sent = requests(day("2026-11-20T15:00"), syncs, contradicted=True)
        assert sent == syncs[:14]

    def test_it_stays_open_without_lookback_too(self) -> None:
        syncs = nightly(day("2026-11-21T02:00"), 5)
        assert requests(day("2026-11-20T15:00"), syncs, lookback=0, contradicted=True) == syncs


class TestCompleteUntil:
    def test_it_moves_to_the_lowest_open_day_and_not_past_the_first_day_of_the_sync(self) -> None:
        table = ledger()
        first = table.first_day
        for open_days, expected in (([first - 9, first], -9), ([first - 3], -3), ([first - 5], -3), ([first + 2], 0)):
            table.advance(open_days)
            assert table.complete_until == first + expected

    def test_it_never_moves_back(self) -> None:
        table = ledger({"version": 1, "complete_until": "2026-11-20"})
        table.advance([table.first_day - 100])
        assert json_of(table)["complete_until"] == "2026-11-20"

    def test_days_below_the_floor_are_dropped(self) -> None:
        table = ledger()
        for d in range(1, 25):
            table.record_answer(held(day(f"2026-11-{d:02}T00:30"), f"{d}"), NOW + 12 * HOUR)
        assert len(json_of(table)["asked"]) == 24
        assert min(complete(table, NOW)["asked"]) == "2026-11-10"

    def test_a_state_may_be_given_later_than_today(self) -> None:
        raw = {"version": 1, "complete_until": "2999-01-01"}
        table = ledger(raw)
        assert table.is_ahead
        assert not table.is_due(held(NOW - HOUR), NOW)
        assert table.reads_from == table.first_day
        assert complete(table, NOW)["complete_until"] == "2999-01-01"

    def test_one_of_tomorrow_is_no_more_than_a_clock_that_runs_ahead(self) -> None:
        assert not ledger({"version": 1, "complete_until": "2026-11-25"}).is_ahead


class TestClock:
    def test_machine_clock_a_day_ahead_and_right_again_loses_nothing(self) -> None:
        wrong = NOW + NIGHT
        before = held(NOW - 9 * HOUR, "before")
        table = ledger(now=wrong)
        table.record_answer(before, wrong)
        state = complete(table, wrong)
        assert state["complete_until"] == "2026-11-25"
        nights = nightly(NOW, 4)
        during, sent = held(NOW - HOUR, "during"), {"before": [wrong], "during": []}
        for now in nights:
            table = ledger(state, now=now)
            for item in (before, during):
                if table.is_due(item, now):
                    sent[item.uuid].append(now)
                    table.record_answer(item, now)
            state = complete(table, now)
        assert sent == {"before": [wrong, nights[2]], "during": nights[:3]}

    def test_request_that_lies_far_ahead_counts_for_nothing(self) -> None:
        state = {"version": 1, "asked": {"2026-11-20": {"2999-01-01T02": fingerprint("abc==")}}}
        table = ledger(state)
        item = held(day("2026-11-20T12:00"))
        assert table.is_due(item, NOW)
        table.record_answer(item, NOW)
        assert json_of(table)["asked"] == {"2026-11-20": {"2026-11-24T02": fingerprint("abc==")}}


def test_lookback_cannot_exceed_the_days_that_are_kept() -> None:
    assert MAX_LOOKBACK_DAYS == SETTLE_DAYS == 14
