"""ledger_state.py: how the state of a table is read and written."""

from __future__ import annotations

import json
import re
from datetime import timedelta, timezone
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from source_zoom.streams.ledger_state import SETTLED, Failed, LedgerState, UnreadableState, fingerprint, read_state
from unit_tests.streams.ledgers import NIGHT, NOW, STATE, complete, day, held, json_of, ledger

FUZZ = settings(max_examples=300, deadline=None, derandomize=True)


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


def test_unreadable_state_quotes_nothing() -> None:
    with pytest.raises(UnreadableState) as error:
        read_state({"version": 1, "complete_until": "jane@example.com"}, None)
    assert "jane" not in str(error.value)
