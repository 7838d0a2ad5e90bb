"""ledger.py and ledger_state.py: what is due, what is settled, and how the state is read and written."""

from __future__ import annotations

import itertools
import json
import re
from datetime import datetime, timedelta, timezone
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from source_zoom.parents.occurrence import Occurrence
from source_zoom.streams.ledger import MAX_FAILED, MAX_LOOKBACK_DAYS, SETTLE_DAYS, Ledger
from source_zoom.streams.ledger_state import SETTLED, Failed, LedgerState, UnreadableState, fingerprint, read_state

FUZZ = settings(max_examples=300, deadline=None, derandomize=True)
# Two at night, like a nightly sync.
NOW = datetime(2026, 11, 24, 2, tzinfo=timezone.utc)
NIGHT = timedelta(days=1)
HOUR = timedelta(hours=1)


def ledger(raw: Any = None, *, now: datetime = NOW, start: datetime | None = None, lookback: int = 2) -> Ledger:
    return Ledger.resume(raw, start=start, lookback_days=lookback, now=now)


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


def held(started: datetime, uuid: str = "abc==") -> Occurrence:
    return Occurrence.starting(uuid, 85_123_456_789, started, 1)


def json_of(table: Ledger, now: datetime = NOW) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(table.to_json(now)))
    return found


def complete(table: Ledger, now: datetime) -> dict[str, Any]:
    """The state after everything that was due has been read."""
    table.advance([])
    return json_of(table, now)


def requests(
    started: datetime, syncs: list[datetime], *, lookback: int = 2, contradicted: bool = False
) -> list[datetime]:
    """When one occurrence is requested, where each of the syncs reads everything."""
    state: Any = None
    sent = []
    for now in syncs:
        table = ledger(state, now=now, lookback=lookback)
        if now >= started and table.is_due(held(started), now):
            sent.append(now)
            table.record_answer(held(started), now, contradicted=contradicted)
        state = complete(table, now)
    return sent


def nightly(first: datetime, count: int) -> list[datetime]:
    return [first + night * NIGHT for night in range(count)]


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


STATE = {
    "version": 1,
    "since": "2026-05-24",
    "complete_until": "2026-11-20",
    "asked": {"2026-11-18": {"": "aaaaaaaabbbbbbbb"}, "2026-11-19": {"2026-11-23T02": "cccccccc"}},
    "again": [{"uuid": "x", "id": 1, "start": None, "tries": 1}],
}


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


class TestReading:
    @pytest.mark.parametrize("raw", [None, {}, {"__ab_no_cursor_state_message": True}])
    def test_no_state_and_that_of_a_full_refresh_are_a_table_never_read(self, raw: Any) -> None:
        table = ledger(raw, start=day("2026-05-24"))
        assert table.unreadable == ""
        assert json_of(table) == {
            "version": 1,
            "since": "2026-05-24",
            "complete_until": None,
            "asked": {},
            "again": [],
        }

    @pytest.mark.parametrize(
        "raw",
        [
            [],
            "state",
            7,
            {"version": 99},
            {"version": True},
            {"complete_until": "2026-11-20"},
            {"start_time": "2026-11-20T00:00:00Z"},
            {"version": 1, "complete_until": 20261120},
            {"version": 1, "complete_until": "yesterday"},
            {"version": 1, "complete_until": "2026-02-30"},
            {"version": 1, "since": []},
            {"version": 1, "limit_until": "soon"},
            {"version": 1, "asked": []},
            {"version": 1, "asked": {"2026-11-20": "aaaaaaaa"}},
            {"version": 1, "asked": {"2026-11-20": {"": "aaaaaaaab"}}},
            {"version": 1, "asked": {"2026-11-20": {"": "aaaa aaa"}}},
            {"version": 1, "asked": {"2026-11-20": {"": None}}},
            {"version": 1, "asked": {"2026-11-20": {"1969-12-31T23": "aaaaaaaa"}}},
            {"version": 1, "asked": {"2026-11-20": {"at night": "aaaaaaaa"}}},
            {"version": 1, "again": {}},
            {"version": 1, "again": ["x"]},
            {"version": 1, "again": [{"id": 1}]},
            {"version": 1, "again": [{"uuid": ""}]},
            {"version": 1, "again": [{"uuid": "x", "tries": "1"}]},
            {"version": 1, "again": [{"uuid": "x", "start": 5}]},
        ],
    )
    def test_what_cannot_be_read_counts_as_none_and_says_so(self, raw: Any) -> None:
        table = ledger(raw, start=day("2026-05-24"))
        assert table.unreadable
        assert json_of(table) == json_of(ledger(start=day("2026-05-24")))

    def test_a_state_typed_in_by_hand_reads_from_14_days_before_its_day(self) -> None:
        table = ledger({"version": 1, "complete_until": "2026-11-01"}, start=day("2026-05-24"))
        assert table.unreadable == ""
        assert table.reads_from == day("2026-10-18").toordinal()
        assert not table.is_due(held(day("2026-10-17T23:59:59")), NOW)
        assert table.is_due(held(day("2026-10-18")), NOW)
        assert json_of(table)["since"] == "2026-05-24"

    def test_fields_of_a_later_release_are_ignored(self) -> None:
        assert json_of(ledger({**STATE, "new": [1]}, start=day("2026-05-24"))) == STATE

    @pytest.mark.parametrize("first", ["0001-01-01", "9999-12-31"])
    def test_the_ends_of_the_calendar_are_days_too(self, first: str) -> None:
        table = ledger({"version": 1, "complete_until": first})
        table.advance([])
        assert table.reads_from is not None
        assert 1 <= table.reads_from <= table.first_day

    JSON = st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
        max_leaves=8,
    )
    DAYS = st.dates().map(lambda day: day.isoformat())
    ODD_STATE = st.fixed_dictionaries(
        {"version": st.just(1)},
        optional={
            "since": DAYS | JSON,
            "complete_until": DAYS | JSON,
            "asked": st.dictionaries(DAYS | st.text(max_size=9), JSON | st.just({"": "aaaaaaaa"}), max_size=3) | JSON,
            "again": st.lists(
                st.fixed_dictionaries(
                    {"uuid": st.text(max_size=5)}, optional={"id": JSON, "tries": JSON, "start": JSON}
                )
            )
            | JSON,
            "limit_until": JSON,
        },
    )

    @FUZZ
    @given(JSON | ODD_STATE)
    def test_any_state_gives_a_ledger_that_works(self, raw: Any) -> None:
        table = ledger(raw, start=day("2026-05-24"))
        item = held(day("2026-11-22T12:00"))
        is_due = table.is_due(item, NOW)
        table.record_answer(item, NOW)
        table.advance([table.first_day - 1])
        again = ledger(json_of(table), start=day("2026-05-24"))
        assert again.unreadable == ""
        assert is_due is False or not again.is_due(item, NOW)


DAY_NUMBERS = st.integers(1, 3_000_000)
SECONDS = st.integers(0, 2**33 - 2)
MOMENTS = st.datetimes(timezones=st.just(timezone.utc)).map(lambda moment: moment.replace(microsecond=0))
PRINTS = st.binary(min_size=3, max_size=3).map(lambda raw: fingerprint(raw.hex()))
STATES = st.builds(
    LedgerState,
    since=st.none() | MOMENTS,
    complete_until=st.none() | DAY_NUMBERS,
    asked=st.dictionaries(
        DAY_NUMBERS,
        st.dictionaries(
            PRINTS, st.just(SETTLED) | SECONDS.map(lambda seconds: seconds // 3600), min_size=1, max_size=5
        ),
        max_size=4,
    ),
    again=st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"]), min_size=1),
        st.builds(Failed, st.integers(0, 10**11), st.none() | SECONDS, st.integers(1, 99)),
        max_size=3,
    ),
    limit_until=st.none() | MOMENTS,
)


class TestWriting:
    @FUZZ
    @given(STATES)
    def test_written_and_read_it_is_the_same(self, state: LedgerState) -> None:
        written = orjson.dumps(state.to_json())
        assert read_state(orjson.loads(written), None) == state

    def test_shape(self) -> None:
        state = LedgerState(
            since=day("2026-05-24"),
            complete_until=day("2026-11-23").toordinal(),
            asked={day("2026-11-22").toordinal(): {"bbbbbbbb": SETTLED, "aaaaaaaa": SETTLED, "cccccccc": 494_000}},
            again={"u==": Failed(85_123_456_789, int(day("2026-11-20T09:00").timestamp()), 2)},
            limit_until=day("2026-11-25"),
        )
        assert state.to_json() == {
            "version": 1,
            "since": "2026-05-24",
            "complete_until": "2026-11-23",
            "asked": {"2026-11-22": {"": "aaaaaaaabbbbbbbb", "2026-05-10T08": "cccccccc"}},
            "again": [{"uuid": "u==", "id": 85_123_456_789, "start": "2026-11-20T09:00:00Z", "tries": 2}],
            "limit_until": "2026-11-25T00:00:00Z",
        }

    def test_no_key_is_named_like_a_cursor_column(self) -> None:
        assert not {"start_time", "join_time", "create_time", "meeting_start_time", "webinar_start_time"} & set(
            json_of(ledger(STATE))
        )

    @pytest.mark.parametrize(("a_day", "limit"), [(55, 8_000), (275, 40_000), (1_111, 200_000)])
    def test_size_of_a_state_in_a_steady_account(self, a_day: int, limit: int) -> None:
        """Nightly for three weeks; the state before its last advance holds the most."""
        state: Any = None
        largest = 0
        for night in range(21):
            now = NOW + night * NIGHT
            table = ledger(state, now=now)
            yesterday = now - NIGHT
            for since in (yesterday, yesterday - NIGHT):
                for number in range(a_day):
                    item = held(since + number * timedelta(seconds=9), f"{since.date()} {number}")
                    if table.is_due(item, now):
                        table.record_answer(item, now)
            largest = max(largest, len(orjson.dumps(table.to_json(now))))
            state = complete(table, now)
        assert a_day * 8 * 14 < largest < limit

    @FUZZ
    @given(STATES)
    def test_nothing_of_a_record_is_in_a_state_but_uuid_and_number_of_failed_ones(self, state: LedgerState) -> None:
        written = state.to_json()
        for entry in written.pop("again"):
            assert set(entry) == {"uuid", "id", "start", "tries"}
        for text in re.findall(r'"([^"]*)"', json.dumps(written)):
            assert re.fullmatch(r"[a-z_]*|[-0-9T:Z]+|(?:[A-Za-z0-9_-]{8})+", text)


def test_fingerprints_are_short_and_tell_occurrences_apart() -> None:
    prints = {fingerprint(f"{number}==") for number in range(20_000)}
    assert len(prints) == 20_000
    assert {len(each) for each in prints} == {8}
    assert fingerprint("\ud800") == fingerprint("\ud800")


def test_lookback_cannot_exceed_the_days_that_are_kept() -> None:
    assert MAX_LOOKBACK_DAYS == SETTLE_DAYS == 14


def test_unreadable_state_quotes_nothing() -> None:
    with pytest.raises(UnreadableState) as error:
        read_state({"version": 1, "complete_until": "jane@example.com"}, None)
    assert "jane" not in str(error.value)
