"""source.py: tables that fail do not take the others with them, and the end of the sync names them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import requests
from airbyte_cdk.models import AirbyteStreamStatus, FailureType

from source_zoom.streams import TABLES
from unit_tests.integration.request_builder import TOKEN_URL
from unit_tests.reading import counts, last_error, last_status, run_read
from unit_tests.whole_account import WholeAccount

if TYPE_CHECKING:
    import requests_mock

    from unit_tests.integration.config import ConfigBuilder

ALL = [table.table_name() for table in TABLES]
COMPLETE, INCOMPLETE = AirbyteStreamStatus.COMPLETE, AirbyteStreamStatus.INCOMPLETE
POLLS = re.compile("^meetings/[0-9]+/polls$")
NO_SCOPE = {"code": 4711, "message": "Invalid access token, does not contain scopes:[meeting:read:list_polls:admin]."}


@pytest.fixture
def zoom(api: requests_mock.Mocker, today: str) -> WholeAccount:
    return WholeAccount().install(api)


class TestOneTable:
    def test_missing_scope(self, zoom: WholeAccount, config: ConfigBuilder) -> None:
        zoom.refuse.append((POLLS, 400, NO_SCOPE))
        output = run_read(config, *ALL, fails=True)
        others = {table: count for table, count in zoom.owed.items() if table != "meeting_polls"}
        assert counts(output) == others
        assert last_status(output, "meeting_polls") is INCOMPLETE
        assert all(last_status(output, table) is COMPLETE for table in others)
        last = last_error(output)
        assert last.failure_type is FailureType.config_error
        assert last.message.startswith(f"1 of {len(TABLES)} tables is incomplete. [meeting_polls] ")
        assert "meeting:read:list_polls:admin" in last.message
        assert "Traceback" not in last.message

    def test_trace_of_the_table_has_its_name_type_and_sentence(self, zoom: WholeAccount, config: ConfigBuilder) -> None:
        zoom.refuse.append((POLLS, 400, NO_SCOPE))
        output = run_read(config, "users", "meeting_polls", fails=True)
        errors = [message.trace.error for message in output.errors if message.trace and message.trace.error]
        of_table = [(error, error.stream_descriptor) for error in errors if error.stream_descriptor]
        assert of_table
        for error, descriptor in of_table:
            assert descriptor.name == "meeting_polls"
            assert error.failure_type is FailureType.config_error
            assert "meeting:read:list_polls:admin" in error.message

    @pytest.mark.usefixtures("today")
    def test_refused_scope_costs_a_bounded_number_of_requests_and_messages(
        self, api: requests_mock.Mocker, config: ConfigBuilder
    ) -> None:
        # Trap T9: 500 meetings, of which each would be refused and reported.
        zoom = WholeAccount(users=5, each=100, occurrences=0).install(api)
        zoom.refuse.append((POLLS, 400, NO_SCOPE))
        workers = 6
        output = run_read(config.with_(num_workers=workers), "meeting_polls", fails=True)
        refused = sum(times for url, times in zoom.urls.items() if url.endswith("/polls"))
        # Those that were under way when the first of them was refused.
        assert 1 <= refused <= workers
        assert len(output.errors) <= 1 + refused
        assert len(last_error(output).message) < 1000

    def test_fault_of_one_parent_keeps_the_others(self, zoom: WholeAccount, config: ConfigBuilder) -> None:
        zoom.refuse.append((re.compile("^meetings/85000001001/polls$"), 502, None))
        output = run_read(config, "meeting_polls", fails=True)
        assert counts(output) == {"meeting_polls": zoom.owed["meeting_polls"] - zoom.polls}
        last = last_error(output)
        assert last.failure_type is FailureType.transient_error
        assert "meeting_polls of 85000001001" in last.message
        assert last_status(output, "meeting_polls") is INCOMPLETE

    @pytest.mark.usefixtures("today")
    @pytest.mark.parametrize("workers", [1, 18])
    def test_series_that_always_answers_oddly_costs_itself_alone(
        self, api: requests_mock.Mocker, config: ConfigBuilder, workers: int
    ) -> None:
        zoom = WholeAccount(users=2, each=2, occurrences=1000).install(api)
        series = re.compile("^past_meetings/.*85000001000.*/polls$")
        zoom.refuse.append((series, 400, {"code": 3000, "message": "Odd."}))
        output = run_read(config, "meeting_poll_results", fails=True, num_workers=workers)
        refused = [url for url in zoom.urls if series.match(url)]
        # More than the odd answers in a row that stop a table.
        assert len(refused) > 20
        owed = zoom.owed["meeting_poll_results"] - zoom.polls * len(refused)
        assert counts(output) == {"meeting_poll_results": owed}
        assert "stopped" not in last_error(output).message

    def test_table_that_was_stopped_says_so(self, api: requests_mock.Mocker, today: str, config: ConfigBuilder) -> None:
        zoom = WholeAccount(users=1, each=50, occurrences=0).install(api)
        zoom.refuse.append((POLLS, 418, {"code": 9999, "message": "I am a teapot."}))
        output = run_read(config, "meeting_polls", fails=True, num_workers=1)
        assert last_error(output).message.endswith(
            "The table was stopped after 20 failures in a row: 30 of 50 scheduled meetings were not read."
        )


class TestListsOfParents:
    def test_refused_list_fails_all_tables_on_it_with_its_reason(
        self, zoom: WholeAccount, config: ConfigBuilder
    ) -> None:
        zoom.refuse.append((re.compile("^users/u[0-9]+/webinars$"), 400, {"code": 200, "message": "No permission."}))
        output = run_read(config, "users", "meetings", "webinars", "webinar_polls", fails=True)
        assert counts(output) == {"users": zoom.owed["users"], "meetings": zoom.owed["meetings"]}
        last = last_error(output)
        assert last.failure_type is FailureType.config_error
        assert "2 of 4 tables" in last.message
        assert "webinar_polls" in last.message
        assert "User:Read" in last.message

    def test_list_that_breaks_off_keeps_what_it_found(self, zoom: WholeAccount, config: ConfigBuilder) -> None:
        zoom.refuse.append((re.compile("^users/u1/meetings$"), 500, {"code": 500, "message": "Internal error"}))
        output = run_read(config, "meetings", fails=True)
        assert counts(output) == {"meetings": zoom.owed["meetings"] - zoom.each}
        last = last_error(output)
        assert last.failure_type is FailureType.transient_error
        assert "user u1" in last.message

    def test_users_that_fail_take_what_depends_on_them_along_and_no_more(
        self, zoom: WholeAccount, config: ConfigBuilder
    ) -> None:
        scope = "does not contain scopes:[user:read:list_users:admin]."
        zoom.refuse.append((re.compile("^users$"), 400, {"code": 4711, "message": scope}))
        output = run_read(config, "users", "meetings", "report_meetings", fails=True)
        last = last_error(output)
        assert "3 of 3 tables" in last.message
        assert last.message.count("user:read:list_users:admin") <= 4
        # The meeting history does not need the users, so its occurrences are read.
        assert counts(output) == {"report_meetings": zoom.owed["report_meetings"] // 2}

    @pytest.mark.parametrize("selected", [True, False], ids=["users selected", "users not selected"])
    def test_firewall_that_refuses_the_users_fails_every_table_on_them(
        self, api: requests_mock.Mocker, zoom: WholeAccount, config: ConfigBuilder, selected: bool
    ) -> None:
        html = {"Content-Type": "text/html"}
        api.get(re.compile("^https://api.zoom.us/v2/users[?]"), status_code=403, text="<html>no</html>", headers=html)
        tables = ["users", "meetings"] if selected else ["meetings", "webinars"]
        output = run_read(config, *tables, fails=True)
        assert counts(output) == {}
        assert all(last_status(output, table) is INCOMPLETE for table in tables)
        assert last_error(output).message.startswith("2 of 2 tables are incomplete.")
        assert "allow list" in last_error(output).message

    def test_refused_reports_fail_the_tables_of_reports_alone(self, zoom: WholeAccount, config: ConfigBuilder) -> None:
        zoom.refuse.append((re.compile("^report/"), 400, {"code": 200, "message": "No permission."}))
        output = run_read(config, "meeting_poll_results", "report_meetings", fails=True)
        # The instances have shown every occurrence of what is scheduled.
        assert counts(output) == {"meeting_poll_results": zoom.owed["meeting_poll_results"]}
        assert last_status(output, "meeting_poll_results") is COMPLETE
        assert last_error(output).message.startswith("1 of 2 tables is incomplete. [report_meetings]")


class TestWholeSync:
    def test_daily_limit_ends_its_label_and_no_other(
        self, api: requests_mock.Mocker, zoom: WholeAccount, config: ConfigBuilder
    ) -> None:
        heavy = re.compile("^https://api.zoom.us/v2/report/meetings/")
        body = {"code": 429, "message": "You have reached the maximum daily rate limit for this API."}
        refused = api.get(heavy, status_code=429, json=body, headers={"Retry-After": "2099-01-20T00:00:00Z"})
        output = run_read(config, "meetings", "report_meetings", "meeting_poll_results", fails=True)
        assert counts(output) == {table: zoom.owed[table] for table in ("meetings", "meeting_poll_results")}
        last = last_error(output)
        assert last.failure_type is FailureType.transient_error
        assert "2099-01-20 00:00 UTC" in last.message
        assert refused.call_count <= 8

    def test_refused_login_is_one_sentence(
        self, api: requests_mock.Mocker, zoom: WholeAccount, config: ConfigBuilder
    ) -> None:
        body = {"reason": "Invalid client_id or client_secret", "error": "invalid_client"}
        tokens = api.post(TOKEN_URL, status_code=401, json=body)
        last = last_error(run_read(config, *ALL, fails=True))
        assert last.failure_type is FailureType.config_error
        assert last.message.startswith(f"{len(TABLES)} of {len(TABLES)} tables")
        assert last.message.count("client ID and client secret") == 1
        assert tokens.call_count <= 3
        assert not zoom.urls

    def test_broken_network_ends_in_bounded_time(self, api: requests_mock.Mocker, config: ConfigBuilder) -> None:
        api.get(re.compile("https://api.zoom.us/"), exc=requests.exceptions.ConnectionError)
        last = last_error(run_read(config, *ALL, fails=True))
        assert last.failure_type is FailureType.transient_error
        assert "ConnectionError" in last.message
        assert len(last.message) < 10_000
