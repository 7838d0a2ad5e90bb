"""parents/lists.py: the lists of one sync, and who reads whom."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone

from source_zoom.parents.kinds import MEETINGS, WEBINARS
from source_zoom.parents.lists import Parents
from source_zoom.parents.occurrence import Occurrence
from unit_tests.parents.support import SmallAccount, past

MakeParents = Callable[..., Parents]
START = int(datetime(2026, 3, 10, 9, tzinfo=timezone.utc).timestamp())


def test_sources_of_past_meetings_are_joined_and_each_occurrence_comes_once(
    account: SmallAccount, parents: MakeParents
) -> None:
    account.lists("users/u1/meetings", "meetings", {"id": 11, "type": 8}, {"id": 12, "type": 2})
    account.lists("past_meetings/11/instances", "meetings", {"uuid": "p1"}, {"uuid": "older"})
    account.lists("report/history_meetings", "history_meetings", past(), past(meeting_uuid="p2"))
    found = list(parents(start_date="2026-03-01").past[MEETINGS])
    # Whichever source is first decides what is known of p1.
    assert {(occurrence.uuid, occurrence.id) for occurrence in found} == {("p1", 11), ("p2", 11), ("older", 11)}
    assert len(found) == 3


def test_history_is_read_once_for_meetings_and_webinars(account: SmallAccount, parents: MakeParents) -> None:
    webinar = past(meeting_uuid="w1", meeting_id=91, type="Webinar")
    history = account.lists("report/history_meetings", "history_meetings", past(), webinar)
    made = parents(start_date="2026-03-01")
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda kind: list(made.past[kind]), [MEETINGS, WEBINARS] * 3))
    assert found == [[Occurrence("p1", 11, START)], [Occurrence("w1", 91, START)]] * 3
    assert history.call_count == 1
    assert len(set(account.paths())) == len(account.paths())


def test_start_date_leaves_out_what_took_place_before_it(account: SmallAccount, parents: MakeParents) -> None:
    account.lists("users/u1/meetings", "meetings", {"id": 11, "type": 8})
    account.lists("past_meetings/11/instances", "meetings", {"uuid": "old", "start_time": "2026-03-09T23:59:59Z"})
    account.lists(
        "report/history_meetings",
        "history_meetings",
        past(),
        past(meeting_uuid="early", start_time="2026-03-10T08:00:00Z"),
        past(meeting_uuid="unknown", start_time=None),
    )
    found = parents(start_date="2026-03-10T09:00:00Z").past[MEETINGS]
    assert {occurrence.uuid for occurrence in found} == {"p1", "unknown"}


def test_list_of_one_kind_does_not_read_the_other(account: SmallAccount, parents: MakeParents) -> None:
    list(parents(start_date="2026-03-01").past[WEBINARS])
    assert sorted(account.paths()) == ["report/history_meetings", "users", "users/u1/webinars"]


def test_nothing_is_read_before_a_table_reads_its_parents(account: SmallAccount, parents: MakeParents) -> None:
    parents("meetings", "report_meetings")
    assert account.paths() == []
