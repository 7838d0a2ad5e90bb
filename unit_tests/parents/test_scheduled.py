"""parents/scheduled.py: the lists of scheduled meetings and webinars of every active user."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from airbyte_cdk.models import FailureType

from source_zoom.base.exceptions import ConnectorError
from source_zoom.parents.kinds import MEETINGS, WEBINARS, Listed, Series
from source_zoom.parents.lists import Parents
from source_zoom.sync.sync import Sync
from unit_tests.integration.request_builder import API
from unit_tests.parents.support import FIREWALL, SCOPE, SmallAccount
from unit_tests.threads import collect

MakeParents = Callable[..., Parents]
MakeSync = Callable[..., Sync]


def summary(sync: Sync) -> list[str]:
    return [line for _, line in sync.progress.summary()]


class TestRows:
    def test_type_says_what_repeats(self, account: SmallAccount, parents: MakeParents) -> None:
        # 1 instant, 2 scheduled, 3 recurring without fixed time, 4 personal room, 8 recurring, 10 shared screen.
        types = ({"id": number, "type": number} for number in (1, 2, 3, 4, 8, 10))
        account.lists("users/u1/meetings", "meetings", *types, {"id": 99})
        account.lists("users/u1/webinars", "webinars", *({"id": number, "type": number} for number in (5, 6, 9)))
        made = parents()
        assert {listed.id: listed.series.repeats for listed in made.scheduled[MEETINGS]} == {
            1: False,
            2: False,
            3: True,
            4: True,
            8: True,
            10: True,
            99: True,
        }
        assert {listed.id: listed.series.repeats for listed in made.scheduled[WEBINARS]} == {5: False, 6: True, 9: True}

    def test_start_date_leaves_out_only_one_time_meetings_before_it(
        self, account: SmallAccount, parents: MakeParents
    ) -> None:
        before, after = "2026-02-28T23:59:59Z", "2026-03-01T00:00:00Z"
        account.lists(
            "users/u1/meetings",
            "meetings",
            {"id": 1, "type": 2, "start_time": before},
            {"id": 2, "type": 2, "start_time": after},
            {"id": 3, "type": 8, "start_time": before},
            {"id": 4, "type": 2},
            {"id": 5, "type": 2, "start_time": "soon"},
            {"id": 6, "type": 2, "start_time": 1772323200},
        )
        found = parents(start_date="2026-03-01").scheduled[MEETINGS]
        assert [listed.id for listed in found] == [2, 3, 4, 5, 6]

    def test_meeting_of_two_users_comes_once(self, account: SmallAccount, parents: MakeParents) -> None:
        account.lists("users", "users", {"id": "u1"}, {"id": "u2"})
        for user in ("u1", "u2"):
            account.lists(f"users/{user}/meetings", "meetings", {"id": 7, "type": 8, "host_id": "u1"})
        assert list(parents().scheduled[MEETINGS]) == [Listed(7, Series("u1", repeats=True))]

    def test_host_is_that_of_the_row_and_else_the_user(self, account: SmallAccount, parents: MakeParents) -> None:
        rows = {"id": 1, "type": 2, "host_id": "u9"}, {"id": 2, "type": 2}, {"id": 3, "type": 2, "host_id": None}
        account.lists("users/u1/meetings", "meetings", *rows)
        assert [listed.series.host for listed in parents().scheduled[MEETINGS]] == ["u9", "u1", "u1"]

    @pytest.mark.parametrize("identifier", [None, "weekly", 1.5, True, [1], {}], ids=str)
    def test_row_without_a_number_is_no_parent_and_counted(
        self, account: SmallAccount, sync: MakeSync, identifier: Any
    ) -> None:
        account.lists(
            "users/u1/meetings", "meetings", {"id": identifier, "type": 8}, {"type": 8}, {"id": 1, "type": [8]}
        )
        made = sync()
        assert list(made.parents.scheduled[MEETINGS]) == [Listed(1, Series("u1", repeats=True))]
        assert summary(made) == ["Skipped 2: Zoom sent no id (the list of meetings 2; for example user u1)"]

    def test_number_may_come_as_its_digits(self, account: SmallAccount, parents: MakeParents) -> None:
        rows = ({"id": number, "type": 8} for number in ("85012345678", 85012345678, "850 1234 5678"))
        account.lists("users/u1/meetings", "meetings", *rows)
        assert list(parents().scheduled[MEETINGS]) == [Listed(85012345678, Series("u1", repeats=True))]


class TestRefusals:
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
        self, account: SmallAccount, sync: MakeSync, status: int, code: int, message: str, reason: str
    ) -> None:
        account.lists("users", "users", {"id": "u1"}, {"id": "u2"})
        account.refuses("users/u1/webinars", status, code, message)
        account.lists("users/u2/webinars", "webinars", {"id": 7, "type": 5})
        made = sync()
        assert list(made.parents.scheduled[WEBINARS]) == [Listed(7, Series("u2", repeats=False))]
        (line,) = summary(made)
        assert reason in line
        assert "user u1" in line

    @pytest.mark.parametrize(("status", "code"), [(404, 3001), (400, 12702), (404, 404)])
    def test_answer_about_a_single_meeting_is_no_reason_to_skip_a_user(
        self, account: SmallAccount, parents: MakeParents, status: int, code: int
    ) -> None:
        account.lists("users", "users", {"id": "u1"}, {"id": "u2"})
        account.refuses("users/u1/meetings", status, code, "Not there.")
        account.lists("users/u2/meetings", "meetings", {"id": 7, "type": 2})
        listed = parents().scheduled[MEETINGS]
        with pytest.raises(ConnectorError, match="user u1: Zoom answered with what no list of a user can have"):
            list(listed)
        assert [one.id for one in listed.so_far()] == [7]

    def test_missing_scope_costs_a_few_requests_and_not_one_a_user(
        self, account: SmallAccount, parents: MakeParents
    ) -> None:
        # Trap T9, for the lists of parents.
        users = [f"u{number}" for number in range(500)]
        account.lists("users", "users", *({"id": user} for user in users))
        for user in users:
            account.api.get(f"{API}users/{user}/meetings", **SCOPE)
        with pytest.raises(ConnectorError, match="lacks the scope") as caught:
            list(parents().scheduled[MEETINGS])
        assert caught.value.failure_type is FailureType.config_error
        assert len([path for path in account.paths() if path.endswith("/meetings")]) <= 8

    def test_firewall_that_refuses_one_list_fails_it_after_the_others(
        self, account: SmallAccount, parents: MakeParents
    ) -> None:
        account.lists("users", "users", *({"id": f"u{number}"} for number in range(200)))
        for number in range(200):
            account.lists(f"users/u{number}/meetings", "meetings", {"id": number + 1, "type": 8})
        account.api.get(API + "users/u50/meetings", **FIREWALL)
        found, error = collect(parents().scheduled[MEETINGS])
        assert sorted(listed.id for listed in found) == [number + 1 for number in range(200) if number != 50]
        assert "allow list" in str(error)

    def test_skip_on_the_second_page_is_a_failure(self, account: SmallAccount, parents: MakeParents) -> None:
        page = {"meetings": [{"id": 1, "type": 8}], "next_page_token": "b"}
        account.api.get(API + "users/u1/meetings", json=page)
        account.api.get(
            API + "users/u1/meetings?next_page_token=b", status_code=404, json={"code": 1001, "message": "No user."}
        )
        found, error = collect(parents().scheduled[MEETINGS])
        assert [listed.id for listed in found] == [1]
        assert "to its end" in str(error)

    def test_odd_answers_for_a_few_users_do_not_end_the_list(self, account: SmallAccount, parents: MakeParents) -> None:
        users = [f"u{number}" for number in range(100)]
        account.lists("users", "users", *({"id": user} for user in users))
        for number, user in enumerate(users):
            if 40 <= number < 52:
                account.refuses(f"users/{user}/meetings", 400, 9999, "Nobody knows.")
            else:
                account.lists(f"users/{user}/meetings", "meetings", {"id": number + 1, "type": 8})
        found, error = collect(parents().scheduled[MEETINGS])
        assert len(found) == 88
        assert "Nobody knows" in str(error)
