"""Logins, answers of the token endpoint, and what can go wrong on the way to it."""

from __future__ import annotations

from copy import deepcopy
from http.client import RemoteDisconnected
from typing import Any
from urllib.parse import parse_qs

import pytest
import requests
from requests_mock.mocker import Mocker
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError, ProtocolError, ProxyError

from source_zoom.auth import ZoomAuthenticator, authenticator_for
from source_zoom.config import Config
from source_zoom.patience import Patience
from source_zoom.tokens import LoginError

TOKEN_URL = "https://zoom.us/oauth/token"
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
NEVER_SENT = [
    requests.exceptions.ConnectTimeout("timed out"),
    requests.exceptions.ConnectionError(
        MaxRetryError(None, "/", NewConnectionError(None, "Name or service not known"))
    ),
    requests.exceptions.ProxyError(
        MaxRetryError(None, "/", ProxyError("", OSError("Tunnel connection failed: 403 Forbidden")))
    ),
    requests.exceptions.ProxyError(MaxRetryError(None, "/", ProxyError("", NewConnectionError(None, "refused")))),
    requests.exceptions.ProxyError(MaxRetryError(None, "/", ProxyError("", ConnectTimeoutError()))),
]
LOST = [
    requests.exceptions.ConnectionError(ProtocolError("Connection aborted.", ConnectionResetError(104, "reset"))),
    requests.exceptions.ReadTimeout("read timed out"),
    requests.exceptions.ProxyError(MaxRetryError(None, "/", ProxyError("", RemoteDisconnected("no response")))),
    requests.exceptions.ChunkedEncodingError("cut"),
    requests.exceptions.SSLError("EOF occurred in violation of protocol"),
]


def token(number: int = 1, **more: Any) -> dict[str, Any]:
    """A good answer."""
    return {"json": {"access_token": f"access-token-{number}-Tn2Vk8Qe", "expires_in": 3599, **more}}


def rotated(number: int = 1, **more: Any) -> dict[str, Any]:
    return token(number, refresh_token=f"refresh-token-{number}-Wf4Jg6Ub", **more)


def login(credentials: dict[str, Any] = SERVER, patience: Patience | None = None, **settings: Any) -> ZoomAuthenticator:
    config = Config.parse({"credentials": deepcopy(credentials), **settings})
    return authenticator_for(config, patience) if patience else authenticator_for(config)


def failure(authenticator: ZoomAuthenticator) -> LoginError:
    with pytest.raises(LoginError) as raised:
        authenticator.get_auth_header()
    return raised.value


def sent(zoom: Mocker) -> list[dict[str, list[str]]]:
    return [parse_qs(request.text) for request in zoom.request_history]
