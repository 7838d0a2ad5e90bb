"""Settings of other Zoom connectors, moved into today's form."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from source_zoom.base.config import Config, OAuth, ServerToServer
from source_zoom.base.exceptions import ConfigError
from source_zoom.base.migrations import migrate
from source_zoom.source import SourceZoom
from unit_tests.spec_rules import FILE, FORM

if TYPE_CHECKING:
    from pathlib import Path

SERVER = {"account_id": "acc", "client_id": "cid", "client_secret": "sec"}
USER = {"client_id": "cid", "client_secret": "sec", "refresh_token": "ref"}
TOKEN_URL = "https://zoom.us/oauth/token"
GOVERNMENT_URL = "https://zoomgov.com/oauth/token"
NESTED = {"credentials": {"auth_type": "server_to_server", **SERVER}}


def migrated(form: dict[str, Any]) -> dict[str, Any]:
    changed = deepcopy(form)
    assert migrate(changed) is (changed != form)
    return changed


def test_a_flat_login_of_airbytes_connector_is_moved() -> None:
    assert migrated({**SERVER, "authorization_endpoint": TOKEN_URL, "num_workers": 4}) == {**NESTED, "num_workers": 4}


def test_a_flat_login_of_the_singer_tap_is_moved() -> None:
    assert migrated({**USER, "start_date": "2026-01-01"}) == {
        "credentials": {"auth_type": "oauth2.0", **USER},
        "start_date": "2026-01-01",
    }


@pytest.mark.parametrize(
    ("endpoint", "environment"),
    [
        (TOKEN_URL, None),
        (GOVERNMENT_URL, "zoomgov.com"),
        ("  HTTPS://ZOOMGOV.COM/oauth/token ", "zoomgov.com"),
        ("zoomgov.com/oauth/token", "zoomgov.com"),
        ("https://agency.zoomgov.com/oauth/token", "zoomgov.com"),
        ("https://company.zoom.us/oauth/token", None),
        ("", None),
        (None, None),
    ],
)
def test_the_old_endpoint_says_where_the_account_lives(
    endpoint: Any, environment: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    form = migrated({**SERVER, "authorization_endpoint": endpoint})
    assert form.get("environment") == environment
    assert "authorization_endpoint" not in form
    assert caplog.messages == []


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://example.com/zoomgov.com",
        "https://notzoomgov.com/oauth/token",
        "https://zoomgov.com@example.com/oauth/token",
        "https://zoomgov.com.example.com/",
        "https://[zoomgov.com/",
        7,
    ],
)
def test_an_endpoint_that_is_not_zooms_is_not_used_and_that_is_said(
    endpoint: Any, caplog: pytest.LogCaptureFixture
) -> None:
    form = migrated({**SERVER, "authorization_endpoint": endpoint})
    assert form == NESTED
    assert Config.parse(form).token_url == TOKEN_URL
    (message,) = caplog.messages
    assert "authorization_endpoint" in message
    assert "example.com" not in message


def test_a_chosen_environment_wins_over_the_old_endpoint() -> None:
    form = migrated({**SERVER, "authorization_endpoint": GOVERNMENT_URL, "environment": "zoom.us"})
    assert form["environment"] == "zoom.us"


def test_an_endpoint_inside_of_credentials_still_says_where_the_account_lives() -> None:
    nested = {"credentials": {**NESTED["credentials"], "authorization_endpoint": GOVERNMENT_URL}}
    assert migrated(nested) == {**nested, "environment": "zoomgov.com"}
    assert migrated(migrated(nested)) == migrated(nested)


@pytest.mark.parametrize(
    "form",
    [
        NESTED,
        {"credentials": {"auth_type": "oauth2.0", **USER}},
        {**NESTED, "client_id": "left over"},
        {"credentials": {**NESTED["credentials"], "authorization_endpoint": TOKEN_URL}},
        {"credentials": "wrong"},
        {"start_date": "2026-01-01"},
        {},
    ],
)
def test_anything_else_is_left_alone(form: dict[str, Any]) -> None:
    assert migrated(form) == form


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({**SERVER, "client_secret": ""}, "Client Secret (credentials.client_secret) is empty"),
        ({"client_id": "cid", "client_secret": "sec"}, "Account ID (credentials.account_id) is missing"),
        ({"client_id": "cid", "refresh_token": "ref"}, "Client Secret (credentials.client_secret) is missing"),
    ],
)
def test_what_an_old_form_lacks_is_named(form: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(sentence)):
        Config.parse(migrated(form))


# Airbyte's connector 1.2, as its published spec has it: every field, with all that its rules let through.
OLD_SPEC = {
    "type": "object",
    "required": ["account_id", "client_id", "client_secret", "authorization_endpoint"],
    "additionalProperties": True,
    "properties": {
        "account_id": {"type": "string"},
        "client_id": {"type": "string"},
        "client_secret": {"type": "string"},
        "authorization_endpoint": {"type": "string", "default": TOKEN_URL},
    },
}
WORD = st.from_regex(r"[A-Za-z0-9_-]{1,40}", fullmatch=True)
OLD_FORMS = st.fixed_dictionaries(
    {
        "account_id": WORD,
        "client_id": WORD,
        "client_secret": WORD,
        "authorization_endpoint": st.sampled_from([TOKEN_URL, GOVERNMENT_URL]) | st.text(),
    },
    optional={"something_else": st.integers() | st.text() | st.none()},
)


@settings(deadline=None)
@given(OLD_FORMS)
def test_every_form_of_airbytes_connector_still_works(form: dict[str, Any]) -> None:
    """Field by field: each either has its place in today's form, or has done its work."""
    jsonschema.validate(form, OLD_SPEC)
    new = migrated(form)
    jsonschema.validate(new, FILE[FORM])
    credentials = Config.parse(new).credentials
    assert isinstance(credentials, ServerToServer)
    for field in ("account_id", "client_id", "client_secret"):
        assert getattr(credentials, field) == form[field]
        assert field not in new
    assert "authorization_endpoint" not in new
    assert new.get("something_else") == form.get("something_else")
    assert migrated(new) == new


@settings(deadline=None)
@given(st.fixed_dictionaries({"client_id": WORD, "client_secret": WORD, "refresh_token": WORD}))
def test_every_form_of_the_singer_tap_still_works(form: dict[str, Any]) -> None:
    new = migrated(form)
    jsonschema.validate(new, FILE[FORM])
    credentials = Config.parse(new).credentials
    assert isinstance(credentials, OAuth)
    assert credentials.model_dump(include=set(form)) == form


@pytest.mark.parametrize("form", [{**SERVER, "authorization_endpoint": TOKEN_URL}, USER])
def test_the_platform_gets_the_moved_form_once(
    form: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configured = SourceZoom().configure(form, str(tmp_path))
    assert configured == migrated(form)
    (line,) = capsys.readouterr().out.splitlines()
    message = json.loads(line)
    assert message["type"] == "CONTROL"
    assert message["control"]["type"] == "CONNECTOR_CONFIG"
    assert message["control"]["connectorConfig"]["config"] == configured
    assert SourceZoom().configure(configured, str(tmp_path)) == configured
    assert capsys.readouterr().out == ""
