"""streams/__init__.py: all tables, in reading order, by the sheet of facts."""

from __future__ import annotations

from datetime import date

import pytest
import requests
import requests_mock

from source_zoom.parents.groups import WHOLE
from source_zoom.streams import TABLES
from unit_tests.integration.request_builder import API
from unit_tests.resource.facts import TABLES as FACTS
from unit_tests.streams.support import MakeSync, MakeTable, read, resources_of

NAMES = [table.table_name() for table in TABLES]
PARENT = {
    "status": "active",
    "meeting_id": 1,
    "meeting_uuid": "a+b=",
    "webinar_id": 1,
    "webinar_uuid": "a+b=",
    "group_id": "g",
    "type": "common",
    "from": "2026-03-01",
    "to": "2026-03-20",
}
# Tables of rows that their list of parents has read.
SHARED = {table.table_name() for table in TABLES if table.parent.shared}
RENAMED = {
    "recording_files": {"file_id", "host_id", "meeting_number", "meeting_uuid"},
    "meeting_transcripts": {"meeting_number", "meeting_uuid"},
}
ENCODED = {**PARENT, "meeting_uuid": "a%2Bb%3D", "webinar_uuid": "a%2Bb%3D"}


def test_each_table_of_the_sheet_is_there_once() -> None:
    assert sorted(NAMES) == sorted(FACTS)


@pytest.mark.parametrize("name", NAMES)
def test_table_is_as_the_sheet_says(table: MakeTable, name: str) -> None:
    stream, facts = table(name), FACTS[name]
    assert stream.name == name
    assert stream.path(stream_slice=PARENT) == facts.path.format(**ENCODED)
    assert stream.label.value == facts.label
    assert stream.paged is facts.paged
    assert stream.rows_at == facts.rows_at
    assert stream.scope.granular == facts.scope
    assert stream.scope.classic == facts.classic
    assert stream.primary_key == list(facts.key)


@pytest.mark.parametrize("name", NAMES)
def test_columns_of_the_parent_are_those_that_the_table_adds(table: MakeTable, name: str) -> None:
    # The details carry Zoom's own id, results have a start and an index, files a start, and logs a hash.
    others = {"start_time", "result_index", "meeting_start_time", "webinar_start_time", "log_id"}
    added = set(FACTS[name].added) - others
    columns = set(table(name).parent.columns)
    if name in RENAMED:
        # Zoom's own meeting_id is the UUID here.
        assert added == RENAMED[name]
        return
    assert added <= columns
    assert name in ("meetings", "webinars") or added == columns


@pytest.mark.parametrize("name", NAMES)
def test_no_table_has_a_cursor_of_the_cdk(table: MakeTable, name: str) -> None:
    # Traps T1 to T4: the CDK's resumable full refresh loses records of shared parents and pages.
    stream = table(name)
    assert stream.is_resumable is False
    assert stream.get_cursor() is None
    assert stream.cursor is None


@pytest.mark.parametrize("name", NAMES)
def test_tables_of_past_occurrences_and_of_windows_are_incremental(table: MakeTable, name: str) -> None:
    stream = table(name)
    assert stream.supports_incremental is FACTS[name].is_incremental
    assert not stream.cursor_field or stream.cursor_field in stream.get_json_schema()["properties"]


@pytest.mark.parametrize("name", [name for name in NAMES if name not in SHARED])
def test_empty_answer_never_makes_an_empty_record(api: requests_mock.Mocker, table: MakeTable, name: str) -> None:
    # Trap T5: the CDK takes an empty record for the end of everything.
    stream = table(name)
    api.get(requests_mock.ANY, json={stream.rows_at: [{}]} if stream.rows_at else {})
    records = read(stream, PARENT)
    assert records or not FACTS[name].added
    assert all(records)


@pytest.mark.parametrize("name", sorted(SHARED))
def test_empty_row_of_a_shared_list_never_makes_an_empty_record(table: MakeTable, name: str) -> None:
    stream = table(name)
    shared = resources_of(stream).parents.shared[stream.parent.shared]
    window = date(2026, 3, 1), date(2026, 3, 20)
    with shared.part(WHOLE if name == "groups" else window) as write:
        write({})
        write({"recording_files": [{}]})
    records = read(stream, PARENT)
    assert len(records) == 1
    assert all(records)


def test_reading_order_is_users_then_by_label_and_occurrences_first() -> None:
    # The longest label decides when a sync ends, so it must not wait for the others to start.
    assert NAMES[0] == "users"
    order = ["heavy", "medium", "light"]
    keys = [(order.index(FACTS[name].label), not FACTS[name].is_past) for name in NAMES[1:]]
    assert keys == sorted(keys)


@pytest.mark.parametrize(("environment", "host"), [("zoom.us", "api.zoom.us"), ("zoomgov.com", "api.zoomgov.com")])
def test_environment_decides_the_host(api: requests_mock.Mocker, table: MakeTable, environment: str, host: str) -> None:
    api.post(f"https://{environment}/oauth/token", json={"access_token": "t", "expires_in": 3600})
    assert table("meetings", environment=environment).url_base == f"https://{host}/v2/"


def test_methods_of_the_cdks_http_stream_serve_a_table(table: MakeTable) -> None:
    # Nothing here calls them, but whoever uses the stream as an HttpStream may.
    request = requests.Request("GET", API).prepare()
    response = requests_mock.create_response(request, json={"polls": [{"id": "p"}], "next_page_token": "b"})
    polls, details = table("meeting_polls"), table("meetings")
    assert polls.parse_response(response, stream_slice={"meeting_id": 1}) == [{"id": "p", "meeting_id": 1}]
    assert polls.next_page_token(response) == {"next_page_token": "b"}
    response = requests_mock.create_response(request, json={"polls": None, "next_page_token": ""})
    assert polls.parse_response(response) == []
    assert polls.next_page_token(response) is None
    response = requests_mock.create_response(request, json={"topic": "Weekly"})
    assert details.parse_response(response, stream_slice={"meeting_id": 1}) == [{"topic": "Weekly", "id": 1}]


def test_tables_of_a_sync_use_one_client(sync: MakeSync) -> None:
    made = sync(*NAMES)
    assert [stream.name for stream in made.tables] == NAMES
    assert {id(resources_of(stream).client) for stream in made.tables} == {id(made.client)}


def test_base_of_all_requests(api: requests_mock.Mocker, table: MakeTable) -> None:
    assert table("users").url_base == API
