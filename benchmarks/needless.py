"""Which requests were needless: Zoom's answer was known before they were sent.

Known is what an earlier answer had told, by the server's clock, a second before the request came in: what waits for its
turn when the answer comes is under way. Only a repeated URL counts at once.

- `repeated`: the same URL had been answered (a 429 or a fault is no answer);
- `parent refused`: registrants of another status of the same meeting or webinar had been refused, because it is gone or
  registration is off;
- `host refused`: the host lacks the licence, which the same endpoint had answered about another meeting of the host, or
  about another occurrence of the same webinar;
- `too old`: the occurrence took place more than five months ago, and the same endpoint had refused occurrences of three
  other meetings as too old, all of later days;
- `past the end`: a later page turned out to be empty;
- `no table`: it lists parents that no selected table needs.

What one endpoint answers does not make a request to another needless: Zoom documents no such relation, and a record
that is left out by mistake is lost.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import unquote

from integration_tests.sandbox.account import Account, resolve
from integration_tests.sandbox.draw import midnight, months_back
from unit_tests.resource.facts import LISTS, tables_that_need

Request = Mapping[str, Any]
Fact = tuple[str, ...]

# Zoom's code for what took place too long ago.
TOO_OLD = 12702
# So many different meetings must be too old before older ones are known to be, and never younger ones than that.
MEETINGS_TOO_OLD = 3
NEVER_TOO_OLD_MONTHS = 5
SECONDS_A_DAY = 86_400
# From when an answer has gone out to when a request can have profited from it, in seconds.
UNDER_WAY = 1.0
REASONS = ("repeated", "parent refused", "host refused", "too old", "past the end", "no table")
_SCHEDULED = re.compile(r"/v2/(meetings|webinars)/(\d+)(/[a-z_/]+)?(?:\?|$)")
_OCCURRENCE = re.compile(r"/v2/(report/[a-z]+/|past_[a-z]+/)([^/?]+)(/[a-z]+)?")
_ABSENTEES = re.compile(r"/v2/past_webinars/([^/]+)/absentees")
_LATER_PAGE = re.compile(r"[?&](?:next_page_token=|page_number=(?!1(?:&|$)))")


class Subject(NamedTuple):
    """The scheduled meeting or webinar that a request is about, the part of it ("": itself), and its host."""

    parent: str
    part: str
    host: str


@dataclass
class Needless:
    """The needless requests, each under one reason."""

    reasons: dict[str, list[Request]] = field(default_factory=lambda: {reason: [] for reason in REASONS})

    @property
    def count(self) -> int:
        return sum(map(len, self.reasons.values()))


def is_answer(request: Request) -> bool:
    """Whether Zoom answered the request itself: no 429, no fault, no broken connection."""
    status: int | None = request["status"]
    return status is not None and status != 429 and status < 500


def find(requests: Sequence[Request], tables: Collection[str], account: Account) -> Needless:
    """The needless ones among the requests of one sync of these tables."""
    answered = [request for request in requests if request["label"] is not None and is_answer(request)]
    known: dict[Fact, float] = {}
    for request in answered:
        gone_out = request["started"] + (request["seconds"] or 0.0)
        for fact in _facts(request, account):
            known[fact] = min(known.get(fact, gone_out), gone_out)
    found = Needless()
    found.reasons["too old"] += _too_old(answered, account)
    for request in answered:
        reason = next(_reasons(request, tables, account, known), None)
        if reason:
            found.reasons[reason].append(request)
    return found


def _reasons(request: Request, tables: Collection[str], account: Account, known: Mapping[Fact, float]) -> Iterator[str]:
    for fact in _facts(request, account):
        reason = fact[0]
        if known[fact] < request["started"] - (0 if reason == "repeated" else UNDER_WAY):
            yield reason
    if request["rows"] == 0 and _LATER_PAGE.search(request["url"]):
        yield "past the end"
    path = request["url"].partition("?")[0]
    for listing in LISTS.values():
        if listing.pattern.match(path) and not any(table.name in tables for table in tables_that_need(listing)):
            yield "no table"


def _facts(request: Request, account: Account) -> Iterator[Fact]:
    """What the answer says, beginning with the reason for which a later request with the same answer is needless."""
    yield "repeated", request["url"]
    about = _subject(request["url"], account)
    if about is None:
        return
    if about.part == "/registrants" and (_is_gone(request) or _is_registration_off(request)):
        yield "parent refused", about.parent
    if about.part and _is_host_refused(request):
        yield "host refused", about.part, about.host


def _too_old(answered: Sequence[Request], account: Account) -> Iterator[Request]:
    """Refusals of occurrences that earlier refusals of younger ones had foretold."""
    line = midnight(months_back(account.today, NEVER_TOO_OLD_MONTHS)) // SECONDS_A_DAY
    refused: dict[str, list[tuple[float, int, int]]] = {}
    for request in answered:
        match = _OCCURRENCE.match(request["url"]) if request["code"] == TOO_OLD else None
        occurrence = resolve(account, match[2], unquote) if match else None
        if match is None or occurrence is None:
            continue
        day, number = occurrence.start // SECONDS_A_DAY, occurrence.meeting.id
        if day >= line:
            continue
        earlier = refused.setdefault(f"{match[1]}{match[3]}", [])
        before = request["started"] - UNDER_WAY
        younger = {other for gone_out, its_day, other in earlier if gone_out < before and day < its_day}
        if len(younger - {number}) >= MEETINGS_TOO_OLD:
            yield request
        earlier.append((request["started"] + (request["seconds"] or 0.0), day, number))


def _subject(url: str, account: Account) -> Subject | None:
    absentees = _ABSENTEES.match(url)
    if absentees:
        occurrence = resolve(account, absentees[1], unquote)
        meeting = occurrence.meeting if occurrence else None
        # Past occurrences are known by UUID and number: the number stands for the host.
        return Subject(str(meeting.id), "/absentees", str(meeting.id)) if meeting else None
    scheduled = _SCHEDULED.match(url)
    meeting = account.meetings.get(int(scheduled[2])) if scheduled else None
    return Subject(str(meeting.id), scheduled[3] or "", meeting.host.email) if scheduled and meeting else None


def _is_gone(request: Request) -> bool:
    return (request["status"], request["code"]) == (404, 3001)


def _is_host_refused(request: Request) -> bool:
    return bool(request["code"] == 200)


def _is_registration_off(request: Request) -> bool:
    """Documented is code 3000 for webinars; seen are 300, 404 and 3000 for meetings."""
    webinar = "webinars/" in request["url"]
    return request["status"] in (400, 404) and request["code"] in ((3000,) if webinar else (300, 404, 3000))
