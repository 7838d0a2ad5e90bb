"""What Zoom's errors mean for the one thing that was asked, as a table read from top to bottom.

Source of codes and words: the error lists of https://developers.zoom.us/docs/api/.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, NamedTuple

from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_zoom.rate_limits import DailyLimitReached
from source_zoom.values import text, whole_number


class Meaning(Enum):
    """Consequences an answer of Zoom can have."""

    NOTHING_THERE = "skip this parent: there is nothing to read"
    HOST_CANNOT = "skip this parent: its host's plan or settings exclude it"
    USER_GONE = "skip this parent: its user left the account"
    TOO_OLD = "skip this parent: Zoom no longer keeps it"
    FIREWALL = "skip this parent: a web firewall in front of Zoom refused the URL"
    ENDPOINT_GONE = "Zoom does not serve this endpoint"
    TOKEN_REJECTED = "get a new token once, then fail"
    SCOPE_MISSING = "fail: the app lacks a scope"
    ROLE_MISSING = "fail: the app owner's role lacks a permission"
    ACCESS_DENIED = "fail: Zoom denies the account access to the API"
    PAGE_TOKEN_EXPIRED = "read the list again from its first page"
    WINDOW_REFUSED = "the asked dates lie outside what Zoom keeps"
    RATE_LIMIT = "wait and ask again"
    RETRY = "ask again"
    UNEXPECTED = "fail with Zoom's own words"


SKIPPED = frozenset({Meaning.NOTHING_THERE, Meaning.HOST_CANNOT, Meaning.USER_GONE, Meaning.TOO_OLD, Meaning.FIREWALL})


class Answer(NamedTuple):
    """The part of an HTTP answer that decides its meaning. ``code`` and ``words`` are Zoom's, or None and ""."""

    status: int
    code: int | None
    words: str
    is_html: bool = False
    path: str = ""


@dataclass(frozen=True)
class Rule:
    """One row of the table. What a row leaves out matches anything."""

    meaning: Meaning
    reason: str
    status: frozenset[int] | None = None
    code: frozenset[int | None] | None = None
    words: re.Pattern[str] | None = None
    path: re.Pattern[str] | None = None
    html: bool | None = None

    def matches(self, answer: Answer) -> bool:
        return (
            (self.status is None or answer.status in self.status)
            and (self.code is None or answer.code in self.code)
            and (self.html is None or answer.is_html is self.html)
            and (self.words is None or self.words.search(answer.words) is not None)
            and (self.path is None or self.path.search(answer.path) is not None)
        )


def _rule(
    meaning: Meaning,
    reason: str,
    *,
    status: tuple[int, ...] = (),
    code: tuple[int | None, ...] = (),
    words: str = "",
    path: str = "",
    html: bool | None = None,
) -> Rule:
    return Rule(
        meaning,
        reason,
        frozenset(status) or None,
        frozenset(code) or None,
        re.compile(words, re.IGNORECASE) if words else None,
        re.compile(path) if path else None,
        html,
    )


REGISTRATION_OFF = "registration is off"
GONE = "it has expired, was deleted or has not ended"

RULES: tuple[Rule, ...] = (
    # The transport: what any server may answer, whatever the endpoint.
    _rule(Meaning.RATE_LIMIT, "rate limit", status=(429,)),
    _rule(Meaning.RETRY, "server error", status=(408, 425, *range(500, 600))),
    _rule(Meaning.FIREWALL, "a web firewall refused the URL", status=(403,), html=True),
    _rule(Meaning.RETRY, "an HTML page came instead of JSON", html=True),
    # The token and what it may do. These come under HTTP 400 as well as 401 and 403.
    _rule(Meaning.SCOPE_MISSING, "scope missing", code=(4711, 4700)),
    _rule(Meaning.SCOPE_MISSING, "scope missing", words=r"does not contain .*scope"),
    _rule(Meaning.TOKEN_REJECTED, "access token rejected", code=(124,)),
    _rule(Meaning.TOKEN_REJECTED, "access token rejected", status=(401,)),
    # Lists.
    _rule(Meaning.PAGE_TOKEN_EXPIRED, "page token expired", status=(400,), words=r"page token is invalid or expired"),
    _rule(
        Meaning.WINDOW_REFUSED,
        "dates outside what Zoom keeps",
        status=(400,),
        code=(300,),
        words=r"invalid parameter|six months|6 months|one month|date range",
        path=r"^/v2/report/(users|history_meetings)",
    ),
    # Registration: the same sentence comes under codes 300, 404 and 3000, so the words decide.
    _rule(Meaning.NOTHING_THERE, REGISTRATION_OFF, words=r"registration has not been enabled"),
    _rule(Meaning.NOTHING_THERE, REGISTRATION_OFF, words=r"doesn.t have registration required"),
    # Code 200 is overloaded, and comes under HTTP 200 too.
    _rule(Meaning.HOST_CANNOT, "the host has no webinar licence", code=(200,), words=r"webinar plan"),
    _rule(Meaning.HOST_CANNOT, "the host is not on a paid plan", code=(200,), words=r"only available for paid"),
    _rule(Meaning.ROLE_MISSING, "role permission missing", code=(200,), words=r"no permission"),
    # Hosts and users.
    _rule(Meaning.HOST_CANNOT, "the host may not schedule meetings", code=(3161,)),
    _rule(Meaning.HOST_CANNOT, "the host's meetings may not be viewed", code=(2306,)),
    _rule(Meaning.USER_GONE, "the user left the account", code=(1001, 1010, 1120)),
    # Age.
    _rule(Meaning.TOO_OLD, "Zoom keeps reports for one year", code=(12702,)),
    # Things that are not there, or not any more.
    _rule(Meaning.NOTHING_THERE, GONE, status=(404,), code=(3001,)),
    _rule(Meaning.NOTHING_THERE, "it has no polls", status=(404,), code=(404,), path=r"/polls$"),
    _rule(Meaning.NOTHING_THERE, "polls are switched off", code=(4400,)),
    _rule(Meaning.NOTHING_THERE, "it has no recording", status=(404,), code=(3301,)),
    _rule(
        Meaning.NOTHING_THERE,
        "Zoom keeps it as the other kind of session",
        status=(400,),
        code=(300, 3000),
        words=r"invalid webinar id|cannot access (webinar|meeting) info|invalid occurrence id",
    ),
    _rule(Meaning.ENDPOINT_GONE, "Zoom does not know the endpoint", code=(2300,)),
    _rule(Meaning.ENDPOINT_GONE, "Zoom does not know the endpoint", status=(410,)),
    _rule(Meaning.ENDPOINT_GONE, "Zoom does not know the endpoint", status=(404,), path="/history_meetings$"),
    _rule(Meaning.NOTHING_THERE, "Zoom has nothing under this id", status=(404,), code=(404,)),
    _rule(Meaning.NOTHING_THERE, "Zoom has nothing under this id", status=(404,), code=(None,), path=r"^/v2/past_"),
    # The account.
    _rule(Meaning.ROLE_MISSING, "role permission missing", status=(403,), code=(12703,)),
    _rule(Meaning.ROLE_MISSING, "role permission missing", status=(403,), words=r"no permission"),
    _rule(Meaning.ACCESS_DENIED, "access to the API denied", status=(403,)),
)  # fmt: skip

# Skips that leave out what Zoom has, by their reasons.
WARNED = frozenset(rule.reason for rule in RULES if rule.meaning in (Meaning.HOST_CANNOT, Meaning.FIREWALL))

_UNKNOWN = Rule(Meaning.UNEXPECTED, "unexpected answer")


def rule_for(answer: Answer) -> Rule:
    """The first row that matches; an answer that no row knows is UNEXPECTED."""
    return next((rule for rule in RULES if rule.matches(answer)), _UNKNOWN)


class ParentSkipped(Exception):
    """Nothing can be read for this parent, and that is no failure."""

    def __init__(self, rule: Rule) -> None:
        super().__init__(rule.reason)
        self.meaning = rule.meaning
        self.reason = rule.reason
        self.registration_off = rule.reason == REGISTRATION_OFF
        self.gone = rule.reason == GONE


class PageTokenExpired(Exception):
    """The list that was being paged through must be read again from its first page."""


class ZoomRefused(AirbyteTracedException):
    """A failure with its meaning, its sentence for the user, and what to do about it."""

    def __init__(self, meaning: Meaning, message: str, failure_type: FailureType) -> None:
        super().__init__(internal_message=message, message=message, failure_type=failure_type)
        self.meaning = meaning


def concerns_all(error: BaseException) -> bool:
    """Whether every other parent would meet this failure too, because somebody has to change something or to wait."""
    return isinstance(error, DailyLimitReached) or is_config_error(error)


def is_config_error(error: BaseException) -> bool:
    return isinstance(error, AirbyteTracedException) and error.failure_type is FailureType.config_error


_EMAIL = re.compile(r"[^\s@:\[\]()<>\"']+@[^\s@:\[\]()<>\"',]+")
_SCOPES = re.compile(r"scopes?:?\s*\[?([a-z_]+:[a-z0-9_:, ]+)\]?", re.IGNORECASE)


def scopes_named(words: str) -> str:
    """Scopes that Zoom says are missing, as it writes them, or ""."""
    found = _SCOPES.search(words)
    return found.group(1).strip(" ,") if found else ""


def without_personal_data(words: str) -> str:
    """Zoom's sentence with email addresses masked and cut to a line."""
    return _EMAIL.sub("(email)", " ".join(words.split()))[:300]


def refusal(rule: Rule, answer: Answer, subject: str) -> ZoomRefused:
    """The error for an answer that fails the table; ``subject`` says what was being read."""
    said = f"Zoom said: HTTP {answer.status}" + (f", code {answer.code}" if answer.code is not None else "")
    if answer.words:
        said += f", {without_personal_data(answer.words)!r}"
    if rule.meaning is Meaning.SCOPE_MISSING:
        scopes = scopes_named(answer.words)
        missing = f"the scope {scopes}" if scopes else "a scope"
        text = (
            f"Cannot read {subject}: the Zoom app lacks {missing}. "
            "Add it in the Zoom App Marketplace under Manage > your app > Scopes, save, and sync again. " + said
        )
        return ZoomRefused(rule.meaning, text, FailureType.config_error)
    if rule.meaning is Meaning.ROLE_MISSING:
        permission = "UsageReport:Read (Reports > Usage reports)" if "/report/" in answer.path else "User:Read (Users)"
        text = (
            f"Cannot read {subject}: the role of the app's owner lacks the permission {permission}. "
            "In Zoom, open User Management > Roles, give that role the permission, and sync again. " + said
        )
        return ZoomRefused(rule.meaning, text, FailureType.config_error)
    if rule.meaning is Meaning.TOKEN_REJECTED:
        text = (
            f"Cannot read {subject}: Zoom rejects even a fresh access token. Check in the Zoom App Marketplace that "
            "the app is activated and belongs to this account, then sync again. " + said
        )
        return ZoomRefused(rule.meaning, text, FailureType.config_error)
    if rule.meaning is Meaning.FIREWALL:
        text = (
            f"Cannot read {subject}: a firewall in front of Zoom refuses this machine. If the Zoom account limits API "
            "access by IP address, add the addresses that Airbyte connects from to its allow list. " + said
        )
        return ZoomRefused(rule.meaning, text, FailureType.config_error)
    if rule.meaning is Meaning.ACCESS_DENIED:
        text = (
            f"Cannot read {subject}: Zoom denies this account access to the API. "
            "Ask Zoom Support to allow API access for the account. " + said
        )
        return ZoomRefused(rule.meaning, text, FailureType.config_error)
    if rule.meaning is Meaning.HOST_CANNOT:
        text = f"Cannot read {subject}: {rule.reason}. Change the plan in Zoom or deselect the table. " + said
        return ZoomRefused(rule.meaning, text, FailureType.config_error)
    return ZoomRefused(
        rule.meaning,
        f"Cannot read {subject}: Zoom gave an answer this connector does not know. {said}",
        FailureType.system_error,
    )


def error_in_body(body: Any, record_keys: tuple[str, ...]) -> tuple[int | None, str] | None:
    """(code, words) when a 200 answer carries Zoom's error shape and none of the keys that hold records."""
    if not isinstance(body, dict) or any(key in body for key in record_keys):
        return None
    code, words = code_and_words(body)
    return (code, words) if code is not None and isinstance(body.get("message"), str) else None


def code_and_words(body: Mapping[str, Any]) -> tuple[int | None, str]:
    """Zoom's code and sentence in the body of an error, None and "" where there are none."""
    return whole_number(body.get("code")), text(body.get("message"))
