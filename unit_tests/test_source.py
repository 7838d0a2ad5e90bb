"""source.py: what the commands do, with which files, and how tables are read side by side."""

from __future__ import annotations

import json
import logging
import re
import threading
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
import requests_mock
from airbyte_cdk.models import AirbyteStreamStatus, FailureType, SyncMode
from airbyte_cdk.test.catalog_builder import CatalogBuilder
from airbyte_cdk.test.entrypoint_wrapper import discover

from source_zoom import SourceZoom
from source_zoom.base.exceptions import ConnectorError
from source_zoom.streams import TABLES
from unit_tests.integration.config import SECRETS, ConfigBuilder
from unit_tests.reading import counts, last_error, run_read
from unit_tests.resource.facts import TABLES as FACTS
from unit_tests.threads import WAIT
from unit_tests.whole_account import WholeAccount

if TYPE_CHECKING:
    from pathlib import Path

STARTED, RUNNING = AirbyteStreamStatus.STARTED, AirbyteStreamStatus.RUNNING
COMPLETE = AirbyteStreamStatus.COMPLETE
ALL = [table.table_name() for table in TABLES]


@pytest.fixture
def zoom(api: requests_mock.Mocker, today: str) -> WholeAccount:
    return WholeAccount().install(api)


class TestDiscover:
    def test_all_tables_with_their_keys_and_without_a_request(
        self, api: requests_mock.Mocker, config: ConfigBuilder
    ) -> None:
        message = discover(SourceZoom(), config.build()).catalog
        assert message.catalog
        found = {stream.name: stream for stream in message.catalog.streams}
        assert set(found) == set(FACTS)
        for name, stream in found.items():
            key = FACTS[name].key
            assert stream.source_defined_primary_key == [[column] for column in key]
            modes = [SyncMode.full_refresh, *([SyncMode.incremental] if FACTS[name].is_incremental else [])]
            assert stream.supported_sync_modes == modes
            assert not stream.is_resumable
            assert set(key) <= set(stream.json_schema["properties"])
        assert not api.called

    def test_streams_are_those_of_one_sync_in_reading_order(self, config: ConfigBuilder) -> None:
        streams = SourceZoom().streams(config.build())
        assert [stream.name for stream in streams] == ALL


class TestRead:
    def test_all_tables_are_complete_and_no_url_is_requested_twice(
        self, zoom: WholeAccount, config: ConfigBuilder
    ) -> None:
        output = run_read(config, *ALL)
        assert counts(output) == zoom.owed
        assert [url for url, times in zoom.urls.items() if times > 1] == []
        for table in ALL:
            assert output.get_stream_statuses(table) == [STARTED, RUNNING, COMPLETE]
        states: Counter[str] = Counter()
        for message in output.state_messages:
            assert message.state
            assert message.state.stream
            states[message.state.stream.stream_descriptor.name] += 1
        assert states == dict.fromkeys(ALL, 1)

    @pytest.mark.parametrize("table", ALL)
    def test_each_table_alone(self, zoom: WholeAccount, config: ConfigBuilder, table: str) -> None:
        output = run_read(config, table)
        assert counts(output) == {table: zoom.owed[table]}
        assert max(zoom.urls.values()) == 1

    @pytest.mark.parametrize("workers", [1, 2, 40])
    def test_number_of_workers_decides_nothing_but_speed(
        self, zoom: WholeAccount, config: ConfigBuilder, workers: int
    ) -> None:
        assert counts(run_read(config, *ALL, num_workers=workers)) == zoom.owed
        assert max(zoom.urls.values()) == 1

    def test_lists_that_no_table_needs_are_not_read(self, zoom: WholeAccount, config: ConfigBuilder) -> None:
        run_read(config, "users", "meeting_polls")
        roots = {re.sub(r"u?\d+", "N", url.split("?")[0]) for url in zoom.urls}
        assert roots == {"users", "users/N/meetings", "meetings/N/polls"}

    @pytest.mark.usefixtures("today")
    def test_empty_account_is_complete_without_running(self, api: requests_mock.Mocker, config: ConfigBuilder) -> None:
        api.get(requests_mock.ANY, json={})
        output = run_read(config, *ALL)
        assert counts(output) == {}
        for table in ALL:
            assert output.get_stream_statuses(table) == [STARTED, COMPLETE]

    @pytest.mark.usefixtures("zoom")
    def test_session_is_closed_at_the_end(self, config: ConfigBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
        closed: list[object] = []
        monkeypatch.setattr("source_zoom.zoom.client.ZoomClient.close", lambda client: closed.append(client))
        run_read(config, "users")
        assert len(closed) == 1

    def test_skips_are_logged(self, zoom: WholeAccount, config: ConfigBuilder) -> None:
        zoom.refuse.append((re.compile("/polls$"), 400, {"code": 4400, "message": "Meeting polls disabled."}))
        output = run_read(config, "meeting_polls")
        assert output.is_in_logs(r"Skipped 6: polls are switched off \(meeting_polls 6;")

    def test_nothing_secret_or_personal_is_printed_at_debug_level(
        self, zoom: WholeAccount, config: ConfigBuilder
    ) -> None:
        zoom.refuse.append((re.compile("/files$"), 418, {"code": 7, "message": "marta@example.com is odd."}))
        output = run_read(config, "meetings", "meeting_files", fails=True, debug=True)
        text = " ".join(str(message) for message in output.get_message_iterator())
        assert "meeting_files" in text
        for secret in (*SECRETS, "marta@example.com", "start_url"):
            assert secret not in text

    @pytest.mark.usefixtures("today")
    @pytest.mark.parametrize("workers", [1, 6])
    def test_threads_end_though_the_consumer_leaves_early(
        self, api: requests_mock.Mocker, config: ConfigBuilder, workers: int
    ) -> None:
        zoom = WholeAccount(users=2, each=100, occurrences=0).install(api)
        catalog = CatalogBuilder().with_stream("meeting_polls", SyncMode.full_refresh).build()
        form = config.with_(num_workers=workers).build()
        before = set(threading.enumerate())
        messages = iter(SourceZoom().read(logging.getLogger("airbyte"), form, catalog, []))
        while not next(messages).record:
            pass
        messages.close()  # type: ignore[attr-defined]
        for thread in set(threading.enumerate()) - before:
            if thread.name.startswith("workerpool"):
                thread.join(WAIT)
                assert not thread.is_alive(), thread.name
        # Of 200, those that were being read.
        assert len([url for url in zoom.urls if url.endswith("/polls")]) < 100


class TestCatalog:
    @pytest.mark.parametrize(
        ("name", "hint"),
        [
            ("meeting_recordings", " Refresh"),
            ("meeting_poll", " Did you mean meeting_polls? "),
            ("meeting_registration_questions", " It is called meeting_questions here. "),
        ],
    )
    def test_table_that_does_not_exist_fails_and_the_others_are_read(
        self, zoom: WholeAccount, config: ConfigBuilder, name: str, hint: str
    ) -> None:
        output = run_read(config, "users", name, fails=True)
        last = last_error(output)
        assert last.failure_type is FailureType.config_error
        assert f"[{name}] This source has no table {name}.{hint}" in last.message
        assert output.get_stream_statuses(name) == [STARTED, AirbyteStreamStatus.INCOMPLETE]
        assert counts(output) == {"users": zoom.owed["users"]}

    def test_catalog_without_tables_brings_nothing(self, api: requests_mock.Mocker, config: ConfigBuilder) -> None:
        assert run_read(config).records == []
        assert not api.called

    def test_order_of_the_catalog_does_not_matter(self, zoom: WholeAccount, config: ConfigBuilder) -> None:
        assert counts(run_read(config, *reversed(ALL))) == zoom.owed


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

    def test_missing_file(self, load: Load, what: str, tmp_path: Path) -> None:
        with pytest.raises(ConnectorError, match=f"{what} file .*absent.json cannot be read") as caught:
            load(str(tmp_path / "absent.json"))
        assert caught.value.failure_type is FailureType.config_error

    def test_broken_json(self, load: Load, what: str, tmp_path: Path) -> None:
        file = tmp_path / "broken.json"
        file.write_text('{"client_secret": "hidden",\n oops')
        with pytest.raises(ConnectorError, match=f"{what} file .*broken.json") as caught:
            load(str(file))
        assert caught.value.failure_type is FailureType.config_error
        assert "hidden" not in str(caught.value)

    @pytest.mark.parametrize("content", ["5", '"hidden"', "[5]"], ids=["number", "text", "list"])
    def test_wrong_shape(self, load: Load, what: str, tmp_path: Path, content: str) -> None:
        file = tmp_path / "shape.json"
        file.write_text(content)
        with pytest.raises(ConnectorError, match=f"{what} file .*shape.json") as caught:
            load(str(file))
        assert caught.value.failure_type is FailureType.config_error
        assert "hidden" not in str(caught.value)


def test_place_of_a_mistake_in_json_is_named(tmp_path: Path) -> None:
    file = tmp_path / "config.json"
    file.write_text('{"a": 1,\n "b" 2}')
    with pytest.raises(ConnectorError, match=r"line 2, column 6"):
        SourceZoom.read_config(str(file))


def test_good_files_are_read(tmp_path: Path) -> None:
    file = tmp_path / "file.json"
    file.write_text(json.dumps({"a": 1}))
    assert SourceZoom.read_config(str(file)) == {"a": 1}
    file.write_text(json.dumps({"streams": []}))
    assert SourceZoom.read_catalog(str(file)).streams == []
    file.write_text("[]")
    assert SourceZoom.read_state(str(file)) == []
