"""errors.py: what each answer of Zoom means. resource/documented_errors.json holds every documented error of the
endpoints in use, with the meaning it must have as our documents on Zoom tell it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests_mock
from airbyte_cdk.models import FailureType

from source_zoom.account import Account
from source_zoom.client import Asked
from source_zoom.errors import (
    SKIPPED,
    Answer,
    Meaning,
    PageTokenExpired,
    ParentSkipped,
    ZoomRefused,
    concerns_all,
    error_in_body,
    refusal,
    rule_for,
    scopes_named,
    without_personal_data,
)
from source_zoom.streams import TABLES

DOCUMENTED = json.loads((Path(__file__).parent / "resource" / "documented_errors.json").read_text("utf-8"))
SCOPE_WORDS = "Invalid access token, does not contain scopes:[report:read:meeting:admin, report:read:user:admin]."


def real_path(template: str) -> str:
    return "/v2" + re.sub(r"\{\w+\}", "mQ3xT9aLS0%2BfU2yEwB7k1Q%3D%3D", template)


def answer(status: int, code: int | None = None, words: str = "", **more: Any) -> Answer:
    return Answer(status, code, words, path=more.pop("path", "/v2/meetings/85012345678"), **more)


@pytest.mark.parametrize("error", DOCUMENTED, ids=lambda e: f"{e['path']} {e['http']}/{e['code']} {e['message'][:30]}")
def test_documented_error_has_its_meaning(error: dict[str, Any]):
    found = rule_for(answer(error["http"], error["code"], error["message"], path=real_path(error["path"])))
    assert found.meaning is Meaning[error["meaning"]]


# What each meaning must lead to where one parent is read.
SKIP, RESTART = ParentSkipped, PageTokenExpired
CONSEQUENCES: dict[str, type[Exception] | FailureType] = {
    "NOTHING_THERE": SKIP,
    "HOST_CANNOT": SKIP,
    "USER_GONE": SKIP,
    "TOO_OLD": SKIP,
    "PAGE_TOKEN_EXPIRED": RESTART,
    "TOKEN_REJECTED": FailureType.config_error,
    "ROLE_MISSING": FailureType.config_error,
    "ACCESS_DENIED": FailureType.config_error,
    "ENDPOINT_GONE": FailureType.system_error,
    "WINDOW_REFUSED": FailureType.system_error,
}


@pytest.mark.parametrize("error", DOCUMENTED, ids=lambda e: f"{e['path']} {e['http']}/{e['code']} {e['message'][:30]}")
def test_documented_error_has_its_consequence(
    api: requests_mock.Mocker, account: Callable[..., Account], error: dict[str, Any]
):
    body = {"message": error["message"]} if error["code"] is None else error
    api.get(requests_mock.ANY, status_code=error["http"], text=json.dumps(body))
    expected = CONSEQUENCES[error["meaning"]]
    asked = Asked("some_table", "the parent")
    if isinstance(expected, FailureType):
        with pytest.raises(ZoomRefused, match="some_table of the parent") as caught:
            account().client.get(real_path(error["path"]).removeprefix("/v2/"), {"next_page_token": "b"}, asked)
        assert caught.value.failure_type is expected
        assert error["message"][:50] in caught.value.message
    else:
        with pytest.raises(expected):
            account().client.get(real_path(error["path"]).removeprefix("/v2/"), {"next_page_token": "b"}, asked)


@pytest.mark.parametrize("error", DOCUMENTED, ids=lambda e: f"{e['path']} {e['http']}/{e['code']} {e['message'][:30]}")
def test_documented_error_of_a_list_without_parent_is_never_a_skip(
    api: requests_mock.Mocker, account: Callable[..., Account], error: dict[str, Any]
):
    body = {"message": error["message"]} if error["code"] is None else error
    api.get(requests_mock.ANY, status_code=error["http"], text=json.dumps(body))
    with pytest.raises(ZoomRefused):
        account().client.get(real_path(error["path"]).removeprefix("/v2/"), {}, Asked("some_table"))


def test_errors_of_every_endpoint_in_use_are_tested():
    documented = {re.sub(r"\{\w+\}", "{}", error["path"]) for error in DOCUMENTED}
    of_walks = {
        "/users/{}/meetings",
        "/users/{}/webinars",
        "/past_meetings/{}/instances",
        "/past_webinars/{}/instances",
        "/report/history_meetings",
        "/report/users",
        "/report/users/{}/meetings",
    }
    assert documented == of_walks | {"/" + re.sub(r"\{\w+\}", "{}", table.endpoint) for table in TABLES}


@pytest.mark.parametrize(
    ("given", "meaning"),
    [
        # The transport.
        (answer(429, 429, "You have reached the maximum per-second rate limit for this API."), Meaning.RATE_LIMIT),
        (answer(429, 4001, "You have reached the maximum per-second rate limit for this API."), Meaning.RATE_LIMIT),
        (answer(429, is_html=True), Meaning.RATE_LIMIT),
        (answer(500, 500, "Internal error"), Meaning.RETRY),
        (answer(502, is_html=True), Meaning.RETRY),
        (answer(503), Meaning.RETRY),
        (answer(599), Meaning.RETRY),
        (answer(408), Meaning.RETRY),
        (answer(200, is_html=True), Meaning.RETRY),
        (answer(404, is_html=True), Meaning.RETRY),
        (answer(403, is_html=True), Meaning.FIREWALL),
        # Scopes, by code or by words, under any status.
        (answer(400, 4711, SCOPE_WORDS), Meaning.SCOPE_MISSING),
        (answer(401, 4711, SCOPE_WORDS), Meaning.SCOPE_MISSING),
        (answer(400, 4700, "Invalid access token, does not contain role:read:admin scope."), Meaning.SCOPE_MISSING),
        (answer(400, 124, SCOPE_WORDS), Meaning.SCOPE_MISSING),
        (answer(401, 200, SCOPE_WORDS), Meaning.SCOPE_MISSING),
        # Tokens.
        (answer(400, 124, "Access token is expired."), Meaning.TOKEN_REJECTED),
        (answer(401, 124, "Invalid access token."), Meaning.TOKEN_REJECTED),
        (answer(401), Meaning.TOKEN_REJECTED),
        # Overloaded codes: the words decide.
        (answer(404, 404, "Registration has not been enabled for this meeting: 1."), Meaning.NOTHING_THERE),
        (answer(400, 300, "Registration has not been enabled for this meeting: 1."), Meaning.NOTHING_THERE),
        (answer(400, 3000, "Registration has not been enabled for this meeting: 1."), Meaning.NOTHING_THERE),
        (answer(400, 200, "Only available for Paid or ZMP account: 1."), Meaning.HOST_CANNOT),
        (answer(200, 200, "Webinar plan subscription is missing."), Meaning.HOST_CANNOT),
        (answer(400, 200, "Something else."), Meaning.UNEXPECTED),
        (answer(400, 300, "Validation Failed."), Meaning.UNEXPECTED),
        (answer(400, 300, "Invalid parameter: page_size."), Meaning.UNEXPECTED),
        (answer(400, 3000, "Something else."), Meaning.UNEXPECTED),
        (
            answer(400, 300, "Only the last six months.", path="/v2/report/history_meetings"),
            Meaning.WINDOW_REFUSED,
        ),
        # Endpoints that Zoom may shut down.
        (answer(404, path="/v2/past_meetings/a%3D/files"), Meaning.NOTHING_THERE),
        (answer(410, path="/v2/past_meetings/a%3D/files"), Meaning.ENDPOINT_GONE),
        (answer(410, path="/v2/past_webinars/a%3D/files"), Meaning.ENDPOINT_GONE),
        (answer(404, path="/v2/report/history_meetings"), Meaning.ENDPOINT_GONE),
        (answer(404, 404, "Not found", path="/v2/report/history_meetings"), Meaning.ENDPOINT_GONE),
        (answer(404, 404, "Not found", path="/v2/past_meetings/a%3D/files"), Meaning.NOTHING_THERE),
        (answer(404, 2300, "This API endpoint is not recognized."), Meaning.ENDPOINT_GONE),
        (answer(404, path="/v2/past_meetings/a%3D/polls"), Meaning.NOTHING_THERE),
        # The account.
        (answer(403, None, "Forbidden No permission."), Meaning.ROLE_MISSING),
        (answer(403, None, "Forbidden"), Meaning.ACCESS_DENIED),
        # What nobody documents fails with Zoom's own words.
        (answer(404), Meaning.UNEXPECTED),
        (answer(418, 999, "I am a teapot."), Meaning.UNEXPECTED),
        (answer(302), Meaning.UNEXPECTED),
        (answer(204), Meaning.UNEXPECTED),
    ],
    ids=lambda value: f"{value.status}-{value.code}-{value.words[:30]}" if isinstance(value, Answer) else value.name,
)
def test_answer_has_meaning(given: Answer, meaning: Meaning):
    assert rule_for(given).meaning is meaning


def test_only_answers_about_one_parent_are_skips():
    assert {meaning.name for meaning in SKIPPED} == {"NOTHING_THERE", "HOST_CANNOT", "USER_GONE", "TOO_OLD", "FIREWALL"}


@pytest.mark.parametrize(
    "words",
    ["Registration has not been enabled for this meeting: 1.", "This webinar doesn't have registration required: 1."],
)
def test_registration_off_is_told_from_other_skips(words: str):
    assert ParentSkipped(rule_for(answer(400, 3000, words))).registration_off


def test_other_skips_say_nothing_of_registration():
    skip = ParentSkipped(rule_for(answer(404, 3001, "Meeting does not exist: 1.")))
    assert not skip.registration_off
    assert "expired" in skip.reason


class TestErrorInBody:
    KEYS = ("registrants",)

    def test_error_shape_without_records_is_an_error(self):
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
            [],
            None,
        ],
        ids=str,
    )
    def test_anything_else_is_none(self, body: Any):
        assert error_in_body(body, self.KEYS) is None


class TestRefusal:
    """Sentences for the user: the table, what is missing, and where in Zoom to mend it."""

    @staticmethod
    def of(given: Answer, subject: str = "report_meetings of 85012345678"):
        return refusal(rule_for(given), given, subject)

    def test_missing_scopes_are_named_with_the_place_to_add_them(self):
        error = self.of(answer(400, 4711, SCOPE_WORDS))
        assert error.failure_type is FailureType.config_error
        assert "report_meetings" in error.message
        assert "report:read:meeting:admin, report:read:user:admin" in error.message
        assert "Scopes" in error.message
        assert concerns_all(error)

    def test_scope_that_zoom_does_not_name_is_still_a_scope(self):
        error = self.of(answer(400, 4711, "Invalid access token, does not contain scopes."))
        assert "lacks a scope." in error.message

    @pytest.mark.parametrize(
        ("path", "permission"),
        [("/v2/report/meetings/a", "UsageReport:Read"), ("/v2/webinars/1", "User:Read")],
    )
    def test_missing_role_is_named_with_the_place_to_add_it(self, path: str, permission: str):
        error = self.of(answer(400, 200, "No permission.", path=path))
        assert error.failure_type is FailureType.config_error
        assert permission in error.message
        assert "User Management > Roles" in error.message

    @pytest.mark.parametrize(
        ("given", "words"),
        [
            (answer(403, is_html=True), "allow list"),
            (answer(401, 124, "Invalid access token."), "fresh access token"),
            (answer(403, None, "Forbidden"), "Zoom Support"),
            (answer(400, 200, "Only available for paid account: 1."), "not on a paid plan"),
        ],
        ids=["firewall", "token", "denied", "plan"],
    )
    def test_what_the_user_can_mend_is_a_config_error(self, given: Answer, words: str):
        error = self.of(given)
        assert error.failure_type is FailureType.config_error
        assert words in error.message
        assert "report_meetings of 85012345678" in error.message

    def test_unknown_answer_fails_with_zooms_own_words(self):
        error = self.of(answer(418, 999, "I am a teapot."))
        assert error.failure_type is FailureType.system_error
        assert "HTTP 418, code 999, 'I am a teapot.'" in error.message
        assert not concerns_all(error)

    def test_email_addresses_do_not_get_into_the_sentence(self):
        error = self.of(answer(418, 999, "User marta.olsen@example.com is odd."))
        assert "example.com" not in str(error)
        assert "(email)" in str(error)

    def test_message_for_the_user_is_the_internal_message_too(self):
        # The CDK's own texts quote the internal message.
        error = self.of(answer(418))
        assert error.internal_message == error.message == str(error)


@pytest.mark.parametrize(
    ("words", "scopes"),
    [
        (SCOPE_WORDS, "report:read:meeting:admin, report:read:user:admin"),
        ("does not contain scopes:[a:read]", "a:read"),
        ("does not contain scopes: a:read:admin", "a:read:admin"),
        ("does not contain scopes.", ""),
        ("", ""),
    ],
)
def test_scopes_named(words: str, scopes: str):
    assert scopes_named(words) == scopes


@pytest.mark.parametrize(
    ("words", "clean"),
    [
        ("User a.b+c@example.com gone", "User (email) gone"),
        ("<x@y.org>,(z@y.org)", "<(email)>,((email))"),
        ("two\n lines", "two lines"),
        ("x" * 400, "x" * 300),
        ("nothing", "nothing"),
    ],
)
def test_without_personal_data(words: str, clean: str):
    assert without_personal_data(words) == clean
