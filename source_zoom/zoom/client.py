"""Sends GET requests to Zoom: rate limiting, authentication, timeouts, retries, error classification."""

from __future__ import annotations

import logging
import re
import time
from http.cookiejar import DefaultCookiePolicy
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, urlsplit

import requests
from airbyte_cdk.models import FailureType
from requests.adapters import HTTPAdapter

from source_zoom.zoom.errors import (
    SKIPPED,
    ErrorResponse,
    Meaning,
    PageTokenExpired,
    ParentSkipped,
    Rule,
    ZoomRequestFailed,
)
from source_zoom.zoom.interpretation import Interpretation, interpret
from source_zoom.zoom.messages import UNTRUSTED_CERTIFICATE, to_exception, without_personal_data
from source_zoom.zoom.retry import RetryPolicy, backoff

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from source_zoom.zoom.auth import ZoomAuthenticator
    from source_zoom.zoom.labels import Label
    from source_zoom.zoom.rate_limits import RequestBudget
    from source_zoom.zoom.traffic import Traffic

logger = logging.getLogger("airbyte")

# Limits of one request that keeps failing. Time spent waiting for rate limits does not count.
REQUEST_RETRIES = RetryPolicy(max_attempts=10, max_seconds=600.0, connect_timeout=10.0, read_timeout=60.0)
# New tokens that one request may get.
MAX_REJECTIONS = 3
_USER_IDS = re.compile(r"(/users/)[^/]+")
# A firewall's refusal of a URL is repeated this often: some pass after a pause.
FIREWALL_ATTEMPTS = 4


class RequestSubject(NamedTuple):
    """What a request is about: the table or list, the parent by its id ("" for none), and whether it may be skipped."""

    table: str
    parent: str = ""
    skippable: bool = False

    def __str__(self) -> str:
        return f"{self.table} of {self.parent}" if self.parent else self.table


def path_segment(identifier: object) -> str:
    """An id or UUID as one segment of a path.

    Zoom decodes a UUID that begins with ``/`` or contains ``//`` twice, so it must be encoded twice:
    https://developers.zoom.us/docs/api/using-zoom-apis/#meeting-id-and-uuid.
    """
    text = str(identifier)
    encoded = quote(text, safe="")
    return quote(encoded, safe="") if text.startswith("/") or "//" in text else encoded


class _Attempts:
    """What one request has tried so far."""

    def __init__(self, policy: RetryPolicy) -> None:
        self._policy = policy
        self.failed = 0
        self.refused_by_firewall = 0
        self.rejected_tokens = 0
        self._seconds = 0.0

    def pause(self, seconds: float) -> float | None:
        """Seconds to pause after a failed attempt that took ``seconds``, None when the policy allows no other."""
        self.failed += 1
        pause = backoff(self.failed)
        self._seconds += seconds + pause
        if self.failed >= self._policy.max_attempts or self._seconds > self._policy.max_seconds:
            return None
        return pause


class _Call(NamedTuple):
    """One request to be answered, by as many attempts as it takes."""

    path: str
    subject: RequestSubject
    label: Label
    proof_keys: tuple[str, ...]
    attempts: _Attempts


class ZoomClient:
    """The one HTTP client of a sync, for all threads.

    The CDK's HttpClient is not used: it limits the attempts of a rate-limited request, adds a second to every pause,
    and logs the bodies of answers, which are personal data here.
    """

    def __init__(
        self,
        authenticator: ZoomAuthenticator,
        budget: RequestBudget,
        traffic: Traffic,
        *,
        connections: int = 10,
        retries: RetryPolicy = REQUEST_RETRIES,
        on_rate_limit: Callable[[str], None] = lambda _: None,
    ) -> None:
        """:param on_rate_limit: called with the table whose request Zoom refused for now"""
        self._authenticator = authenticator
        self._budget = budget
        self._traffic = traffic
        self._retries = retries
        self._on_rate_limit = on_rate_limit
        self._session = requests.Session()
        self._session.mount("https://", HTTPAdapter(pool_connections=1, pool_maxsize=connections))
        self._session.auth = authenticator
        # Zoom's load balancer sets cookies that no request needs, and a cookie jar is not safe over threads.
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        # Paths of the account's lists that Zoom has answered, so that it can refuse the token only.
        self._answered_lists: set[str] = set()
        # Proxies and certificates of the environment by base URL, looked up once instead of at every request.
        self._environments: dict[str, Mapping[str, Any]] = {}

    def get(
        self,
        path: str,
        params: Mapping[str, Any],
        subject: RequestSubject,
        label: Label,
        *,
        proof_keys: tuple[str, ...] = ("id",),
    ) -> dict[str, Any]:
        """The JSON object at ``path`` (relative to the API's base, segments encoded).

        :param proof_keys: keys of which a good answer has one, unlike an error under HTTP 200
        :raises ParentSkipped: the subject is skippable and has no rows, or a later page says so
        :raises PageTokenExpired: the list must be read again from its first page
        :raises ConnectorError: a failure, with its type and what to do about it
        """
        url = self.base_url() + path
        call = _Call(path, subject, label, proof_keys, _Attempts(self._retries))
        while True:
            request = self._session.prepare_request(requests.Request("GET", url, params=params))
            left_at = self._budget.acquire(label)
            started = time.monotonic()
            answer = self._send(request, call, left_at)
            if answer.rule is None:
                if not subject.parent:
                    self._answered_lists.add(path)
                return answer.body
            if not self._tries_again(answer, call, request, time.monotonic() - started):
                raise _failure(answer.rule, answer.error, subject, params)

    def base_url(self) -> str:
        """Base of all requests, ends with a slash: in the region that the login named.

        :raises LoginError: as a login does, where there was none yet
        """
        return self._authenticator.api_url()

    def close(self) -> None:
        """Close all connections."""
        self._session.close()

    def _send(self, request: requests.PreparedRequest, call: _Call, left_at: float) -> Interpretation:
        """:param left_at: when the request left, by the budget's clock"""
        path = urlsplit(str(request.url)).path
        self._traffic.sent(call.label, call.subject.table)
        try:
            response = self._session.send(
                request, timeout=self._retries.timeout, allow_redirects=False, **self._environment(str(request.url))
            )
        except requests.RequestException as error:
            if isinstance(error, requests.exceptions.SSLError) and "CERTIFICATE_VERIFY_FAILED" in str(error):
                raise ZoomRequestFailed(Meaning.UNEXPECTED, UNTRUSTED_CERTIFICATE, FailureType.config_error) from None
            self._budget.unanswered(call.label, left_at)
            logger.debug("GET %s: %s", _without_users(path), type(error).__name__)
            return Interpretation.of_network_fault(error, path)
        milliseconds = response.elapsed.total_seconds() * 1000
        logger.debug("GET %s: HTTP %s in %.0f ms", _without_users(path), response.status_code, milliseconds)
        answer = interpret(response, path, call.proof_keys)
        if answer.rule is not None and answer.rule.meaning is Meaning.RATE_LIMIT:
            self._budget.refused(call.label, response.headers, response.content, left_at)
        else:
            self._budget.answered(call.label, response.headers, left_at)
        return answer

    def _environment(self, url: str) -> Mapping[str, Any]:
        host = urlsplit(url).netloc
        if host not in self._environments:
            self._environments[host] = self._session.merge_environment_settings(url, {}, None, None, None)
        return self._environments[host]

    def _rejections_allowed(self, error: ErrorResponse, call: _Call) -> int:
        """Some refusals of an endpoint look like a dead token: without a code, or on a path that apps may not use at
        all. For these one new token must do."""
        is_clear = error.code is not None and not error.path.startswith("/v2/accounts/")
        return MAX_REJECTIONS if is_clear or call.path in self._answered_lists else 1

    def _tries_again(
        self, answer: Interpretation, call: _Call, request: requests.PreparedRequest, seconds: float
    ) -> bool:
        """Whether the request is sent once more, after the pause that its answer calls for.

        :param seconds: what the failed attempt took
        :raises ConnectorError: the attempts are used up, or the login failed
        """
        attempts = call.attempts
        assert answer.rule is not None
        match answer.rule.meaning:
            case Meaning.RATE_LIMIT:
                # The budget holds the next attempt back.
                self._on_rate_limit(call.subject.table)
                pause = 0.0
            case Meaning.TOKEN_REJECTED:
                if attempts.rejected_tokens >= self._rejections_allowed(answer.error, call):
                    return False
                # A request can wait for its turn so long that it outlives several tokens. Only a rejection after
                # which this thread got the new token counts.
                attempts.rejected_tokens += self._authenticator.replace(str(request.headers.get("Authorization")))
                return True
            case Meaning.FIREWALL:
                attempts.refused_by_firewall += 1
                if attempts.refused_by_firewall >= FIREWALL_ATTEMPTS:
                    return False
                pause = backoff(attempts.refused_by_firewall)
            case Meaning.RETRY:
                allowed = attempts.pause(seconds)
                if allowed is None:
                    raise _gave_up(call.subject, attempts.failed, answer.cause)
                pause = allowed
            case _:
                return False
        self._traffic.retried(answer.cause)
        if pause:
            logger.debug("Repeating a request for %s in %.1f s: %s", call.subject.table, pause, answer.cause)
            self._budget.pausing(call.label, pause)
            time.sleep(pause)
        return True


def _without_users(path: str) -> str:
    """A path without ids of people."""
    return _USER_IDS.sub(r"\1…", path)


def _failure(rule: Rule, error: ErrorResponse, subject: RequestSubject, params: Mapping[str, Any]) -> Exception:
    if rule.meaning is Meaning.PAGE_TOKEN_EXPIRED and "next_page_token" in params:
        return PageTokenExpired()
    # A list that has begun cannot have nothing, so on a later page it is for the list to judge, whatever its subject.
    has_begun = "next_page_token" in params or "page_number" in params
    if rule.meaning in SKIPPED and (subject.skippable or has_begun):
        return ParentSkipped(rule)
    return to_exception(rule, error, str(subject))


def _gave_up(subject: RequestSubject, attempts: int, cause: str) -> ZoomRequestFailed:
    times = "1 attempt" if attempts == 1 else f"{attempts} attempts"
    return ZoomRequestFailed(
        Meaning.RETRY,
        f"Cannot read {subject}: Zoom gave no usable answer in {times}, the last time "
        f"{without_personal_data(cause)}. Run the sync again. See https://status.zoom.us for outages.",
        FailureType.transient_error,
    )
