"""Site: Zoom behind its hosts, from one HTTP request to the reply that goes out, with the faults on the way."""

from __future__ import annotations

import random
import time
from itertools import count
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from .errors import NO_PERMISSION, WebPage, ZoomError
from .log import LoggedRequest
from .messages import HTML, Reply, Request, error_reply, json_reply
from .misfortune import after, instead
from .oauth import OAuth, TokenError
from .routes import Label, Route, find
from .scopes import require

if TYPE_CHECKING:
    from .clock import Clock
    from .endpoints import Endpoints
    from .faults import Fault, Faults
    from .knobs import Knobs
    from .limits import RateLimits

TOKEN_HOSTS = frozenset({"zoom.us", "zoomgov.com"})


class Site:
    """Answers requests for every host of Zoom and keeps their log."""

    def __init__(
        self,
        endpoints: Endpoints,
        oauth: OAuth,
        limits: RateLimits,
        faults: Faults,
        knobs: Knobs,
        clock: Clock,
        *,
        latency: float = 0.0,
        jitter: float = 0.0,
        seed: int = 0,
    ) -> None:
        self.latency = latency
        self.jitter = jitter
        self.log: list[LoggedRequest] = []
        self._endpoints = endpoints
        self._oauth = oauth
        self._limits = limits
        self._faults = faults
        self._knobs = knobs
        self._clock = clock
        self._random = random.Random(seed)
        self._tracking = count(1)

    def handle(self, request: Request) -> tuple[Reply, LoggedRequest]:
        """The reply, and its line of the log, whose `seconds` the connection fills in."""
        path, _, query = request.target.partition("?")
        route, key = find(path) if request.host not in TOKEN_HOSTS and path.startswith("/v2/") else (None, "")
        label = route.label if route else None
        logged = LoggedRequest(request.method, request.host, request.target, label, time.time())
        self.log.append(logged)
        fault = self._fault(request, label, query) if len(self._faults) else None
        reply = instead(fault, request, label, self._oauth.expire_token, self._clock) if fault else None
        if reply is None:
            reply = self._answer(request, path, query, route, key)
        if fault:
            logged.fault = fault.kind
            after(fault, reply, query)
        reply.delay += self.latency + (self._random.uniform(-self.jitter, self.jitter) if self.jitter else 0.0)
        if reply.action not in ("hang", "reset"):
            logged.status = reply.status
            logged.code = reply.code
            logged.rows = reply.rows
            reply.headers["x-zm-trackingid"] = f"v=2.0;clid=us04;rid=WEB_{next(self._tracking):032x}"
        return reply, logged

    def _fault(self, request: Request, label: Label | None, query: str) -> Fault | None:
        page = self._endpoints.tokens.page_number(dict(parse_qsl(query)))
        return self._faults.draw(request.method, request.target, label, page)

    def _answer(self, request: Request, path: str, query: str, route: Route | None, key: str) -> Reply:
        if request.host in TOKEN_HOSTS:
            return self._token_endpoint(request, path, query)
        headers: dict[str, str] = {}
        try:
            scopes = self._oauth.check(request.host, request.authorization)
            if route is None or request.method != "GET":
                self._endpoints.unrecognized()
            headers = self._limits.admit(route.label)
            if route.scopes:
                require(scopes, route.scopes, self._knobs.scope_error_code)
            if route.role and route.role not in self._knobs.role_permissions:
                raise ZoomError(400, 200, NO_PERMISSION)
            parameters = dict(parse_qsl(query, keep_blank_values=True)) if query else {}
            body = getattr(self._endpoints, route.handler)(key, parameters)
            reply = json_reply(200, body, self._knobs.odd_json)
        except ZoomError as error:
            return error_reply(error, headers)
        except WebPage as page:
            return Reply(page.status, b"<html><body><h1>Not available</h1></body></html>", HTML)
        reply.headers = headers
        return reply

    def _token_endpoint(self, request: Request, path: str, query: str) -> Reply:
        if path != "/oauth/token" or request.method != "POST":
            return Reply(404, b"<html><body>Not found</body></html>", HTML)
        fields = dict(parse_qsl(query) + parse_qsl(request.body.decode(errors="replace")))
        try:
            return json_reply(200, self._oauth.issue(request.host, request.authorization, fields))
        except TokenError as error:
            return json_reply(error.status, error.body)
