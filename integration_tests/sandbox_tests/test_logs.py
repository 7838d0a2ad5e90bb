"""The simulated Zoom's logs: windows, equal rows, and ids that tell them apart; and the rows of the history."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import date, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import orjson
import pytest

from integration_tests.sandbox import EVER, AccountShape, Sandbox
from integration_tests.sandbox_tests.client import TODAY, Client, Record, Walk, canonical
from integration_tests.sandbox_tests.paths import windows

if TYPE_CHECKING:
    from collections.abc import Iterable

# The first day that Zoom still has logs of, six months back.
FIRST = date(2025, 11, 20)
LOGS = [
    ("report_operation_logs", "report/operationlogs", "operation_logs"),
    ("report_activities", "report/activities", "activity_logs"),
]
each_log = pytest.mark.parametrize(("table", "path", "key"), LOGS)


def read(client: Client, path: str, key: str, days: int = 28) -> list[Record]:
    """Windows that do not overlap: a row that is read twice would count as two equal ones."""
    walk = Walk(client, TODAY)
    rows = [row for window in windows(FIRST, TODAY, days) for row in walk.pages(path, key, **window)]
    assert not walk.errors
    return rows


def without_id(rows: Iterable[Record]) -> list[bytes]:
    return canonical({name: value for name, value in row.items() if name != "log_id"} for row in rows)


@each_log
def test_windows_find_the_truth(zoom: Sandbox, client: Client, table: str, path: str, key: str) -> None:
    zoom.clear_requests()
    found = read(client, path, key)
    assert not any("log_id" in row for row in found)
    assert canonical(found) == without_id(zoom.truth(table))
    assert len(found) > 200
    assert {request.label for request in zoom.requests} == {"Heavy"}


@each_log
def test_equal_rows_have_ids_of_their_own_whatever_the_windows(
    zoom: Sandbox, client: Client, table: str, path: str, key: str
) -> None:
    rows = list(zoom.truth(table))
    assert max(Counter(without_id(rows)).values()) == 3
    assert len({row["log_id"] for row in rows}) == len(rows)
    assert canonical(read(client, path, key, days=9)) == canonical(read(client, path, key))


def test_a_log_id_is_the_hash_of_all_columns_and_the_number_among_equals(zoom: Sandbox) -> None:
    """As the connector has to make them, from any JSON library: sorted keys, no spaces, UTF-8."""
    seen: Counter[bytes] = Counter()
    for row in zoom.truth("report_operation_logs"):
        log_id = row.pop("log_id")
        text = orjson.dumps(row, option=orjson.OPT_SORT_KEYS)
        assert log_id == hashlib.sha256(text + b"|%d" % seen[text]).hexdigest()[:32]
        seen[text] += 1


@each_log
def test_newest_first_and_in_pages(zoom: Sandbox, client: Client, table: str, path: str, key: str) -> None:
    body = client.get(path, from_="2026-04-01", to="2026-05-01", page_size=10).json()
    assert len(body[key]) == 10
    assert body["next_page_token"]
    times = [row["time"] for row in body[key]]
    assert times == sorted(times, reverse=True)
    assert "total_records" not in body


@each_log
def test_one_month_a_call_and_six_months_back(zoom: Sandbox, client: Client, table: str, path: str, key: str) -> None:
    assert client.get(path, from_=FIRST.isoformat(), to="2025-12-20").status_code == 200
    assert client.error(path, from_=FIRST.isoformat(), to="2025-12-21")[:2] == (400, 300)
    assert client.error(path, from_="2025-11-19", to="2025-12-01")[:2] == (400, 300)


def test_operation_logs_need_both_dates_and_sign_ins_take_today(zoom: Sandbox, client: Client) -> None:
    assert client.error("report/operationlogs")[:2] == (400, 300)
    assert client.error("report/operationlogs", from_="2026-05-01")[:2] == (400, 300)
    today = client.get("report/activities").json()["activity_logs"]
    assert all(row["time"].startswith("2026-05-20") for row in today)


def test_operation_logs_of_one_category(zoom: Sandbox, client: Client) -> None:
    window = {"from_": "2026-04-20", "to": "2026-05-20", "page_size": 300}
    rows = client.get("report/operationlogs", **window, category_type="user").json()["operation_logs"]
    assert rows
    assert {row["category_type"] for row in rows} == {"User"}


def test_a_start_date_leaves_out_what_was_before_it(zoom: Sandbox) -> None:
    start = datetime(2026, 5, 1, 6, tzinfo=timezone.utc)
    for table, _, _ in LOGS:
        later = [row for row in zoom.truth(table) if row["time"] >= "2026-05-01T06:00:00Z"]
        assert canonical(zoom.truth(table, start)) == canonical(later)
        assert 0 < len(later) < zoom.owed(table)


def test_logs_need_the_permission_for_reports(zoom: Sandbox, client: Client) -> None:
    zoom.set_knobs(role_permissions=("User:Read",))
    for _, path, _ in LOGS:
        assert client.error(path, from_="2026-05-01", to="2026-05-20") == (400, 200, "No permission.")


def test_days_that_pass_bring_rows_and_change_none() -> None:
    with Sandbox(AccountShape(seed=7), today=TODAY) as zoom:
        for table, _, _ in LOGS:
            before = {row["log_id"]: row for row in zoom.truth(table)}
            foretold = {row["log_id"]: row for row in zoom.truth(table, at=zoom.clock.now + timedelta(days=8))}
            since = zoom.clock.now
            assert any(row["time"] > since.isoformat() for row in foretold.values())
            kept = {log_id: row for log_id, row in before.items() if row["time"] >= "2025-11-28"}
            assert kept.items() <= foretold.items()
            assert len(foretold) < zoom.owed(table, at=EVER)
        zoom.advance(days=8)
        with Client(zoom) as client:
            for table, path, key in LOGS:
                walk = Walk(client, TODAY)
                seen = [r for w in windows(date(2025, 11, 28), zoom.clock.today) for r in walk.pages(path, key, **w)]
                assert canonical(seen) == without_id(zoom.truth(table))


# The history


def test_the_rows_of_the_history_are_a_table(zoom: Sandbox, client: Client) -> None:
    found = read(client, "report/history_meetings", "history_meetings")
    assert canonical(found) == canonical(zoom.truth("report_history_meetings"))
    assert {row["type"] for row in found} == {"Meeting", "Webinar"}
    assert len({row["meeting_uuid"] for row in found}) == len(found) > 50


@pytest.mark.parametrize("state", ["refused", "unknown", "paid_only"])
def test_where_the_history_is_closed_nothing_stands_in_for_it(zoom: Sandbox, client: Client, state: str) -> None:
    zoom.set_knobs(history=state)
    assert zoom.owed("report_history_meetings") == 0
    assert zoom.owed("report_meetings") > 0


def test_the_history_lacks_what_the_knob_says(zoom: Sandbox, client: Client) -> None:
    before = zoom.owed("report_history_meetings")
    zoom.set_knobs(history_lacks=("one_participant",))
    assert 0 < zoom.owed("report_history_meetings") < before
    assert canonical(read(client, "report/history_meetings", "history_meetings")) == canonical(
        zoom.truth("report_history_meetings")
    )
