"""A Zoom account with something in every table, answered by requests-mock. All lists come in pages of two.

Each user has scheduled recurring meetings and webinars; each of these took place twice, once as its instances tell
and once as the meeting history tells.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import requests
import requests_mock

from unit_tests.integration.request_builder import API, TOKEN_URL
from unit_tests.integration.response_builder import token

PAGE = 2
Row = dict[str, Any]


class WholeAccount:
    """Install it into a mocker; ``urls`` counts what was asked. ``refuse`` maps paths to other answers."""

    def __init__(self, users: int = 3, each: int = 2, polls: int = 2) -> None:
        self.users = users
        self.each = each
        self.polls = polls
        self.urls: Counter[str] = Counter()
        self.refuse: list[tuple[re.Pattern[str], int, Any]] = []
        self._routes: list[tuple[re.Pattern[str], Callable[..., Any]]] = [
            (re.compile(pattern + "$"), build)
            for pattern, build in (
                ("users", self._users),
                ("users/(u[0-9]+)/(meetings|webinars)", self._scheduled),
                ("report/history_meetings", self._history),
                ("past_(meetings|webinars)/([0-9]+)/instances", self._instances),
                ("(meetings|webinars)/([0-9]+)", self._details),
                ("(?:meetings|webinars)/([0-9]+)/registrants", self._registrants),
                ("(?:meetings|webinars)/[0-9]+/registrants/questions", lambda _: {"questions": []}),
                ("(?:meetings|webinars)/[0-9]+/polls", lambda _: {"polls": self._rows(self.polls)}),
                ("webinars/[0-9]+/panelists", lambda _: {"panelists": self._rows(1)}),
                ("webinars/[0-9]+/tracking_sources", lambda _: {"tracking_sources": self._rows(1)}),
                ("past_(?:meetings|webinars)/[^/]+/(?:polls|qa)", lambda _: {"questions": [{"name": "A"}] * 2}),
                ("past_(?:meetings|webinars)/[^/]+/files", lambda _: {"in_meeting_files": [{"file_name": "f"}]}),
                ("past_webinars/[^/]+/absentees", lambda query: self._page("registrants", self._rows(3), query)),
                ("report/(?:meetings|webinars)/([^/]+)", lambda _, uuid: {"uuid": unquote(uuid), "id": 1}),
                ("report/(?:meetings|webinars)/[^/]+/participants", self._participants),
            )
        ]

    @property
    def owed(self) -> dict[str, int]:
        """Records of each table in a complete sync."""
        scheduled = self.users * self.each
        held = 2 * scheduled
        of_both = {
            "{}s": scheduled,
            "{}_registrants": 3 * scheduled,
            "{}_polls": self.polls * scheduled,
            "{}_questions": scheduled,
            "{}_poll_results": 2 * held,
            "{}_files": held,
            "report_{}s": held,
            "report_{}_participants": 3 * held,
        }
        owed = {table.format(kind): count for table, count in of_both.items() for kind in ("meeting", "webinar")}
        of_webinars = {"panelists": scheduled, "tracking_sources": scheduled, "qna_results": 2 * held}
        owed |= {f"webinar_{table}": count for table, count in of_webinars.items()}
        return {"users": self.users + 2, "webinar_absentees": 3 * held, **owed}

    def install(self, mocker: requests_mock.Mocker) -> WholeAccount:
        mocker.post(TOKEN_URL, text=token().body)
        mocker.get(re.compile(re.escape(API)), text=self._answer)
        return self

    def _answer(self, request: requests.PreparedRequest, context: Any) -> str:
        url = str(request.url).removeprefix(API)
        self.urls[url] += 1
        path = urlsplit(url).path
        for pattern, status, body in self.refuse:
            if pattern.search(path):
                context.status_code = status
                return json.dumps(body)
        for pattern, build in self._routes:
            match = pattern.match(path)
            if match:
                return json.dumps(build(dict(parse_qsl(urlsplit(url).query)), *match.groups()))
        raise AssertionError(f"no answer for {url}")

    @staticmethod
    def _rows(count: int, prefix: str = "") -> list[Row]:
        return [{"id": f"{prefix}{number}"} for number in range(count)]

    @staticmethod
    def _page(key: str, rows: list[Row], query: dict[str, str]) -> Row:
        start = int(query.get("next_page_token") or 0)
        following = str(start + PAGE) if start + PAGE < len(rows) else ""
        return {key: rows[start : start + PAGE], "next_page_token": following}

    def _users(self, query: dict[str, str]) -> Row:
        count = self.users if query["status"] == "active" else 1
        prefix = "u" if query["status"] == "active" else query["status"]
        return self._page("users", self._rows(count, prefix), query)

    def _numbers(self, user: int, kind: str) -> list[int]:
        first = (85000000000 if kind == "meetings" else 91000000000) + 1000 * user
        return list(range(first, first + self.each))

    def _scheduled(self, query: dict[str, str], user: str, kind: str) -> Row:
        rows = [{"id": number, "type": 8 if kind == "meetings" else 9} for number in self._numbers(int(user[1:]), kind)]
        return self._page(kind, rows, query)

    def _history(self, query: dict[str, str]) -> Row:
        rows = [
            {"meeting_uuid": f"/history//{number}+==", "meeting_id": number, "type": kind.capitalize()[:-1]}
            for kind in ("meetings", "webinars")
            for user in range(self.users)
            for number in self._numbers(user, kind)
        ]
        return self._page("history_meetings", rows, query)

    def _instances(self, query: dict[str, str], kind: str, number: str) -> Row:
        assert not query
        return {kind: [{"uuid": f"instance/{number}+=="}, {"uuid": f"/history//{number}+=="}]}

    def _details(self, query: dict[str, str], kind: str, number: str) -> Row:
        return {"id": int(number), "uuid": f"next {number}", "start_url": "secret", "settings": {"approval_type": 0}}

    def _registrants(self, query: dict[str, str], number: str) -> Row:
        return self._page("registrants", self._rows(1, query["status"]), query)

    def _participants(self, query: dict[str, str]) -> Row:
        rows = [{"user_id": str(number), "join_time": "2026-03-10T09:00:00Z"} for number in range(3)]
        return self._page("participants", rows, query)
