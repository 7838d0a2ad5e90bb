"""Any answer in place of a documented one ends in records, a skip, or an error that names the table."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import orjson
import requests_mock
from airbyte_cdk.models import AirbyteMessageSerializer, FailureType, SyncMode
from airbyte_cdk.test.catalog_builder import CatalogBuilder
from airbyte_cdk.test.entrypoint_wrapper import read
from airbyte_cdk.test.models.scenario import ExpectedOutcome
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from hypothesis import example, given
from hypothesis import strategies as st
from requests.structures import CaseInsensitiveDict

from source_zoom import SourceZoom
from source_zoom.parents.history import PAST
from source_zoom.parents.kinds import KINDS, User
from source_zoom.zoom.errors import LabelClosed
from source_zoom.zoom.labels import Label
from source_zoom.zoom.rate_limits import RequestBudget
from unit_tests.conftest import Clock, let_walks_end
from unit_tests.integration.config import ConfigBuilder
from unit_tests.integration.request_builder import TOKEN_URL
from unit_tests.integration.response_builder import sample, token
from unit_tests.integration.zoom import START
from unit_tests.resource.facts import TABLES
from unit_tests.streams.support import MakeSync, outcome, read_all, skips
from unit_tests.threads import collect
from unit_tests.whole_account import WholeAccount
from unit_tests.zoom.odd_answers import BROKEN, FEW, FUZZ, JSON, KEYS, REFUSALS, ROWS, STATUSES, TABLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# One parent of any table.
PARENT = {"meeting_id": 1, "meeting_uuid": "a+b=", "webinar_id": 1, "webinar_uuid": "a+b=", "group_id": "g"}
# What else an error of a table may name: the list that its rows come from.
NAMES = {"recording_files": ("recordings", "users"), "recordings": ("users",), "report_history_meetings": (PAST,)}


def parent_of(table: str) -> dict[str, Any]:
    fixed = {"users": {"status": "active"}, "roles": {"type": "common"}}
    if table in fixed or TABLES[table].windowed:
        return {**fixed.get(table, {"from": "2026-03-01", "to": "2026-03-20"})}
    return {name: PARENT[name] for name in re.findall(r"\w+_(?:id|uuid)", TABLES[table].path)}


@contextmanager
def answering(**answer: Any) -> Iterator[requests_mock.Mocker]:
    """Zoom gives this answer to everything, and a token."""
    with requests_mock.Mocker(case_sensitive=True) as mocker:
        mocker.get(requests_mock.ANY, **answer)
        mocker.post(TOKEN_URL, text=str(token().body))
        yield mocker
        let_walks_end()


def assert_readable(error: BaseException | None, *names: str) -> None:
    """An error is one for the user: a sentence with the table's name in it."""
    if error is None:
        return
    assert isinstance(error, AirbyteTracedException), repr(error)
    assert any(name in str(error) for name in names), str(error)
    assert "Traceback" not in str(error)
    assert orjson.dumps(AirbyteMessageSerializer.dump(error.as_airbyte_message()))


def assert_record(record: Mapping[str, Any]) -> None:
    # An empty one would end the whole sync (trap T5).
    assert record
    assert not {"start_url", "host_key", "dynamic_host_key"} & set(record)
    assert orjson.dumps(record)


def ending(sync: MakeSync, table: str) -> str:
    """How reading one parent of the table ends; it must be one of the allowed ways."""
    (stream,) = sync(table, start_date=START).tables
    if stream.parent.shared:
        records, failures = read_all(stream)
        error = failures[0] if failures else None
    else:
        records, error = outcome(stream, parent_of(table))
    for record in records:
        assert_record(record)
    assert_readable(error, table, *NAMES.get(table, ()))
    if error is not None:
        assert stream.status.failure is error
        return "error"
    if records:
        return "records"
    return "skip" if skips(stream) else "nothing"


def test_any_json_in_place_of_an_answer(sync: MakeSync, today: str) -> None:
    endings = set()

    @FUZZ
    @given(table=TABLE, status=STATUSES, body=JSON | REFUSALS | st.dictionaries(KEYS, JSON))
    @example(table="meetings", status=200, body={"id": 1})
    @example(table="meetings", status=200, body={})
    @example(table="users", status=200, body={"users": [{"id": [1]}]})
    @example(table="meetings", status=404, body={"code": 3001, "message": "Meeting does not exist: 1."})
    def explore(table: str, status: int, body: Any) -> None:
        with answering(status_code=status, content=orjson.dumps(body)):
            endings.add(ending(sync, table))

    explore()
    assert {"records", "skip", "error"} <= endings <= {"records", "nothing", "skip", "error"}


def test_any_json_in_place_of_a_part_of_the_documented_answer(sync: MakeSync, today: str) -> None:
    endings = set()

    @FUZZ
    @given(table=TABLE, odd=JSON, data=st.data())
    def explore(table: str, odd: Any, data: st.DataObject) -> None:
        body: Any = sample(table)
        place = body
        while True:
            key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
            if not (isinstance(place[key], (dict, list)) and place[key] and data.draw(st.booleans())):
                break
            place = place[key]
        place[key] = odd
        with answering(content=orjson.dumps(body)):
            endings.add(ending(sync, table))

    explore()
    assert {"records", "error"} <= endings <= {"records", "nothing", "error"}


@FUZZ
@given(
    table=TABLE,
    status=STATUSES,
    body=st.binary(max_size=60) | st.sampled_from(BROKEN),
    kind=st.sampled_from(["", "text/html", "application/json;charset=UTF-8", "text/plain; charset=no-such"]),
)
def test_any_bytes_in_place_of_an_answer(
    sync: MakeSync, today: str, table: str, status: int, body: bytes, kind: str
) -> None:
    with answering(status_code=status, content=body, headers={"Content-Type": kind}):
        assert ending(sync, table) in {"records", "nothing", "skip", "error"}


@FUZZ
@given(key=st.sampled_from(["users", "meetings", "webinars", "history_meetings"]), row=ROWS | JSON, status=STATUSES)
def test_any_json_in_place_of_the_rows_of_a_list(sync: MakeSync, today: str, key: str, row: Any, status: int) -> None:
    body = {"users": [{"id": "u1"}], "meetings": [{"id": 7, "type": 8}], "webinars": [{"id": 9, "type": 9}]}
    rest = {"id": "u2", "uuid": "u", "meeting_uuid": "m", "meeting_id": 1, "type": "Meeting"}
    named = ("users", "meetings", "webinars")
    with answering(status_code=status, json={**body, key: [row, rest]}):
        parents = sync(start_date=START).parents
        users, error = collect(parents.users)
        assert all(isinstance(user, User) and isinstance(user.id, str) and user.id for user in users)
        assert_readable(error, *named)
        for kind in KINDS:
            listed, error = collect(parents.scheduled[kind])
            assert all(isinstance(one.id, int) for one in listed)
            assert_readable(error, *named)
            occurrences, error = collect(parents.past[kind])
            assert all(isinstance(one.uuid, str) and one.uuid and isinstance(one.id, int) for one in occurrences)
            assert_readable(error, *named)


@FEW
@given(
    path=st.sampled_from(["users", "u1/meetings", "u1/webinars", "report/history_meetings", "polls", "files"]),
    status=STATUSES,
    body=JSON | REFUSALS,
)
def test_any_json_in_place_of_one_answer_of_a_sync(clock: Clock, today: str, path: str, status: int, body: Any) -> None:
    zoom = WholeAccount()
    zoom.refuse.append((re.compile(path + "$"), status, body))
    tables = ["users", "meetings", "webinars", "meeting_polls", "meeting_files", "report_meetings", "webinar_absentees"]
    catalog = CatalogBuilder()
    for table in tables:
        catalog.with_stream(table, SyncMode.full_refresh)
    form = ConfigBuilder().with_(start_date=START).build()
    with requests_mock.Mocker(case_sensitive=True) as mocker:
        zoom.install(mocker)
        output = read(SourceZoom(), form, catalog.build(), expected_outcome=ExpectedOutcome.ALLOW_ANY)
        let_walks_end()
    for table in tables:
        assert output.get_stream_statuses(table)[-1].value in ("COMPLETE", "INCOMPLETE")
    sentences = [str(message.trace.error.message) for message in output.errors if message.trace and message.trace.error]
    for sentence in sentences:
        assert any(table in sentence for table in (*tables, "past meetings")), sentence
        assert "Something went wrong" not in sentence
    assert not sentences or "incomplete" in sentences[-1]


@FUZZ
@given(body=JSON, status=STATUSES)
def test_any_json_in_place_of_a_token(sync: MakeSync, clock: Clock, body: Any, status: int) -> None:
    with answering(json={"users": []}) as mocker:
        mocker.post(TOKEN_URL, status_code=status, content=orjson.dumps(body))
        (users,) = sync("users").tables
        _, error = outcome(users, {"status": "active"})
    assert error is None or isinstance(error, AirbyteTracedException)


@FUZZ
@given(
    is_refused=st.booleans(),
    headers=st.dictionaries(
        st.sampled_from(["X-RateLimit-Type", "X-RateLimit-Limit", "X-RateLimit-Remaining", "Retry-After", "Date"]),
        st.text(max_size=20)
        | st.integers().map(str)
        | st.floats().map(str)
        | st.datetimes().map(str)
        | st.sampled_from(
            ["Daily-limit", "QPS", "1e-300", "0001-01-01T00:00:00+05:00", "Mon, 01 Jan 0001 00:00:00 +0500"]
        ),
    ),
    body=st.binary(max_size=20) | st.just(b"daily rate limit"),
)
def test_any_text_in_the_headers_of_a_limit(headers: dict[str, str], body: bytes, *, is_refused: bool) -> None:
    clock = Clock()
    budget = RequestBudget("pro", clock=clock.monotonic, sleep=clock.sleep)
    named = CaseInsensitiveDict(headers)

    def use() -> Iterator[float]:
        yield (sent := budget.acquire(Label.HEAVY))
        if is_refused:
            budget.refused(Label.HEAVY, named, body, sent)
        else:
            budget.answered(Label.HEAVY, named, sent)
        yield budget.acquire(Label.HEAVY)

    moments, error = collect(use())
    if error is None:
        assert len(moments) == 2
    else:
        assert is_refused
        assert isinstance(error, LabelClosed)
        assert error.failure_type is FailureType.transient_error
    assert sum(clock.slept) <= 130
