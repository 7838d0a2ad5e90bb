"""Which requests were needless: Zoom's answer was known before they were sent.

Known is what an earlier answer had told, by the server's clock, a second before the request came in: what waits for its
turn when the answer comes is under way. Only a repeated URL counts at once.

- `repeated`: the same URL had been answered (a 429 or a fault is no answer);
- `registration off`: registrants of any status, questions or absentees are refused because registration is off, which
  the meeting's or webinar's own record had told, or an earlier refusal of these;
- `parent gone`: a meeting or webinar does not exist, which the answer to its own record had told;
- `host refused`: the host lacks the licence, which the same question about another meeting of the host had told, or
  about another occurrence of the same webinar;
- `too old`: a report of something that took place before a day of which the same kind of report had been too old;
- `past the end`: a later page turned out to be empty;
- `no table`: it lists parents that no selected table needs.

`foreseeable` requests do not count, because nobody knew their answer yet; but the record of the same meeting or webinar
told it later in the same sync, so another order would have spared them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import unquote

from integration_tests.sandbox.account import Account, resolve

Request = Mapping[str, Any]
Fact = tuple[str, ...]

# Zoom's code for what took place too long ago.
TOO_OLD = 12702
SECONDS_A_DAY = 86_400
# From when an answer has gone out to when a request can have profited from it, in seconds.
UNDER_WAY = 1.0
REASONS = (
    "repeated",
    "registration off",
    "parent gone",
    "host refused",
    "too old",
    "past the end",
    "no table",
)
_SCHEDULED = re.compile(r"/v2/(meetings|webinars)/(\d+)(/[a-z_/]+)?(?:\?|$)")
_OCCURRENCE = re.compile(r"/v2/(report/[a-z]+/|past_[a-z]+/)([^/?]+)(/[a-z]+)?")
_ABSENTEES = re.compile(r"/v2/past_webinars/([^/]+)/absentees")
_REGISTRATION = ("/registrants", "/registrants/questions", "/absentees")
_LATER_PAGE = re.compile(r"[?&](?:next_page_token=|page_number=(?!1(?:&|$)))")
_TABLES_OF_SCHEDULED = {
    "meetings": ("meetings", "meeting_registrants", "meeting_polls", "meeting_questions"),
    "webinars": (
        *("webinars", "webinar_panelists", "webinar_registrants", "webinar_polls", "webinar_questions"),
        "webinar_tracking_sources",
    ),
}
_TABLES_OF_PAST = {
    "meetings": ("report_meetings", "report_meeting_participants", "meeting_poll_results", "meeting_files"),
    "webinars": (
        *("report_webinars", "report_webinar_participants", "webinar_poll_results", "webinar_qna_results"),
        *("webinar_absentees", "webinar_files"),
    ),
}
LISTS_OF_PARENTS: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = (
    *(
        (re.compile(rf"/v2/users/[^/]+/{kind}\b"), tables + _TABLES_OF_PAST[kind])
        for kind, tables in _TABLES_OF_SCHEDULED.items()
    ),
    *((re.compile(rf"/v2/past_{kind}/[^/]+/instances\b"), tables) for kind, tables in _TABLES_OF_PAST.items()),
    (re.compile(r"/v2/report/(?:history_meetings|users)\b"), _TABLES_OF_PAST["meetings"] + _TABLES_OF_PAST["webinars"]),
)


class Subject(NamedTuple):
    """The scheduled meeting or webinar that a request is about, what of it is asked ("": itself), and its host."""

    parent: str
    part: str
    host: str


@dataclass
class Needless:
    """The needless requests, each under one reason."""

    reasons: dict[str, list[Request]] = field(default_factory=lambda: {reason: [] for reason in REASONS})
    foreseeable: list[Request] = field(default_factory=list)

    @property
    def count(self) -> int:
        return sum(map(len, self.reasons.values()))


def is_answer(request: Request) -> bool:
    """Whether Zoom answered what was asked: no 429, no fault, no broken connection."""
    status: int | None = request["status"]
    return status is not None and status != 429 and status < 500


def find(requests: Sequence[Request], tables: Collection[str], account: Account) -> Needless:
    """The needless ones among the requests of one sync of these tables."""
    asked = [request for request in requests if request["label"] is not None and is_answer(request)]
    known: dict[Fact, float] = {}
    for request in asked:
        gone_out = request["started"] + (request["seconds"] or 0.0)
        for fact in _told_by(request, account):
            known[fact] = min(known.get(fact, gone_out), gone_out)
    found = Needless()
    found.reasons["too old"] += _too_old(asked, account)
    for request in asked:
        reason = next(_reasons(request, tables, account, known), None)
        if reason:
            found.reasons[reason].append(request)
        elif any(fact in known for _, fact in _spared_by(request, account) if fact[0] in ("record", "gone")):
            found.foreseeable.append(request)
    return found


def _reasons(request: Request, tables: Collection[str], account: Account, known: Mapping[Fact, float]) -> Iterator[str]:
    for reason, fact in _spared_by(request, account):
        if known.get(fact, request["started"]) < request["started"] - (0 if reason == "repeated" else UNDER_WAY):
            yield reason
    if request["rows"] == 0 and _LATER_PAGE.search(request["url"]):
        yield "past the end"
    for pattern, needed_by in LISTS_OF_PARENTS:
        if pattern.match(request["url"]) and not any(table in needed_by for table in tables):
            yield "no table"


def _told_by(request: Request, account: Account) -> Iterator[Fact]:
    """What the answer tells about requests to come."""
    yield "url", request["url"]
    about = _subject(request["url"], account)
    if about is None:
        return
    if not about.part and request["status"] == 200:
        yield "record", about.parent
    if not about.part and _is_gone(request):
        yield "gone", about.parent
    if about.part in _REGISTRATION and _is_registration_off(request):
        yield "registration off", about.parent
    if _is_host_refused(request):
        yield "host refused", about.part, about.host


def _too_old(asked: Sequence[Request], account: Account) -> Iterator[Request]:
    """Refusals as too old of what took place on an earlier day than something that had been refused so."""
    refused: dict[str, list[tuple[float, int]]] = {}
    for request in asked:
        match = _OCCURRENCE.match(request["url"]) if request["code"] == TOO_OLD else None
        occurrence = resolve(account, match[2], unquote) if match else None
        if match is None or occurrence is None:
            continue
        day, kind = occurrence.start // SECONDS_A_DAY, f"{match[1]}{match[3]}"
        before = request["started"] - UNDER_WAY
        if any(gone_out < before and day < refused_day for gone_out, refused_day in refused.get(kind, [])):
            yield request
        refused.setdefault(kind, []).append((request["started"] + (request["seconds"] or 0.0), day))


def _spared_by(request: Request, account: Account) -> Iterator[tuple[str, Fact]]:
    """(reason, fact): each fact alone tells this answer beforehand."""
    yield "repeated", ("url", request["url"])
    about = _subject(request["url"], account)
    if about is None or not about.part:
        return
    if about.part in _REGISTRATION and _is_registration_off(request):
        yield "registration off", ("registration off", about.parent)
        yield "registration off", ("record", about.parent)
    if _is_gone(request):
        yield "parent gone", ("gone", about.parent)
    if _is_host_refused(request):
        yield "host refused", ("host refused", about.part, about.host)


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
