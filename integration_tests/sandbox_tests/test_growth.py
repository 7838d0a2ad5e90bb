"""The simulated Zoom grows with its clock: what takes place, when it shows up where, and what is owed by when."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from integration_tests.sandbox import EVER, AccountShape, Clock, Event, Growth, Sandbox
from integration_tests.sandbox_tests.client import Client, Record, Walk, canonical

if TYPE_CHECKING:
    from integration_tests.sandbox.entities import Occurrence

NOON = datetime(2026, 5, 20, 12, tzinfo=timezone.utc)
PLAIN = AccountShape(users=4, seed=7, special_cases=False, webinar_share=1, big_lists=0)
LATE = Growth(
    per_day=6,
    webinars_per_day=2,
    days=20,
    late_share=0.4,
    history_delay_days=6,
    instance_delay_days=9,
    slow_share=0.5,
    report_delay_hours=60,
    poison=2,
    poison_days=4,
    odd_times=True,
)


def _name(uuid: str) -> str:
    return quote(quote(uuid, safe=""), safe="")


def _standing(growth: Growth | None = None, **knobs: Any) -> Sandbox:
    return Sandbox(PLAIN, clock=Clock.standing_at(NOON), growth=growth, **knobs)


def _reports(zoom: Sandbox, **when: datetime) -> dict[str, Record]:
    return {row["uuid"]: row for row in zoom.truth("report_meetings", **when)}


def test_without_growth_nothing_changes() -> None:
    assert canonical(_standing().truth("report_meetings")) == canonical(
        Sandbox(PLAIN, now=NOON).truth("report_meetings")
    )
    grown = _standing(Growth())
    assert _reports(grown).keys() >= _reports(_standing()).keys()


def test_new_occurrences_every_day() -> None:
    zoom = _standing(Growth(per_day=4, webinars_per_day=1, days=10))
    known = {o.uuid for kind in (False, True) for o in zoom.occurrences(webinars=kind)}
    news = []
    for _ in range(9):
        zoom.advance(days=1)
        found = {o.uuid: o for kind in (False, True) for o in zoom.occurrences(webinars=kind)}
        news.append([found[uuid] for uuid in found.keys() - known])
        known |= found.keys()
    assert all(news)
    # Five a day, and the one-time ones that were scheduled.
    assert 9 * 5 - 5 <= sum(map(len, news)) <= 9 * 5 + 10
    kinds = Counter(o.meeting.type for new in news for o in new)
    # Of series with and without a fixed time, instant ones, personal rooms, webinars.
    assert kinds.keys() >= {1, 3, 4, 8}
    assert kinds.keys() & {6, 9}


def test_the_same_seed_grows_the_same() -> None:
    def read(seed: int) -> list[bytes]:
        zoom = Sandbox(AccountShape(users=4, seed=seed), now=NOON, growth=LATE)
        return canonical(zoom.truth("report_meetings", at=EVER))

    assert read(1) == read(1) != read(2)


def test_what_was_scheduled_takes_place_then() -> None:
    zoom = _standing(Growth(per_day=0, webinars_per_day=0, days=60))
    once = [(m.start, m) for m in zoom.account.listed_meetings() if m.type == 2 and m.start is not None]
    start, first = min((pair for pair in once if pair[0] > NOON.timestamp()), key=lambda pair: pair[0])
    assert zoom.account.ended(first) == []
    zoom.advance(hours=(start - zoom.clock()) / 3600 + 2)
    (occurrence,) = zoom.account.ended(first)
    assert occurrence.uuid in _reports(zoom)


@pytest.mark.parametrize("nights", [[1, 2, 3, 5, 8, 13]])
def test_a_walk_finds_the_truth_of_every_night(nights: list[int]) -> None:
    read: dict[str, dict[tuple[Any, ...], Record]] = {
        table: {} for table in ("report_meetings", "report_webinars", "report_meeting_participants")
    }
    with Sandbox(PLAIN, now=NOON, growth=LATE) as zoom:
        for night in nights:
            zoom.advance(hours=(zoom.dawn + timedelta(days=night) - zoom.now).total_seconds() / 3600)
            with Client(zoom) as client:
                found = Walk(client, zoom.account.today).run()
            for table in found:
                assert canonical(found[table]) == canonical(zoom.truth(table)), (night, table)
            for table, rows in read.items():
                for row in found[table]:
                    uuid = row.get("meeting_uuid", row.get("uuid"))
                    stay = tuple(row.get(name) for name in ("user_id", "join_time", "status", "bo_mtg_id"))
                    rows[uuid, stay] = row
        for table, rows in read.items():
            # What was found by and by is what was visible one day; later reads of a row have replaced earlier ones.
            whole = list(zoom.truth(table, since=zoom.dawn))
            assert len(whole) == len(rows) > 50
            assert canonical(rows.values()) == canonical(whole), table


def test_what_will_be_visible_one_day_is_known_now() -> None:
    zoom = _standing(LATE)
    ever = _reports(zoom, at=EVER)
    late = _reports(zoom, at=NOON + timedelta(days=40), since=NOON)
    assert ever == late
    before = {uuid for uuid, row in ever.items() if row["end_time"] < "2026-05-20T12"}
    assert _reports(zoom).keys() <= ever.keys()
    assert 0 < len(before) < len(ever)
    seen = dict(_reports(zoom))
    for _ in range(40 * 4):
        zoom.advance(hours=6)
        seen |= _reports(zoom)
    assert seen == ever


# One occurrence


def _happened(**event: Any) -> tuple[Sandbox, Occurrence]:
    """A clock that stands, and an occurrence that ended an hour ago."""
    zoom = _standing()
    series = next(m for m in zoom.account.listed_meetings() if m.recurring)
    start = zoom.now - timedelta(hours=2)
    return zoom, zoom.occur(event.pop("number", series.id), start=start, minutes=60, rows=5, **event)


def _shown(zoom: Sandbox, client: Client, occurrence: Occurrence) -> tuple[bool, bool]:
    """Whether the history and the instances of its number show it."""
    day = occurrence.start_time[:10]
    rows = client.get("report/history_meetings", from_=day, to=day, page_size=300).json()["history_meetings"]
    kind = "webinar" if occurrence.meeting.is_webinar else "meeting"
    instances = client.get(f"past_{kind}s/{occurrence.meeting.id}/instances").json().get(f"{kind}s", ())
    in_history = occurrence.uuid in {row["meeting_uuid"] for row in rows}
    return in_history, occurrence.uuid in {row["uuid"] for row in instances}


def _later(zoom: Sandbox, client: Client, **step: float) -> None:
    zoom.advance(**step)
    client.login()


def test_history_and_instance_rows_come_when_they_are_due() -> None:
    zoom, occurrence = _happened(history_delay_days=25, instance_delay_days=3)
    with zoom, Client(zoom) as client:
        assert _shown(zoom, client, occurrence) == (False, False)
        assert occurrence.uuid not in _reports(zoom)
        assert occurrence.uuid in _reports(zoom, at=EVER)
        _later(zoom, client, days=3)
        assert _shown(zoom, client, occurrence) == (False, True)
        assert occurrence.uuid in _reports(zoom)
        _later(zoom, client, days=22)
        assert _shown(zoom, client, occurrence) == (True, True)


@pytest.mark.parametrize("unready", ["not_found", "empty"])
def test_a_report_comes_when_it_is_ready(unready: str) -> None:
    zoom, occurrence = _happened(report_delay_hours=30, unready=unready)
    path = f"report/meetings/{_name(occurrence.uuid)}"
    with zoom, Client(zoom) as client:
        for _ in range(2):
            assert _shown(zoom, client, occurrence) == (True, True)
            if unready == "not_found":
                assert client.error(path)[:2] == client.error(f"{path}/participants")[:2] == (404, 3001)
                assert occurrence.uuid not in _reports(zoom)
            else:
                assert client.get(path).json()["duration"] == 0
                assert client.get(f"{path}/participants").json()["participants"] == []
                assert _reports(zoom)[occurrence.uuid]["participants_count"] == 0
            _later(zoom, client, hours=14)
        _later(zoom, client, hours=2)
        assert client.get(path).json()["duration"] == 60
        assert len(client.get(f"{path}/participants").json()["participants"]) == 5
        assert _reports(zoom)[occurrence.uuid]["participants_count"] == 5


def test_a_part_of_the_rows_can_come_first() -> None:
    zoom = _standing()
    series = next(w for w in zoom.account.listed_webinars() if w.recurring and w.registration)
    event: dict[str, Any] = {"start": zoom.now - timedelta(hours=2), "minutes": 60, "rows": 6, "report_delay_hours": 30}
    webinar = zoom.occur(series.id, unready="partial", **event)

    def rows(table: str) -> list[Record]:
        found = [row for row in zoom.truth(table) if row["webinar_uuid"] == webinar.uuid]
        return [{name: value for name, value in row.items() if name != "result_index"} for row in found]

    tables = ("report_webinar_participants", "webinar_poll_results", "webinar_absentees", "report_webinars")
    early = {table: rows(table) for table in tables}
    zoom.advance(hours=30)
    people, answers, absentees, report = (rows(table) for table in tables)
    assert early["report_webinar_participants"] == people[:3]
    assert early["webinar_poll_results"] == answers[: len(answers) // 2][::-1]
    assert early["webinar_absentees"][:-1] == absentees
    assert (early["report_webinars"][0]["participants_count"], report[0]["participants_count"]) == (3, 6)


@pytest.mark.parametrize("days", [3, float("inf")])
def test_a_poison_occurrence(days: float) -> None:
    zoom, occurrence = _happened(poison_days=days)
    paths = [f"report/meetings/{_name(occurrence.uuid)}", f"past_meetings/{_name(occurrence.uuid)}/polls"]
    with zoom, Client(zoom) as client:
        assert [client.get(path).status_code for path in paths] == [500, 500]
        assert occurrence.uuid not in _reports(zoom)
        _later(zoom, client, days=4)
        assert client.get(paths[0]).status_code == (200 if days == 3 else 500)
        assert (occurrence.uuid in _reports(zoom)) == (days == 3)
        assert (occurrence.uuid in _reports(zoom, at=EVER)) == (days == 3)


def test_an_occurrence_is_unknown_until_it_has_ended() -> None:
    zoom = _standing()
    coming = zoom.occur(start=zoom.now + timedelta(hours=1), minutes=30 * 60)
    path = f"report/meetings/{_name(coming.uuid)}"
    with zoom, Client(zoom) as client:
        assert client.error(path)[:2] == (404, 3001)
        _later(zoom, client, hours=30)
        assert client.error(path)[:2] == (404, 3001)
        _later(zoom, client, hours=1)
        assert client.get(path).json()["duration"] == 1800


def test_an_occurrence_without_a_start_and_one_with_two() -> None:
    zoom, blank = _happened(startless=True)
    shifted = zoom.occur(blank.meeting.id, start=zoom.now - timedelta(hours=4), minutes=60, rows=5, instance_shift=5)
    day = zoom.account.today.isoformat()
    with zoom, Client(zoom) as client:
        rows = client.get("report/history_meetings", from_=day, to=day, page_size=300).json()["history_meetings"]
        history = {row["meeting_uuid"]: row for row in rows}
        assert (history[blank.uuid]["start_time"], history[blank.uuid]["participants"]) == ("", 0)
        found = client.get(f"past_meetings/{blank.meeting.id}/instances").json()["meetings"]
        instances = {row["uuid"]: row["start_time"] for row in found}
        assert instances[blank.uuid] == ""
        assert (history[shifted.uuid]["start_time"][-3:], instances[shifted.uuid][-3:]) == ("00Z", "05Z")


def test_odd_times_are_among_the_first_week() -> None:
    zoom = _standing(LATE)
    odd = [o for o in zoom.account.occurrences.values() if o.timing.ended and o.rows == 5]
    assert any(o.minutes == 1800 for o in odd)
    assert any(o.start_time.endswith("T23:59:59Z") for o in odd)
    assert any(o.start // 86_400 < o.end // 86_400 and o.minutes == 90 for o in odd)
    assert {o.instance_shift for o in odd} >= {0, 5, 86_400}
    assert any(o.startless for o in odd)


def test_the_next_instance_has_another_uuid() -> None:
    zoom = _standing()
    series = next(m for m in zoom.account.listed_meetings() if m.recurring)
    before = next(row["uuid"] for row in zoom.truth("meetings") if row["id"] == series.id)
    zoom.occur(series.id, start=zoom.now - timedelta(hours=1), minutes=10)
    assert next(row["uuid"] for row in zoom.truth("meetings") if row["id"] == series.id) != before


def test_a_new_webinar_and_a_number_that_nobody_has() -> None:
    zoom = _standing()
    webinar = zoom.occur(webinar=True, start="2026-05-20T08:00:00Z", minutes=30, registration=True)
    assert webinar.uuid in {row["uuid"] for row in zoom.truth("report_webinars")}
    assert Event(start="2026-05-20").moment == Event(start=datetime(2026, 5, 20, tzinfo=timezone.utc)).moment
    with pytest.raises(ValueError, match="nobody has"):
        zoom.occur(123)
