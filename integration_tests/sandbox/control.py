"""Control pages: plain HTTP on the proxy port, for a person or a container that cannot call Python."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import parse_qsl

import orjson

from .truth import EVER, TABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from .log import LoggedRequest
    from .rows import Record

_HELP = """The simulated Zoom account.

GET  /                        this page
GET  /owed                    how many records a full sync owes, table by table
GET  /truth/TABLE             those records, one JSON object a line
     ?start=MOMENT            from this start date on
     ?at=MOMENT               those visible then, or with at=ever those that will be one day
     ?since=MOMENT            and all that were visible at any moment from then on
GET  /now                     the account's moment
GET  /requests                the request log, one JSON object a line
GET  /environment             environment variables and credentials for a client
POST /do/NAME                 one of {names}; keyword arguments as a JSON object

Tables: {tables}
"""
Moments = tuple[datetime | None, datetime | None, datetime | None]
_LINES_A_TURN = 200
_UNSENT_LIMIT = 1_000_000


class Controlled(Protocol):
    """What the pages show of a running sandbox."""

    @property
    def environment(self) -> dict[str, str]: ...

    @property
    def credentials(self) -> dict[str, str]: ...

    @property
    def oauth_credentials(self) -> dict[str, str]: ...

    @property
    def requests(self) -> list[LoggedRequest]: ...

    @property
    def now(self) -> datetime: ...

    def truth(
        self, table: str, start: datetime | None, at: datetime | None, since: datetime | None
    ) -> Iterator[Record]: ...

    def owed(self, table: str, start: datetime | None, at: datetime | None, since: datetime | None) -> int: ...


class ControlPages:
    """Answers the plain requests of the proxy port. Long pages are sent in pieces between other work.

    `commands` by name are what POST /do/NAME may call.
    """

    def __init__(self, sandbox: Controlled, commands: Mapping[str, Callable[..., object]]) -> None:
        self._sandbox = sandbox
        self._commands = commands

    async def __call__(self, method: str, target: str, body: bytes, transport: asyncio.Transport) -> None:
        path, _, query = target.partition("?")
        try:
            given = dict(parse_qsl(query))
            moments = (_moment(given.get("start")), _moment(given.get("at")), _moment(given.get("since")))
            await self._answer(method, path, moments, body, transport)
        except (TypeError, ValueError, LookupError) as error:
            _send(transport, "400 Bad Request", f"{error}\n")
        finally:
            transport.close()

    async def _answer(
        self, method: str, path: str, moments: Moments, body: bytes, transport: asyncio.Transport
    ) -> None:
        zoom = self._sandbox
        if method == "POST" and path.startswith("/do/") and path[4:] in self._commands:
            self._commands[path[4:]](**(json.loads(body) if body.strip() else {}))
            _send(transport, "200 OK", "done\n")
        elif method != "GET":
            _send(transport, "405 Method Not Allowed", "GET, or POST /do/NAME\n")
        elif path == "/":
            _send(transport, "200 OK", _HELP.format(names=", ".join(self._commands), tables=", ".join(TABLES)))
        elif path == "/owed":
            owed = {table: zoom.owed(table, *moments) for table in TABLES}
            _send(transport, "200 OK", json.dumps(owed, indent=2) + "\n", "application/json")
        elif path == "/now":
            _send(transport, "200 OK", f"{zoom.now.isoformat()}\n")
        elif path == "/environment":
            page = {"environment": zoom.environment, "credentials": zoom.credentials, "oauth": zoom.oauth_credentials}
            _send(transport, "200 OK", json.dumps(page, indent=2) + "\n", "application/json")
        elif path == "/requests":
            await _stream(transport, (logged.as_dict() for logged in zoom.requests))
        elif path.startswith("/truth/") and path[7:] in TABLES:
            await _stream(transport, zoom.truth(path[7:], *moments))
        else:
            _send(transport, "404 Not Found", "no such page; / lists them\n")


def _moment(text: str | None) -> datetime | None:
    if not text:
        return None
    if text == "ever":
        return EVER
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def _send(transport: asyncio.Transport, status: str, text: str, kind: str = "text/plain; charset=utf-8") -> None:
    body = text.encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    transport.write(head.encode() + body)


async def _stream(transport: asyncio.Transport, lines: Any) -> None:
    transport.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nConnection: close\r\n\r\n")
    piece: list[bytes] = []
    for line in lines:
        piece.append(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
        if len(piece) == _LINES_A_TURN:
            transport.write(b"".join(piece))
            piece.clear()
            await asyncio.sleep(0)
            while transport.get_write_buffer_size() > _UNSENT_LIMIT and not transport.is_closing():
                await asyncio.sleep(0.01)
            if transport.is_closing():
                return
    transport.write(b"".join(piece))
