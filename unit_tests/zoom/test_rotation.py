"""auth.py: refresh tokens, each good for one refresh: every new one is announced, and none is spent in vain."""

from __future__ import annotations

import io
import json
import sys
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
from airbyte_cdk.config_observation import emit_configuration_as_airbyte_control_message
from airbyte_cdk.models import FailureType

from source_zoom.base.config import Config
from source_zoom.zoom import auth
from source_zoom.zoom.auth import LOGIN_RETRIES, authenticator_for
from unit_tests.integration.request_builder import TOKEN_URL
from unit_tests.zoom.login import LOST, NEVER_SENT, REFUSED_GRANT, USER, failure, login, rotated, sent, token

if TYPE_CHECKING:
    import requests_mock

CUT_ANSWERS: list[dict[str, Any]] = [
    *({"exc": fault} for fault in LOST),
    {"status_code": 502},
    {"text": "cut {"},
    {"text": ""},
]


def controls(text: str) -> list[dict[str, Any]]:
    return [json.loads(line)["control"]["connectorConfig"]["config"] for line in text.splitlines()]


def test_each_rotation_is_announced_and_goes_on_from_the_new_token(
    api: requests_mock.Mocker, capsys: pytest.CaptureFixture[str]
) -> None:
    api.post(TOKEN_URL, [rotated(1), rotated(2), rotated(3)])
    form: dict[str, Any] = {"credentials": deepcopy(USER), "start_date": "2026-01-01", "unknown": {"kept": True}}
    authenticator = authenticator_for(Config.parse(form))
    for _ in range(2):
        authenticator.replace(authenticator.get_auth_header()["Authorization"])
    assert [body["refresh_token"] for body in sent(api)] == [
        [f"refresh-token-{number}-Wf4Jg6Ub"] for number in (0, 1, 2)
    ]
    announced = controls(capsys.readouterr().out)
    assert [config["credentials"]["refresh_token"] for config in announced] == [
        f"refresh-token-{number}-Wf4Jg6Ub" for number in (1, 2, 3)
    ]
    # The message is the whole form, and the form itself goes on from the new tokens.
    assert announced[-1] == form
    assert form["unknown"] == {"kept": True}
    assert form["start_date"] == "2026-01-01"
    assert form["credentials"]["access_token"] == "access-token-3-Tn2Vk8Qe"


def test_a_second_sync_of_the_process_uses_the_token_that_is_still_good(
    api: requests_mock.Mocker, capsys: pytest.CaptureFixture[str]
) -> None:
    api.post(TOKEN_URL, **rotated(1))
    form = {"credentials": deepcopy(USER)}
    authenticator_for(Config.parse(form)).get_auth_header()
    (announced,) = controls(capsys.readouterr().out)
    for later in (form, announced):
        again = authenticator_for(Config.parse(later))
        assert again.get_auth_header() == {"Authorization": "Bearer access-token-1-Tn2Vk8Qe"}
        assert again.granted_scopes == frozenset()
        assert again.api_url() == "https://api.zoom.us/v2/"
    assert api.call_count == 1


WITH_TOKEN = {**USER, "access_token": "access-token-0-Tn2Vk8Qe"}


@pytest.mark.parametrize("expiry", ["never", "2020-01-01T00:00:00Z", "0001-01-01T00:00:00+05:00"])
def test_a_token_of_unreadable_or_past_expiry_is_refreshed(api: requests_mock.Mocker, expiry: str) -> None:
    api.post(TOKEN_URL, **rotated(1))
    authenticator = login({**WITH_TOKEN, "token_expiry_date": expiry})
    assert authenticator.get_auth_header() == {"Authorization": "Bearer access-token-1-Tn2Vk8Qe"}


@pytest.mark.parametrize("expiry", ["", None])
def test_a_token_without_expiry_is_used_until_zoom_rejects_it(api: requests_mock.Mocker, expiry: str | None) -> None:
    # It was typed in by hand, and refreshing it would spend a refresh token that the platform does not store yet.
    tokens = api.post(TOKEN_URL, **rotated(1))
    authenticator = login({**WITH_TOKEN, "token_expiry_date": expiry})
    for _ in range(3):
        assert authenticator.get_auth_header() == {"Authorization": "Bearer access-token-0-Tn2Vk8Qe"}
    assert not tokens.called
    assert authenticator.replace("Bearer access-token-0-Tn2Vk8Qe")
    assert authenticator.get_auth_header() == {"Authorization": "Bearer access-token-1-Tn2Vk8Qe"}
    assert tokens.call_count == 1


@pytest.mark.parametrize("left_out", ["", None])
def test_without_an_access_token_the_refresh_token_is_used(api: requests_mock.Mocker, left_out: str | None) -> None:
    api.post(TOKEN_URL, **rotated(1))
    authenticator = login({**USER, "access_token": left_out})
    assert authenticator.get_auth_header() == {"Authorization": "Bearer access-token-1-Tn2Vk8Qe"}


def test_an_answer_without_a_new_refresh_token_keeps_the_old_one(
    api: requests_mock.Mocker, capsys: pytest.CaptureFixture[str]
) -> None:
    api.post(TOKEN_URL, **token())
    login(USER).get_auth_header()
    (announced,) = controls(capsys.readouterr().out)
    assert announced["credentials"]["refresh_token"] == USER["refresh_token"]


def test_no_thread_gets_a_token_before_the_platform_has_it(
    api: requests_mock.Mocker, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.post(TOKEN_URL, **rotated(1))
    authenticator = login({**WITH_TOKEN, "token_expiry_date": "2100-01-01T00:00:00Z"})
    seen = []

    def emit_slowly(config: Any) -> None:
        seen.append(authenticator.get_auth_header()["Authorization"])
        emit_configuration_as_airbyte_control_message(config)
        seen.append(authenticator.get_auth_header()["Authorization"])

    monkeypatch.setattr(auth, "emit_configuration_as_airbyte_control_message", emit_slowly)
    authenticator.replace("Bearer access-token-0-Tn2Vk8Qe")
    assert seen == ["Bearer access-token-0-Tn2Vk8Qe"] * 2
    assert authenticator.get_auth_header() == {"Authorization": "Bearer access-token-1-Tn2Vk8Qe"}


def test_a_message_that_cannot_be_written_leaves_the_new_token_unused(
    api: requests_mock.Mocker, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.post(TOKEN_URL, **rotated(1))
    authenticator = login(USER)

    def emit(config: Any) -> None:
        raise BrokenPipeError

    monkeypatch.setattr(auth, "emit_configuration_as_airbyte_control_message", emit)
    with pytest.raises(BrokenPipeError):
        authenticator.get_auth_header()
    assert not authenticator.access_token


def test_the_message_is_one_write_with_its_line_end(api: requests_mock.Mocker, monkeypatch: pytest.MonkeyPatch) -> None:
    class Pipe(io.StringIO):
        def __init__(self) -> None:
            super().__init__()
            self.writes: list[str] = []

        def write(self, text: str) -> int:
            self.writes.append(text)
            return len(text)

    api.post(TOKEN_URL, **rotated(1))
    pipe = Pipe()
    monkeypatch.setattr(sys, "stdout", pipe)
    login(USER).get_auth_header()
    (line,) = [text for text in pipe.writes if text]
    assert line.endswith("\n")
    assert line.count("\n") == 1
    assert json.loads(line)["type"] == "CONTROL"


@pytest.mark.parametrize("fault", NEVER_SENT, ids=repr)
def test_a_refresh_that_was_never_sent_is_tried_again(api: requests_mock.Mocker, fault: Any) -> None:
    api.post(TOKEN_URL, [{"exc": fault}, {"exc": fault}, {"status_code": 503}, {"status_code": 429}, rotated()])
    assert login(USER).get_auth_header()
    assert {body["refresh_token"][0] for body in sent(api)} == {USER["refresh_token"]}


@pytest.mark.parametrize("fault", CUT_ANSWERS, ids=repr)
def test_after_a_lost_answer_the_token_is_tried_again(api: requests_mock.Mocker, fault: Any) -> None:
    api.post(TOKEN_URL, [fault, fault, rotated()])
    assert login(USER).get_auth_header()
    assert api.call_count == 3


@pytest.mark.parametrize("fault", CUT_ANSWERS, ids=repr)
def test_a_grant_that_died_with_a_lost_answer_says_so(api: requests_mock.Mocker, fault: Any) -> None:
    api.post(TOKEN_URL, [fault, {"status_code": 400, "json": REFUSED_GRANT}])
    error = failure(login(USER))
    assert error.failure_type is FailureType.config_error
    assert "lost on the way" in str(error)
    assert "Authenticate again" in str(error)


def test_losses_that_last_bring_no_verdict(api: requests_mock.Mocker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("source_zoom.zoom.retry.random.uniform", lambda low, high: low)
    api.post(TOKEN_URL, exc=LOST[0])
    error = failure(login(USER))
    assert error.failure_type is FailureType.transient_error
    assert "the refresh token may be used up" in str(error)
    assert api.call_count == LOGIN_RETRIES.max_attempts
