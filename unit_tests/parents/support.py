"""A small account whose lists a test gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from unit_tests.integration.request_builder import API

if TYPE_CHECKING:
    import requests_mock

MISSING_SCOPE = "does not contain scopes:[report:read:x:admin]."
SCOPE: dict[str, Any] = {"status_code": 400, "json": {"code": 4711, "message": MISSING_SCOPE}}
FIREWALL: dict[str, Any] = {"status_code": 403, "text": "<html>no</html>", "headers": {"Content-Type": "text/html"}}

# The windows of a sync on 2026-03-20 that goes back as far as Zoom reports, newest first.
SIX_MONTHS = [
    ("2026-02-21", "2026-03-21"),
    ("2026-01-24", "2026-02-21"),
    ("2025-12-27", "2026-01-24"),
    ("2025-11-29", "2025-12-27"),
    ("2025-11-01", "2025-11-29"),
    ("2025-10-04", "2025-11-01"),
    ("2025-09-20", "2025-10-04"),
]


class SmallAccount:
    """Answers of an account with the user u1. Every list that a test does not name is empty."""

    def __init__(self, api: requests_mock.Mocker) -> None:
        self.api = api
        self.lists("users", "users", {"id": "u1"})
        for kind in ("meetings", "webinars"):
            self.lists(f"users/u1/{kind}", kind)
        self.history = self.lists("report/history_meetings", "history_meetings")

    def lists(self, path: str, key: str, *rows: dict[str, Any]) -> Any:
        """Answer with these rows; the requests are in the result."""
        return self.api.get(API + path, json={key: list(rows)})

    def refuses(self, path: str, status: int, code: int | None, message: str) -> Any:
        """Answer with an error of Zoom; the requests are in the result."""
        body: dict[str, Any] = {"message": message} | ({} if code is None else {"code": code})
        return self.api.get(API + path, status_code=status, json=body)

    def paths(self) -> list[str]:
        """Paths of all requests, in order."""
        sent = [request for request in self.api.request_history if request.method == "GET"]
        return [request.path.removeprefix("/v2/") for request in sent]


def past(**columns: Any) -> dict[str, Any]:
    """A row of the meeting history."""
    row = {"meeting_uuid": "p1", "meeting_id": 11, "type": "Meeting", "start_time": "2026-03-10T09:00:00Z"}
    return {**row, **columns}
