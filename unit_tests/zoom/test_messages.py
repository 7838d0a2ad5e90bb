"""messages.py: the sentences for the user: what failed, why, and where in Zoom to change it."""

from __future__ import annotations

from typing import Any

import pytest
from airbyte_cdk.models import FailureType

from source_zoom.zoom.errors import ErrorResponse, ZoomRequestFailed, rule_for
from source_zoom.zoom.messages import missing_scope, to_exception, without_personal_data
from source_zoom.zoom.severity import ends_table

SCOPE_WORDS = "Invalid access token, does not contain scopes:[report:read:meeting:master, report:read:meeting:admin]."
SUBJECT = "report_meetings of 85012345678"


def response(status: int, code: int | None = None, words: str = "", **more: Any) -> ErrorResponse:
    return ErrorResponse(status, code, words, path=more.pop("path", "/v2/meetings/85012345678"), **more)


def failure(given: ErrorResponse) -> ZoomRequestFailed:
    return to_exception(rule_for(given), given, SUBJECT)


def test_missing_scope_is_named_with_the_place_to_add_it() -> None:
    error = failure(response(400, 4711, SCOPE_WORDS))
    assert error.failure_type is FailureType.config_error
    said, _, zooms_words = str(error).partition("Zoom said: ")
    assert SUBJECT in said
    assert "the scope report:read:meeting:admin." in said
    # One scope is enough, and the others belong to other kinds of account.
    assert "report:read:meeting:master" not in said
    assert "> Scopes" in said
    assert "does not contain" in zooms_words
    assert ends_table(error)


def test_scope_that_zoom_does_not_name_is_still_a_scope() -> None:
    error = failure(response(400, 4711, "Invalid access token, does not contain scopes."))
    assert "lacks a scope." in str(error)


@pytest.mark.parametrize(
    ("path", "permission"),
    [("/v2/report/meetings/a", "UsageReport:Read"), ("/v2/webinars/1", "User:Read")],
)
def test_missing_role_is_named_with_the_place_to_add_it(path: str, permission: str) -> None:
    error = failure(response(400, 200, "No permission.", path=path))
    assert error.failure_type is FailureType.config_error
    assert permission in str(error)
    assert "User Management > Roles" in str(error)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (response(403, is_html=True), "allow list"),
        (response(401, 124, "Invalid access token."), "fresh access token"),
        (response(403, None, "Forbidden"), "Zoom Support"),
        (response(400, 200, "Only available for paid account: 1."), "not on a paid plan"),
    ],
    ids=["firewall", "token", "denied", "plan"],
)
def test_what_the_user_can_change_is_a_config_error(given: ErrorResponse, words: str) -> None:
    error = failure(given)
    assert error.failure_type is FailureType.config_error
    assert words in str(error)
    assert SUBJECT in str(error)


def test_unknown_answer_fails_with_zooms_own_words() -> None:
    error = failure(response(418, 999, "I am a teapot."))
    assert error.failure_type is FailureType.system_error
    assert "HTTP 418, code 999, 'I am a teapot.'" in str(error)
    assert not ends_table(error)


def test_answer_without_code_and_message_is_quoted_by_its_status() -> None:
    assert str(failure(response(418))).endswith("Zoom said: HTTP 418")


def test_email_addresses_do_not_get_into_the_sentence() -> None:
    error = failure(response(418, 999, "User marta.olsen@example.com is odd."))
    assert "example.com" not in str(error)
    assert "(email)" in str(error)


def test_message_for_the_user_is_the_internal_message_too() -> None:
    # The CDK's own texts quote the internal message.
    error = failure(response(418))
    assert error.internal_message == error.message == str(error)


@pytest.mark.parametrize(
    ("words", "scope"),
    [
        (SCOPE_WORDS, "report:read:meeting:admin"),
        ("does not contain scopes:[a:read, b:read]", "a:read"),
        ("does not contain scopes:[a:read, a:read:admin]", "a:read:admin"),
        ("does not contain scopes: a:read:admin", "a:read:admin"),
        ("does not contain scopes:[a:read:list_polls:admin ,]", "a:read:list_polls:admin"),
        ("does not contain scopes.", ""),
        ("does not contain scopes:[]", ""),
        ("", ""),
    ],
)
def test_missing_scope(words: str, scope: str) -> None:
    assert missing_scope(words) == scope


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
def test_without_personal_data(words: str, clean: str) -> None:
    assert without_personal_data(words) == clean
