"""The request log: what a client asked for, as it came over the wire, and what it got."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode


@dataclass(slots=True)
class LoggedRequest:
    """One request; `started` in Unix seconds, `seconds` until the answer was written or given up.

    `rows` is how many a page of a list had, None for what comes in one piece.
    """

    method: str
    host: str
    target: str
    label: str | None
    started: float
    status: int | None = None
    code: int | None = None
    seconds: float | None = None
    fault: str | None = None
    rows: int | None = None

    @property
    def path(self) -> str:
        """The path, percent-encoded as it came."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> dict[str, str]:
        """The query parameters, sorted by name."""
        return dict(sorted(parse_qsl(self.target.partition("?")[2], keep_blank_values=True)))

    @property
    def url(self) -> str:
        """Path and sorted query: equal for requests that ask for the same thing."""
        query = urlencode(sorted(parse_qsl(self.target.partition("?")[2], keep_blank_values=True)))
        return f"{self.path}?{query}" if query else self.path

    def as_dict(self) -> dict[str, Any]:
        """For a log file: without the query of the token endpoint, which can carry secrets."""
        url = self.path if self.path.startswith("/oauth/") else self.url
        return {
            "started": round(self.started, 6),
            "method": self.method,
            "host": self.host,
            "url": url,
            "label": self.label,
            "status": self.status,
            "code": self.code,
            "seconds": None if self.seconds is None else round(self.seconds, 6),
            "fault": self.fault,
            "rows": self.rows,
        }

    def as_json(self) -> str:
        return json.dumps(self.as_dict(), ensure_ascii=False)
