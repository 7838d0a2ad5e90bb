"""Maps Zoom's error responses to what they mean for a request; the first matching rule wins.

Source of codes and messages: the error lists of https://developers.zoom.us/docs/api/.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

from airbyte_cdk.models import FailureType

from source_zoom.base.exceptions import ConnectorError
from source_zoom.zoom.parsing import as_int, as_text

if TYPE_CHECKING:
    from collections.abc import Mapping


class Meaning(Enum):
    """What an error response means for the parent that was requested, or for the table."""

    NOTHING_THERE = "the parent has no rows"
    HOST_CANNOT = "the host's plan or settings exclude the parent"
    USER_GONE = "the user left the account"
    TOO_OLD = "Zoom no longer keeps the parent's data"
    FIREWALL = "a web firewall in front of Zoom refused the URL"
    ENDPOINT_GONE = "Zoom does not serve the endpoint"
    TOKEN_REJECTED = "the access token is dead"
    SCOPE_MISSING = "the app lacks a scope"
    ROLE_MISSING = "the role of the app's owner lacks a permission"
    SETTING_FORBIDS = "a setting or the plan of the account keeps the rows from the API"
    ACCESS_DENIED = "the account has no access to the API"
    PAGE_TOKEN_EXPIRED = "the list must be read again from its first page"
    WINDOW_REFUSED = "the dates lie outside what Zoom keeps"
    RATE_LIMIT = "too many requests"
    RETRY = "a fault that may pass"
    UNEXPECTED = "an answer that no rule knows"


# The parent has no rows for the table, and the table continues. Only for requests whose subject may be skipped.
SKIPPED = frozenset({Meaning.NOTHING_THERE, Meaning.HOST_CANNOT, Meaning.USER_GONE, Meaning.TOO_OLD})


class ErrorResponse(NamedTuple):
    """The parts of an HTTP response that decide its meaning. ``code`` and ``message`` are Zoom's, or None and ""."""

    status: int
    code: int | None
    message: str
    is_html: bool = False
    path: str = ""


@dataclass(frozen=True)
class Rule:
    """One row of the table. What a row leaves out matches anything.

    ``of_host``: Zoom's documented words speak of the host's plan or licence, so they hold for the host's other
    meetings too.
    """

    meaning: Meaning
    reason: str
    status: frozenset[int] | None = None
    code: frozenset[int | None] | None = None
    words: re.Pattern[str] | None = None
    path: re.Pattern[str] | None = None
    html: bool | None = None
    of_host: bool = False

    def matches(self, response: ErrorResponse) -> bool:
        """Whether every condition of the row holds for the response."""
        return (
            (self.status is None or response.status in self.status)
            and (self.code is None or response.code in self.code)
            and (self.html is None or response.is_html is self.html)
            and (self.words is None or self.words.search(response.message) is not None)
            and (self.path is None or self.path.search(response.path) is not None)
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
    of_host: bool = False,
) -> Rule:
    return Rule(
        meaning,
        reason,
        frozenset(status) or None,
        frozenset(code) or None,
        re.compile(words, re.IGNORECASE) if words else None,
        re.compile(path) if path else None,
        html,
        of_host,
    )


# Paths of users, meetings and webinars; a group has no host.
_OF_HOSTS = r"^/v2/(?!groups|roles)"

RULES: tuple[Rule, ...] = (
    # The transport: what any server may answer, whatever the endpoint.
    _rule(Meaning.RATE_LIMIT, "rate limit", status=(429,)),
    _rule(
        Meaning.ENDPOINT_GONE,
        "Zoom does not serve the endpoint",
        status=(403, 404, 410, 501),
        html=True,
        path="/files$",
    ),
    _rule(Meaning.RETRY, "server error", status=(408, 425, *range(500, 600))),
    _rule(Meaning.FIREWALL, "a web firewall refused the URL", status=(403,), html=True),
    _rule(Meaning.RETRY, "an HTML page instead of JSON", html=True),
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
        path=r"^/v2/report/(users|history_meetings|operationlogs|activities)",
    ),
    # Summaries: code 2305 has three meanings, so the words decide.
    _rule(Meaning.NOTHING_THERE, "the summary is in the trash", code=(2305,), words=r"moved to trash"),
    _rule(
        Meaning.SETTING_FORBIDS,
        "the account shares meeting summaries by email only. In Zoom's Account Settings, switch off 'Only share "
        "meeting summaries by email'",
        code=(2305,),
        words=r"restricted by account settings",
    ),
    _rule(
        Meaning.SETTING_FORBIDS,
        "the account shares meeting summaries with some IP addresses only. In Zoom's Settings under 'IP address access "
        "control', add the addresses that Airbyte connects from",
        code=(2305,),
        words=r"ip address ranges",
    ),
    # Summaries made before it was switched off still exist, so the table is not just empty.
    _rule(
        Meaning.SETTING_FORBIDS,
        "AI Companion's meeting summaries are switched off. In Zoom's Settings, switch on 'Meeting Summary with AI "
        "Companion'",
        code=(3000,),
        words=r"summary disabled",
    ),
    # Registration: the same sentence comes under codes 300, 404 and 3000, so the words decide.
    _rule(Meaning.NOTHING_THERE, "registration is off", words=r"registration has not been enabled"),
    _rule(Meaning.NOTHING_THERE, "registration is off", words=r"doesn.t have registration required"),
    # Code 200 is overloaded, and comes under HTTP 200 too.
    _rule(Meaning.HOST_CANNOT, "the host has no webinar licence", code=(200,), words=r"webinar plan", of_host=True),
    _rule(
        Meaning.SETTING_FORBIDS,
        "Zoom offers this on paid plans only. Change the plan in Zoom",
        code=(200,),
        words=r"only available for paid",
        path=r"^/v2/(groups|roles|accounts/|meetings/meeting_summaries|report/history_meetings)",
    ),
    _rule(
        Meaning.HOST_CANNOT,
        "the host is not on a paid plan",
        code=(200,),
        words=r"only available for paid",
        of_host=True,
    ),
    _rule(Meaning.ROLE_MISSING, "role permission missing", code=(200,), words=r"no permission"),
    # Hosts and users.
    _rule(Meaning.HOST_CANNOT, "the host may not schedule meetings", code=(3161,), path=_OF_HOSTS),
    _rule(Meaning.HOST_CANNOT, "the host's meetings may not be viewed", code=(2306,), path=_OF_HOSTS),
    _rule(Meaning.USER_GONE, "the user left the account", code=(1001, 1010, 1120)),
    # Age.
    _rule(Meaning.TOO_OLD, "Zoom keeps reports for one year", code=(12702,)),
    # Things that are not there, or not any more.
    _rule(
        Meaning.NOTHING_THERE,
        "no participant report: it had one participant, has not ended or was deleted",
        status=(400, 404),
        code=(3001,),
        path=r"^/v2/report/.*/participants$",
    ),
    _rule(
        Meaning.NOTHING_THERE,
        "none there, or the meeting was deleted or has not ended",
        status=(400, 404),
        code=(3001,),
        path=r"^/v2/past_.*/(polls|qa|files|absentees|participants)$",
    ),
    _rule(Meaning.NOTHING_THERE, "it has expired, was deleted or has not ended", status=(400, 404), code=(3001,)),
    _rule(Meaning.NOTHING_THERE, "it has no polls", status=(404,), code=(404,), path=r"/polls$"),
    _rule(Meaning.NOTHING_THERE, "polls are switched off", code=(4400,)),
    _rule(Meaning.NOTHING_THERE, "it has no recording", status=(404,), code=(3301,)),
    _rule(Meaning.NOTHING_THERE, "it has no transcript", status=(404,), code=(3322,)),
    _rule(Meaning.NOTHING_THERE, "the group was deleted", status=(404,), code=(4130,), path="/members$"),
    _rule(
        Meaning.NOTHING_THERE,
        "the number is a webinar's, not a meeting's, or the reverse",
        status=(400,),
        code=(300, 3000),
        words=r"invalid (webinar|meeting) id|cannot access (webinar|meeting) info|invalid occurrence id",
    ),
    _rule(Meaning.ENDPOINT_GONE, "Zoom does not know the endpoint", code=(2300,)),
    _rule(Meaning.ENDPOINT_GONE, "Zoom does not know the endpoint", status=(410,)),
    _rule(Meaning.ENDPOINT_GONE, "Zoom does not know the endpoint", status=(404,), path="/history_meetings$"),
    _rule(Meaning.ENDPOINT_GONE, "Zoom does not know the endpoint", status=(404,), path="^/v2/accounts/"),
    _rule(Meaning.NOTHING_THERE, "Zoom has nothing under this id", status=(404,), code=(404,)),
    _rule(
        Meaning.NOTHING_THERE,
        "Zoom has nothing under this id",
        status=(404,),
        code=(None,),
        path=r"^/v2/(past_|report/(meetings|webinars)/)",
    ),
    # Who may read the transcripts of others is documented nowhere, so this is said of one meeting.
    _rule(
        Meaning.HOST_CANNOT,
        "its transcript may not be viewed",
        status=(403,),
        words=r"no permission",
        path="/transcript$",
    ),
    # The account.
    _rule(Meaning.ROLE_MISSING, "role permission missing", status=(403,), code=(12703,)),
    _rule(Meaning.ROLE_MISSING, "role permission missing", status=(403,), words=r"no permission"),
    _rule(Meaning.ACCESS_DENIED, "access to the API denied", status=(403,)),
)

_UNKNOWN = Rule(Meaning.UNEXPECTED, "unexpected answer")


def rule_for(response: ErrorResponse) -> Rule:
    """The first row that matches; a response that no row knows is UNEXPECTED."""
    return next((rule for rule in RULES if rule.matches(response)), _UNKNOWN)


def error_in_body(body: Mapping[str, Any], proof_keys: tuple[str, ...]) -> tuple[int | None, str] | None:
    """(code, message) if a 200 answer has Zoom's error shape and none of the keys that prove a good answer."""
    if any(key in body for key in proof_keys):
        return None
    code, message = code_and_message(body)
    return (code, message) if code is not None and isinstance(body.get("message"), str) else None


def code_and_message(body: Mapping[str, Any]) -> tuple[int | None, str]:
    """Zoom's code and message in the body of an error, None and "" where there are none."""
    return as_int(body.get("code")), as_text(body.get("message"))


class ParentSkipped(Exception):
    """The parent has no rows for this table, and that is no failure."""

    def __init__(self, rule: Rule) -> None:
        super().__init__(rule.reason)
        self.rule = rule


class PageTokenExpired(Exception):
    """The list must be read again from its first page."""


class ZoomRequestFailed(ConnectorError):
    """A request that failed, with the meaning of Zoom's answer."""

    def __init__(self, meaning: Meaning, message: str, failure_type: FailureType) -> None:
        super().__init__(message, failure_type)
        self.meaning = meaning


class LabelClosed(ConnectorError):
    """Zoom refuses every further request of a label for now, so the label's tables end."""

    def __init__(self, message: str) -> None:
        super().__init__(message, FailureType.transient_error)
