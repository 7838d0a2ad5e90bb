"""Sandbox: a simulated Zoom account with its server, as tests, demo and benchmark use it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from . import certificates
from .account import Account
from .clock import Clock
from .control import ControlPages
from .endpoints import Endpoints
from .entities import Occurrence
from .faults import Fault, Faults
from .knobs import Knobs
from .limits import Plan, RateLimits, Window
from .log import LoggedRequest
from .oauth import OAuth
from .other_apps import OtherApp, Traffic
from .paging import PageTokens
from .routes import Label
from .rows import Record
from .server import LOOPBACK, Server
from .shape import AccountShape
from .site import Site
from .truth import Truth

HOSTS = ("zoom.us", "api.zoom.us", "zoomgov.com", "api.zoomgov.com")


class Sandbox:
    """A context manager: inside it the server runs in a background thread, outside nothing is left of it.

    Keyword arguments beyond the named ones are the fields of Knobs. `latency` and `latency_jitter` are seconds an
    answer waits, `plan` and the limits are enforced, `other_apps` use them too, `faults` go wrong.

    The account's clock runs with the machine's. It is set apart by one of: `today`, another date; `now`, another
    moment; `behind_days`, so many days before the machine's. `clock` is one of your own, which a client in the same
    process can share: then moments in headers are that clock's, otherwise they are those of the machine's.
    """

    def __init__(
        self,
        shape: AccountShape | None = None,
        *,
        today: date | None = None,
        now: datetime | None = None,
        behind_days: float = 0,
        clock: Clock | None = None,
        plan: Plan | None = None,
        per_second: Mapping[Label, int] | None = None,
        per_day: Mapping[Label, int] | None = None,
        limit_window: Window = "fixed",
        other_apps: Iterable[OtherApp] = (),
        latency: float = 0.0,
        latency_jitter: float = 0.0,
        faults: Iterable[Fault] = (),
        proxy_port: int = 0,
        tls_port: int | None = None,
        **knobs: Any,
    ) -> None:
        self.shape = shape or AccountShape()
        self.knobs = Knobs(**knobs)
        self.clock = _clock(today, now, behind_days, clock)
        self.dawn = self.clock.now
        self.account = Account(self.shape, self.clock.today, self.clock)
        self.faults = Faults(faults, self.shape.seed)
        self.oauth = OAuth(self.knobs, self.clock, self.account.account_id, self.shape.seed)
        self._limits = RateLimits(plan, limit_window, self.clock, lambda: self.knobs.retry_after_shift)
        self._limits.set("same", per_second, per_day)
        for app in other_apps:
            self._limits.share_with(app)
        self._page_tokens = PageTokens(self.knobs, self.clock)
        self._truth = Truth(self.account, self.knobs, self.oauth)
        self._site = Site(
            Endpoints(self.account, self.knobs, self._page_tokens),
            self.oauth,
            self._limits,
            self.faults,
            self.knobs,
            self.clock,
            latency=latency,
            jitter=latency_jitter,
            seed=self.shape.seed,
        )
        self._ports = (proxy_port, tls_port)
        self._server: Server | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    # Life

    def __enter__(self) -> Sandbox:
        self._folder = tempfile.TemporaryDirectory(prefix="simulated-zoom-")
        hosts = self._hosts()
        context = certificates.write(Path(self._folder.name), hosts)
        proxy_port, tls_port = self._ports
        plain = ControlPages(self, self._commands())
        server = Server(self._site.handle, plain, context, hosts, proxy_port=proxy_port, tls_port=tls_port)
        try:
            server.start()
        except BaseException:
            self._folder.cleanup()
            raise
        self._server = server
        return self

    def __exit__(self, *_: object) -> None:
        if self._server:
            self._server.stop()
        if self._folder:
            self._folder.cleanup()

    def _hosts(self) -> tuple[str, ...]:
        """Zoom's four hosts, and the region that the token answer names where it is Zoom's own."""
        region = urlsplit(self.knobs.api_url or "").hostname or ""
        extra = (region,) if region.endswith((".zoom.us", ".zoomgov.com")) and region not in HOSTS else ()
        return HOSTS + extra

    def _commands(self) -> dict[str, Callable[..., object]]:
        """What the control pages may call, by name."""
        commands: tuple[Callable[..., object], ...] = (
            *(self.advance, self.set_limits, self.set_latency, self.set_knobs, self.add_fault, self.clear_faults),
            *(self.add_other_app, self.clear_other_apps),
            *(self.expire_tokens, self.expire_page_tokens, self.revoke_refresh_token),
            *(self.deactivate_app, self.activate_app, self.clear_requests),
        )
        return {command.__name__: command for command in commands}

    @property
    def _running(self) -> Server:
        if self._server is None:
            raise RuntimeError("the simulated Zoom runs inside `with Sandbox(...) as zoom:` only")
        return self._server

    # For the client

    @property
    def proxy_url(self) -> str:
        return f"http://{LOOPBACK}:{self._running.proxy_port}"

    @property
    def tls_port(self) -> int | None:
        """Where TLS is spoken directly, if that was asked for."""
        return self._running.tls_port

    @property
    def ca_file(self) -> Path:
        """The certificate authority to trust, PEM."""
        assert self._folder is not None
        return Path(self._folder.name) / "ca.pem"

    @property
    def environment(self) -> dict[str, str]:
        """Environment variables that lead any HTTP client here, and nowhere else."""
        proxy, authority = self.proxy_url, str(self.ca_file)
        return {
            "HTTPS_PROXY": proxy,
            "https_proxy": proxy,
            "HTTP_PROXY": proxy,
            "http_proxy": proxy,
            "ALL_PROXY": proxy,
            "all_proxy": proxy,
            "NO_PROXY": "",
            "no_proxy": "",
            "REQUESTS_CA_BUNDLE": authority,
            "CURL_CA_BUNDLE": authority,
            "SSL_CERT_FILE": authority,
        }

    @property
    def credentials(self) -> dict[str, str]:
        """Of the Server-to-Server app: account_id, client_id, client_secret."""
        return self.oauth.credentials

    @property
    def oauth_credentials(self) -> dict[str, str]:
        """Of the general app: client_id, client_secret and the refresh_token that is valid now."""
        return self.oauth.oauth_credentials

    # What is owed and what was asked

    def truth(
        self, table: str, start: datetime | None = None, at: datetime | None = None, since: datetime | None = None
    ) -> Iterator[Record]:
        """The complete records that a full sync owes for the table, now or at the moment `at`.

        With `since`, what was visible at any moment from then on; with EVER as `at`, what will be one day.
        """
        return self._truth.records(table, start, at, since)

    def owed(
        self, table: str, start: datetime | None = None, at: datetime | None = None, since: datetime | None = None
    ) -> int:
        """How many that is."""
        return self._truth.count(table, start, at, since)

    def occurrences(
        self, *, at: datetime | None = None, since: datetime | None = None, webinars: bool = False
    ) -> list[Occurrence]:
        """The past meetings, or webinars, that those records are about."""
        return self._truth.occurrences(None, at, since, webinars=webinars)

    @property
    def now(self) -> datetime:
        """The account's moment; `dawn` is the one when it was built."""
        return self.clock.now

    @property
    def requests(self) -> list[LoggedRequest]:
        """Every request so far, in the order of arrival."""
        return list(self._site.log)

    @property
    def refused_hosts(self) -> list[str]:
        """Targets that the proxy refused to lead to."""
        return list(self._running.refused)

    def clear_requests(self) -> None:
        self._site.log.clear()
        self._running.refused.clear()

    # While it runs

    def set_limits(
        self,
        plan: Plan | Literal["same"] | None = "same",
        per_second: Mapping[Label, int] | None = None,
        per_day: Mapping[Label, int] | None = None,
        scale: float = 1.0,
        window: Window | None = None,
    ) -> None:
        """The limits of the plan (None: no limits; "same": those in force), with single numbers changed.

        `scale` multiplies the per-second numbers: 0.5 halves them. What was counted stays counted.
        """
        self._limits.set(plan, per_second, per_day, scale, window)

    def add_other_app(self, **app: Any) -> Traffic:
        """`OtherApp(...)` at work from now on; the answer counts its requests."""
        return self._limits.share_with(OtherApp(**app))

    def clear_other_apps(self) -> None:
        self._limits.others.clear()

    def advance(self, days: float = 0, hours: float = 0) -> None:
        """Moves the account's clock forward."""
        self.clock.advance(days=days, hours=hours)

    def set_latency(self, seconds: float, jitter: float = 0.0) -> None:
        self._site.latency = seconds
        self._site.jitter = jitter

    def set_knobs(self, **knobs: Any) -> None:
        """Changes fields of Knobs, checked as at the start."""
        checked = Knobs(**{**vars(self.knobs), **knobs})
        for name in knobs:
            setattr(self.knobs, name, getattr(checked, name))

    def expire_tokens(self) -> None:
        """Every access token is dead from now on."""
        self.oauth.expire_tokens()

    def expire_page_tokens(self) -> None:
        """Every next_page_token is dead from now on."""
        self._page_tokens.expire()

    def revoke_refresh_token(self) -> None:
        """The refresh token handed out last is dead, as after the user has authorised the app again."""
        self.oauth.revoke_refresh_token()

    def deactivate_app(self) -> None:
        """No token is issued and none works."""
        self.knobs.app = "deactivated"

    def activate_app(self) -> None:
        self.knobs.app = "active"

    def add_fault(self, **fault: Any) -> None:
        """`faults.add(Fault(...))` for callers that speak JSON."""
        self.faults.add(Fault(**{**fault, "at": tuple(fault.get("at", ()))}))

    def clear_faults(self) -> None:
        self.faults.clear()


def _clock(today: date | None, now: datetime | None, behind_days: float, clock: Clock | None) -> Clock:
    """Raises ValueError where more than one of them says what time it is."""
    if sum((today is not None, now is not None, behind_days != 0, clock is not None)) > 1:
        raise ValueError("today, now, behind_days and clock exclude each other")
    if clock:
        return clock
    if today:
        return Clock.on(today)
    return Clock.starting_at(now) if now else Clock(offset=-timedelta(days=behind_days).total_seconds())
