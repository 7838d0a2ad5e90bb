"""A Zoom account with something in every table: the simulated account's own answers, in this process by requests-mock.

All lists come in pages of two. Each user has scheduled meetings and webinars, and most of these recur. Each series took
place twice since START: once as both its instances and the meeting history report, once as its instances alone report.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timezone
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from integration_tests.sandbox import REGULAR, Sandbox
from integration_tests.sandbox.endpoints import Endpoints
from integration_tests.sandbox.errors import ZoomError
from integration_tests.sandbox.paging import PageTokens
from integration_tests.sandbox.routes import find
from unit_tests.integration.request_builder import API, TOKEN_URL
from unit_tests.integration.response_builder import token
from unit_tests.integration.zoom import START, TODAY
from unit_tests.resource.facts import TABLES, table_of

if TYPE_CHECKING:
    import requests_mock

    from integration_tests.sandbox.account import Account

PAGE = 2
# Of so many occurrences in sixteen months, two of each series took place from START to TODAY.
OCCURRENCES = 51
POLLS = ("polls", "questions")


class WholeAccount:
    """Install it into a mocker; ``urls`` counts the requests. ``refuse`` maps paths to other answers.

    Ids can be written down: users are u0, u1, …; u1 has the meetings 85000001000, 85000001001, … and the webinars
    91000001000, …; of a series the history has /history//85000001000+==, but not instance/85000001000+==.
    """

    def __init__(self, users: int = 3, each: int = 2, polls: int = 2, occurrences: int = OCCURRENCES) -> None:
        self.each = each
        self.polls = polls
        self.urls: Counter[str] = Counter()
        self.refuse: list[tuple[re.Pattern[str], int, Any]] = []
        shape = replace(
            REGULAR,
            users=users,
            inactive_users=1,
            pending_users=1,
            webinar_share=1,
            meetings_per_user=each,
            webinars_per_user=each,
            recurring_share=1,
            occurrences_per_recurring=occurrences,
            unlisted_per_user=0,
            unlisted_webinars_per_user=0,
            registration_share=1,
            registrants=2,
            participants=3,
        )
        # Occurrences of one participant are what the history leaves out.
        self._zoom = Sandbox(
            shape,
            today=date.fromisoformat(TODAY),
            history_lacks=("one_participant",),
            one_participant_report="served",
        )
        _name(self._zoom.account, max(each, 1000))
        self._endpoints = Endpoints(self._zoom.account, self._zoom.knobs, _Places())

    @property
    def owed(self) -> dict[str, int]:
        """Records of each table in a complete sync from START on."""
        start = datetime.fromisoformat(START).replace(tzinfo=timezone.utc)
        owed = {table: self._zoom.owed(table, start) for table in TABLES}
        for name, table in TABLES.items():
            if table.rows_at in POLLS:
                owed[name] = self.polls * owed[f"report_{table.kind}s" if table.is_past else f"{table.kind}s"]
        return owed

    def install(self, mocker: requests_mock.Mocker) -> WholeAccount:
        mocker.post(TOKEN_URL, text=str(token().body))
        mocker.get(re.compile(re.escape(API)), text=self._answer)
        return self

    def _answer(self, request: Any, context: Any) -> str:
        url = str(request.url).removeprefix(API)
        self.urls[url] += 1
        path, query = urlsplit(url).path, dict(parse_qsl(urlsplit(url).query))
        for pattern, status, body in self.refuse:
            if pattern.search(path):
                context.status_code = status
                return json.dumps(body)
        try:
            return json.dumps(self._body("/v2/" + path, query))
        except ZoomError as error:
            context.status_code = error.status
            return json.dumps({"code": error.code, "message": error.message})

    def _body(self, path: str, query: dict[str, str]) -> dict[str, Any]:
        route, key = find(path)
        assert route, f"no answer for {path}"
        if "page_size" in query:
            query["page_size"] = str(PAGE)
        body: dict[str, Any] = getattr(self._endpoints, route.handler)(key, query)
        table = table_of(path)
        if table and table.rows_at in POLLS:
            first, *_ = body[table.rows_at]
            body[table.rows_at] = [first, *({"id": str(number)} for number in range(1, self.polls))]
        return body


class _Places(PageTokens):
    """Page tokens that can be written down: where the page begins. Nothing is kept of them, and they never expire."""

    def __init__(self) -> None:
        pass

    def issue(self, listing: str, offset: int) -> str:
        return str(offset)

    def offset(self, listing: str, token: str) -> int:
        return int(token)


def _name(account: Account, distance: int) -> None:
    """Replaces the ids that the simulation draws, and makes every second occurrence one that the history leaves out."""
    active = [user for user in account.users if user.status == "active"]
    for number, user in enumerate(active):
        user.id = f"u{number}"
        for first, rows in ((85_000_000_000, user.meeting_rows), (91_000_000_000, user.webinar_rows)):
            for position, meeting in enumerate(rows):
                meeting.id = first + distance * number + position
                for turn, occurrence in enumerate(meeting.occurrences):
                    if turn % 2:
                        occurrence.rows = 1
                    place = ("/history//", "instance/")[turn] if turn < 2 else f"{turn}/"
                    occurrence.uuid = f"{place}{meeting.id}+=="
    account.users_by_key = {key: user for user in account.users for key in (user.id, user.email) if key}
    account.meetings = {meeting.id: meeting for meeting in account.meetings.values()}
    account.occurrences = {occurrence.uuid: occurrence for occurrence in account.occurrences.values()}
