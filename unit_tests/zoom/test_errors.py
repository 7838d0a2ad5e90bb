"""errors.py: what each error of Zoom means. resource/documented_errors.json holds every documented error of the
endpoints in use, with the meaning that Zoom's documentation gives it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests_mock
from airbyte_cdk.models import FailureType

from source_zoom.zoom.client import RequestSubject
from source_zoom.zoom.errors import (
    SKIPPED,
    ErrorResponse,
    LabelClosed,
    Meaning,
    PageTokenExpired,
    ParentSkipped,
    ZoomRequestFailed,
    error_in_body,
    rule_for,
)
from source_zoom.zoom.severity import consecutive_limit, ends_table
from unit_tests.failures import config_error, system_error, transient_error
from unit_tests.resource.facts import LISTS, TABLES
from unit_tests.zoom.answers import HISTORY, name, response

Get = Callable[..., dict[str, Any]]
Error = dict[str, Any]

DOCUMENTED: list[Error] = json.loads(
    (Path(__file__).parents[1] / "resource" / "documented_errors.json").read_text("utf-8")
)
SCOPE_WORDS = "Invalid access token, does not contain scopes:[report:read:meeting:admin, report:read:meeting:master]."
FILES = "/v2/past_meetings/a%3D/files"


def real_path(template: str) -> str:
    return "/v2" + re.sub(r"\{\w+\}", "mQ3xT9aLS0%2BfU2yEwB7k1Q%3D%3D", template)


def name_of(error: Error) -> str:
    return f"{error['path']} {error['http']}/{error['code']} {error['message'][:30]}"


@pytest.mark.parametrize("error", DOCUMENTED, ids=name_of)
def test_documented_error_has_its_meaning(error: Error) -> None:
    found = rule_for(response(error["http"], error["code"], error["message"], path=real_path(error["path"])))
    assert found.meaning is Meaning[error["meaning"]]


# What each meaning must lead to where one parent is read.
CONSEQUENCES: dict[str, type[Exception] | FailureType] = {
    "NOTHING_THERE": ParentSkipped,
    "HOST_CANNOT": ParentSkipped,
    "USER_GONE": ParentSkipped,
    "TOO_OLD": ParentSkipped,
    "PAGE_TOKEN_EXPIRED": PageTokenExpired,
    "TOKEN_REJECTED": FailureType.config_error,
    "ROLE_MISSING": FailureType.config_error,
    "ACCESS_DENIED": FailureType.config_error,
    "ENDPOINT_GONE": FailureType.system_error,
    "WINDOW_REFUSED": FailureType.system_error,
    "SCOPE_MISSING": FailureType.config_error,
    "SETTING_FORBIDS": FailureType.config_error,
    "UNEXPECTED": FailureType.system_error,
}


def answer_with(api: requests_mock.Mocker, error: Error) -> str:
    """Zoom answers everything with this error; returns a path for the request."""
    body = {"message": error["message"]} if error["code"] is None else error
    api.get(requests_mock.ANY, status_code=error["http"], text=json.dumps(body))
    return real_path(error["path"]).removeprefix("/v2/")


@pytest.mark.parametrize("error", DOCUMENTED, ids=name_of)
def test_documented_error_has_its_consequence(api: requests_mock.Mocker, get: Get, error: Error) -> None:
    path = answer_with(api, error)
    expected = CONSEQUENCES[error["meaning"]]
    subject = RequestSubject("some_table", "the parent", skippable=True)
    if isinstance(expected, FailureType):
        with pytest.raises(ZoomRequestFailed, match="some_table of the parent") as caught:
            get(path, {"next_page_token": "b"}, subject)
        assert caught.value.failure_type is expected
        assert error["message"][:50] in str(caught.value)
    else:
        with pytest.raises(expected):
            get(path, {"next_page_token": "b"}, subject)


@pytest.mark.parametrize("error", DOCUMENTED, ids=name_of)
def test_documented_error_is_no_skip_where_nothing_may_be_skipped(
    api: requests_mock.Mocker, get: Get, error: Error
) -> None:
    with pytest.raises(ZoomRequestFailed):
        get(answer_with(api, error), {}, RequestSubject("some_table", "the parent", skippable=False))


def test_errors_of_every_endpoint_in_use_are_tested() -> None:
    documented = {re.sub(r"\{\w+\}", "{}", error["path"]) for error in DOCUMENTED}
    used = {"/" + re.sub(r"\{\w+\}", "{}", endpoint.path) for endpoint in (*TABLES.values(), *LISTS.values())}
    assert documented == used


@pytest.mark.parametrize(
    ("given", "meaning"),
    [
        # The transport.
        (response(429, 429, "You have reached the maximum per-second rate limit for this API."), Meaning.RATE_LIMIT),
        (response(429, 4001, "You have reached the maximum per-second rate limit for this API."), Meaning.RATE_LIMIT),
        (response(429, is_html=True), Meaning.RATE_LIMIT),
        (response(500, 500, "Internal error"), Meaning.RETRY),
        (response(502, is_html=True), Meaning.RETRY),
        (response(503), Meaning.RETRY),
        (response(599), Meaning.RETRY),
        (response(408), Meaning.RETRY),
        (response(200, is_html=True), Meaning.RETRY),
        (response(404, is_html=True), Meaning.RETRY),
        (response(403, is_html=True), Meaning.FIREWALL),
        # Scopes, by code or by words, under any status.
        (response(400, 4711, SCOPE_WORDS), Meaning.SCOPE_MISSING),
        (response(401, 4711, SCOPE_WORDS), Meaning.SCOPE_MISSING),
        (response(400, 4700, "Invalid access token, does not contain role:read:admin scope."), Meaning.SCOPE_MISSING),
        (response(400, 124, SCOPE_WORDS), Meaning.SCOPE_MISSING),
        (response(401, 200, SCOPE_WORDS), Meaning.SCOPE_MISSING),
        # Tokens.
        (response(400, 124, "Access token is expired."), Meaning.TOKEN_REJECTED),
        (response(401, 124, "Invalid access token."), Meaning.TOKEN_REJECTED),
        (response(401), Meaning.TOKEN_REJECTED),
        # What is not there, under HTTP 404 and 400.
        (response(404, 3001, "Meeting does not exist: 1."), Meaning.NOTHING_THERE),
        (response(400, 3001, "Meeting does not exist: 1."), Meaning.NOTHING_THERE),
        (response(400, 3001, "Not found.", path="/v2/report/meetings/a/participants"), Meaning.NOTHING_THERE),
        (response(400, 3001, "Not found.", path="/v2/past_webinars/a/qa"), Meaning.NOTHING_THERE),
        (response(400, 300, "Invalid meeting ID."), Meaning.NOTHING_THERE),
        (response(400, 300, "Invalid webinar ID."), Meaning.NOTHING_THERE),
        (response(404, path="/v2/report/meetings/a"), Meaning.NOTHING_THERE),
        (response(404, path="/v2/report/webinars/a/participants"), Meaning.NOTHING_THERE),
        # Overloaded codes: the words decide.
        (response(404, 404, "Registration has not been enabled for this meeting: 1."), Meaning.NOTHING_THERE),
        (response(400, 300, "Registration has not been enabled for this meeting: 1."), Meaning.NOTHING_THERE),
        (response(400, 3000, "Registration has not been enabled for this meeting: 1."), Meaning.NOTHING_THERE),
        (response(400, 200, "Only available for Paid or ZMP account: 1."), Meaning.HOST_CANNOT),
        (response(200, 200, "Webinar plan subscription is missing."), Meaning.HOST_CANNOT),
        (response(400, 200, "Something else."), Meaning.UNEXPECTED),
        (response(400, 300, "Validation Failed."), Meaning.UNEXPECTED),
        (response(400, 300, "Invalid parameter: page_size."), Meaning.UNEXPECTED),
        (response(400, 3000, "Something else."), Meaning.UNEXPECTED),
        (response(400, 300, "Only the last six months.", path=HISTORY), Meaning.WINDOW_REFUSED),
        # Endpoints that Zoom may shut down.
        *((response(status, is_html=True, path=FILES), Meaning.ENDPOINT_GONE) for status in (403, 404, 410, 501)),
        (response(502, is_html=True, path=FILES), Meaning.RETRY),
        (response(501, path=FILES), Meaning.RETRY),
        (response(404, path=FILES), Meaning.NOTHING_THERE),
        (response(410, path=FILES), Meaning.ENDPOINT_GONE),
        (response(410, path="/v2/past_webinars/a%3D/files"), Meaning.ENDPOINT_GONE),
        (response(404, path=HISTORY), Meaning.ENDPOINT_GONE),
        (response(404, 404, "Not found", path=HISTORY), Meaning.ENDPOINT_GONE),
        (response(404, 404, "Not found", path=FILES), Meaning.NOTHING_THERE),
        (response(404, 2300, "This API endpoint is not recognized."), Meaning.ENDPOINT_GONE),
        (response(404, path="/v2/past_meetings/a%3D/polls"), Meaning.NOTHING_THERE),
        # The account.
        (response(403, None, "Forbidden No permission."), Meaning.ROLE_MISSING),
        (response(403, None, "Forbidden"), Meaning.ACCESS_DENIED),
        # What nobody documents fails with Zoom's own words.
        (response(404), Meaning.UNEXPECTED),
        (response(418, 999, "I am a teapot."), Meaning.UNEXPECTED),
        (response(302), Meaning.UNEXPECTED),
        (response(204), Meaning.UNEXPECTED),
    ],
    ids=name,
)
def test_error_has_meaning(given: ErrorResponse, meaning: Meaning) -> None:
    assert rule_for(given).meaning is meaning


@pytest.mark.parametrize(
    ("path", "code", "reason"),
    [
        ("/v2/meetings/1/polls", 404, "it has no polls"),
        ("/v2/past_meetings/a/files", 3001, "none there, or the meeting was deleted or has not ended"),
        ("/v2/meetings/1", 3001, "it has expired, was deleted or has not ended"),
    ],
)
def test_reason_speaks_of_the_endpoint(path: str, code: int, reason: str) -> None:
    assert rule_for(response(404, code, "Not found.", path=path)).reason == reason


def test_only_answers_about_one_parent_are_skips() -> None:
    # A firewall's refusal is none: there are rows, and they were not read.
    assert {meaning.name for meaning in SKIPPED} == {"NOTHING_THERE", "HOST_CANNOT", "USER_GONE", "TOO_OLD"}


@pytest.mark.parametrize(
    ("words", "of_host"),
    [
        ("Webinar plan is missing.", True),
        ("Only available for Paid account: 1.", True),
    ],
)
def test_words_about_the_plan_hold_for_all_of_the_hosts_meetings(words: str, *, of_host: bool) -> None:
    assert rule_for(response(400, 200, words)).of_host is of_host


@pytest.mark.parametrize("code", [3161, 2306, 1001, 3001, 12702])
def test_other_skips_hold_for_the_one_parent(code: int) -> None:
    rule = rule_for(response(404, code, "Some words."))
    assert rule.meaning in SKIPPED
    assert not rule.of_host


class TestErrorInBody:
    KEYS = ("registrants",)

    def test_error_shape_without_records_is_an_error(self) -> None:
        assert error_in_body({"code": 200, "message": "Webinar plan is missing."}, self.KEYS) == (
            200,
            "Webinar plan is missing.",
        )

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"registrants": []},
            {"registrants": None, "code": 200, "message": "words"},
            {"code": 200},
            {"message": "words"},
            {"code": "two hundred", "message": "words"},
            {"code": True, "message": "words"},
            {"code": 200, "message": None},
        ],
        ids=str,
    )
    def test_anything_else_is_none(self, body: dict[str, Any]) -> None:
        assert error_in_body(body, self.KEYS) is None


class TestEndsTable:
    """What every other parent would meet too."""

    @pytest.mark.parametrize(
        ("error", "ends"),
        [
            (config_error(), True),
            (LabelClosed("The daily limit is used up."), True),
            (ZoomRequestFailed(Meaning.SCOPE_MISSING, "No scope.", FailureType.config_error), True),
            (ZoomRequestFailed(Meaning.FIREWALL, "Refused.", FailureType.config_error), False),
            (ZoomRequestFailed(Meaning.UNEXPECTED, "Odd.", FailureType.system_error), False),
            (transient_error(), False),
            (system_error(), False),
            (KeyError("bug"), False),
        ],
        ids=repr,
    )
    def test_ends_table(self, error: Exception, *, ends: bool) -> None:
        assert ends_table(error) is ends

    @pytest.mark.parametrize(
        ("error", "limit"),
        [
            (transient_error(), 3),
            (ZoomRequestFailed(Meaning.RETRY, "Zoom is down.", FailureType.transient_error), 3),
            (ZoomRequestFailed(Meaning.PAGE_TOKEN_EXPIRED, "Too slow.", FailureType.transient_error), 3),
            (ZoomRequestFailed(Meaning.FIREWALL, "Refused.", FailureType.config_error), 3),
            # Zoom contradicted itself, which another sync may not see again.
            (ZoomRequestFailed(Meaning.UNEXPECTED, "Odd.", FailureType.transient_error), 20),
            (ZoomRequestFailed(Meaning.UNEXPECTED, "Odd.", FailureType.system_error), 20),
            (system_error(), 20),
            (config_error(), 20),
            (KeyError("bug"), 20),
        ],
        ids=repr,
    )
    def test_outages_end_it_sooner_than_odd_answers(self, error: Exception, limit: int) -> None:
        # An outage costs minutes a parent, an odd answer one request.
        assert consecutive_limit(error) == limit
