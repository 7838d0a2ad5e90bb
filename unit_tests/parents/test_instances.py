"""parents/instances.py: past occurrences from the instances of single meetings and webinars."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from source_zoom.base.exceptions import ConnectorError
from source_zoom.parents.kinds import MEETINGS, WEBINARS
from source_zoom.parents.lists import Parents
from source_zoom.parents.occurrence import Occurrence
from source_zoom.sync.sync import Sync
from unit_tests.integration.request_builder import API
from unit_tests.parents.support import FIREWALL, SCOPE, SmallAccount
from unit_tests.threads import collect

MakeParents = Callable[..., Parents]
MakeSync = Callable[..., Sync]
ROOM = 5551112222


def uuids(parents: Parents, kind: str = "meetings") -> set[str]:
    return {occurrence.uuid for occurrence in parents.past[MEETINGS if kind == "meetings" else WEBINARS]}


@pytest.fixture
def series(account: SmallAccount) -> SmallAccount:
    """An account in which meeting 11 repeats and meeting 12 takes place once, each with one instance."""
    account.lists("users/u1/meetings", "meetings", {"id": 11, "type": 8}, {"id": 12, "type": 2})
    for number in (11, 12):
        account.lists(f"past_meetings/{number}/instances", "meetings", {"uuid": f"p{number}"})
    return account


class TestWhatIsRequested:
    def test_only_what_repeats_while_the_history_can_be_read(self, series: SmallAccount, parents: MakeParents) -> None:
        assert uuids(parents(start_date="2026-03-01")) == {"p11"}
        requests = [request for request in series.api.request_history if "instances" in request.path]
        assert [(request.path, request.qs) for request in requests] == [("/v2/past_meetings/11/instances", {})]

    def test_one_time_meetings_too_where_zoom_refuses_history_and_user_reports(
        self, series: SmallAccount, parents: MakeParents
    ) -> None:
        for path in ("report/history_meetings", "report/users"):
            series.api.get(API + path, **SCOPE)
        assert uuids(parents(start_date="2026-03-01")) == {"p11", "p12"}

    def test_one_time_webinars_too(self, account: SmallAccount, parents: MakeParents) -> None:
        for path in ("report/history_meetings", "report/users"):
            account.api.get(API + path, **SCOPE)
        account.lists("users/u1/webinars", "webinars", {"id": 91, "type": 5})
        account.lists("past_webinars/91/instances", "webinars", {"uuid": "w91"})
        assert uuids(parents(start_date="2026-03-01"), "webinars") == {"w91"}

    def test_no_one_time_meetings_where_the_user_reports_can_be_read(
        self, series: SmallAccount, parents: MakeParents
    ) -> None:
        series.api.get(API + "report/history_meetings", **SCOPE)
        series.lists("report/users", "users")
        assert uuids(parents(start_date="2026-03-01")) == {"p11"}

    def test_no_one_time_meetings_where_the_history_fails_because_the_failure_is_reported(
        self, series: SmallAccount, parents: MakeParents
    ) -> None:
        series.refuses("report/history_meetings", 418, 999, "I am a teapot.")
        found, error = collect(parents(start_date="2026-03-01").past[MEETINGS])
        assert [occurrence.uuid for occurrence in found] == ["p11"]
        assert "teapot" in str(error)

    def test_personal_rooms_of_all_users_each_once(self, account: SmallAccount, parents: MakeParents) -> None:
        users = {"id": "u1", "pmi": ROOM}, {"id": "u2", "pmi": 7}, {"id": "u3", "pmi": ROOM}
        account.lists("users", "users", *users)
        # A room that is in a list, too.
        account.lists("users/u1/meetings", "meetings", {"id": ROOM, "type": 4})
        for user in ("u2", "u3"):
            account.lists(f"users/{user}/meetings", "meetings")
        of_room = account.lists(f"past_meetings/{ROOM}/instances", "meetings", {"uuid": "room"})
        account.lists("past_meetings/7/instances", "meetings", {"uuid": "seven"})
        assert set(parents(start_date="2026-03-01").past[MEETINGS]) == {
            Occurrence("room", ROOM),
            Occurrence("seven", 7),
        }
        assert of_room.call_count == 1

    def test_no_personal_rooms_for_webinars(self, account: SmallAccount, parents: MakeParents) -> None:
        account.lists("users", "users", {"id": "u1", "pmi": ROOM})
        assert uuids(parents(start_date="2026-03-01"), "webinars") == set()
        assert not any("instances" in path for path in account.paths())


class TestRefusals:
    def test_deleted_series_is_skipped_and_counted(self, account: SmallAccount, sync: MakeSync) -> None:
        account.lists("users/u1/webinars", "webinars", {"id": 91, "type": 9})
        account.refuses("past_webinars/91/instances", 404, None, "Not Found")
        made = sync(start_date="2026-03-01")
        assert uuids(made.parents, "webinars") == set()
        ((_, line),) = made.progress.summary()
        assert line == "Skipped 1: Zoom has nothing under this id (instances of webinars 1; for example 91)"

    def test_instance_without_a_uuid_is_counted(self, account: SmallAccount, sync: MakeSync) -> None:
        account.lists("users/u1/meetings", "meetings", {"id": 11, "type": 8})
        account.lists("past_meetings/11/instances", "meetings", {"uuid": None}, {"uuid": "p1"})
        made = sync(start_date="2026-03-01")
        assert uuids(made.parents) == {"p1"}
        ((_, line),) = made.progress.summary()
        assert line == "Skipped 1: Zoom sent no UUID (instances of meetings 1; for example 11)"

    def test_firewall_that_refuses_one_series_is_a_failure(self, series: SmallAccount, parents: MakeParents) -> None:
        series.api.get(API + "past_meetings/11/instances", **FIREWALL)
        with pytest.raises(ConnectorError, match="allow list"):
            list(parents(start_date="2026-03-01").past[MEETINGS])

    def test_failure_of_the_instances_is_reported_though_the_reports_are_refused(
        self, series: SmallAccount, parents: MakeParents
    ) -> None:
        for path in ("report/history_meetings", "report/users"):
            series.api.get(API + path, **SCOPE)
        series.refuses("past_meetings/11/instances", 500, None, "Internal error")
        made = parents(start_date="2026-03-01")
        found, error = collect(made.past[MEETINGS])
        assert [occurrence.uuid for occurrence in found] == ["p12"]
        assert "HTTP 500" in str(error)
        assert made.reports_refused is not None
