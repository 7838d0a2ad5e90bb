"""Zoom's logins on the CDK's OAuth classes, with Zoom's token errors as sentences that say what to do."""

from __future__ import annotations

import base64
import random
import time
from datetime import timedelta
from typing import Any

import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.streams.http.requests_native_auth import Oauth2Authenticator
from airbyte_cdk.utils.airbyte_secrets_utils import add_to_secrets
from airbyte_cdk.utils.datetime_helpers import AirbyteDateTime, ab_datetime_now
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_zoom.config import Config, ServerToServer

# A token is renewed this long before its end, so that none expires on its way to Zoom.
EXPIRY_LEEWAY = timedelta(seconds=60)
TOKEN_TIMEOUT = (10.0, 30.0)
TOKEN_TRIES = 6


class LoginError(AirbyteTracedException):
    """The token endpoint refused the login, or could not be reached."""

    def __init__(self, message: str, failure_type: FailureType = FailureType.config_error) -> None:
        super().__init__(internal_message=message, message=message, failure_type=failure_type)


def basic_auth_header(client_id: str, client_secret: str) -> dict[str, str]:
    """The client's credentials as Zoom's token endpoint takes them."""
    return {"Authorization": "Basic " + base64.b64encode(f"{client_id}:{client_secret}".encode()).decode()}


class ServerToServerAuthenticator(Oauth2Authenticator):
    """Access tokens of a Server-to-Server OAuth app (POST /oauth/token, grant_type account_credentials).

    One instance serves all threads; the CDK's lock lets one of them renew the token while the others wait.
    """

    def __init__(self, credentials: ServerToServer, token_url: str) -> None:
        super().__init__(
            token_refresh_endpoint=token_url,
            client_id=credentials.client_id,
            client_secret=credentials.client_secret,
            grant_type="account_credentials",
            refresh_token_name="account_id",
            refresh_token=credentials.account_id,
            refresh_request_headers=basic_auth_header(credentials.client_id, credentials.client_secret),
        )
        self.granted_scopes: frozenset[str] = frozenset()

    def token_has_expired(self) -> bool:
        return bool(ab_datetime_now() + EXPIRY_LEEWAY > self.get_token_expiry_date())

    def refresh_access_token(self) -> tuple[str, AirbyteDateTime]:
        """A new (token, time of expiry).

        :raises LoginError: a config error when Zoom refuses the login, a transient one when it cannot be asked
        """
        answer = request_token(
            str(self.get_token_refresh_endpoint()),
            data=dict(self.build_refresh_request_body()),
            headers=dict(self.build_refresh_request_headers() or {}),
        )
        self.granted_scopes = frozenset(str(answer.get("scope") or "").split())
        return str(answer["access_token"]), token_expiry(answer)


def authenticator_for(config: Config) -> ServerToServerAuthenticator:
    """The authenticator of the form's login. Its ids and secrets are masked in all logs from here on."""
    for secret in (config.credentials.account_id, config.credentials.client_id, config.credentials.client_secret):
        add_to_secrets(secret)
    return ServerToServerAuthenticator(config.credentials, config.token_url)


def token_expiry(answer: dict[str, Any]) -> AirbyteDateTime:
    """Time of expiry; ``expires_in`` is in seconds and normally an hour. A short life leaves its leeway intact."""
    try:
        seconds = float(answer.get("expires_in") or 3600)
    except (TypeError, ValueError):
        seconds = 3600.0
    return ab_datetime_now() + timedelta(seconds=max(seconds, EXPIRY_LEEWAY.total_seconds() + 1))


def request_token(url: str, *, data: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
    """Zoom's answer to a token request; faults of network and server are tried again.

    :raises LoginError: with the cause and the remedy
    """
    cause = ""
    for attempt in range(TOKEN_TRIES):
        if attempt:
            time.sleep(random.uniform(0.5, 1.0) * 2 ** (attempt - 1))
        try:
            # Never a redirect: the body and the header carry the credentials.
            response = requests.post(url, data=data, headers=headers, timeout=TOKEN_TIMEOUT, allow_redirects=False)
        except requests.RequestException as error:
            cause = type(error).__name__
            continue
        if response.status_code == 429 or response.status_code >= 500:
            cause = f"HTTP {response.status_code}"
            continue
        body = _json_object(response)
        if response.ok and body.get("access_token"):
            add_to_secrets(str(body["access_token"]))
            return body
        if body.get("error") or body.get("reason"):
            raise LoginError(login_sentence(str(body.get("error") or ""), str(body.get("reason") or "")))
        cause = f"HTTP {response.status_code} without a token"
        if 400 <= response.status_code < 500:
            break
    raise LoginError(
        f"Zoom's token endpoint could not be used ({cause}, asked {attempt + 1} times). "
        "Check that this machine can reach it and try again later; https://status.zoom.us tells of outages.",
        FailureType.transient_error,
    )


def login_sentence(error: str, reason: str) -> str:
    """What a refusal of the token endpoint means, and what to do about it. Zoom sends ``{"reason", "error"}``."""
    words = f"{error} {reason}".lower()
    if "invalid_client" in words or "client_id or client_secret" in words:
        return (
            "Zoom does not accept the client ID and client secret. Copy both again from the app's "
            "App Credentials page in the Zoom App Marketplace."
        )
    if "not enabled" in words or "does not enabled" in words or "disabled" in words or "deactivated" in words:
        return (
            "The Zoom app is not active. Open it in the Zoom App Marketplace, finish every step and choose "
            "Activate your app; an account admin may have to allow Server-to-Server OAuth apps first."
        )
    if "account" in words or "invalid_request" in words or "bad request" in words:
        return (
            "Zoom does not know this account ID for the app. Copy the account ID from the app's App Credentials page "
            "in the Zoom App Marketplace; it is not the account number shown in billing."
        )
    return (
        f"Zoom refused the login ({error or 'no error code'}: {reason or 'no reason given'}). "
        "Check the app in the Zoom App Marketplace: it must be a Server-to-Server OAuth app and activated."
    )


def _json_object(response: requests.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
