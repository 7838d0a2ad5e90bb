"""OAuth: the token endpoint with both kinds of apps, and the check of access tokens at every API call."""

from __future__ import annotations

import base64
import binascii
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .draw import digest, short_id
from .errors import ZoomError
from .routes import GRANULAR_SCOPES

if TYPE_CHECKING:
    from .clock import Clock
    from .knobs import Knobs

API_HOSTS = {"zoom.us": "api.zoom.us", "zoomgov.com": "api.zoomgov.com"}


class TokenError(Exception):
    """An error of the token endpoint, whose body is `{"reason", "error"}`."""

    def __init__(self, error: str, reason: str, status: int = 400) -> None:
        super().__init__(f"{status} {error}: {reason}")
        self.status = status
        self.body = {"reason": reason, "error": error}


@dataclass(frozen=True)
class _App:
    client_id: str
    client_secret: str
    grant_type: str


class OAuth:
    """One Server-to-Server app and one general app of the same account, and their living tokens."""

    def __init__(self, knobs: Knobs, clock: Clock, account_id: str, seed: int) -> None:
        self._knobs = knobs
        self._clock = clock
        self._account_id = account_id
        self._server_app = _app("server", seed, "account_credentials")
        self._general_app = _app("general", seed, "refresh_token")
        self._alive: dict[str, tuple[float, frozenset[str]]] = {}
        self.refresh_token = _token()
        self.spent_refresh_tokens: list[str] = []
        self.issued = 0

    @property
    def credentials(self) -> dict[str, str]:
        """What a Server-to-Server login needs."""
        app = self._server_app
        return {"account_id": self._account_id, "client_id": app.client_id, "client_secret": app.client_secret}

    @property
    def oauth_credentials(self) -> dict[str, str]:
        """What a user OAuth login needs, with the refresh token that is valid now."""
        app = self._general_app
        return {"client_id": app.client_id, "client_secret": app.client_secret, "refresh_token": self.refresh_token}

    def granted_scopes(self) -> frozenset[str]:
        """Scopes that a token issued now carries."""
        scopes = GRANULAR_SCOPES if self._knobs.scopes is None else self._knobs.scopes
        return frozenset(scopes) - frozenset(self._knobs.without_scopes)

    def expire_tokens(self) -> None:
        """Every access token is dead from now on; the next token request gives a new one."""
        self._alive.clear()

    def expire_token(self, authorization: str) -> None:
        """The access token of one Authorization header is dead from now on."""
        self._alive.pop(authorization[7:], None)

    def revoke_refresh_token(self) -> None:
        """The user authorised the app again elsewhere: the refresh token handed out last is dead."""
        self.spent_refresh_tokens.append(self.refresh_token)
        self.refresh_token = _token()

    def issue(self, host: str, authorization: str, fields: dict[str, str]) -> dict[str, Any]:
        """The body of a token answer, for a POST to `host` with these form or query fields."""
        app = self._authenticate(host, authorization)
        if self._knobs.app == "deactivated":
            raise TokenError("invalid_request", "The app has been disabled")
        grant_type = fields.get("grant_type", "")
        if grant_type not in ("account_credentials", "refresh_token"):
            raise TokenError("unsupported_grant_type", "Unsupported grant type")
        if app.grant_type != grant_type or self._knobs.app == "type_not_enabled":
            raise TokenError("invalid_request", "Account does not enabled the OAuth app type")
        rotated = self._check_grant(grant_type, fields)
        if self._knobs.one_token:
            self._alive.clear()
        token = _token()
        scopes = self.granted_scopes()
        self._alive[token] = (self._clock() + self._knobs.token_seconds, scopes)
        self.issued += 1
        claimed = self._knobs.expires_in
        body: dict[str, Any] = {
            "access_token": token,
            "token_type": "bearer",
            "expires_in": max(int(self._knobs.token_seconds) - 1, 1) if claimed is None else claimed,
            "scope": " ".join(sorted(scopes)),
        }
        if self._knobs.api_url is not None:
            body["api_url"] = self._knobs.api_url or f"https://{API_HOSTS[self._knobs.environment]}"
        if rotated:
            body["refresh_token"] = rotated
        return body

    def check(self, host: str, authorization: str) -> frozenset[str]:
        """The scopes of a living token; Zoom's code 124 for any other."""
        token = authorization[7:] if authorization[:7].lower() == "bearer " else ""
        expires, scopes = self._alive.get(token, (None, frozenset[str]()))
        if expires is None or self._knobs.app != "active" or not self.at_home(host):
            raise ZoomError(self._knobs.invalid_token_status, 124, "Invalid access token.")
        if self._clock() > expires:
            raise ZoomError(self._knobs.invalid_token_status, 124, "Access token is expired.")
        return scopes

    def at_home(self, host: str) -> bool:
        """Whether the host belongs to the world that the account lives in."""
        return host.endswith("zoomgov.com") == (self._knobs.environment == "zoomgov.com")

    def _authenticate(self, host: str, authorization: str) -> _App:
        try:
            given = base64.b64decode(authorization[6:], validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            given = ""
        client_id, _, secret = given.partition(":")
        for app in (self._server_app, self._general_app):
            if (client_id, secret) == (app.client_id, app.client_secret) and authorization[:6].lower() == "basic ":
                if self.at_home(host):
                    return app
                break
        raise TokenError("invalid_client", "Invalid client_id or client_secret", self._knobs.bad_client_status)

    def _check_grant(self, grant_type: str, fields: dict[str, str]) -> str | None:
        """The new refresh token where there is one: the old one is dead at once."""
        if grant_type == "account_credentials":
            if fields.get("account_id") != self._account_id:
                raise TokenError("invalid_request", self._knobs.bad_account_reason)
            return None
        if fields.get("refresh_token") != self.refresh_token:
            raise TokenError("invalid_grant", "Invalid Token!")
        self.revoke_refresh_token()
        return self.refresh_token


def _app(name: str, seed: int, grant_type: str) -> _App:
    raw = digest(f"app|{name}|{seed}")
    return _App(short_id(raw), short_id(raw[3:]) + short_id(raw[9:])[:10], grant_type)


def _token() -> str:
    """Random and long, with the look of Zoom's tokens."""
    return f"eyJzdiI6IjAwMDAwMiIsImFsZyI6IkhTNTEyIn0.{secrets.token_urlsafe(220)}"
