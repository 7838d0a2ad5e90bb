"""parents/history.py: past occurrences from the meeting history, or from the reports of each user."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import pytest

from source_zoom.base.exceptions import ConnectorError
from source_zoom.parents.kinds import MEETINGS, WEBINARS
from source_zoom.parents.lists import Parents
from source_zoom.parents.occurrence import Occurrence
from source_zoom.sync.sync import Sync
from unit_tests.integration.request_builder import API
from unit_tests.parents.support import FIREWALL, SCOPE, SIX_MONTHS, SmallAccount, past
from unit_tests.threads import collect

MakeParents = Callable[..., Parents]
MakeSync = Callable[..., Sync]
START = int(datetime(2026, 3, 10, 9, tzinfo=timezone.utc).timestamp())


class TestHistory:
    def test_every_window_is_requested_newest_first(self, account: SmallAccount, parents: MakeParents) -> None:
        list(parents().past[MEETINGS])
        windows = [(request.qs["from"][0], request.qs["to"][0]) for request in account.history.request_history]
        assert windows[0] == SIX_MONTHS[0]
        assert sorted(windows) == sorted(SIX_MONTHS)

    def test_request(self, account: SmallAccount, parents: MakeParents) -> None:
        list(parents(start_date="2026-03-01").past[MEETINGS])
        assert account.history.last_request.qs == {
            "from": ["2026-02-28"],
            "to": ["2026-03-21"],
            "date_type": ["start_time"],
            "meeting_type": ["all"],
            "page_size": ["300"],
        }

    def test_number_and_kind_may_be_spelled_otherwise(self, account: SmallAccount, parents: MakeParents) -> None:
        rows = past(meeting_id="11"), past(meeting_uuid="w1", type="WEBINAR")
        account.lists("report/history_meetings", "history_meetings", *rows)
        made = parents(start_date="2026-03-01")
        assert list(made.past[MEETINGS]) == [Occurrence("p1", 11, START)]
        assert [occurrence.uuid for occurrence in made.past[WEBINARS]] == ["w1"]

    @pytest.mark.parametrize("identifier", [None, "eleven", 5.0, [11]], ids=str)
    def test_row_without_a_number_is_kept_because_its_uuid_is_enough(
        self, account: SmallAccount, sync: MakeSync, identifier: Any
    ) -> None:
        account.lists("report/history_meetings", "history_meetings", past(meeting_id=identifier))
        made = sync(start_date="2026-03-01")
        assert list(made.parents.past[MEETINGS]) == [Occurrence("p1", 0, START)]
        assert made.progress.summary() == []

    @pytest.mark.parametrize("uuid", [None, "", ["p1"], 1], ids=str)
    def test_row_without_a_uuid_is_no_parent_and_counted(
        self, account: SmallAccount, sync: MakeSync, uuid: Any
    ) -> None:
        account.lists("report/history_meetings", "history_meetings", past(meeting_uuid=uuid), past(meeting_uuid="good"))
        made = sync(start_date="2026-03-01")
        assert [occurrence.uuid for occurrence in made.parents.past[MEETINGS]] == ["good"]
        ((_, line),) = made.progress.summary()
        assert line == "Skipped 1: Zoom sent no UUID (past meetings and webinars 1; for example 11)"

    def test_empty_row_is_counted(self, account: SmallAccount, sync: MakeSync) -> None:
        account.lists("report/history_meetings", "history_meetings", {})
        made = sync(start_date="2026-03-01")
        assert list(made.parents.past[MEETINGS]) == []
        ((_, line),) = made.progress.summary()
        assert line == "Skipped 1: Zoom sent no UUID (past meetings and webinars 1; for example a row without a number)"


class TestUserReports:
    """Where the history is refused."""

    def test_they_take_its_place(
        self, account: SmallAccount, parents: MakeParents, caplog: pytest.LogCaptureFixture
    ) -> None:
        history = account.api.get(API + "report/history_meetings", **SCOPE)
        users = account.lists("report/users", "users", {"id": "u1"}, {"id": "u/2"}, {"id": None})
        reports = account.lists("report/users/u1/meetings", "meetings", {"uuid": "p1", "id": 11, "type": 8})
        of_second = [{"uuid": f"w{kind}", "id": kind, "type": kind} for kind in (5, 6, 9)]
        account.lists("report/users/u%2F2/meetings", "meetings", *of_second, {"uuid": "p2", "id": 12, "type": [1]})
        made = parents(start_date="2026-02-22")
        assert set(made.past[MEETINGS]) == {Occurrence("p1", 11), Occurrence("p2", 12)}
        assert set(made.past[WEBINARS]) == {Occurrence(f"w{kind}", kind) for kind in (5, 6, 9)}
        window = {"from": ["2026-02-21"], "to": ["2026-03-21"], "page_size": ["300"]}
        assert users.last_request.qs == {**window, "type": ["active"]}
        assert [request.qs for request in reports.request_history] == [
            {**window, "type": ["past"]},
            {**window, "type": ["pastOne"]},
        ]
        assert history.call_count == 1
        assert caplog.text.count("reports of each user") == 1

    def test_they_are_read_window_by_window(self, account: SmallAccount, parents: MakeParents) -> None:
        account.api.get(API + "report/history_meetings", **SCOPE)
        users = account.lists("report/users", "users")
        list(parents().past[MEETINGS])
        windows = [(request.qs["from"][0], request.qs["to"][0]) for request in users.request_history]
        assert windows == SIX_MONTHS

    @pytest.mark.parametrize(
        ("status", "code", "message"),
        [
            (400, 4711, "Invalid access token, does not contain scopes:[report:read:list_history_meetings:admin]."),
            (400, 200, "No permission."),
            (403, 12703, "No permission for the group: 1."),
            (403, None, "Forbidden"),
            (401, None, "Unauthorized"),
            (400, 200, "Only available for paid account: 1."),
            (400, 2300, "This API endpoint is not recognized."),
            (404, 2300, "This API endpoint is not recognized."),
            (404, None, "Not Found"),
            (404, 404, "Not Found"),
            (410, None, "Gone"),
            (400, 300, "Invalid parameter: from."),
        ],
    )
    def test_whatever_refuses_the_history(
        self, account: SmallAccount, parents: MakeParents, status: int, code: int | None, message: str
    ) -> None:
        account.refuses("report/history_meetings", status, code, message)
        account.lists("report/users", "users", {"id": "u1"})
        account.lists("report/users/u1/meetings", "meetings", {"uuid": "p1", "id": 11, "type": 8})
        made = parents(start_date="2026-03-01")
        assert list(made.past[MEETINGS]) == [Occurrence("p1", 11)]
        assert made.reports_refused is None

    @pytest.mark.parametrize(
        "answer",
        [
            {"status_code": 500, "json": {"message": "Internal error"}},
            {"status_code": 418, "json": {"code": 999, "message": "I am a teapot."}},
            FIREWALL,
        ],
        ids=["outage", "odd answer", "firewall"],
    )
    def test_fault_of_the_history_is_a_failure_and_no_reason_to_read_them(
        self, account: SmallAccount, parents: MakeParents, answer: dict[str, Any]
    ) -> None:
        account.api.get(API + "report/history_meetings", **answer)
        made = parents(start_date="2026-03-01")
        with pytest.raises(ConnectorError, match="past meetings and webinars"):
            list(made.past[MEETINGS])
        assert "report/users" not in account.paths()
        assert made.reports_refused is None

    def test_refusal_of_both_is_kept_with_the_scope_of_the_history(
        self, account: SmallAccount, parents: MakeParents
    ) -> None:
        message = "does not contain scopes:[report:read:{}:admin]."
        account.refuses("report/history_meetings", 400, 4711, message.format("list_history_meetings"))
        account.refuses("report/users", 400, 4711, message.format("list_users"))
        made = parents()
        assert list(made.past[MEETINGS]) == []
        assert "report:read:list_history_meetings:admin" in str(made.reports_refused)

    def test_fault_of_the_reports_is_a_failure(self, account: SmallAccount, parents: MakeParents) -> None:
        account.api.get(API + "report/history_meetings", **SCOPE)
        account.refuses("report/users", 500, None, "Internal error")
        made = parents()
        with pytest.raises(ConnectorError, match="HTTP 500"):
            list(made.past[MEETINGS])
        assert made.reports_refused is None

    def test_user_without_a_paid_plan_is_skipped(self, account: SmallAccount, sync: MakeSync) -> None:
        account.api.get(API + "report/history_meetings", **SCOPE)
        account.lists("report/users", "users", {"id": "u1"})
        account.refuses("report/users/u1/meetings", 400, 200, "This is only available for paid account: 1.")
        made = sync(start_date="2026-03-01")
        assert list(made.parents.past[MEETINGS]) == []
        assert any("user u1" in line and "paid plan" in line for _, line in made.progress.summary())

    def test_user_of_whom_one_report_is_read_and_the_other_denied_is_a_failure(
        self, account: SmallAccount, parents: MakeParents
    ) -> None:
        account.api.get(API + "report/history_meetings", **SCOPE)
        account.lists("report/users", "users", {"id": "u1"})
        path = API + "report/users/u1/meetings"
        account.api.get(f"{path}?type=past", json={"meetings": [{"uuid": "a", "id": 5, "type": 2}]})
        account.api.get(
            f"{path}?type=pastOne", status_code=400, json={"code": 200, "message": "Only available for paid users."}
        )
        past = parents(start_date="2026-03-01").past[MEETINGS]
        with pytest.raises(ConnectorError, match="user u1: Zoom answered with what no list of a user can have"):
            list(past)
        assert len(past) == 1


class TestFailures:
    def test_fault_of_the_first_window_lets_the_others_be_read(
        self, account: SmallAccount, parents: MakeParents
    ) -> None:
        def answer(request: Any, context: Any) -> dict[str, Any]:
            if request.qs["to"] == ["2026-03-21"]:
                context.status_code = 418
                return {"code": 999, "message": "I am a teapot."}
            return {"history_meetings": [{"meeting_uuid": request.qs["from"][0], "meeting_id": 1, "type": "Meeting"}]}

        account.api.get(API + "report/history_meetings", json=answer)
        found, error = collect(parents().past[MEETINGS])
        assert "teapot" in str(error)
        assert sorted(occurrence.uuid for occurrence in found) == sorted(first for first, _ in SIX_MONTHS[1:])

    @pytest.mark.parametrize("shorter", [1, 5])
    def test_six_months_that_zoom_counts_shorter(
        self, account: SmallAccount, parents: MakeParents, shorter: int
    ) -> None:
        earliest = f"2025-09-{20 + shorter}"

        def answer(request: Any, context: Any) -> dict[str, Any]:
            if request.qs["from"][0] < earliest:
                context.status_code = 400
                return {"code": 300, "message": "You can only get the data of the last six months."}
            return {"history_meetings": [{"meeting_uuid": request.qs["from"][0], "meeting_id": 1, "type": "Meeting"}]}

        account.api.get(API + "report/history_meetings", json=answer)
        found = {occurrence.uuid for occurrence in parents().past[MEETINGS]}
        assert found == {earliest, *(first for first, _ in SIX_MONTHS[:-1])}

    def test_window_that_is_refused_elsewhere_is_a_failure(self, account: SmallAccount, parents: MakeParents) -> None:
        def answer(request: Any, context: Any) -> dict[str, Any]:
            if request.qs["from"] != ["2025-12-27"]:
                return {"history_meetings": []}
            context.status_code = 400
            return {"code": 300, "message": "You can only get the data of the last six months."}

        requested = account.api.get(API + "report/history_meetings", json=answer)
        with pytest.raises(ConnectorError, match="last six months"):
            list(parents().past[MEETINGS])
        assert requested.call_count == len(SIX_MONTHS)
