"""Zoom's token endpoint: the request for a token, its faults, and the meaning of its refusals."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

import requests
from airbyte_cdk.models import FailureType
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, ProxyError

from source_zoom.base.exceptions import ConnectorError
from source_zoom.zoom.messages import UNTRUSTED_CERTIFICATE
from source_zoom.zoom.retry import RetryPolicy, backoff

if TYPE_CHECKING:
    from collections.abc import Mapping

# Statuses under which Zoom has not processed a request: too many requests, or no server was available.
_NOT_SERVED = frozenset({429, 503})

_AUTHENTICATE_AGAIN = (
    "Authenticate again: open the source in Airbyte, click Authenticate or enter a new refresh token, and save. "
    "Use a refresh token in one connection only."
)
_DEAD_GRANT = (
    f"Zoom does not accept the refresh token: it was used elsewhere, revoked, or has expired. {_AUTHENTICATE_AGAIN}"
)
_LOST_GRANT = (
    "The refresh token is used up, and Zoom's answer with the next one was lost on the way, because the connection "
    f"broke. {_AUTHENTICATE_AGAIN}"
)
_CLIENT = (
    "Zoom does not accept the client ID and client secret. Copy both again from the app's App Credentials page in the "
    "Zoom App Marketplace, and check that the environment is right: zoom.us, or zoomgov.com for Zoom for Government."
)
_NOT_ACTIVE = (
    "The Zoom app is not active. Open it in the Zoom App Marketplace, finish every step and choose Activate your app; "
    "an account admin may have to allow apps of its kind first."
)
_ACCOUNT = (
    "Zoom does not know this account ID for the app. Copy the account ID from the app's App Credentials page in the "
    "Zoom App Marketplace; it is not the account number shown in billing."
)
_WRONG_KIND = (
    "The Zoom account does not let this app log in this way. Under Authentication, choose OAuth for a general app and "
    "Server-to-Server OAuth for an app of that name. If that is right, an account admin must allow apps of its kind."
)
# Refusals by the words in {"reason", "error"}, read from top to bottom. "" stands for both kinds of app.
_REFUSALS: tuple[tuple[str, re.Pattern[str], str], ...] = (
    ("", re.compile("invalid_client|client_id or client_secret"), _CLIENT),
    ("", re.compile("disabled|deactivated|not activ"), _NOT_ACTIVE),
    ("", re.compile("not enabled|unsupported_grant_type|unauthorized_client"), _WRONG_KIND),
    ("refresh_token", re.compile("invalid_grant|invalid token"), _DEAD_GRANT),
    ("account_credentials", re.compile("account|invalid_request|bad request"), _ACCOUNT),
)


class LoginError(ConnectorError):
    """The token endpoint refused the login, or could not be used."""

    def __init__(self, message: str, failure_type: FailureType = FailureType.config_error) -> None:
        super().__init__(message, failure_type)

    @property
    def final(self) -> bool:
        """Whether every further attempt fails until the user changes something."""
        return self.failure_type is FailureType.config_error


class _NoToken(Exception):
    """A fault kept one attempt from getting a token.

    ``spent``: Zoom may have used up the grant all the same. ``again``: another attempt may succeed.
    """

    def __init__(self, cause: str, *, spent: bool, again: bool = True) -> None:
        super().__init__(cause)
        self.spent = spent
        self.again = again


def request_token(
    url: str, grant: Mapping[str, Any], headers: Mapping[str, Any], retries: RetryPolicy
) -> dict[str, Any]:
    """Zoom's answer to a token request, with a token in it; faults of network and server are retried.

    :raises LoginError: a config error for a refusal, a transient one for faults, with the cause and the remedy
    """
    deadline = time.monotonic() + retries.max_seconds
    attempts = 0
    # A refresh token is good for one request. When the answer is lost, Zoom may or may not have used up the token. Only
    # another request shows which: its answer is a token, or invalid_grant. It does no harm: if Zoom has processed an
    # earlier one, the next token was lost with that answer.
    lost = False
    while True:
        attempts += 1
        try:
            return _attempt(url, grant, headers, retries, lost=lost)
        except _NoToken as fault:
            lost = lost or (fault.spent and grant["grant_type"] == "refresh_token")
            pause = backoff(attempts)
            if not fault.again or attempts >= retries.max_attempts or time.monotonic() + pause > deadline:
                raise LoginError(_unusable(str(fault), attempts, lost=lost), FailureType.transient_error) from None
        time.sleep(pause)


def _attempt(
    url: str, grant: Mapping[str, Any], headers: Mapping[str, Any], retries: RetryPolicy, *, lost: bool
) -> dict[str, Any]:
    try:
        # Never a redirect, and no credentials from a netrc file: body and header carry the login.
        response = requests.post(
            url, grant, headers=headers, timeout=retries.timeout, allow_redirects=False, auth=lambda request: request
        )
    except requests.exceptions.SSLError as error:
        if "CERTIFICATE_VERIFY_FAILED" in str(error):
            raise LoginError(UNTRUSTED_CERTIFICATE) from None
        raise _NoToken(type(error).__name__, spent=True) from None
    except requests.RequestException as error:
        raise _NoToken(type(error).__name__, spent=not _never_sent(error)) from None
    status = response.status_code
    body = _json_object(response)
    if status in _NOT_SERVED or status >= 500:
        raise _NoToken(f"HTTP {status}", spent=status not in _NOT_SERVED)
    if status == 200 and isinstance(body.get("access_token"), str) and body["access_token"]:
        return body
    if body.get("error") or body.get("reason"):
        raise LoginError(_refusal(grant["grant_type"], body, lost=lost))
    raise _NoToken(f"HTTP {status} without a token", spent=status == 200, again=status == 200)


def _never_sent(error: requests.RequestException) -> bool:
    """Whether the request surely did not reach Zoom, because there was no connection to send it over."""
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return True
    reason = getattr(error.args[0], "reason", None) if error.args else None
    if isinstance(reason, ProxyError):
        # Behind a proxy, urllib3 gives every broken connection this name, also one that broke after the request.
        reason = reason.original_error
    return isinstance(reason, (ConnectTimeoutError, NewConnectionError)) or "Tunnel connection failed" in str(reason)


def _refusal(grant_type: str, body: Mapping[str, Any], *, lost: bool) -> str:
    """What a refusal means, and what to do about it. Zoom sends ``{"reason", "error"}``."""
    error, reason = (" ".join(str(body.get(name) or "").split())[:200] for name in ("error", "reason"))
    words = f"{error} {reason}".lower()
    for kind, pattern, sentence in _REFUSALS:
        if kind in ("", grant_type) and pattern.search(words):
            return _LOST_GRANT if lost and sentence == _DEAD_GRANT else sentence
    return (
        f"Zoom refused the login ({error or 'no error code'}: {reason or 'no reason given'}). "
        "Check the app in the Zoom App Marketplace: it must be activated, and of the kind chosen under Authentication."
    )


def _unusable(cause: str, attempts: int, *, lost: bool) -> str:
    warning = (
        " An answer was lost on the way, so the refresh token may be used up; the next sync shows it." if lost else ""
    )
    return (
        f"Zoom's token endpoint could not be used ({cause}, {attempts} attempt{'s' if attempts > 1 else ''}).{warning} "
        "Check that this machine can reach it and try again later. See https://status.zoom.us for outages."
    )


def _json_object(response: requests.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
