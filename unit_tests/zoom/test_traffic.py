"""traffic.py: requests that were sent, by label and table, and those sent again, by cause."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
import requests

from source_zoom.sync.sync import Sync
from source_zoom.zoom.client import RequestSubject
from source_zoom.zoom.labels import Label
from source_zoom.zoom.rate_limits import DailyLimitReached
from source_zoom.zoom.traffic import Traffic
from unit_tests.integration.request_builder import API

if TYPE_CHECKING:
    import requests_mock

SUBJECT = RequestSubject("meetings", "1")
MakeSync = Callable[..., Sync]


def test_counts_by_label_table_and_cause() -> None:
    traffic = Traffic()
    assert traffic.requests() == {}
    assert traffic.retries() == {}
    for label, table in ((Label.HEAVY, "reports"), (Label.LIGHT, "meetings"), (Label.HEAVY, "history")):
        traffic.sent(label, table)
    for cause in ("HTTP 500", "ReadTimeout", "HTTP 500"):
        traffic.retried(cause)
    assert traffic.requests() == {Label.HEAVY: 2, Label.LIGHT: 1}
    assert traffic.retries() == {"HTTP 500": 2, "ReadTimeout": 1}
    assert [traffic.of(table) for table in ("reports", "meetings", "history", "users")] == [1, 1, 1, 0]


def test_counts_given_out_do_not_change_later() -> None:
    traffic = Traffic()
    traffic.sent(Label.HEAVY, "users")
    before = traffic.requests()
    traffic.sent(Label.HEAVY, "users")
    assert before == {Label.HEAVY: 1}


def test_threads_lose_no_count() -> None:
    traffic = Traffic()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: traffic.sent(Label.LIGHT, "users"), range(2000)))
    assert traffic.requests() == {Label.LIGHT: 2000}
    assert traffic.of("users") == 2000


def test_client_counts_every_attempt_and_each_repetition(api: requests_mock.Mocker, sync: MakeSync) -> None:
    made = sync()
    answers: list[dict[str, Any]] = [
        {"status_code": 500},
        {"status_code": 429},
        {"exc": requests.exceptions.ReadTimeout},
    ]
    api.get(API + "meetings/1", [*answers, {"json": {"id": 1}}])
    made.client.get("meetings/1", {}, SUBJECT, Label.MEDIUM)
    assert made.traffic.requests() == {Label.MEDIUM: 4}
    assert made.traffic.of("meetings") == 4
    assert made.traffic.retries() == {
        "HTTP 500 with a body that is no JSON object": 1,
        "HTTP 429 with a body that is no JSON object": 1,
        "ReadTimeout": 1,
    }


def test_client_counts_no_request_that_was_never_sent(api: requests_mock.Mocker, sync: MakeSync) -> None:
    made = sync()
    headers = {"X-RateLimit-Type": "Daily-limit", "Retry-After": "2099-01-20T00:00:00Z"}
    sent = api.get(API + "meetings/1", status_code=429, headers=headers)
    for _ in range(5):
        with pytest.raises(DailyLimitReached):
            made.client.get("meetings/1", {}, SUBJECT, Label.HEAVY)
    assert sent.call_count == 1
    assert made.traffic.requests() == {Label.HEAVY: 1}
    assert made.traffic.retries() == {}
