"""One GET request to Zoom: paced by the budget, signed, timed out, tried again, and its answer understood."""

from __future__ import annotations

import logging
import random
import time
from collections import Counter
from collections.abc import Mapping
from http.cookiejar import DefaultCookiePolicy
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

import orjson
import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.streams.call_rate import LimiterSession
from requests.adapters import HTTPAdapter

from source_zoom.auth import ZoomAuthenticator
from source_zoom.errors import (
    SKIPPED,
    Answer,
    Meaning,
    PageTokenExpired,
    ParentSkipped,
    Rule,
    ZoomRefused,
    code_and_words,
    error_in_body,
    refusal,
    rule_for,
    without_personal_data,
)
from source_zoom.patience import Patience
from source_zoom.progress import Progress
from source_zoom.rate_limits import RequestBudget
from source_zoom.tokens import UNTRUSTED_CERTIFICATE

logger = logging.getLogger("airbyte")

CONNECT_TIMEOUT = 10.0
READ_TIMEOUT = 60.0
# Bounds on one request that keeps failing by fault; waiting for rate limits does not count towards them.
MAX_TRIES = 10
MAX_SECONDS = 600.0
PATIENCE = Patience(MAX_TRIES, MAX_SECONDS, CONNECT_TIMEOUT, READ_TIMEOUT)
# New tokens that one request may ask for.
MAX_REJECTIONS = 3
LONGEST_BACKOFF = 30.0
# Firewall refusals in a row, of one table or over all of them, after which it is no matter of single URLs any more.
FIREWALL_LIMIT = 20

_BROKEN_BODY = Rule(Meaning.RETRY, "the answer was no valid JSON")


class Asked(NamedTuple):
    """What a request is about, for errors: the table, and the parent by its id ("" where there is none)."""

    table: str
    parent: str = ""

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


class ZoomClient:
    """The one HTTP client of a sync, for all threads.

    The CDK's HttpClient is not used: it bounds the tries of a rate-limited request, has no jitter, and writes the
    bodies of answers, which are personal data here, to the log. Budget, session and login are the CDK's.
    """

    def __init__(
        self,
        api_url: str,
        authenticator: ZoomAuthenticator,
        budget: RequestBudget,
        progress: Progress,
        *,
        connections: int = 10,
        patience: Patience = PATIENCE,
    ) -> None:
        self._authenticator = authenticator
        self._budget = budget
        self._progress = progress
        self._patience = patience
        # In a row: of each table, and over all of them under "".
        self._firewall_refusals: Counter[str] = Counter()
        self._session = LimiterSession(api_budget=budget)
        self._session.mount("https://", HTTPAdapter(pool_connections=1, pool_maxsize=connections))
        self._session.auth = authenticator
        # Zoom's load balancer sets cookies that no request needs, and a cookie jar is not safe over threads.
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        # Proxies and certificates of the environment, looked up once instead of at every request.
        self._environment = self._session.merge_environment_settings(api_url, {}, None, None, None)

    def get(
        self, path: str, params: Mapping[str, Any], asked: Asked, *, record_keys: tuple[str, ...] = ("id",)
    ) -> dict[str, Any]:
        """The JSON object at ``path`` (relative, segments encoded).

        :param record_keys: keys that a good answer has, to tell it from an error under HTTP 200
        :raises ParentSkipped: there is nothing to read for this parent
        :raises PageTokenExpired: the list must be read again from its first page
        :raises AirbyteTracedException: a failure, with its type and what to do about it
        """
        url = self._authenticator.api_url() + path
        deadline = time.monotonic() + self._patience.seconds
        tries = rejections = 0
        while True:
            asked_at = time.monotonic()
            request = self._session.prepare_request(requests.Request("GET", url, params=params))
            body, answer, rule, cause = self._send(request, record_keys)
            if rule is None:
                self._reached_zoom(asked.table)
                return body
            if rule.meaning is Meaning.RATE_LIMIT:
                # The budget has read the answer's headers: it holds the next try back, or refuses it for the day.
                deadline += time.monotonic() - asked_at
                self._progress.retried(cause)
                continue
            if rule.meaning not in (Meaning.FIREWALL, Meaning.RETRY):
                self._reached_zoom(asked.table)
            if rule.meaning is Meaning.TOKEN_REJECTED and rejections < self._rejections_allowed(answer):
                # A request can wait for its turn long enough to outlive several tokens. Only those that nobody else
                # has found dead before count.
                rejections += self._authenticator.replace(str(request.headers.get("Authorization")))
                continue
            if rule.meaning is Meaning.RETRY:
                tries += 1
                pause = random.uniform(0.5, 1.0) * min(LONGEST_BACKOFF, 0.5 * 2**tries)
                if tries >= self._patience.tries or time.monotonic() + pause > deadline:
                    raise self._gave_up(asked, tries, cause)
                self._progress.retried(cause)
                logger.debug("Asking Zoom again for %s in %.1f s: %s", asked, pause, cause)
                time.sleep(pause)
                continue
            raise self._consequence(rule, answer, asked, with_page_token="next_page_token" in params)

    def close(self) -> None:
        self._session.close()

    def _send(
        self, request: requests.PreparedRequest, record_keys: tuple[str, ...]
    ) -> tuple[dict[str, Any], Answer, Rule | None, str]:
        """(body, answer, rule, cause): the rule is None for a good answer, the cause tells a fault in words."""
        path = urlsplit(str(request.url)).path
        try:
            response = self._session.send(
                request, timeout=self._patience.timeout, allow_redirects=False, **self._environment
            )
        except requests.RequestException as error:
            if isinstance(error, requests.exceptions.SSLError) and "CERTIFICATE_VERIFY_FAILED" in str(error):
                raise ZoomRefused(Meaning.UNEXPECTED, UNTRUSTED_CERTIFICATE, FailureType.config_error) from None
            return {}, Answer(0, None, "", path=path), Rule(Meaning.RETRY, "network fault"), type(error).__name__
        finally:
            self._progress.requested()
        return self._understand(response, path, record_keys)

    def _understand(
        self, response: requests.Response, path: str, record_keys: tuple[str, ...]
    ) -> tuple[dict[str, Any], Answer, Rule | None, str]:
        status = response.status_code
        try:
            body = orjson.loads(response.content)
        except orjson.JSONDecodeError:
            body = None
        if status == 200 and isinstance(body, dict):
            error = error_in_body(body, record_keys)
            if error is None:
                return body, Answer(status, None, "", path=path), None, ""
            answer = Answer(status, error[0], error[1], path=path)
            return body, answer, rule_for(answer), f"an error under HTTP {status}"
        if isinstance(body, dict):
            answer = Answer(status, *code_and_words(body), path=path)
            return body, answer, rule_for(answer), f"HTTP {status}"
        is_html = "html" in response.headers.get("Content-Type", "") or response.content.lstrip()[:1] == b"<"
        answer = Answer(status, None, "", is_html=is_html, path=path)
        rule = rule_for(answer)
        if status == 200 and rule.meaning is Meaning.UNEXPECTED:
            rule = _BROKEN_BODY
        return (
            {},
            answer,
            rule,
            f"HTTP {status} with " + ("an HTML page" if is_html else "a body that is no JSON object"),
        )

    @staticmethod
    def _rejections_allowed(answer: Answer) -> int:
        """Some refusals of an endpoint look like a dead token but carry no code: for these one new token must do."""
        return MAX_REJECTIONS if answer.code is not None else 1

    def _reached_zoom(self, table: str) -> None:
        self._firewall_refusals[""] = self._firewall_refusals[table] = 0

    def _consequence(self, rule: Rule, answer: Answer, asked: Asked, *, with_page_token: bool) -> Exception:
        if rule.meaning is Meaning.PAGE_TOKEN_EXPIRED and with_page_token:
            return PageTokenExpired()
        if rule.meaning is Meaning.FIREWALL:
            self._firewall_refusals.update(("", asked.table))
            in_a_row = max(self._firewall_refusals[""], self._firewall_refusals[asked.table])
            if in_a_row >= FIREWALL_LIMIT or not asked.parent:
                return refusal(rule, answer, str(asked))
        if rule.meaning in SKIPPED and asked.parent:
            return ParentSkipped(rule)
        return refusal(rule, answer, str(asked))

    @staticmethod
    def _gave_up(asked: Asked, tries: int, cause: str) -> ZoomRefused:
        told = "1 try" if tries == 1 else f"{tries} tries"
        return ZoomRefused(
            Meaning.RETRY,
            f"Cannot read {asked}: Zoom did not give a usable answer in {told}, the last time "
            f"{without_personal_data(cause)}. Run the sync again; https://status.zoom.us tells of outages.",
            FailureType.transient_error,
        )
