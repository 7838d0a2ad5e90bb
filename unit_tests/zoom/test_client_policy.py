"""client.py: what it tells the budget, when its policy gives a request up, and which proxy a host gets."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from source_zoom.base.config import Config
from source_zoom.sync.sync import Sync
from source_zoom.zoom.client import RequestSubject
from source_zoom.zoom.errors import ParentSkipped, ZoomRequestFailed
from source_zoom.zoom.labels import Label
from source_zoom.zoom.retry import LONGEST_BACKOFF, RetryPolicy
from unit_tests.integration.request_builder import API, TOKEN_URL

if TYPE_CHECKING:
    import requests_mock

    from source_zoom.zoom.client import ZoomClient
    from unit_tests.conftest import Clock
    from unit_tests.integration.config import ConfigBuilder

PATH = "report/meetings/a"
SUBJECT = RequestSubject("report_meetings", "a", skippable=True)
GONE: dict[str, Any] = {"status_code": 404, "json": {"code": 3001, "message": "Meeting does not exist."}}
LIMITED: dict[str, Any] = {"status_code": 429, "json": {"code": 429, "message": "Per-second rate limit."}}
GOOD: dict[str, Any] = {"json": {"id": 1}}
MakeSync = Callable[..., Sync]


def read(client: ZoomClient) -> dict[str, Any]:
    return client.get(PATH, {}, SUBJECT, Label.HEAVY)


@pytest.mark.parametrize("first", [GOOD, GONE, LIMITED], ids=["good", "skip", "429"])
def test_every_answer_tells_the_budget_its_limit(
    api: requests_mock.Mocker, sync: MakeSync, clock: Clock, first: dict[str, Any]
) -> None:
    client = sync(account_plan="pro").client
    api.get(API + PATH, [{**first, "headers": {"X-RateLimit-Type": "QPS", "X-RateLimit-Limit": "2"}}, GOOD])
    try:
        read(client)
    except ParentSkipped:
        assert first is GONE
    before = clock.monotonic()
    for _ in range(20):
        read(client)
    # At 10 a second, as the plan allows, these would take two seconds.
    assert clock.monotonic() - before > 9


def test_pauses_grow_from_attempt_to_attempt(api: requests_mock.Mocker, sync: MakeSync, clock: Clock) -> None:
    api.get(API + PATH, [{"status_code": 500}] * 9 + [GOOD])
    assert read(sync(account_plan="business").client) == {"id": 1}
    pauses = [pause for pause in clock.slept if pause >= 0.5]
    assert len(pauses) == 9
    for attempt, pause in enumerate(pauses, start=1):
        longest = min(LONGEST_BACKOFF, 2.0 ** (attempt - 1))
        assert longest / 2 <= pause <= longest


def test_pauses_are_part_of_the_time_that_a_request_may_fail(
    api: requests_mock.Mocker, config: ConfigBuilder, clock: Clock
) -> None:
    policy = RetryPolicy(max_attempts=100, max_seconds=60.0, connect_timeout=1.0, read_timeout=1.0)
    sent = api.get(API + PATH, status_code=500)
    before = clock.monotonic()
    with pytest.raises(ZoomRequestFailed):
        read(Sync(Config.parse(config.build()), retries=policy).client)
    assert 5 <= sent.call_count <= 10
    assert clock.monotonic() - before <= 65


def test_token_that_another_thread_has_replaced_is_no_rejection_of_the_new_one(
    api: requests_mock.Mocker, sync: MakeSync
) -> None:
    made = sync()
    tokens = api.post(TOKEN_URL, [{"json": {"access_token": f"access-token-{n}-Wq7Lr3Kd"}} for n in range(20)])
    replaced_by_others = 8

    def answer(request: Any, context: Any) -> dict[str, Any]:
        if sent.call_count > replaced_by_others:
            return {"id": 1}
        # Another thread gets a new token while this request is under way.
        made.authenticator.replace(request.headers["Authorization"])
        context.status_code = 401
        return {"code": 124, "message": "Access token is expired."}

    sent = api.get(API + PATH, json=answer)
    assert read(made.client) == {"id": 1}
    assert sent.call_count == tokens.call_count == replaced_by_others + 1


def test_proxy_is_that_of_the_region(
    api: requests_mock.Mocker, sync: MakeSync, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example.com:3128")
    monkeypatch.setenv("NO_PROXY", "api-eu.zoom.us")
    made = sync()
    region = {"access_token": "access-token-eu-Wq7Lr3Kd", "api_url": "https://api-eu.zoom.us"}
    api.post(TOKEN_URL, [{"json": {"access_token": "access-token-us-Wq7Lr3Kd"}}, {"json": region}])
    usual: Any = api.get(API + PATH, **GOOD)
    europe: Any = api.get("https://api-eu.zoom.us/v2/" + PATH, **GOOD)
    read(made.client)
    made.authenticator.refresh_and_set_access_token()
    read(made.client)
    assert usual.last_request.proxies["https"] == "http://proxy.example.com:3128"
    assert "https" not in europe.last_request.proxies
