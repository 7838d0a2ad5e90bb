"""source.py: what the commands do, and how a sync of many tables ends."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
import requests_mock
from airbyte_cdk.models import AirbyteStreamStatus, FailureType, SyncMode
from airbyte_cdk.test.catalog_builder import CatalogBuilder
from airbyte_cdk.test.entrypoint_wrapper import EntrypointOutput, discover, read
from airbyte_cdk.test.models.scenario import ExpectedOutcome
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_zoom import SourceZoom
from source_zoom.streams import TABLES
from unit_tests.conftest import Clock
from unit_tests.integration.config import SECRETS, ConfigBuilder
from unit_tests.integration.request_builder import TOKEN_URL
from unit_tests.test_streams import EXPECTED
from unit_tests.whole_account import WholeAccount

STARTED, RUNNING = AirbyteStreamStatus.STARTED, AirbyteStreamStatus.RUNNING
COMPLETE, INCOMPLETE = AirbyteStreamStatus.COMPLETE, AirbyteStreamStatus.INCOMPLETE
ALL = [table.table_name() for table in TABLES]
NO_SCOPE = {"code": 4711, "message": "Invalid access token, does not contain scopes:[meeting:read:list_polls:admin]."}
START = "2026-03-01"


@pytest.fixture
def zoom(api: requests_mock.Mocker, today: str) -> WholeAccount:
    return WholeAccount().install(api)


def run_read(config: ConfigBuilder, *tables: str, fails: bool = False, **settings: Any) -> EntrypointOutput:
    catalog = CatalogBuilder()
    for table in tables:
        catalog.with_stream(table, SyncMode.full_refresh)
    outcome = ExpectedOutcome.EXPECT_EXCEPTION if fails else ExpectedOutcome.EXPECT_SUCCESS
    form = config.with_(**{"start_date": START, **settings}).build()
    output = read(SourceZoom(), form, catalog.build(), expected_outcome=outcome)
    assert bool(output.errors) is fails, output.get_formatted_error_message()
    return output


def counts(output: EntrypointOutput) -> dict[str, int]:
    return dict(Counter(message.record.stream for message in output.records))


class TestDiscover:
    def test_all_tables_with_their_keys_and_nothing_is_asked(self, api: requests_mock.Mocker, config: ConfigBuilder):
        catalog = discover(SourceZoom(), config.build()).catalog.catalog
        found = {stream.name: stream for stream in catalog.streams}
        assert set(found) == set(EXPECTED)
        for name, stream in found.items():
            assert stream.source_defined_primary_key == [[column] for column in EXPECTED[name][0]]
            assert stream.supported_sync_modes == [SyncMode.full_refresh]
            assert not stream.is_resumable
            assert set(EXPECTED[name][0]) <= set(stream.json_schema["properties"])
        assert not api.called


class TestRead:
    def test_all_tables_come_through_and_no_url_is_asked_twice(self, zoom: WholeAccount, config: ConfigBuilder):
        output = run_read(config, *ALL)
        assert counts(output) == zoom.owed
        assert [url for url, times in zoom.urls.items() if times > 1] == []
        for table in ALL:
            assert output.get_stream_statuses(table) == [STARTED, RUNNING, COMPLETE]
        states = Counter(message.state.stream.stream_descriptor.name for message in output.state_messages)
        assert states == dict.fromkeys(ALL, 1)

    @pytest.mark.parametrize("table", ALL)
    def test_each_table_comes_through_alone(self, zoom: WholeAccount, config: ConfigBuilder, table: str):
        output = run_read(config, table)
        assert counts(output) == {table: zoom.owed[table]}
        assert max(zoom.urls.values()) == 1

    @pytest.mark.parametrize("workers", [1, 2, 40])
    def test_number_of_workers_decides_nothing_but_speed(self, zoom: WholeAccount, config: ConfigBuilder, workers: int):
        assert counts(run_read(config, *ALL, num_workers=workers)) == zoom.owed
        assert max(zoom.urls.values()) == 1

    def test_walks_that_no_table_needs_do_not_run(self, zoom: WholeAccount, config: ConfigBuilder):
        run_read(config, "users", "meeting_polls")
        roots = {re.sub(r"u?\d+", "N", url.split("?")[0]) for url in zoom.urls}
        assert roots == {"users", "users/N/meetings", "meetings/N/polls"}

    def test_empty_account_is_complete_without_running(
        self, api: requests_mock.Mocker, today: str, config: ConfigBuilder
    ):
        api.get(requests_mock.ANY, json={})
        output = run_read(config, *ALL)
        assert counts(output) == {}
        for table in ALL:
            assert output.get_stream_statuses(table) == [STARTED, COMPLETE]

    def test_session_is_closed_at_the_end(
        self, zoom: WholeAccount, config: ConfigBuilder, monkeypatch: pytest.MonkeyPatch
    ):
        closed: list[object] = []
        monkeypatch.setattr("source_zoom.client.LimiterSession.close", lambda session: closed.append(session))
        run_read(config, "users")
        assert len(closed) == 1

    def test_how_far_it_is_is_told_in_the_log(self, zoom: WholeAccount, config: ConfigBuilder):
        zoom.refuse.append((re.compile("/polls$"), 400, {"code": 4400, "message": "Meeting polls disabled."}))
        output = run_read(config, "meeting_polls")
        assert output.is_in_logs("meeting_polls: 6 .*polls are switched off")

    def test_nothing_secret_or_personal_is_printed_at_debug_level(self, zoom: WholeAccount, config: ConfigBuilder):
        zoom.refuse.append((re.compile("/files$"), 418, {"code": 7, "message": "marta@example.com is odd."}))
        catalog = CatalogBuilder().with_stream("meetings", SyncMode.full_refresh)
        catalog = catalog.with_stream("meeting_files", SyncMode.full_refresh).build()
        outcome = ExpectedOutcome.EXPECT_EXCEPTION
        output = read(
            SourceZoom(), config.with_(start_date=START).build(), catalog, expected_outcome=outcome, debug=True
        )
        text = " ".join(str(message) for message in output.get_message_iterator())
        assert "meeting_files" in text
        for secret in (*SECRETS, "marta@example.com", "start_url"):
            assert secret not in text


class TestFailures:
    """Tables that fail do not take the others with them, and the end names them."""

    def test_missing_scope_of_one_table(self, zoom: WholeAccount, config: ConfigBuilder):
        zoom.refuse.append((re.compile("^meetings/[0-9]+/polls$"), 400, NO_SCOPE))
        output = run_read(config, *ALL, fails=True)
        others = {table: count for table, count in zoom.owed.items() if table != "meeting_polls"}
        assert counts(output) == others
        assert output.get_stream_statuses("meeting_polls")[-1] is INCOMPLETE
        assert all(output.get_stream_statuses(table)[-1] is COMPLETE for table in others)
        last = output.errors[-1].trace.error
        assert last.failure_type is FailureType.config_error
        assert last.message.startswith("1 of 21 tables did not come through in full. [meeting_polls] ")
        assert "meeting:read:list_polls:admin" in last.message
        assert "Traceback" not in last.message

    def test_trace_of_the_table_has_its_name_type_and_sentence(self, zoom: WholeAccount, config: ConfigBuilder):
        zoom.refuse.append((re.compile("^meetings/[0-9]+/polls$"), 400, NO_SCOPE))
        output = run_read(config, "users", "meeting_polls", fails=True)
        of_table = [e.trace.error for e in output.errors if e.trace.error.stream_descriptor]
        assert of_table
        for error in of_table:
            assert error.stream_descriptor.name == "meeting_polls"
            assert error.failure_type is FailureType.config_error
            assert "meeting:read:list_polls:admin" in error.message

    def test_refused_scope_costs_a_bounded_number_of_requests_and_messages(
        self, api: requests_mock.Mocker, today: str, config: ConfigBuilder
    ):
        # Trap T9: 500 meetings, of which each would be refused and told.
        zoom = WholeAccount(users=5, each=100).install(api)
        zoom.refuse.append((re.compile("^meetings/[0-9]+/polls$"), 400, NO_SCOPE))
        output = run_read(config, "meeting_polls", fails=True)
        refused = sum(times for url, times in zoom.urls.items() if url.endswith("/polls"))
        assert 1 <= refused <= 10
        assert len(output.errors) <= 1 + refused
        assert len(output.errors[-1].trace.error.message) < 1000

    def test_walk_that_fails_fails_all_tables_on_it_with_its_reason(self, zoom: WholeAccount, config: ConfigBuilder):
        zoom.refuse.append((re.compile("^users/u[0-9]+/webinars$"), 400, {"code": 200, "message": "No permission."}))
        output = run_read(config, "users", "meetings", "webinars", "webinar_polls", fails=True)
        assert counts(output) == {"users": zoom.owed["users"], "meetings": zoom.owed["meetings"]}
        last = output.errors[-1].trace.error
        assert last.failure_type is FailureType.config_error
        assert "2 of 4 tables" in last.message
        assert "webinar_polls" in last.message
        assert "User:Read" in last.message

    def test_walk_that_breaks_off_keeps_what_it_found(self, zoom: WholeAccount, config: ConfigBuilder, clock: Clock):
        zoom.refuse.append((re.compile("^users/u1/meetings$"), 500, {"code": 500, "message": "Internal error"}))
        output = run_read(config, "meetings", fails=True)
        assert counts(output) == {"meetings": zoom.owed["meetings"] - zoom.each}
        last = output.errors[-1].trace.error
        assert last.failure_type is FailureType.transient_error
        assert "user u1" in last.message

    def test_fault_of_one_parent_keeps_the_others(self, zoom: WholeAccount, config: ConfigBuilder, clock: Clock):
        zoom.refuse.append((re.compile("^meetings/85000001001/polls$"), 502, None))
        output = run_read(config, "meeting_polls", fails=True)
        assert counts(output) == {"meeting_polls": zoom.owed["meeting_polls"] - zoom.polls}
        last = output.errors[-1].trace.error
        assert last.failure_type is FailureType.transient_error
        assert "meeting_polls of 85000001001" in last.message
        assert output.get_stream_statuses("meeting_polls")[-1] is INCOMPLETE

    def test_users_that_fail_take_what_hangs_on_them_along_and_no_more(self, zoom: WholeAccount, config: ConfigBuilder):
        scope = "does not contain scopes:[user:read:list_users:admin]."
        zoom.refuse.append((re.compile("^users$"), 400, {"code": 4711, "message": scope}))
        output = run_read(config, "users", "meetings", "report_meetings", fails=True)
        last = output.errors[-1].trace.error
        assert "3 of 3 tables" in last.message
        assert last.message.count("user:read:list_users:admin") <= 4
        # The meeting history does not need the users, so what it tells of is read.
        assert counts(output) == {"report_meetings": zoom.owed["report_meetings"] // 2}

    def test_daily_limit_ends_its_label_and_no_other(
        self, api: requests_mock.Mocker, zoom: WholeAccount, config: ConfigBuilder
    ):
        heavy = re.compile("^https://api.zoom.us/v2/report/meetings/")
        body = {"code": 429, "message": "You have reached the maximum daily rate limit for this API."}
        asked = api.get(heavy, status_code=429, json=body, headers={"Retry-After": "2099-01-20T00:00:00Z"})
        output = run_read(config, "meetings", "report_meetings", "meeting_poll_results", fails=True)
        assert counts(output) == {t: zoom.owed[t] for t in ("meetings", "meeting_poll_results")}
        last = output.errors[-1].trace.error
        assert last.failure_type is FailureType.transient_error
        assert "2099-01-20 00:00 UTC" in last.message
        assert asked.call_count <= 8

    def test_refused_login_is_told_in_one_sentence(
        self, api: requests_mock.Mocker, zoom: WholeAccount, config: ConfigBuilder
    ):
        body = {"reason": "Invalid client_id or client_secret", "error": "invalid_client"}
        tokens = api.post(TOKEN_URL, status_code=401, json=body)
        last = run_read(config, *ALL, fails=True).errors[-1].trace.error
        assert last.failure_type is FailureType.config_error
        assert last.message.startswith("21 of 21 tables")
        assert last.message.count("client ID and client secret") == 1
        assert tokens.call_count <= 3
        assert not zoom.urls

    def test_broken_network_ends_in_bounded_time(
        self, api: requests_mock.Mocker, zoom: WholeAccount, config: ConfigBuilder, clock: Clock
    ):
        api.get(re.compile("https://api.zoom.us/"), exc=requests.exceptions.ConnectionError)
        last = run_read(config, *ALL, fails=True).errors[-1].trace.error
        assert last.failure_type is FailureType.transient_error
        assert "ConnectionError" in last.message
        assert len(last.message) < 10_000


class TestCatalog:
    def test_table_that_does_not_exist_is_a_config_error_before_anything_is_asked(
        self, api: requests_mock.Mocker, config: ConfigBuilder
    ):
        output = run_read(config, "users", "meeting_recordings", fails=True)
        last = output.errors[-1].trace.error
        assert last.failure_type is FailureType.config_error
        assert "meeting_recordings" in last.message
        assert not api.called

    def test_catalog_without_tables_brings_nothing(self, api: requests_mock.Mocker, config: ConfigBuilder):
        output = run_read(config)
        assert output.records == []
        assert not api.called

    def test_order_of_the_catalog_does_not_matter(self, zoom: WholeAccount, config: ConfigBuilder):
        output = run_read(config, *reversed(ALL))
        assert counts(output) == zoom.owed


Load = Callable[[str], Any]


@pytest.mark.parametrize(
    ("load", "what"),
    [
        (SourceZoom.read_config, "configuration"),
        (SourceZoom.read_catalog, "catalog"),
        (SourceZoom.read_state, "state"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
class TestFiles:
    """Files of the command line: an error names the file and what is wrong with it, never its content."""

    def test_missing_file(self, load: Load, what: str, tmp_path: Path):
        with pytest.raises(AirbyteTracedException, match=f"{what} file .*absent.json cannot be read") as caught:
            load(str(tmp_path / "absent.json"))
        assert caught.value.failure_type is FailureType.config_error

    def test_broken_json(self, load: Load, what: str, tmp_path: Path):
        file = tmp_path / "broken.json"
        file.write_text('{"client_secret": "hidden",\n oops')
        with pytest.raises(AirbyteTracedException, match=f"{what} file .*broken.json") as caught:
            load(str(file))
        assert caught.value.failure_type is FailureType.config_error
        assert "hidden" not in caught.value.message

    @pytest.mark.parametrize("content", ["5", '"hidden"', "[5]"], ids=["number", "text", "list"])
    def test_wrong_shape(self, load: Load, what: str, tmp_path: Path, content: str):
        file = tmp_path / "shape.json"
        file.write_text(content)
        with pytest.raises(AirbyteTracedException, match=f"{what} file .*shape.json") as caught:
            load(str(file))
        assert caught.value.failure_type is FailureType.config_error
        assert "hidden" not in caught.value.message


def test_place_of_a_mistake_in_json_is_told(tmp_path: Path):
    file = tmp_path / "config.json"
    file.write_text('{"a": 1,\n "b" 2}')
    with pytest.raises(AirbyteTracedException, match=r"line 2, column 6"):
        SourceZoom.read_config(str(file))


def test_good_files_are_read(tmp_path: Path):
    file = tmp_path / "file.json"
    file.write_text(json.dumps({"a": 1}))
    assert SourceZoom.read_config(str(file)) == {"a": 1}
    file.write_text(json.dumps({"streams": []}))
    assert SourceZoom.read_catalog(str(file)).streams == []
    file.write_text("[]")
    assert SourceZoom.read_state(str(file)) == []


def test_streams_share_one_account(config: ConfigBuilder):
    streams = SourceZoom().streams(config.build())
    assert [stream.name for stream in streams] == ALL
    assert len({id(stream.account) for stream in streams}) == 1
