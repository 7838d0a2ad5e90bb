"""Logins, answers of the token endpoint, and what can go wrong on the way to it."""

from __future__ import annotations

from copy import deepcopy
from http.client import RemoteDisconnected
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest
import requests
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError, ProtocolError, ProxyError

from source_zoom.base.config import Config
from source_zoom.zoom.auth import LOGIN_RETRIES, ZoomAuthenticator, authenticator_for
from source_zoom.zoom.tokens import LoginError

if TYPE_CHECKING:
    import requests_mock

    from source_zoom.zoom.retry import RetryPolicy

# Long, because the CDK masks these wherever they occur.
SERVER = {
    "auth_type": "server_to_server",
    "account_id": "account-id-Zq3T8vLm",
    "client_id": "client-id-Kx7Rb2Nw",
    "client_secret": "client-secret-Pd5Hc9Ys",
}
USER = {
    "auth_type": "oauth2.0",
    "client_id": "client-id-Kx7Rb2Nw",
    "client_secret": "client-secret-Pd5Hc9Ys",
    "refresh_token": "refresh-token-0-Wf4Jg6Ub",
}
REFUSED_GRANT = {"reason": "Invalid Token!", "error": "invalid_grant"}
POOL: Any = None
NEVER_SENT = [
    requests.exceptions.ConnectTimeout("timed out"),
    requests.exceptions.ConnectionError(
        MaxRetryError(POOL, "/", NewConnectionError(POOL, "Name or service not known"))
    ),
    requests.exceptions.ProxyError(
        MaxRetryError(POOL, "/", ProxyError("", OSError("Tunnel connection failed: 403 Forbidden")))
    ),
    requests.exceptions.ProxyError(MaxRetryError(POOL, "/", ProxyError("", NewConnectionError(POOL, "refused")))),
    requests.exceptions.ProxyError(MaxRetryError(POOL, "/", ProxyError("", ConnectTimeoutError()))),
]
LOST = [
    requests.exceptions.ConnectionError(ProtocolError("Connection aborted.", ConnectionResetError(104, "reset"))),
    requests.exceptions.ReadTimeout("read timed out"),
    requests.exceptions.ProxyError(MaxRetryError(POOL, "/", ProxyError("", RemoteDisconnected("no response")))),
    requests.exceptions.ChunkedEncodingError("cut"),
    requests.exceptions.SSLError("EOF occurred in violation of protocol"),
]


def token(number: int = 1, **more: Any) -> dict[str, Any]:
    """A good answer."""
    return {"json": {"access_token": f"access-token-{number}-Tn2Vk8Qe", "expires_in": 3599, **more}}


def rotated(number: int = 1, **more: Any) -> dict[str, Any]:
    """A good answer with the next refresh token."""
    return token(number, refresh_token=f"refresh-token-{number}-Wf4Jg6Ub", **more)


def login(
    credentials: dict[str, Any] = SERVER, retries: RetryPolicy = LOGIN_RETRIES, **settings: Any
) -> ZoomAuthenticator:
    """The authenticator of a form with these credentials and settings."""
    return authenticator_for(Config.parse({"credentials": deepcopy(credentials), **settings}), retries)


def failure(authenticator: ZoomAuthenticator) -> LoginError:
    """The error of a login."""
    with pytest.raises(LoginError) as raised:
        authenticator.get_auth_header()
    return raised.value


def sent(api: requests_mock.Mocker) -> list[dict[str, list[str]]]:
    """Fields of each token request."""
    return [parse_qs(request.text or "") for request in api.request_history]


def last_request(api: requests_mock.Mocker) -> Any:
    """The request that was sent last. Untyped, because requests-mock calls its timeout a number."""
    return api.request_history[-1]
