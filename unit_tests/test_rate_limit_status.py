"""rate_limit_status.py: the platform learns that a table waits for Zoom's rate limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from airbyte_cdk.models import AirbyteStreamStatus, AirbyteStreamStatusReasonType, SyncMode
from airbyte_cdk.sources.message import InMemoryMessageRepository
from airbyte_cdk.test.catalog_builder import CatalogBuilder
from airbyte_cdk.test.entrypoint_wrapper import read as read_source

from source_zoom import SourceZoom
from source_zoom.sync.rate_limit_status import RateLimitStatus
from unit_tests.integration.request_builder import API

if TYPE_CHECKING:
    from collections.abc import Callable

    import requests_mock

    from source_zoom.sync.sync import Sync
    from unit_tests.conftest import Clock
    from unit_tests.integration.config import ConfigBuilder

TOO_MANY: dict[str, Any] = {"status_code": 429, "json": {"code": 429, "message": "You have reached the limit."}}


@pytest.fixture
def clock_of_status(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> Clock:
    monkeypatch.setattr("source_zoom.sync.rate_limit_status.time", clock)
    return clock


@pytest.fixture
def repository() -> InMemoryMessageRepository:
    return InMemoryMessageRepository()


def tables_of(repository: InMemoryMessageRepository) -> list[str]:
    """The tables of all statuses since the last call."""
    found = []
    for message in repository.consume_queue():
        assert message.trace
        assert message.trace.stream_status
        status = message.trace.stream_status
        assert status.status is AirbyteStreamStatus.RUNNING
        assert status.reasons
        assert [reason.type for reason in status.reasons] == [AirbyteStreamStatusReasonType.RATE_LIMITED]
        found.append(status.stream_descriptor.name)
    return found


def test_at_most_once_a_minute_for_each_table(clock_of_status: Clock, repository: InMemoryMessageRepository) -> None:
    report = RateLimitStatus({"meetings", "users"}, repository)
    for _ in range(3):
        report("meetings")
    assert tables_of(repository) == ["meetings"]
    clock_of_status.sleep(59.0)
    report("meetings")
    report("users")
    assert tables_of(repository) == ["users"]
    clock_of_status.sleep(1.0)
    report("meetings")
    report("users")
    assert tables_of(repository) == ["meetings"]


def test_lists_of_parents_are_no_tables(clock_of_status: Clock, repository: InMemoryMessageRepository) -> None:
    RateLimitStatus({"meetings"}, repository)("the list of meetings")
    assert tables_of(repository) == []


def test_first_status_comes_at_once_on_a_machine_that_has_just_started(
    monkeypatch: pytest.MonkeyPatch, repository: InMemoryMessageRepository
) -> None:
    monkeypatch.setattr("source_zoom.sync.rate_limit_status.time.monotonic", lambda: 1.0)
    RateLimitStatus({"meetings"}, repository)("meetings")
    assert tables_of(repository) == ["meetings"]


def test_read_emits_it_between_started_and_complete(api: requests_mock.Mocker, config: ConfigBuilder) -> None:
    api.get(API + "users", json={"users": [{"id": "u1"}]})
    api.get(API + "users/u1/meetings", [TOO_MANY, {"json": {"meetings": [{"id": n, "type": 8} for n in (1, 2)]}}])
    for number in (1, 2):
        api.get(f"{API}meetings/{number}", [TOO_MANY, TOO_MANY, {"json": {"id": number, "uuid": f"m{number}"}}])
    catalog = CatalogBuilder().with_stream("meetings", SyncMode.full_refresh).build()
    output = read_source(SourceZoom(), config.build(), catalog)
    output.raise_if_errors()
    statuses = [
        (message.trace.stream_status.status.value, bool(message.trace.stream_status.reasons))
        for message in output.trace_messages
        if message.trace and message.trace.stream_status
    ]
    assert sorted(statuses) == [("COMPLETE", False), ("RUNNING", False), ("RUNNING", True), ("STARTED", False)]
    assert (statuses[0], statuses[-1]) == (("STARTED", False), ("COMPLETE", False))
    assert len(output.records) == 2


def test_other_commands_emit_none(api: requests_mock.Mocker, sync: Callable[..., Sync]) -> None:
    api.get(API + "users", [TOO_MANY, {"json": {"users": [{"id": "u1"}]}}])
    assert [user.id for user in sync().parents.users] == ["u1"]
