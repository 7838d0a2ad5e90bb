"""Sandbox: a simulated Zoom account with its server, as tests, demo and benchmark use it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from . import certificates
from .control import ControlPages
from .server import LOOPBACK, Server
from .simulation import Simulation
from .truth import Truth

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from .entities import Occurrence
    from .log import LoggedRequest
    from .rows import Record
    from .shape import AccountShape

HOSTS = ("zoom.us", "api.zoom.us", "zoomgov.com", "api.zoomgov.com")


class Sandbox(Simulation):
    """A context manager: inside it the server runs in a background thread, outside nothing is left of it.

    `proxy_port` and `tls_port` are where it listens; the other keyword arguments are those of Simulation.
    """

    def __init__(
        self, shape: AccountShape | None = None, *, proxy_port: int = 0, tls_port: int | None = None, **settings: Any
    ) -> None:
        super().__init__(shape, **settings)
        self._truth = Truth(self.account, self.knobs, self.oauth)
        self._ports = (proxy_port, tls_port)
        self._server: Server | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    # Life

    def __enter__(self) -> Sandbox:
        self._folder = tempfile.TemporaryDirectory(prefix="simulated-zoom-")
        hosts = self._hosts()
        context = certificates.write(Path(self._folder.name), hosts)
        proxy_port, tls_port = self._ports
        plain = ControlPages(self, self.commands())
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
    def requests(self) -> list[LoggedRequest]:
        """Every request so far, in the order of arrival."""
        return list(self._site.log)

    @property
    def refused_hosts(self) -> list[str]:
        """Targets that the proxy refused to lead to."""
        return list(self._running.refused)

    def clear_requests(self) -> None:
        super().clear_requests()
        self._running.refused.clear()
