"""Any answer in place of a documented one ends in records, a skip, or a traced error that names the table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import orjson
import requests_mock
from airbyte_cdk.models import AirbyteMessageSerializer, FailureType, SyncMode
from airbyte_cdk.test.catalog_builder import CatalogBuilder
from airbyte_cdk.test.entrypoint_wrapper import read
from airbyte_cdk.test.models.scenario import ExpectedOutcome
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from source_zoom import SourceZoom
from source_zoom.account import Account
from source_zoom.parents import MEETINGS, WEBINARS
from source_zoom.rate_limits import DailyLimitReached
from source_zoom.streams import TABLES, ZoomStream
from source_zoom.streams.meetings import Meetings
from source_zoom.streams.users import Users
from unit_tests.conftest import Clock, let_walks_end
from unit_tests.integration.config import ConfigBuilder
from unit_tests.integration.request_builder import TOKEN_URL
from unit_tests.integration.response_builder import sample, token
from unit_tests.test_rate_limits import HEAVY, request, response
from unit_tests.test_streams import PARENT
from unit_tests.threads import collect
from unit_tests.whole_account import WholeAccount

# The same examples in every run; a new kind of answer is a change of this file.
FUZZ = settings(
    max_examples=100, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
FEW = settings(FUZZ, max_examples=15)

# Keys that the connector looks at, so that odd things stand where they hurt.
KEYS = st.sampled_from(
    [
        "id",
        "uuid",
        "type",
        "start_time",
        "code",
        "message",
        "errors",
        "status",
        "settings",
        "approval_type",
        "next_page_token",
        "page_number",
        "page_count",
        "users",
        "meetings",
        "webinars",
        "registrants",
        "participants",
        "polls",
        "questions",
        "panelists",
        "tracking_sources",
        "in_meeting_files",
        "history_meetings",
        "meeting_uuid",
        "meeting_id",
        "custom_questions",
        "start_url",
        "host_key",
        "email",
    ]
)
ATOMS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(["No permission.", "does not contain scopes:[a:b].", "2026-03-10T09:00:00Z", "/a//b+=", ".."])
    | st.sampled_from([1, 2, 5, 8, 9, 124, 200, 300, 404, 2300, 3000, 3001, 4400, 4711, 12702])
)
JSON = st.recursive(
    ATOMS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS | st.text(max_size=5), inner, max_size=6),
    max_leaves=12,
)
# What Zoom says when it refuses, in any combination.
REFUSALS = st.fixed_dictionaries(
    {
        "code": st.sampled_from([124, 200, 300, 404, 1001, 2300, 3000, 3001, 3161, 4400, 4711, 12702, 12703, 999]),
        "message": st.sampled_from(
            [
                "No permission.",
                "Webinar plan is missing.",
                "Only available for paid account: 1.",
                "Registration has not been enabled for this meeting: 1.",
                "The next page token is invalid or expired.",
                "Invalid access token, does not contain scopes:[a:read].",
                "Meeting does not exist: 1.",
            ]
        ),
    }
)
# A row whose columns are the ones that the walks look at.
ROWS = st.dictionaries(
    st.sampled_from(["id", "uuid", "meeting_uuid", "meeting_id", "type", "start_time"]), JSON, min_size=3
)
STATUSES = st.sampled_from(
    [200, 200, 200, 200, 201, 204, 301, 400, 400, 400, 401, 403, 404, 404, 409, 410, 422, 500, 502]
)
TABLE = st.sampled_from(TABLES)

MakeAccount = Callable[..., Account]


def parent_of(table: type[ZoomStream]) -> dict[str, Any]:
    if table.table_name() == "users":
        return {"status": "active"}
    return {name: PARENT[name] for name in re.findall(r"\w+_(?:id|uuid)", table.endpoint)}


@contextmanager
def answering(**answer: Any) -> Iterator[requests_mock.Mocker]:
    """Zoom gives this answer to everything, and a token."""
    with requests_mock.Mocker(case_sensitive=True) as mocker:
        mocker.get(requests_mock.ANY, **answer)
        mocker.post(TOKEN_URL, text=token().body)
        yield mocker
        let_walks_end()


def assert_told(error: BaseException | None, *names: str) -> None:
    """The error is one for the user: a sentence with the table's name in it."""
    assert isinstance(error, AirbyteTracedException), repr(error)
    assert any(name in error.message for name in names), error.message
    assert "Traceback" not in error.message
    assert orjson.dumps(AirbyteMessageSerializer.dump(error.as_airbyte_message()))


def ending(account: Account, table: type[ZoomStream]) -> str:
    """How reading one parent of the table ends; it must be one of the allowed ways."""
    stream = table(account)
    records, error = collect(stream.read_records(SyncMode.full_refresh, stream_slice=parent_of(table)))
    for record in records:
        # An empty one would end the whole sync (trap T5).
        assert isinstance(record, dict)
        assert record
        assert not {"start_url", "host_key", "dynamic_host_key"} & set(record)
        assert orjson.dumps(record)
    if error is not None:
        assert_told(error, stream.name)
        assert account.failures.of(stream.name) is error
        return "error"
    if account.progress.summary():
        return "skip"
    return "records" if records else "nothing"


def test_any_json_in_place_of_an_answer(account: MakeAccount, clock: Clock):
    endings = set()

    @FUZZ
    @given(table=TABLE, status=STATUSES, body=JSON | REFUSALS | st.dictionaries(KEYS, JSON))
    @example(table=Meetings, status=200, body={"id": 1})
    @example(table=Meetings, status=200, body={})
    @example(table=Users, status=200, body={"users": [{"id": [1]}]})
    @example(table=Meetings, status=404, body={"code": 3001, "message": "Meeting does not exist: 1."})
    def explore(table: type[ZoomStream], status: int, body: Any) -> None:
        with answering(status_code=status, content=orjson.dumps(body)):
            endings.add(ending(account(), table))

    explore()
    assert {"records", "skip", "error"} <= endings <= {"records", "nothing", "skip", "error"}


def test_any_json_in_place_of_a_part_of_the_documented_answer(account: MakeAccount, clock: Clock):
    endings = set()

    @FUZZ
    @given(table=TABLE, odd=JSON, data=st.data())
    def explore(table: type[ZoomStream], odd: Any, data: st.DataObject) -> None:
        body: Any = sample(table.table_name())
        place = body
        while True:
            key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
            if not (isinstance(place[key], (dict, list)) and place[key] and data.draw(st.booleans())):
                break
            place = place[key]
        place[key] = odd
        with answering(content=orjson.dumps(body)):
            endings.add(ending(account(), table))

    explore()
    assert {"records", "error"} <= endings <= {"records", "nothing", "error"}


@FUZZ
@given(
    table=TABLE,
    status=STATUSES,
    body=st.binary(max_size=60)
    | st.sampled_from([b"<html>", b"null", b"NaN", b'{"a": 1e999}', b"[" * 3000, b"1" * 400]),
    kind=st.sampled_from(["", "text/html", "application/json;charset=UTF-8", "text/plain; charset=no-such"]),
)
def test_any_bytes_in_place_of_an_answer(
    account: MakeAccount, clock: Clock, table: type[ZoomStream], status: int, body: bytes, kind: str
):
    with answering(status_code=status, content=body, headers={"Content-Type": kind}):
        ending(account(), table)


@FUZZ
@given(key=st.sampled_from(["users", "meetings", "webinars", "history_meetings"]), row=ROWS | JSON, status=STATUSES)
def test_any_json_in_place_of_the_rows_of_a_walk(
    account: MakeAccount, clock: Clock, today: str, key: str, row: Any, status: int
):
    body = {"users": [{"id": "u1"}], "meetings": [{"id": 7, "type": 8}], "webinars": [{"id": 9, "type": 9}]}
    body |= {key: [row, {"id": "u2", "uuid": "u", "meeting_uuid": "m", "meeting_id": 1, "type": "Meeting"}]}
    with answering(status_code=status, json=body):
        parents = account(start_date="2026-03-01").parents
        for walk in (parents.users, parents.listed[MEETINGS], parents.listed[WEBINARS]):
            items, error = collect(walk)
            assert all(isinstance(item if isinstance(item, str) else item.id, (str, int)) for item in items)
            assert error is None or assert_told(error, "users", "meetings", "webinars") is None
        for kind in (MEETINGS, WEBINARS):
            items, error = collect(parents.past[kind])
            assert all(isinstance(item.uuid, str) and item.uuid and isinstance(item.id, int) for item in items)
            assert error is None or assert_told(error, "users", "meetings", "webinars") is None


@FEW
@given(
    path=st.sampled_from(["users", "u1/meetings", "u1/webinars", "report/history_meetings", "polls", "files"]),
    status=STATUSES,
    body=JSON | REFUSALS,
)
def test_any_json_in_place_of_one_answer_of_a_sync(clock: Clock, today: str, path: str, status: int, body: Any):
    zoom = WholeAccount()
    zoom.refuse.append((re.compile(path + "$"), status, body))
    tables = ["users", "meetings", "webinars", "meeting_polls", "meeting_files", "report_meetings", "webinar_absentees"]
    catalog = CatalogBuilder()
    for table in tables:
        catalog.with_stream(table, SyncMode.full_refresh)
    form = ConfigBuilder().with_(start_date="2026-03-01").build()
    with requests_mock.Mocker(case_sensitive=True) as mocker:
        zoom.install(mocker)
        output = read(SourceZoom(), form, catalog.build(), expected_outcome=ExpectedOutcome.ALLOW_ANY)
        let_walks_end()
    for table in tables:
        assert output.get_stream_statuses(table)[-1].value in ("COMPLETE", "INCOMPLETE")
    for message in output.errors:
        error = message.trace.error
        assert any(table in error.message for table in (*tables, "past meetings")), error.message
        assert "Something went wrong" not in error.message
    if output.errors:
        assert "did not come through in full" in output.errors[-1].trace.error.message


@FUZZ
@given(body=JSON, status=STATUSES)
def test_any_json_in_place_of_a_token(account: MakeAccount, clock: Clock, body: Any, status: int):
    with answering(json={"users": []}) as mocker:
        mocker.post(TOKEN_URL, status_code=status, content=orjson.dumps(body))
        _, error = collect(TABLES[0](account()).read_records(SyncMode.full_refresh, stream_slice={"status": "active"}))
    assert error is None or isinstance(error, AirbyteTracedException)


@FUZZ
@given(
    status=st.sampled_from([200, 429, 500]),
    headers=st.dictionaries(
        st.sampled_from(["X_RateLimit_Type", "X_RateLimit_Limit", "X_RateLimit_Reset", "Retry_After"]),
        st.text(max_size=20) | st.integers().map(str) | st.floats().map(str) | st.datetimes().map(str),
    ),
    body=st.binary(max_size=20) | st.just(b"daily rate limit"),
)
def test_any_text_in_the_headers_of_a_limit(
    account: MakeAccount, clock: Clock, status: int, headers: dict[str, str], body: bytes
):
    budget = account().client._budget
    budget.update_from_response(request(HEAVY), response(status, body, **headers))
    before = len(clock.slept)
    _, error = collect(budget.acquire_call(request(HEAVY)) for _ in range(1))
    if error is not None:
        assert status == 429
        assert isinstance(error, DailyLimitReached)
        assert error.failure_type is FailureType.transient_error
    assert all(0 <= pause <= 130 for pause in clock.slept[before:])
