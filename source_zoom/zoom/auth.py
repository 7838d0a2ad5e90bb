"""Zoom's two logins, on the CDK's OAuth classes: https://developers.zoom.us/docs/integrations/oauth/."""

from __future__ import annotations

import base64
import logging
import re
import threading
import time
from abc import ABC, abstractmethod
from datetime import timedelta
from functools import lru_cache
from typing import Any

from airbyte_cdk.config_observation import emit_configuration_as_airbyte_control_message
from airbyte_cdk.sources.streams.http.requests_native_auth import (
    Oauth2Authenticator,
    SingleUseRefreshTokenOauth2Authenticator,
)
from airbyte_cdk.utils.airbyte_secrets_utils import add_to_secrets
from airbyte_cdk.utils.datetime_helpers import (
    AirbyteDateTime,
    ab_datetime_now,
    ab_datetime_parse,
    ab_datetime_try_parse,
)

from source_zoom.base.config import API_HOSTS, Config, OAuth, ServerToServer
from source_zoom.zoom.retry import RetryPolicy
from source_zoom.zoom.tokens import LoginError, request_token

logger = logging.getLogger("airbyte")

# A token is renewed this long before its end, so that none expires on its way to Zoom.
EXPIRY_LEEWAY = timedelta(seconds=60)
LOGIN_RETRIES = RetryPolicy(max_attempts=12, max_seconds=180.0, connect_timeout=10.0, read_timeout=30.0)
# Threads waiting on a failed login share its error for this long, instead of each retrying.
SHARED_FAILURE_SECONDS = 5.0
# The CDK masks a secret wherever its text occurs in a log, so a short one would garble every line.
SHORTEST_SECRET = 8


class ZoomAuthenticator(Oauth2Authenticator, ABC):
    """What both logins share. One instance serves all threads of a sync.

    ``granted_scopes`` is empty until Zoom has named them. ``has_renewed``: Zoom has issued a token to this instance.
    """

    def __init__(self, config: Config, retries: RetryPolicy = LOGIN_RETRIES, **oauth: Any) -> None:
        credentials = config.credentials
        header = basic_auth_header(credentials.client_id, credentials.client_secret)
        keep_secret(credentials.client_id, credentials.client_secret, header["Authorization"].removeprefix("Basic "))
        self._config = config
        super().__init__(
            token_refresh_endpoint=config.token_url,
            client_id=credentials.client_id,
            client_secret=credentials.client_secret,
            refresh_request_headers=header,
            **oauth,
        )
        self.granted_scopes: frozenset[str] = frozenset()
        self._retries = retries
        self._api_url = config.api_url
        self._renewing = threading.Lock()
        self._failure: LoginError | None = None
        self._failed_at = 0.0
        self._warned_of_region = False
        self.has_renewed = False

    @abstractmethod
    def keep(self, answer: dict[str, Any]) -> None:
        """Make the tokens of an answer the current ones."""

    def api_url(self) -> str:
        """Base of all API requests, ends with a slash: in the region that the login named, where it named one.

        :raises LoginError: as a login does, where there was none yet
        """
        self.get_access_token()
        return self._api_url

    def token_has_expired(self) -> bool:
        """Whether the token ends within EXPIRY_LEEWAY, or there is none."""
        return not self.access_token or bool(ab_datetime_now() + EXPIRY_LEEWAY > self.get_token_expiry_date())

    def refresh_and_set_access_token(self) -> None:
        """A new token in place of the present one, unless another thread gets one first.

        :raises LoginError: as replace() does
        """
        self._renew(self.access_token)

    def replace(self, rejected: str) -> bool:
        """A new token in place of one that Zoom rejected; False when another thread has got one since.

        :param rejected: the Authorization header of the rejected request
        :raises LoginError: a config error when Zoom refuses the login, a transient one when its token endpoint fails
        """
        return self._renew(rejected.removeprefix("Bearer "))

    def _renew(self, outdated: str | None) -> bool:
        with self._renewing:
            if self.access_token != outdated:
                return False
            if self._failure and (self._failure.final or time.monotonic() - self._failed_at < SHARED_FAILURE_SECONDS):
                raise self._failure.with_traceback(None)
            try:
                answer = request_token(
                    self.get_token_refresh_endpoint(),
                    self.build_refresh_request_body(),
                    self.get_refresh_request_headers(),
                    self._retries,
                )
            except LoginError as failure:
                self._failure, self._failed_at = failure, time.monotonic()
                raise
            keep_secret(answer["access_token"], answer.get("refresh_token"))
            scope = answer.get("scope")
            self.granted_scopes = frozenset(scope.split() if isinstance(scope, str) else ())
            self._api_url = self._region(answer.get("api_url")) or self._config.api_url
            self.keep(answer)
            self.has_renewed = True
            return True

    def _region(self, named: object) -> str | None:
        """Base of the region that a token answer names, None for none; an address that is not Zoom's is refused."""
        if not named:
            return None
        region = trusted_api_url(named, self._config.environment)
        if region is None and not self._warned_of_region:
            self._warned_of_region = True
            logger.warning(
                "Zoom's login names an API address that is not one of Zoom's own for %s, so it is not used. "
                "The connector uses %s instead.",
                self._config.environment,
                self._config.api_url,
            )
        return region


class ServerToServerAuthenticator(ZoomAuthenticator):
    """Access tokens of a Server-to-Server OAuth app (POST /oauth/token, grant_type account_credentials)."""

    def __init__(self, config: Config, credentials: ServerToServer, retries: RetryPolicy = LOGIN_RETRIES) -> None:
        keep_secret(credentials.account_id)
        super().__init__(
            config,
            retries,
            grant_type="account_credentials",
            refresh_token_name="account_id",
            refresh_token=credentials.account_id,
        )

    def keep(self, answer: dict[str, Any]) -> None:
        """Make the access token of an answer the current one."""
        self.access_token = answer["access_token"]
        self.set_token_expiry_date(token_expiry(answer))


class UserAuthenticator(ZoomAuthenticator, SingleUseRefreshTokenOauth2Authenticator):
    """Access tokens of a general app in the name of a user (grant_type refresh_token).

    Each refresh token is good for one refresh, whose answer brings the next one. Both tokens live in the form, so
    that a second sync of the process uses those that the first one got.
    """

    def __init__(self, config: Config, credentials: OAuth, retries: RetryPolicy = LOGIN_RETRIES) -> None:
        keep_secret(credentials.refresh_token, credentials.access_token)
        super().__init__(config, retries, connector_config=config.form)

    def get_refresh_token(self) -> str:
        """The refresh token for the next refresh, without the spaces that copying adds."""
        return super().get_refresh_token().strip()

    def get_token_expiry_date(self) -> AirbyteDateTime:
        """Time of expiry as the form has it; two leeways from now where the form has none."""
        expiry = self._config.form["credentials"].get("token_expiry_date")
        # An access token without an expiry was typed in by hand. It is used until Zoom rejects it, and only then does a
        # refresh use up the refresh token.
        return _parse_expiry(str(expiry)) if expiry else ab_datetime_now() + EXPIRY_LEEWAY * 2

    def keep(self, answer: dict[str, Any]) -> None:
        """Send the new tokens to the platform, and only then let any thread use them.

        The old refresh token is invalid by now: if the process ends before the platform knows the new one, the user has
        to authenticate again. The CDK prints the message at once and in one write, which no other line can split.
        """
        form = self._config.form
        tokens = {
            "refresh_token": answer.get("refresh_token") or self.get_refresh_token(),
            "access_token": answer["access_token"],
            "token_expiry_date": str(token_expiry(answer)),
        }
        emit_configuration_as_airbyte_control_message({**form, "credentials": {**form["credentials"], **tokens}})
        form["credentials"].update(tokens)


def authenticator_for(config: Config, retries: RetryPolicy = LOGIN_RETRIES) -> ZoomAuthenticator:
    """The authenticator of the form's login. Its ids and secrets are masked in all logs from here on."""
    if isinstance(config.credentials, OAuth):
        return UserAuthenticator(config, config.credentials, retries)
    return ServerToServerAuthenticator(config, config.credentials, retries)


def basic_auth_header(client_id: str, client_secret: str) -> dict[str, str]:
    """The Authorization header in which Zoom's token endpoint takes the client's credentials."""
    return {"Authorization": "Basic " + base64.b64encode(f"{client_id}:{client_secret}".encode()).decode()}


def keep_secret(*texts: object) -> None:
    """Mask these in all logs and traces."""
    for text in texts:
        if isinstance(text, str) and len(text) >= SHORTEST_SECRET:
            add_to_secrets(text)


def trusted_api_url(address: object, environment: str) -> str | None:
    """Base of the API at an address that Zoom names, None unless it is one of API_HOSTS in that environment."""
    match = re.fullmatch(r"https://([a-z.-]+)/?", str(address).strip())
    return f"https://{match[1]}/v2/" if match and match[1] in API_HOSTS[environment] else None


def token_expiry(answer: dict[str, Any]) -> AirbyteDateTime:
    """Time of expiry; ``expires_in`` is in seconds and normally an hour. A short life leaves its leeway intact."""
    try:
        seconds = float(answer.get("expires_in") or 3600)
    except (TypeError, ValueError):
        seconds = 3600.0
    return ab_datetime_now() + timedelta(seconds=max(seconds, EXPIRY_LEEWAY.total_seconds() + 1))


@lru_cache(maxsize=2)
def _parse_expiry(text: str) -> AirbyteDateTime:
    """A time in the form's shape; an unreadable one counts as past. Cached, because every request needs it."""
    return ab_datetime_try_parse(text) or ab_datetime_parse(0)
