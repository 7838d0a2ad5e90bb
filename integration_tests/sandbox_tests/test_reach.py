"""The simulated Zoom owes every occurrence that any open documented endpoint shows, and no other."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from integration_tests.sandbox import AccountShape, Sandbox
from integration_tests.sandbox_tests.client import TODAY, Client, Walk, canonical

if TYPE_CHECKING:
    from integration_tests.sandbox.entities import Occurrence

HISTORY = "report:read:list_history_meetings:admin"
HOSTS = "report:read:list_users:admin"
USER_REPORTS = "report:read:user:admin"
MEETING_INSTANCES = "meeting:read:list_past_instances:admin"
WEBINAR_INSTANCES = "webinar:read:list_past_instances:admin"
MEETING_LISTS = "meeting:read:list_meetings:admin"
SHAPE = AccountShape(users=8, seed=7, personal_rooms=2)


def _uuids(**knobs: Any) -> dict[str, Occurrence]:
    zoom = Sandbox(SHAPE, today=TODAY, **knobs)
    return {o.uuid: o for webinars in (False, True) for o in zoom.occurrences(webinars=webinars)}


WHOLE = _uuids()


def _lost(**knobs: Any) -> list[Occurrence]:
    """What is owed no more under these knobs."""
    found = _uuids(**knobs)
    assert found.keys() <= WHOLE.keys()
    return [o for uuid, o in WHOLE.items() if uuid not in found]


@pytest.mark.parametrize("scopes", [(HISTORY,), (USER_REPORTS,), (HOSTS, HISTORY), ("user:read:user:admin",)])
def test_nothing_is_lost_while_another_path_is_open(scopes: tuple[str, ...]) -> None:
    assert _lost(without_scopes=scopes) == []


def test_what_the_history_lacks_is_owed_while_the_reports_of_users_show_it() -> None:
    lacks = ("instant", "one_participant")
    assert _lost(history_lacks=lacks) == []
    lost = _lost(history_lacks=lacks, without_scopes=(USER_REPORTS,))
    assert lost
    assert all(o.lone or o.meeting.type == 1 for o in lost)


def test_without_reports_the_instances_show_what_is_listed_and_the_rooms() -> None:
    found = _uuids(without_scopes=(HISTORY, USER_REPORTS))
    kinds = {(o.meeting.type, o.meeting.listed) for o in found.values()}
    # One-time ones too, of both kinds, and the personal rooms.
    assert kinds == {(2, True), (3, True), (8, True), (5, True), (6, True), (9, True), (4, False)}


def test_without_instances_six_months_remain() -> None:
    assert not any(o.meeting.is_webinar for o in _lost(without_scopes=(MEETING_INSTANCES,)))
    lost = _lost(without_scopes=(MEETING_INSTANCES, WEBINAR_INSTANCES))
    assert {o.in_history for o in lost} == {True, False}
    assert all(o.start_time < "2025-11-20" for o in lost if o.in_history)


def test_instances_need_the_lists_that_name_the_numbers() -> None:
    lost = _lost(without_scopes=(HISTORY, USER_REPORTS, MEETING_LISTS))
    found = _uuids(without_scopes=(HISTORY, USER_REPORTS, MEETING_LISTS))
    assert any(o.meeting.listed and not o.meeting.is_webinar for o in lost)
    assert {o.meeting.type for o in found.values() if not o.meeting.is_webinar} == {4}


def test_a_role_without_reports_leaves_the_instances() -> None:
    found = _uuids(role_permissions=("User:Read",))
    assert found.keys() == _uuids(without_scopes=(HISTORY, USER_REPORTS)).keys()


@pytest.mark.parametrize(
    "knobs",
    [
        {},
        {"history": "refused"},
        {"history_lacks": ("instant", "one_participant"), "without_scopes": (USER_REPORTS,)},
        {"without_scopes": (HISTORY, USER_REPORTS, HOSTS)},
        {"report_zone_hours": 14},
        {"report_zone_hours": -12},
        {"odd_users": 3},
        {"odd_series": 2},
        {"wrongly_too_old": 3},
        {"meeting_participants_months": 1},
    ],
)
def test_a_walk_along_every_path_finds_the_truth(knobs: dict[str, Any]) -> None:
    shape = AccountShape(users=8, seed=7, personal_rooms=2, gone_listed=2, registration_changes=3)
    with Sandbox(shape, today=TODAY, **knobs) as zoom, Client(zoom) as client:
        # The days of reports are those of the account's own time zone.
        day = (zoom.now + timedelta(hours=knobs.get("report_zone_hours", 0))).date()
        found = Walk(client, day).run()
        for table in found:
            assert canonical(found[table]) == canonical(zoom.truth(table)), table


def test_an_occurrence_of_a_personal_room_that_only_its_instances_show() -> None:
    with Sandbox(SHAPE, today=TODAY) as zoom, Client(zoom) as client:
        hidden = {o.uuid: o for o in zoom.occurrences() if not o.in_history}
        assert len(hidden) == 4
        walk = Walk(client, TODAY)
        users = [user for status in ("active", "inactive") for user in walk.pages("users", "users", status=status)]
        shown = {uuid for uuid, _, _ in [*walk.history(), *walk.reported(users)]}
        assert not shown & hidden.keys()
        for occurrence in hidden.values():
            room = client.get(f"past_meetings/{occurrence.meeting.host.pmi}/instances").json()["meetings"]
            assert occurrence.uuid in {row["uuid"] for row in room}


def test_the_number_of_what_no_list_shows_has_no_instances() -> None:
    with Sandbox(SHAPE, today=TODAY) as zoom, Client(zoom) as client:
        expired = next(m for m in zoom.account.meetings.values() if m.gone and not m.listed and m.occurrences)
        kind = "webinar" if expired.is_webinar else "meeting"
        assert client.error(f"past_{kind}s/{expired.id}/instances")[:2] == (404, 3001)
