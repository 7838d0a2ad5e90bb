"""client.py: one request to Zoom, and what becomes of each kind of answer."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from email.message import Message
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
import requests
import requests_mock
from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from requests.cookies import extract_cookies_to_jar

from source_zoom.account import Account
from source_zoom.client import Asked, path_segment
from source_zoom.errors import Meaning, ZoomRefused, concerns_all
from source_zoom.rate_limits import DailyLimitReached, RequestBudget
from unit_tests.conftest import Clock
from unit_tests.integration.config import ACCESS_TOKEN
from unit_tests.integration.request_builder import API, TOKEN_URL
from unit_tests.integration.response_builder import token

URL = API + "meetings/85012345678"
ASKED = Asked("meetings", "85012345678")
HTML = {"text": "<html>no</html>", "headers": {"Content-Type": "text/html"}}


Get = Callable[..., dict[str, Any]]


@pytest.mark.parametrize(
    ("identifier", "segment"),
    [
        (85012345678, "85012345678"),
        ("pT4vLm9QSxWcK2bRzH7nYw", "pT4vLm9QSxWcK2bRzH7nYw"),
        # Encoded once: a UUID is base64, with "+", "=" and "/" in it.
        ("mQ3xT9aLS0+fU2yEwB7k1Q==", "mQ3xT9aLS0%2BfU2yEwB7k1Q%3D%3D"),
        ("aZ8cN4/pVRk6hY1tJd5g==", "aZ8cN4%2FpVRk6hY1tJd5g%3D%3D"),
        # Encoded twice, as Zoom asks for these.
        ("/aZ8cN4pVRk6==", "%252FaZ8cN4pVRk6%253D%253D"),
        ("aZ8//cN+", "aZ8%252F%252FcN%252B"),
        ("me@example.com", "me%40example.com"),
        ("ümlaut ?#", "%C3%BCmlaut%20%3F%23"),
    ],
)
def test_path_segment(identifier: object, segment: str):
    assert path_segment(identifier) == segment


def test_path_segment_reaches_zoom_as_it_is(api: requests_mock.Mocker, get: Get):
    # requests would decode a segment that it takes for unquoted.
    api.get(requests_mock.ANY, json={"id": 1})
    get(f"past_meetings/{path_segment('/aZ8//cN4+==')}/polls")
    assert api.last_request.url == API + "past_meetings/%252FaZ8%252F%252FcN4%252B%253D%253D/polls"


def test_asked_names_table_and_parent():
    assert str(Asked("meetings", "1")) == "meetings of 1"
    assert str(Asked("users")) == "users"


class TestGoodAnswer:
    def test_json_object_is_returned(self, api: requests_mock.Mocker, get: Get):
        api.get(URL, json={"id": 1, "topic": "Ærø"})
        assert get() == {"id": 1, "topic": "Ærø"}

    def test_request_carries_token_and_parameters(self, api: requests_mock.Mocker, get: Get):
        asked = api.get(URL, json={"id": 1})
        get(params={"page_size": "300", "next_page_token": "a+b/="})
        assert asked.last_request.headers["Authorization"] == f"Bearer {ACCESS_TOKEN}"
        assert asked.last_request.qs == {"page_size": ["300"], "next_page_token": ["a+b/="]}

    def test_one_token_serves_all_requests(self, api: requests_mock.Mocker, account: Callable[..., Account]):
        tokens = api.post(TOKEN_URL, text=token().body)
        api.get(URL, json={"id": 1})
        client = account().client
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda _: client.get("meetings/85012345678", {}, ASKED), range(40)))
        assert tokens.call_count == 1

    def test_every_request_has_connect_and_read_timeouts(self, api: requests_mock.Mocker, get: Get):
        # Trap T8: without them a socket that never answers hangs the sync.
        api.get(URL, json={"id": 1})
        get()
        sent = api.request_history
        assert [request.method for request in sent] == ["POST", "GET"]
        for request in sent:
            connect, read = request.timeout
            assert 0 < connect <= 30
            assert 0 < read <= 120

    def test_error_shape_with_the_records_in_it_is_a_good_answer(self, api: requests_mock.Mocker, get: Get):
        body = {"code": 200, "message": "fine", "registrants": []}
        api.get(URL, json=body)
        assert get(record_keys=("registrants",)) == body

    def test_cookies_of_zooms_load_balancer_are_not_kept(self, account: Callable[..., Account]):
        session = account().client._session
        headers = Message()
        headers["Set-Cookie"] = "balancer=7; Domain=zoom.us; Path=/"
        answer = SimpleNamespace(_original_response=SimpleNamespace(msg=headers))
        extract_cookies_to_jar(session.cookies, requests.Request("GET", URL).prepare(), answer)
        assert list(session.cookies) == []


class TestRetry:
    """Faults that pass: the same request again, a little later each time."""

    @pytest.mark.parametrize(
        "fault",
        [
            {"exc": requests.exceptions.ConnectionError("reset by peer")},
            {"exc": requests.exceptions.ConnectTimeout},
            {"exc": requests.exceptions.ReadTimeout},
            {"exc": requests.exceptions.ChunkedEncodingError},
            {"exc": requests.exceptions.ContentDecodingError},
            {"exc": requests.exceptions.SSLError("EOF occurred in violation of protocol")},
            {"exc": requests.exceptions.ProxyError},
            {"status_code": 500, "json": {"code": 500, "message": "Internal error"}},
            {"status_code": 502, **HTML},
            {"status_code": 503, "text": ""},
            {"status_code": 504, "json": []},
            {"status_code": 408, "text": ""},
            {"status_code": 200, **HTML},
            {"status_code": 200, "text": ' {"id": 1, "topic": "cut o'},
            {"status_code": 200, "text": ""},
            {"status_code": 200, "content": b'{"id": "\xff"}'},
            {"status_code": 200, "json": [{"id": 1}]},
            {"status_code": 200, "json": None},
            {"status_code": 404, **HTML},
        ],
        ids=str,
    )
    def test_fault_is_asked_again(self, api: requests_mock.Mocker, get: Get, clock: Clock, fault: dict[str, Any]):
        asked = api.get(URL, [fault, fault, {"json": {"id": 1}}])
        assert get() == {"id": 1}
        assert asked.call_count == 3
        assert len(clock.slept) >= 2

    def test_pauses_grow_with_jitter_and_stay_bounded(
        self, api: requests_mock.Mocker, get: Get, monkeypatch: pytest.MonkeyPatch
    ):
        pauses: list[float] = []
        monkeypatch.setattr("source_zoom.client.time.sleep", pauses.append)
        api.get(URL, [{"status_code": 500}] * 9 + [{"json": {"id": 1}}])
        get()
        assert len(pauses) == 9
        for number, pause in enumerate(pauses, start=1):
            most = min(30.0, 0.5 * 2**number)
            assert most / 2 <= pause <= most
        assert len(set(pauses)) == 9

    def test_a_fault_that_stays_ends_in_a_transient_error(self, api: requests_mock.Mocker, get: Get, clock: Clock):
        asked = api.get(URL, status_code=502, **HTML)
        with pytest.raises(ZoomRefused) as caught:
            get()
        assert caught.value.failure_type is FailureType.transient_error
        assert caught.value.meaning is Meaning.RETRY
        assert "meetings of 85012345678" in caught.value.message
        assert "HTTP 502 with an HTML page" in caught.value.message
        assert asked.call_count == 10
        assert not concerns_all(caught.value)

    def test_last_cause_is_told_by_its_name_only(self, api: requests_mock.Mocker, get: Get):
        api.get(URL, exc=requests.exceptions.ReadTimeout("host=api.zoom.us, secret=hidden"))
        with pytest.raises(ZoomRefused, match="ReadTimeout") as caught:
            get()
        assert "hidden" not in str(caught.value)

    def test_total_time_is_bounded_too(self, api: requests_mock.Mocker, get: Get, clock: Clock):
        def slow(request: Any, context: Any) -> None:
            clock.sleep(250)
            raise requests.exceptions.ReadTimeout

        asked = api.get(URL, json=slow)
        with pytest.raises(ZoomRefused, match="Run the sync again"):
            get()
        assert asked.call_count == 3

    def test_untrusted_certificate_is_a_config_error_at_once(self, api: requests_mock.Mocker, get: Get):
        fault = requests.exceptions.SSLError("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed certificate")
        asked = api.get(URL, exc=fault)
        with pytest.raises(AirbyteTracedException, match="REQUESTS_CA_BUNDLE") as caught:
            get()
        assert caught.value.failure_type is FailureType.config_error
        assert asked.call_count == 1

    def test_redirects_are_not_followed(self, api: requests_mock.Mocker, get: Get):
        api.get(URL, status_code=302, headers={"Location": "https://elsewhere.example.com/"})
        elsewhere = api.get("https://elsewhere.example.com/", json={"id": 1})
        with pytest.raises(ZoomRefused, match="HTTP 302"):
            get()
        assert not elsewhere.called


class TestRateLimit:
    def test_per_second_limit_never_fails_a_request(self, api: requests_mock.Mocker, get: Get, clock: Clock):
        limited = {"status_code": 429, "json": {"code": 429, "message": "You have reached the per-second rate limit."}}
        asked = api.get(URL, [limited] * 100 + [{"json": {"id": 1}}])
        assert get() == {"id": 1}
        assert asked.call_count == 101
        assert sum(clock.slept) >= 20

    def test_waiting_for_limits_does_not_shorten_the_patience_with_faults(self, api: requests_mock.Mocker, get: Get):
        limited = {"status_code": 429, "json": {"code": 429, "message": "You have reached the per-second rate limit."}}
        asked = api.get(URL, [limited] * 2000 + [{"status_code": 502}, {"json": {"id": 1}}])
        assert get() == {"id": 1}
        assert asked.call_count == 2002

    def test_daily_limit_ends_it_at_once(self, api: requests_mock.Mocker, get: Get):
        headers = {"X-RateLimit-Type": "Daily-limit", "Retry-After": "2099-01-20T00:00:00Z"}
        asked = api.get(URL, status_code=429, headers=headers, json={"code": 429, "message": "daily rate limit"})
        with pytest.raises(DailyLimitReached, match="2099-01-20 00:00 UTC"):
            get()
        with pytest.raises(DailyLimitReached):
            get()
        assert asked.call_count == 1


class TestToken:
    OLD, NEW = "old-access-token-for-tests", "new-access-token-for-tests"

    @pytest.mark.parametrize(
        "refusal",
        [
            {"status_code": 401, "json": {"code": 124, "message": "Access token is expired."}},
            {"status_code": 400, "json": {"code": 124, "message": "Invalid access token."}},
            {"status_code": 401, "text": ""},
        ],
        ids=["401", "400", "no body"],
    )
    def test_rejected_token_is_replaced(self, api: requests_mock.Mocker, get: Get, refusal: dict[str, Any]):
        tokens = api.post(TOKEN_URL, [{"text": token(self.OLD).body}, {"text": token(self.NEW).body}])
        asked = api.get(URL, [refusal, {"json": {"id": 1}}])
        assert get() == {"id": 1}
        assert tokens.call_count == 2
        assert asked.last_request.headers["Authorization"] == f"Bearer {self.NEW}"

    def test_all_threads_share_one_new_token(
        self, api: requests_mock.Mocker, account: Callable[..., Account], monkeypatch: pytest.MonkeyPatch, clock: Clock
    ):
        threads = 8
        signed = threading.Barrier(threads)

        class WaitsForAll(RequestBudget):
            """Lets the first requests go only when all of them are signed with the old token."""

            def acquire_call(self, request: Any, block: bool = True, timeout: float | None = None) -> None:
                if self.OLD in request.headers["Authorization"]:
                    signed.wait(10)

            OLD = TestToken.OLD

        monkeypatch.setattr("source_zoom.account.RequestBudget", partial(WaitsForAll, sleep=clock.sleep))
        tokens = api.post(TOKEN_URL, [{"text": token(self.OLD).body}, {"text": token(self.NEW).body}])

        def answer(request: Any, context: Any) -> dict[str, Any]:
            good = self.NEW in request.headers["Authorization"]
            context.status_code = 200 if good else 401
            return {"id": 1} if good else {"code": 124, "message": "Access token is expired."}

        asked = api.get(URL, json=answer)
        client = account().client
        with ThreadPoolExecutor(threads) as pool:
            found = list(pool.map(lambda _: client.get("meetings/85012345678", {}, ASKED), range(threads)))
        assert found == [{"id": 1}] * threads
        assert tokens.call_count == 2
        assert asked.call_count == 2 * threads

    def test_token_that_stays_rejected_is_a_config_error(self, api: requests_mock.Mocker, get: Get):
        tokens = api.post(TOKEN_URL, [{"text": token(f"access-token-number-{n}").body} for n in range(20)])
        asked = api.get(URL, status_code=401, json={"code": 124, "message": "Invalid access token."})
        with pytest.raises(ZoomRefused) as caught:
            get()
        assert caught.value.meaning is Meaning.TOKEN_REJECTED
        assert caught.value.failure_type is FailureType.config_error
        assert asked.call_count <= 5
        assert tokens.call_count <= 5

    def test_refusal_without_a_code_costs_one_new_token(self, api: requests_mock.Mocker, get: Get):
        tokens = api.post(TOKEN_URL, [{"text": token(f"access-token-number-{n}").body} for n in range(20)])
        api.get(URL, status_code=401, json={"message": "Unauthorized"})
        with pytest.raises(ZoomRefused):
            get()
        assert tokens.call_count == 2

    def test_login_that_fails_is_told_as_such(self, api: requests_mock.Mocker, get: Get):
        body = {"reason": "Invalid client_id or client_secret", "error": "invalid_client"}
        api.post(TOKEN_URL, status_code=400, json=body)
        asked = api.get(URL, json={"id": 1})
        with pytest.raises(AirbyteTracedException, match="client ID and client secret") as caught:
            get()
        assert caught.value.failure_type is FailureType.config_error
        assert not asked.called


def test_refused_scope_is_a_config_error_that_names_it(api: requests_mock.Mocker, get: Get):
    words = "Invalid access token, does not contain scopes:[meeting:read:meeting:admin]."
    asked = api.get(URL, status_code=400, json={"code": 4711, "message": words})
    with pytest.raises(ZoomRefused, match=re.escape("meeting:read:meeting:admin")) as caught:
        get()
    assert caught.value.meaning is Meaning.SCOPE_MISSING
    assert caught.value.failure_type is FailureType.config_error
    assert asked.call_count == 1


def test_nothing_of_an_answer_gets_into_the_log(
    api: requests_mock.Mocker, account: Callable[..., Account], caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG, logger="airbyte")
    body = {"id": 1, "email": "marta.olsen@example.com", "start_url": "https://example.com/s/1?zak=host-secret"}
    broken = {"status_code": 500, "json": body}
    api.get(URL, [broken, {"json": body}])
    account().client.get("meetings/85012345678", {}, ASKED)
    assert "Asking Zoom again for meetings of 85012345678" in caplog.text
    for secret in ("marta", "host-secret", ACCESS_TOKEN):
        assert secret not in caplog.text


def test_requests_and_retries_are_counted(api: requests_mock.Mocker, account: Callable[..., Account]):
    made = account()
    api.get(URL, [{"status_code": 500}, {"status_code": 429}, {"json": {"id": 1}}])
    made.client.get("meetings/85012345678", {}, ASKED)
    assert re.search(r"\b3 requests\b", made.progress.line())
    assert made.progress.summary() == [
        "1 request was sent again after: HTTP 500 with a body that is no JSON object",
        "1 request was sent again after: HTTP 429 with a body that is no JSON object",
    ]


def test_closed_client_lets_its_connections_go(account: Callable[..., Account], monkeypatch: pytest.MonkeyPatch):
    closed: list[bool] = []
    monkeypatch.setattr(requests.Session, "close", lambda session: closed.append(True))
    account().client.close()
    assert closed == [True]
