"""parents.py: past occurrences from the meeting history, window by window, or from the reports of each user."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest
import requests_mock
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_zoom.parents import MEETINGS, WEBINARS, Occurrence, Parents
from unit_tests.integration.request_builder import API
from unit_tests.test_parents import SCOPE, MakeAccount, ZoomAccount
from unit_tests.threads import collect

# The windows of a sync on 2026-03-20 that goes back as far as Zoom reports, newest first.
SIX_MONTHS = [
    ("2026-02-20", "2026-03-20"),
    ("2026-01-23", "2026-02-20"),
    ("2025-12-26", "2026-01-23"),
    ("2025-11-28", "2025-12-26"),
    ("2025-10-31", "2025-11-28"),
    ("2025-10-03", "2025-10-31"),
    ("2025-09-20", "2025-10-03"),
]


@pytest.fixture
def zoom(api: requests_mock.Mocker, today: str) -> ZoomAccount:
    return ZoomAccount(api)


@pytest.fixture
def parents(account: MakeAccount) -> Callable[..., Parents]:
    return lambda *tables, **settings: account(*tables, **settings).parents


class TestWindows:
    @pytest.mark.parametrize(
        ("start_date", "windows"),
        [
            (None, SIX_MONTHS),
            ("2020-01-01", SIX_MONTHS),
            ("2025-09-21", SIX_MONTHS),
            ("2025-09-22", [*SIX_MONTHS[:6], ("2025-09-21", "2025-10-03")]),
            ("2026-02-21", SIX_MONTHS[:1]),
            ("2026-02-20", [SIX_MONTHS[0], ("2026-02-19", "2026-02-20")]),
            ("2026-03-20", [("2026-03-19", "2026-03-20")]),
            ("2026-03-21", [("2026-03-20", "2026-03-20")]),
        ],
    )
    def test_windows_from_today_back_to_the_day_before_the_start_or_as_far_as_zoom_reports(
        self,
        zoom: ZoomAccount,
        parents: Callable[..., Parents],
        start_date: str | None,
        windows: list[tuple[str, str]],
    ):
        list(parents(start_date=start_date).past[MEETINGS])
        asked = zoom.windows()
        assert asked[0] == windows[0]
        assert sorted(asked) == sorted(windows)

    def test_question_to_the_history(self, zoom: ZoomAccount, parents: Callable[..., Parents]):
        list(parents(start_date="2026-03-01").past[MEETINGS])
        assert zoom.history.last_request.qs == {
            "from": ["2026-02-28"],
            "to": ["2026-03-20"],
            "date_type": ["start_time"],
            "meeting_type": ["all"],
            "page_size": ["300"],
        }

    @pytest.mark.parametrize(("start_date", "times"), [(None, 1), ("2020-01-01", 1), ("2026-03-01", 0)])
    def test_what_zoom_does_not_report_any_more_is_told_once(
        self,
        zoom: ZoomAccount,
        parents: Callable[..., Parents],
        caplog: pytest.LogCaptureFixture,
        start_date: str | None,
        times: int,
    ):
        caplog.set_level(logging.INFO, logger="airbyte")
        made = parents(start_date=start_date)
        list(made.past[MEETINGS])
        list(made.past[WEBINARS])
        assert caplog.text.count("since 2025-09-20 only") == times


class TestHistoryRefused:
    def test_reports_of_the_users_take_its_place(
        self, zoom: ZoomAccount, parents: Callable[..., Parents], caplog: pytest.LogCaptureFixture
    ):
        history = zoom.api.get(API + "report/history_meetings", **SCOPE)
        users = zoom.lists("report/users", "users", {"id": "u1"}, {"id": "u/2"}, {"id": None})
        reports = zoom.lists("report/users/u1/meetings", "meetings", {"uuid": "p1", "id": 11, "type": 8})
        of_second = [{"uuid": f"w{kind}", "id": kind, "type": kind} for kind in (5, 6, 9)]
        zoom.lists("report/users/u%2F2/meetings", "meetings", *of_second, {"uuid": "p2", "id": 12, "type": [1]})
        made = parents(start_date="2026-02-21")
        assert set(made.past[MEETINGS]) == {Occurrence("p1", 11), Occurrence("p2", 12)}
        assert set(made.past[WEBINARS]) == {Occurrence(f"w{kind}", kind) for kind in (5, 6, 9)}
        window = {"from": ["2026-02-20"], "to": ["2026-03-20"], "page_size": ["300"]}
        assert users.last_request.qs == {**window, "type": ["active"]}
        assert [request.qs for request in reports.request_history] == [
            {**window, "type": ["past"]},
            {**window, "type": ["pastOne"]},
        ]
        assert history.call_count == 1
        assert caplog.text.count("reports of each user") == 1

    def test_they_are_read_window_by_window(self, zoom: ZoomAccount, parents: Callable[..., Parents]):
        zoom.api.get(API + "report/history_meetings", **SCOPE)
        users = zoom.lists("report/users", "users")
        list(parents().past[MEETINGS])
        asked = [(request.qs["from"][0], request.qs["to"][0]) for request in users.request_history]
        assert asked == SIX_MONTHS

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
    def test_whatever_puts_it_out_of_reach(
        self,
        zoom: ZoomAccount,
        parents: Callable[..., Parents],
        status: int,
        code: int | None,
        message: str,
    ):
        zoom.refuses("report/history_meetings", status, code, message)
        zoom.lists("report/users", "users", {"id": "u1"})
        zoom.lists("report/users/u1/meetings", "meetings", {"uuid": "p1", "id": 11, "type": 8})
        assert list(parents(start_date="2026-03-01").past[MEETINGS]) == [Occurrence("p1", 11)]

    @pytest.mark.parametrize(
        ("status", "code", "message"),
        [
            (500, None, "Internal error"),
            (418, 999, "I am a teapot."),
        ],
    )
    def test_fault_is_a_failure_and_no_reason_for_a_detour(
        self,
        zoom: ZoomAccount,
        parents: Callable[..., Parents],
        status: int,
        code: int | None,
        message: str,
    ):
        zoom.refuses("report/history_meetings", status, code, message)
        with pytest.raises(AirbyteTracedException, match="past meetings and webinars"):
            list(parents(start_date="2026-03-01").past[MEETINGS])
        assert "report/users" not in zoom.paths()

    def test_when_both_are_refused_the_failure_names_the_scope_of_the_history(
        self, zoom: ZoomAccount, parents: Callable[..., Parents]
    ):
        words = "does not contain scopes:[report:read:{}:admin]."
        zoom.refuses("report/history_meetings", 400, 4711, words.format("list_history_meetings"))
        zoom.refuses("report/users", 400, 4711, words.format("list_users"))
        with pytest.raises(AirbyteTracedException, match="report:read:list_history_meetings:admin"):
            list(parents().past[MEETINGS])

    def test_fault_of_the_reports_is_told_as_it_is(self, zoom: ZoomAccount, parents: Callable[..., Parents]):
        zoom.api.get(API + "report/history_meetings", **SCOPE)
        zoom.refuses("report/users", 500, None, "Internal error")
        with pytest.raises(AirbyteTracedException, match="HTTP 500"):
            list(parents().past[MEETINGS])

    def test_user_without_a_paid_plan_is_skipped(self, zoom: ZoomAccount, account: MakeAccount):
        zoom.api.get(API + "report/history_meetings", **SCOPE)
        zoom.lists("report/users", "users", {"id": "u1"})
        zoom.refuses("report/users/u1/meetings", 400, 200, "This is only available for paid account: 1.")
        made = account(start_date="2026-03-01")
        assert list(made.parents.past[MEETINGS]) == []
        assert any("user u1" in line and "paid plan" in line for line in made.progress.summary())


class TestFailures:
    def test_fault_of_the_first_window_lets_the_others_be_read(
        self, zoom: ZoomAccount, parents: Callable[..., Parents]
    ):
        def answer(request: Any, context: Any) -> dict[str, Any]:
            if request.qs["to"] == ["2026-03-20"]:
                context.status_code = 418
                return {"code": 999, "message": "I am a teapot."}
            return {"history_meetings": [{"meeting_uuid": request.qs["from"][0], "meeting_id": 1, "type": "Meeting"}]}

        zoom.api.get(API + "report/history_meetings", json=answer)
        seen, error = collect(parents().past[MEETINGS])
        assert "teapot" in str(error)
        assert sorted(occurrence.uuid for occurrence in seen) == sorted(first for first, _ in SIX_MONTHS[1:])

    @pytest.mark.parametrize("shorter", [1, 5])
    def test_six_months_that_zoom_counts_shorter(
        self, zoom: ZoomAccount, parents: Callable[..., Parents], shorter: int
    ):
        earliest = f"2025-09-{20 + shorter}"

        def answer(request: Any, context: Any) -> dict[str, Any]:
            if request.qs["from"][0] < earliest:
                context.status_code = 400
                return {"code": 300, "message": "You can only get the data of the last six months."}
            return {"history_meetings": [{"meeting_uuid": request.qs["from"][0], "meeting_id": 1, "type": "Meeting"}]}

        zoom.api.get(API + "report/history_meetings", json=answer)
        found = {occurrence.uuid for occurrence in parents().past[MEETINGS]}
        assert found == {earliest, *(first for first, _ in SIX_MONTHS[:-1])}

    def test_window_that_is_refused_elsewhere_is_a_failure(self, zoom: ZoomAccount, parents: Callable[..., Parents]):
        def answer(request: Any, context: Any) -> dict[str, Any]:
            if request.qs["from"] != ["2025-12-26"]:
                return {"history_meetings": []}
            context.status_code = 400
            return {"code": 300, "message": "You can only get the data of the last six months."}

        asked = zoom.api.get(API + "report/history_meetings", json=answer)
        with pytest.raises(AirbyteTracedException, match="last six months"):
            list(parents().past[MEETINGS])
        assert asked.call_count == len(SIX_MONTHS)
