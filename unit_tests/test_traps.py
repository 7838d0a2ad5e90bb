"""Traps of the CDK 7.39.1 that lose data or hang, each shut for good. The numbers are those of our notes on the CDK.

T6 (a cursor of one's own handed to convert_to_concurrent_stream breaks on a substream) cannot happen here: no table
is an HttpSubStream, and source.py builds its concurrent streams without that function; a test below holds it to that.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import pytest
from airbyte_cdk.sources.streams.http import HttpSubStream
from airbyte_cdk.utils import airbyte_secrets_utils

from source_zoom.streams import TABLES
from unit_tests.integration.config import SECRETS, ConfigBuilder
from unit_tests.integration.request_builder import API
from unit_tests.integration.zoom import START
from unit_tests.reading import counts, run_read
from unit_tests.streams.support import MakeSync, read_all
from unit_tests.whole_account import WholeAccount

if TYPE_CHECKING:
    from collections.abc import Iterator

    import requests_mock

ROOT = Path(__file__).parent.parent
OF_MEETINGS = ("meeting_registrants", "meeting_polls", "meeting_questions", "report_meetings", "meeting_poll_results")


@pytest.fixture
def zoom(api: requests_mock.Mocker, today: str) -> WholeAccount:
    return WholeAccount().install(api)


def output_of(command: subprocess.Popen[str]) -> IO[str]:
    assert command.stdout
    return command.stdout


class TestT1T2SharedParents:
    """A parent that serves several tables and its own one is read in full for each of them."""

    @pytest.mark.parametrize(
        "tables",
        [
            ("users", "meetings"),
            ("meetings", "meeting_polls"),
            ("users", "meetings", *OF_MEETINGS),
            OF_MEETINGS,
            ("report_meetings", "report_webinars"),
            ("users", "meetings", "webinars", "webinar_polls", "webinar_panelists"),
        ],
        ids=" ".join,
    )
    def test_every_table_gets_all_parents_and_each_is_requested_once(
        self, zoom: WholeAccount, config: ConfigBuilder, tables: tuple[str, ...]
    ) -> None:
        assert counts(run_read(config, *tables)) == {table: zoom.owed[table] for table in tables}
        assert max(zoom.urls.values()) == 1

    def test_one_source_syncs_twice_with_the_same_records(self, zoom: WholeAccount, config: ConfigBuilder) -> None:
        first, second = (counts(run_read(config, "users", "meetings", "meeting_polls")) for _ in range(2))
        assert first == second == {t: zoom.owed[t] for t in ("users", "meetings", "meeting_polls")}


class TestT3Pages:
    """The concurrent engine gets every page, not the first one only."""

    @pytest.mark.parametrize("table", ["users", "webinar_absentees", "report_meeting_participants"])
    def test_rows_of_later_pages_come_too(self, zoom: WholeAccount, config: ConfigBuilder, table: str) -> None:
        assert counts(run_read(config, table)) == {table: zoom.owed[table]}
        assert any(
            url.startswith(("users?", "past_webinars", "report/")) and "next_page_token=2" in url for url in zoom.urls
        )


class TestT4EndlessRead:
    """A stream that the CDK reads one after the other, as a parent or without the engine, ends; and again."""

    def test_table_without_parents(self, zoom: WholeAccount, sync: MakeSync) -> None:
        (users,) = sync("users").tables
        first, second = (list(users.read_only_records()) for _ in range(2))
        assert len(first) == zoom.owed["users"]
        assert second == first

    def test_table_with_parents(self, zoom: WholeAccount, sync: MakeSync) -> None:
        (polls,) = sync("meeting_polls", start_date=START).tables
        first, second = (list(polls.read_only_records()) for _ in range(2))
        assert len(first) == zoom.owed["meeting_polls"]
        assert sorted(map(str, second)) == sorted(map(str, first))


class TestT5EmptyRecord:
    """An empty object in place of an answer or a row ends nothing."""

    @pytest.mark.parametrize(
        ("table", "path", "body"),
        [
            ("users", "users", {"users": [{}]}),
            ("meetings", "meetings/85000001000", {}),
            ("webinars", "webinars/91000001000", {}),
            ("meeting_questions", "meetings/85000001000/registrants/questions", {}),
            ("meeting_polls", "meetings/85000001000/polls", {"polls": [{}, {}]}),
            ("report_meetings", "report/meetings/instance%2F85000001000%2B%3D%3D", {}),
            ("meeting_poll_results", "past_meetings/instance%2F85000001000%2B%3D%3D/polls", {"questions": [{}, {}]}),
        ],
    )
    def test_nothing_is_lost(
        self,
        api: requests_mock.Mocker,
        zoom: WholeAccount,
        config: ConfigBuilder,
        table: str,
        path: str,
        body: dict[str, object],
    ) -> None:
        query = "?status=inactive" if table == "users" else ""
        sent = api.get(API + path + query, json=body)
        assert counts(run_read(config, table)) == {table: zoom.owed[table]}
        assert sent.call_count == 1


def test_t6_no_table_is_a_substream_of_the_cdk() -> None:
    assert not [table for table in TABLES if HttpSubStream in table.mro()]


class TestT7BrokenPipe:
    """Whatever ends the main thread ends the process, also while workers wait for room in a full queue."""

    @pytest.fixture
    def command(self, tmp_path: Path, config: ConfigBuilder) -> Iterator[subprocess.Popen[str]]:
        catalog = {
            "streams": [
                {
                    "stream": {"name": "meeting_polls", "json_schema": {}, "supported_sync_modes": ["full_refresh"]},
                    "sync_mode": "full_refresh",
                    "destination_sync_mode": "overwrite",
                }
            ]
        }
        arguments = ["read"]
        for name, content in (("config", config.build()), ("catalog", catalog)):
            file = tmp_path / f"{name}.json"
            file.write_text(json.dumps(content))
            arguments += [f"--{name}", str(file)]
        process = subprocess.Popen(
            [sys.executable, "-m", "unit_tests.command", *arguments],
            cwd=ROOT,
            # As in many containers. A signal may then cut off the write that it interrupts.
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        yield process
        process.kill()
        process.wait()
        output_of(process).close()

    @staticmethod
    def until_records(command: subprocess.Popen[str]) -> None:
        assert any('"type":"RECORD"' in line for line in output_of(command))

    def test_reader_that_goes_away(self, command: subprocess.Popen[str]) -> None:
        self.until_records(command)
        output_of(command).close()
        assert command.wait(20) == 1

    def test_sigterm_ends_it_with_whole_lines(self, command: subprocess.Popen[str]) -> None:
        self.until_records(command)
        # The pipe is full by now, and its reader goes on: what is written has to be whole lines.
        time.sleep(0.2)
        command.send_signal(signal.SIGTERM)
        rest = output_of(command).read()
        assert command.wait(20) == 128 + signal.SIGTERM
        assert rest.endswith("\n")
        for line in rest.splitlines():
            json.loads(line)


def test_t8_every_request_of_a_sync_has_timeouts(
    api: requests_mock.Mocker, zoom: WholeAccount, config: ConfigBuilder
) -> None:
    run_read(config, *(table.table_name() for table in TABLES))
    assert len(api.request_history) > 100
    assert {request.method for request in api.request_history} == {"GET", "POST"}
    sent: list[Any] = api.request_history
    for request in sent:
        connect, answer = request.timeout
        assert 0 < connect <= 30
        assert 0 < answer <= 120


def test_t9_request_without_its_scope_is_sent_once(api: requests_mock.Mocker, today: str, sync: MakeSync) -> None:
    WholeAccount(users=1, each=300).install(api)
    body = {"code": 4711, "message": "does not contain scopes:[meeting:read:list_polls:admin]."}
    sent = [api.get(f"{API}meetings/{85000000000 + n}/polls", status_code=400, json=body) for n in range(300)]
    (polls,) = sync("meeting_polls", start_date=START).tables
    records, failures = read_all(polls)
    assert records == []
    assert len(failures) == 1
    assert sum(one.call_count for one in sent) == 1


def test_t10_secrets_of_the_tests_are_too_long_to_mask_anything_else(zoom: WholeAccount, config: ConfigBuilder) -> None:
    # The CDK masks every occurrence of a secret in logs and traces: one of one letter would garble all of them.
    for secret in SECRETS:
        assert len(secret) > 20
    output = run_read(config, "users")
    masked = [one for one in airbyte_secrets_utils.__SECRETS_FROM_CONFIG if len(one) < 8]
    assert masked == []
    assert not output.is_in_logs(r"\*\*\*\*")
