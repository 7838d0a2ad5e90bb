"""parents.py: which users, meetings, webinars and past occurrences the tables hang on."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
import requests_mock
from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_zoom.account import Account
from source_zoom.parents import MEETINGS, WEBINARS, Listed, Occurrence, Parents, Series
from unit_tests.integration.request_builder import API

MakeAccount = Callable[..., Account]

SCOPE = {"status_code": 400, "json": {"code": 4711, "message": "does not contain scopes:[report:read:x:admin]."}}


class ZoomAccount:
    """Answers of a small account; everything that is not named is empty."""

    def __init__(self, api: requests_mock.Mocker) -> None:
        self.api = api
        self.lists("users", "users", {"id": "u1"})
        for kind in ("meetings", "webinars"):
            self.lists(f"users/u1/{kind}", kind)
        self.history = self.lists("report/history_meetings", "history_meetings")

    def lists(self, path: str, key: str, *rows: dict[str, Any]) -> Any:
        return self.api.get(API + path, json={key: list(rows)})

    def refuses(self, path: str, status: int, code: int | None, message: str) -> Any:
        body = {"message": message} | ({} if code is None else {"code": code})
        return self.api.get(API + path, status_code=status, json=body)

    def paths(self) -> list[str]:
        sent = [request for request in self.api.request_history if request.method == "GET"]
        return [request.path.removeprefix("/v2/") for request in sent]

    def windows(self) -> list[tuple[str, str]]:
        return [(request.qs["from"][0], request.qs["to"][0]) for request in self.history.request_history]


@pytest.fixture
def zoom(api: requests_mock.Mocker, today: str) -> ZoomAccount:
    return ZoomAccount(api)


@pytest.fixture
def parents(account: MakeAccount) -> Callable[..., Parents]:
    return lambda *tables, **settings: account(*tables, **settings).parents


DAY = date(2026, 3, 10).toordinal()


def past(row: dict[str, Any]) -> dict[str, Any]:
    return {"meeting_uuid": "p1", "meeting_id": 11, "type": "Meeting", "start_time": "2026-03-10T09:00:00Z", **row}


class TestUsers:
    def test_walk_reads_active_users_only(self, zoom: ZoomAccount, parents: Callable[..., Parents]):
        asked = zoom.lists("users", "users", {"id": "a"}, {"id": "b/+="})
        assert list(parents("meetings").users) == ["a", "b/+="]
        assert asked.last_request.qs == {"status": ["active"], "page_size": ["300"]}

    @pytest.mark.parametrize("identifier", [None, "", 5, True, ["a"], {"a": 1}], ids=str)
    def test_user_without_an_id_in_text_is_no_parent(
        self, zoom: ZoomAccount, parents: Callable[..., Parents], identifier: Any
    ):
        zoom.lists("users", "users", {"id": "a"}, {"id": identifier}, {})
        assert list(parents().users) == ["a"]

    def test_users_table_feeds_the_walk_where_it_is_selected(self, zoom: ZoomAccount, parents: Callable[..., Parents]):
        walk = parents("users", "meetings").users
        walk.publish("from the table")
        walk.finish()
        assert list(walk) == ["from the table"]
        assert zoom.paths() == []

    def test_failure_reaches_the_walks_below(self, zoom: ZoomAccount, parents: Callable[..., Parents]):
        zoom.api.get(API + "users", **SCOPE)
        made = parents()
        for walk in (made.users, made.listed[MEETINGS], made.listed[WEBINARS]):
            with pytest.raises(AirbyteTracedException, match="lacks the scope"):
                list(walk)


class TestListed:
    def test_what_repeats_is_told_by_the_type(self, zoom: ZoomAccount, parents: Callable[..., Parents]):
        # 1 instant, 2 scheduled, 3 recurring without fixed time, 4 personal room, 8 recurring, 10 shared screen.
        zoom.lists("users/u1/meetings", "meetings", *({"id": n, "type": n} for n in (1, 2, 3, 4, 8, 10)), {"id": 99})
        zoom.lists("users/u1/webinars", "webinars", *({"id": n, "type": n} for n in (5, 6, 9)))
        made = parents()
        assert {(one.id, one.series.repeats) for one in made.listed[MEETINGS]} == {
            (1, False),
            (2, False),
            (3, True),
            (4, True),
            (8, True),
            (10, True),
            (99, True),
        }
        assert {(one.id, one.series.repeats) for one in made.listed[WEBINARS]} == {(5, False), (6, True), (9, True)}

    def test_start_date_leaves_out_one_time_ones_before_it_only(
        self, zoom: ZoomAccount, parents: Callable[..., Parents]
    ):
        before, after = "2026-02-28T23:59:59Z", "2026-03-01T00:00:00Z"
        zoom.lists(
            "users/u1/meetings",
            "meetings",
            {"id": 1, "type": 2, "start_time": before},
            {"id": 2, "type": 2, "start_time": after},
            {"id": 3, "type": 8, "start_time": before},
            {"id": 4, "type": 2},
            {"id": 5, "type": 2, "start_time": "soon"},
            {"id": 6, "type": 2, "start_time": 1772323200},
        )
        found = parents(start_date="2026-03-01").listed[MEETINGS]
        assert [one.id for one in found] == [2, 3, 4, 5, 6]

    def test_meeting_of_two_users_comes_once(self, zoom: ZoomAccount, parents: Callable[..., Parents]):
        zoom.lists("users", "users", {"id": "u1"}, {"id": "u2"})
        for user in ("u1", "u2"):
            zoom.lists(f"users/{user}/meetings", "meetings", {"id": 7, "type": 8})
        assert list(parents().listed[MEETINGS]) == [Listed(7, Series("u1", True))]

    def test_host_is_the_one_that_the_row_names(self, zoom: ZoomAccount, parents: Callable[..., Parents]):
        rows = {"id": 1, "type": 2, "host_id": "u9"}, {"id": 2, "type": 2}, {"id": 3, "type": 2, "host_id": None}
        zoom.lists("users/u1/meetings", "meetings", *rows)
        assert [one.series.host for one in parents().listed[MEETINGS]] == ["u9", "u1", "u1"]

    @pytest.mark.parametrize("identifier", [None, "weekly", 1.5, True, [1], {}], ids=str)
    def test_row_without_a_number_is_no_parent_and_counted(
        self, zoom: ZoomAccount, account: MakeAccount, identifier: Any
    ):
        zoom.lists("users/u1/meetings", "meetings", {"id": identifier, "type": 8}, {"type": 8}, {"id": 1, "type": [8]})
        made = account()
        assert list(made.parents.listed[MEETINGS]) == [Listed(1, Series("u1", True))]
        assert made.progress.summary() == ["meetings: 2 skipped: Zoom sent no id (one of them: user u1)"]

    def test_number_may_come_as_its_digits(self, zoom: ZoomAccount, parents: Callable[..., Parents]):
        zoom.lists("users/u1/meetings", "meetings", {"id": "85012345678", "type": 8}, {"id": 85012345678, "type": 8})
        assert list(parents().listed[MEETINGS]) == [Listed(85012345678, Series("u1", True))]

    @pytest.mark.parametrize(
        ("status", "code", "message", "reason"),
        [
            (400, 200, "Webinar plan is missing. You must subscribe.", "no webinar licence"),
            (404, 1001, "User does not exist: u1.", "user left"),
            (400, 3161, "Meeting hosting and scheduling capabilities are not allowed.", "may not schedule"),
            (403, 2306, "Not allowed to view meetings scheduled for others.", "may not be viewed"),
        ],
    )
    def test_user_who_is_refused_is_counted_and_the_others_are_read(
        self, zoom: ZoomAccount, account: MakeAccount, status: int, code: int, message: str, reason: str
    ):
        zoom.lists("users", "users", {"id": "u1"}, {"id": "u2"})
        zoom.refuses("users/u1/webinars", status, code, message)
        zoom.lists("users/u2/webinars", "webinars", {"id": 7, "type": 5})
        made = account()
        assert list(made.parents.listed[WEBINARS]) == [Listed(7, Series("u2", False))]
        (line,) = made.progress.summary()
        assert reason in line
        assert "user u1" in line

    def test_missing_scope_is_asked_a_few_times_and_not_once_a_user(
        self, zoom: ZoomAccount, parents: Callable[..., Parents]
    ):
        # Trap T9, for the walks.
        users = [f"u{number}" for number in range(500)]
        zoom.lists("users", "users", *({"id": user} for user in users))
        for user in users:
            zoom.api.get(f"{API}users/{user}/meetings", **SCOPE)
        with pytest.raises(AirbyteTracedException, match="lacks the scope") as caught:
            list(parents().listed[MEETINGS])
        assert caught.value.failure_type is FailureType.config_error
        assert len(zoom.paths()) <= 1 + 8


class TestPast:
    def test_sources_are_joined_and_each_occurrence_comes_once(
        self, zoom: ZoomAccount, parents: Callable[..., Parents]
    ):
        zoom.lists("users/u1/meetings", "meetings", {"id": 11, "type": 8}, {"id": 12, "type": 2})
        zoom.lists("past_meetings/11/instances", "meetings", {"uuid": "p1"}, {"uuid": "older"})
        zoom.lists("report/history_meetings", "history_meetings", past({}), past({"meeting_uuid": "p2"}))
        found = list(parents(start_date="2026-03-01").past[MEETINGS])
        assert set(found) == {Occurrence("p1", 11, DAY), Occurrence("p2", 11, DAY), Occurrence("older", 11)}
        assert len(found) == 3

    def test_only_what_repeats_is_asked_for_its_instances(self, zoom: ZoomAccount, parents: Callable[..., Parents]):
        zoom.lists("users/u1/meetings", "meetings", {"id": 11, "type": 8}, {"id": 12, "type": 2})
        asked = zoom.lists("past_meetings/11/instances", "meetings")
        list(parents(start_date="2026-03-01").past[MEETINGS])
        assert asked.call_count == 1
        assert asked.last_request.qs == {}
        assert "past_meetings/12/instances" not in zoom.paths()

    def test_history_is_read_once_for_meetings_and_webinars(self, zoom: ZoomAccount, parents: Callable[..., Parents]):
        history = zoom.lists(
            "report/history_meetings",
            "history_meetings",
            past({}),
            past({"meeting_uuid": "w1", "meeting_id": 91, "type": "Webinar"}),
        )
        made = parents(start_date="2026-03-01")
        with ThreadPoolExecutor(6) as pool:
            found = list(pool.map(lambda kind: list(made.past[kind]), [MEETINGS, WEBINARS] * 3))
        assert found == [[Occurrence("p1", 11, DAY)], [Occurrence("w1", 91, DAY)]] * 3
        assert history.call_count == 1
        assert len(set(zoom.paths())) == len(zoom.paths())

    def test_start_date_leaves_out_what_took_place_before_it(self, zoom: ZoomAccount, parents: Callable[..., Parents]):
        zoom.lists("users/u1/meetings", "meetings", {"id": 11, "type": 8})
        zoom.lists("past_meetings/11/instances", "meetings", {"uuid": "old", "start_time": "2026-03-09T23:59:59Z"})
        zoom.lists(
            "report/history_meetings",
            "history_meetings",
            past({}),
            past({"meeting_uuid": "early", "start_time": "2026-03-10T08:00:00Z"}),
            past({"meeting_uuid": "unknown", "start_time": None}),
        )
        found = parents(start_date="2026-03-10T09:00:00Z").past[MEETINGS]
        assert {one.uuid for one in found} == {"p1", "unknown"}

    @pytest.mark.parametrize(
        "row",
        [
            past({"meeting_uuid": None}),
            past({"meeting_uuid": ""}),
            past({"meeting_uuid": ["p1"]}),
            past({"meeting_uuid": 1}),
            past({"meeting_id": "eleven"}),
            past({"meeting_id": None}),
            {},
        ],
        ids=str,
    )
    def test_row_without_uuid_and_number_is_no_parent_and_counted(
        self, zoom: ZoomAccount, account: MakeAccount, row: dict[str, Any]
    ):
        zoom.lists("report/history_meetings", "history_meetings", row, past({"meeting_uuid": "good"}))
        made = account(start_date="2026-03-01")
        assert [one.uuid for one in made.parents.past[MEETINGS]] == ["good"]
        (line,) = made.progress.summary()
        assert "past meetings and webinars: 1 skipped: Zoom sent no id" in line

    def test_number_and_kind_may_be_spelled_otherwise(self, zoom: ZoomAccount, parents: Callable[..., Parents]):
        rows = past({"meeting_id": "11"}), past({"meeting_uuid": "w1", "type": "WEBINAR"})
        zoom.lists("report/history_meetings", "history_meetings", *rows)
        made = parents(start_date="2026-03-01")
        assert list(made.past[MEETINGS]) == [Occurrence("p1", 11, DAY)]
        assert [one.uuid for one in made.past[WEBINARS]] == ["w1"]

    def test_deleted_series_is_skipped_and_counted(self, zoom: ZoomAccount, account: MakeAccount):
        zoom.lists("users/u1/webinars", "webinars", {"id": 91, "type": 9})
        zoom.refuses("past_webinars/91/instances", 404, None, "Not Found")
        made = account(start_date="2026-03-01")
        assert list(made.parents.past[WEBINARS]) == []
        (line,) = made.progress.summary()
        assert "past webinars: 1 " in line
        assert "91" in line

    def test_walk_of_one_kind_does_not_read_the_other(self, zoom: ZoomAccount, parents: Callable[..., Parents]):
        list(parents(start_date="2026-03-01").past[WEBINARS])
        assert sorted(zoom.paths()) == ["report/history_meetings", "users", "users/u1/webinars"]

    def test_nothing_is_read_before_a_table_asks(self, zoom: ZoomAccount, parents: Callable[..., Parents]):
        parents("meetings", "report_meetings")
        assert zoom.paths() == []


class TestRegistration:
    @pytest.mark.parametrize(
        ("tables", "of_meetings", "of_webinars"),
        [
            ((), None, None),
            (("meeting_questions", "webinar_questions"), None, None),
            (("meeting_registrants", "webinar_registrants"), None, None),
            (("meetings", "webinars", "meeting_polls"), None, None),
            (("meeting_registrants", "meeting_questions"), "meeting_registrants", None),
            (("meeting_registrants", "meetings"), "meetings", None),
            (("webinars", "webinar_registrants", "webinar_questions"), None, "webinars"),
        ],
    )
    def test_first_table_that_learns_it_is_the_teacher_of_those_that_ask(
        self,
        account: MakeAccount,
        tables: tuple[str, ...],
        of_meetings: str | None,
        of_webinars: str | None,
    ):
        registration = account(*tables).parents.registration
        assert registration[MEETINGS].teacher == of_meetings
        assert registration[WEBINARS].teacher == of_webinars
