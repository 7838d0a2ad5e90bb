"""client.py: one request to Zoom, what it carries, and what its answer leads to."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from email.message import Message
from types import SimpleNamespace
from typing import Any

import pytest
import requests
import requests_mock
from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from requests.cookies import extract_cookies_to_jar

from source_zoom.sync.sync import Sync
from source_zoom.zoom.client import RequestSubject, path_segment
from source_zoom.zoom.errors import Meaning, PageTokenExpired, ParentSkipped, ZoomRequestFailed
from source_zoom.zoom.labels import Label
from unit_tests.integration.config import ACCESS_TOKEN
from unit_tests.integration.request_builder import API, TOKEN_URL
from unit_tests.integration.response_builder import token

URL = API + "meetings/85012345678"
SUBJECT = RequestSubject("meetings", "85012345678", skippable=True)
NOT_SKIPPABLE = RequestSubject("meetings", "85012345678", skippable=False)
GONE: dict[str, Any] = {"status_code": 404, "json": {"code": 3001, "message": "Meeting does not exist: 1."}}
EXPIRED: dict[str, Any] = {
    "status_code": 400,
    "json": {"code": 300, "message": "The next page token is invalid or expired."},
}

Get = Callable[..., dict[str, Any]]
MakeSync = Callable[..., Sync]


@pytest.mark.parametrize(
    ("identifier", "segment"),
    [
        (85012345678, "85012345678"),
        ("pT4vLm9QSxWcK2bRzH7nYw", "pT4vLm9QSxWcK2bRzH7nYw"),
        # Encoded once: a UUID is base64, with "+", "=" and "/" in it.
        ("mQ3xT9aLS0+fU2yEwB7k1Q==", "mQ3xT9aLS0%2BfU2yEwB7k1Q%3D%3D"),
        ("aZ8cN4/pVRk6hY1tJd5g==", "aZ8cN4%2FpVRk6hY1tJd5g%3D%3D"),
        # Encoded twice, as Zoom documents it for these.
        ("/aZ8cN4pVRk6==", "%252FaZ8cN4pVRk6%253D%253D"),
        ("aZ8//cN+", "aZ8%252F%252FcN%252B"),
        ("me@example.com", "me%40example.com"),
        ("ümlaut ?#", "%C3%BCmlaut%20%3F%23"),
    ],
)
def test_path_segment(identifier: object, segment: str) -> None:
    assert path_segment(identifier) == segment


def test_path_segment_is_sent_as_it_is(api: requests_mock.Mocker, get: Get) -> None:
    # requests would decode a segment that it takes for unquoted.
    api.get(requests_mock.ANY, json={"id": 1})
    get(f"past_meetings/{path_segment('/aZ8//cN4+==')}/polls")
    assert api.request_history[-1].url == API + "past_meetings/%252FaZ8%252F%252FcN4%252B%253D%253D/polls"


def test_subject_names_table_and_parent() -> None:
    assert str(RequestSubject("meetings", "1")) == "meetings of 1"
    assert str(RequestSubject("users")) == "users"
    assert not RequestSubject("meetings", "1").skippable


class TestGoodAnswer:
    def test_json_object_is_returned(self, api: requests_mock.Mocker, get: Get) -> None:
        api.get(URL, json={"id": 1, "topic": "Ærø"})
        assert get() == {"id": 1, "topic": "Ærø"}

    def test_page_with_half_an_emoji_is_read_at_the_first_attempt(self, api: requests_mock.Mocker, get: Get) -> None:
        sent = api.get(URL, text='{"id": 1, "topic": "cut \\ud83d"}')
        assert get() == {"id": 1, "topic": "cut \ufffd"}
        assert sent.call_count == 1

    def test_request_carries_token_and_parameters(self, api: requests_mock.Mocker, get: Get) -> None:
        sent: Any = api.get(URL, json={"id": 1})
        get(params={"page_size": "300", "next_page_token": "a+b/="})
        assert sent.last_request.headers["Authorization"] == f"Bearer {ACCESS_TOKEN}"
        assert sent.last_request.qs == {"page_size": ["300"], "next_page_token": ["a+b/="]}

    def test_one_token_serves_all_requests(self, api: requests_mock.Mocker, sync: MakeSync) -> None:
        tokens = api.post(TOKEN_URL, text=str(token().body))
        api.get(URL, json={"id": 1})
        client = sync().client
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda _: client.get("meetings/85012345678", {}, SUBJECT, Label.LIGHT), range(40)))
        assert tokens.call_count == 1

    def test_every_request_has_connect_and_read_timeouts(self, api: requests_mock.Mocker, get: Get) -> None:
        # Trap T8: without them a socket that never answers hangs the sync.
        api.get(URL, json={"id": 1})
        get()
        sent: list[Any] = api.request_history
        assert [request.method for request in sent] == ["POST", "GET"]
        for request in sent:
            connect, read = request.timeout
            assert 0 < connect <= 30
            assert 0 < read <= 120

    def test_error_shape_with_the_records_in_it_is_a_good_answer(self, api: requests_mock.Mocker, get: Get) -> None:
        body = {"code": 200, "message": "fine", "registrants": []}
        api.get(URL, json=body)
        assert get(proof_keys=("registrants",)) == body

    def test_cookies_of_zooms_load_balancer_are_not_kept(self, sync: MakeSync) -> None:
        session = sync().client._session
        headers = Message()
        headers["Set-Cookie"] = "balancer=7; Domain=zoom.us; Path=/"
        answer = SimpleNamespace(_original_response=SimpleNamespace(msg=headers))
        extract: Any = extract_cookies_to_jar
        extract(session.cookies, requests.Request("GET", URL).prepare(), answer)
        assert list(session.cookies) == []

    def test_redirects_are_not_followed(self, api: requests_mock.Mocker, get: Get) -> None:
        api.get(URL, status_code=302, headers={"Location": "https://elsewhere.example.com/"})
        elsewhere = api.get("https://elsewhere.example.com/", json={"id": 1})
        with pytest.raises(ZoomRequestFailed, match="HTTP 302"):
            get()
        assert not elsewhere.called


class TestConsequence:
    """What an error means depends on whether the request may be skipped, and on its page."""

    def test_parent_without_rows_is_skipped(self, api: requests_mock.Mocker, get: Get) -> None:
        api.get(URL, **GONE)
        with pytest.raises(ParentSkipped) as caught:
            get(subject=SUBJECT)
        assert caught.value.rule.meaning is Meaning.NOTHING_THERE

    def test_request_that_may_not_be_skipped_fails(self, api: requests_mock.Mocker, get: Get) -> None:
        # It has a parent, which alone does not make it skippable.
        api.get(URL, **GONE)
        with pytest.raises(ZoomRequestFailed, match="meetings of 85012345678") as caught:
            get(subject=NOT_SKIPPABLE)
        assert caught.value.failure_type is FailureType.system_error

    def test_user_who_is_gone_fails_a_request_that_may_not_be_skipped(
        self, api: requests_mock.Mocker, get: Get
    ) -> None:
        api.get(URL, status_code=404, json={"code": 1001, "message": "User does not exist: x."})
        with pytest.raises(ZoomRequestFailed):
            get(subject=NOT_SKIPPABLE)

    def test_expired_page_token_restarts_the_list(self, api: requests_mock.Mocker, get: Get) -> None:
        api.get(URL, **EXPIRED)
        with pytest.raises(PageTokenExpired):
            get(params={"next_page_token": "b"})

    def test_request_without_a_page_token_has_none_that_could_expire(self, api: requests_mock.Mocker, get: Get) -> None:
        api.get(URL, **EXPIRED)
        with pytest.raises(ZoomRequestFailed, match="page token is invalid or expired"):
            get()

    def test_missing_scope_is_a_config_error_that_names_it(self, api: requests_mock.Mocker, get: Get) -> None:
        words = "Invalid access token, does not contain scopes:[meeting:read:meeting:admin]."
        sent = api.get(URL, status_code=400, json={"code": 4711, "message": words})
        with pytest.raises(ZoomRequestFailed, match=re.escape("meeting:read:meeting:admin")) as caught:
            get()
        assert caught.value.meaning is Meaning.SCOPE_MISSING
        assert caught.value.failure_type is FailureType.config_error
        assert sent.call_count == 1

    def test_login_that_fails_is_reported_as_such(self, api: requests_mock.Mocker, get: Get) -> None:
        body = {"reason": "Invalid client_id or client_secret", "error": "invalid_client"}
        api.post(TOKEN_URL, status_code=400, json=body)
        sent = api.get(URL, json={"id": 1})
        with pytest.raises(AirbyteTracedException, match="client ID and client secret") as caught:
            get()
        assert caught.value.failure_type is FailureType.config_error
        assert not sent.called


def test_nothing_of_an_answer_gets_into_the_log(
    api: requests_mock.Mocker, get: Get, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="airbyte")
    body = {"id": 1, "email": "marta.olsen@example.com", "start_url": "https://example.com/s/1?zak=host-secret"}
    broken = {"status_code": 500, "json": body}
    api.get(URL, [broken, {"json": body}])
    get()
    assert re.search(r"GET /v2/meetings/85012345678: HTTP 500 in \d+ ms", caplog.text)
    for secret in ("marta", "host-secret", ACCESS_TOKEN):
        assert secret not in caplog.text


def test_ids_of_people_do_not_get_into_the_log(
    api: requests_mock.Mocker, get: Get, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="airbyte")
    answers: list[dict[str, Any]] = [{"exc": requests.exceptions.ReadTimeout}, {"json": {"id": 1}}]
    api.get(requests_mock.ANY, answers)
    get(f"users/{path_segment('marta.olsen@example.com')}/meetings", subject=RequestSubject("meetings", "marta"))
    assert re.search(r"GET /v2/users/\S+/meetings: HTTP 200 in \d+ ms", caplog.text)
    assert "GET /v2/users/\u2026/meetings: ReadTimeout" in caplog.text
    assert "marta" not in caplog.text


def test_closed_client_closes_its_connections(sync: MakeSync, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[bool] = []
    monkeypatch.setattr(requests.Session, "close", lambda session: closed.append(True))
    sync().client.close()
    assert closed == [True]
