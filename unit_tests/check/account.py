"""A healthy account as the check sees it, and the check itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from source_zoom.base.config import Config
from source_zoom.base.exceptions import ConnectorError
from source_zoom.check import check
from source_zoom.streams.scopes import consent_scopes
from source_zoom.sync.sync import Sync
from source_zoom.zoom.retry import CHECK_LOGIN_RETRIES, CHECK_RETRIES
from unit_tests.integration.config import ACCESS_TOKEN, ConfigBuilder
from unit_tests.resource.facts import LISTS, TABLES

if TYPE_CHECKING:
    from requests_mock.mocker import Mocker

API = "https://api.zoom.us/v2"
TOKEN_URL = "https://zoom.us/oauth/token"
ALL = frozenset(consent_scopes())
USERS = TABLES["users"].scope
USER_RECORDINGS = frozenset({LISTS["user_recordings"].scope})
USER_REPORTS = frozenset({LISTS["report_users"].scope, LISTS["report_user_meetings"].scope})
NO_PERMISSION = {"code": 200, "message": "No permission."}
USER_TYPES = {"basic": 1, "one": 2, "two": 2, "three": 2}
FOUND: list[dict[str, Any]] = [{"id": user, "type": kind} for user, kind in USER_TYPES.items()]
Warnings = Callable[[], list[str]]
Log = pytest.LogCaptureFixture
Patch = pytest.MonkeyPatch


def log_in(zoom: Mocker, scopes: frozenset[str]) -> None:
    zoom.post(TOKEN_URL, json={"access_token": ACCESS_TOKEN, "expires_in": 3599, "scope": " ".join(sorted(scopes))})


def missing_scope(code: int, *scopes: str) -> dict[str, Any]:
    detail = f":[{', '.join(scopes)}]" if scopes else ""
    message = f"Invalid access token, does not contain scopes{detail}."
    return {"status_code": 400, "json": {"code": code, "message": message}}


def run(credentials: dict[str, Any] | None = None) -> None:
    form = ConfigBuilder().build() if credentials is None else {"credentials": credentials}
    check(Sync(Config.parse(form), retries=CHECK_RETRIES, login_retries=CHECK_LOGIN_RETRIES))


def failure() -> ConnectorError:
    with pytest.raises(ConnectorError) as raised:
        run()
    return raised.value


def paths(zoom: Mocker) -> list[str]:
    return [request.path for request in zoom.request_history]


def stored_token() -> dict[str, Any]:
    """A login whose token came with the form, so that its scopes are unknown."""
    return {
        "auth_type": "oauth2.0",
        "client_id": "client-id-for-tests",
        "client_secret": "client-secret-for-tests",
        "refresh_token": "refresh-token-for-tests",
        "access_token": ACCESS_TOKEN,
        "token_expiry_date": "2100-01-01T00:00:00Z",
    }


def needing(scope: str) -> list[str]:
    """Tables that need the scope for themselves or for their lists."""
    return sorted(
        name for name, facts in TABLES.items() if scope in {endpoint.scope for endpoint in (*facts.lists, facts)}
    )
