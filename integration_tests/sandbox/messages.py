"""Request and Reply: what comes off the wire and what goes onto it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import orjson

from .oddities import as_read, on_the_wire

if TYPE_CHECKING:
    from collections.abc import Collection

    from .errors import ZoomError

JSON = "application/json;charset=UTF-8"
HTML = "text/html;charset=utf-8"
Action = Literal["send", "drip", "cut", "reset", "hang"]


@dataclass(slots=True)
class Request:
    """One HTTP request; `target` is path and query as they came."""

    method: str
    host: str
    target: str
    authorization: str
    body: bytes


@dataclass(slots=True)
class Reply:
    """What goes out: after `delay` seconds, by `action`, which may be to break the connection."""

    status: int
    body: bytes
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)
    action: Action = "send"
    delay: float = 0.0
    drip_seconds: float = 0.0
    code: int | None = None
    rows: int | None = None


def json_reply(status: int, body: Any, oddities: Collection[str] = ()) -> Reply:
    """`oddities` are those of Knobs.odd_json."""
    encoded = orjson.dumps(as_read(body, oddities) if oddities else body)
    return Reply(status, on_the_wire(encoded, oddities) if oddities else encoded, rows=_rows_of_page(body))


def error_reply(error: ZoomError, headers: dict[str, str] | None = None) -> Reply:
    """Zoom's error body, with the headers of the error over those of the request."""
    reply = json_reply(error.status, {"code": error.code, "message": error.message})
    reply.headers = {**(headers or {}), **error.headers}
    reply.code = error.code
    return reply


def _rows_of_page(body: dict[str, Any]) -> int | None:
    """Length of the one list that a page has."""
    if "page_size" not in body:
        return None
    return next((len(value) for value in body.values() if isinstance(value, list)), None)
