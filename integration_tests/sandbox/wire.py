"""The wire: HTTP/1.1 on one connection, with real breakages, and the CONNECT proxy that leads to it."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
import time
from collections import deque
from collections.abc import Callable, Collection, Coroutine
from http import HTTPStatus
from typing import Any, cast

import httptools

from .log import LoggedRequest
from .messages import Reply, Request

_REASONS = {status.value: status.phrase for status in HTTPStatus}
_DRIP_PIECES = 20
_MAX_HEAD = 65_536

Handler = Callable[[Request], tuple[Reply, LoggedRequest]]
PlainHandler = Callable[[str, str, bytes, asyncio.Transport], Coroutine[Any, Any, None]]


class HttpConnection(asyncio.Protocol):
    """One keep-alive connection of a client, already decrypted. Pipelined requests are answered in turn."""

    def __init__(self, handler: Handler, hosts: Collection[str], connections: set[asyncio.Transport]) -> None:
        self._handler = handler
        self._hosts = hosts
        self._connections = connections
        self._transport: asyncio.Transport | None = None
        self._early = b""
        self._parser = httptools.HttpRequestParser(self)
        self._waiting: deque[tuple[Request, bool]] = deque()
        self._busy = False
        self._open: LoggedRequest | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._reset_fields()

    def _reset_fields(self) -> None:
        self._target = b""
        self._body = b""
        self._host = ""
        self._authorization = ""

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._connections.add(self._transport)
        self._loop = asyncio.get_running_loop()
        if self._early:
            early, self._early = self._early, b""
            self.data_received(early)

    def data_received(self, data: bytes) -> None:
        if self._transport is None:
            # After start_tls the first request can be here before connection_made is called.
            self._early += data
            return
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._give_up(b"400 Bad Request")

    def connection_lost(self, exc: Exception | None) -> None:
        if self._transport:
            self._connections.discard(self._transport)
            # Some versions of asyncio count a TLS transport as open until it is closed from this side too.
            self._transport.abort()
        if self._timer:
            self._timer.cancel()
        self._close_log()
        self._waiting.clear()

    # httptools callbacks

    def on_url(self, url: bytes) -> None:
        self._target += url

    def on_header(self, name: bytes, value: bytes) -> None:
        lowered = name.lower()
        if lowered == b"host":
            self._host = value.decode("latin-1").partition(":")[0].lower()
        elif lowered == b"authorization":
            self._authorization = value.decode("latin-1")
        elif lowered == b"expect" and value.lower() == b"100-continue":
            self._out.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        request = Request(
            self._parser.get_method().decode("latin-1"),
            self._host,
            self._target.decode("latin-1"),
            self._authorization,
            self._body,
        )
        self._waiting.append((request, self._parser.should_keep_alive()))
        self._reset_fields()
        if not self._busy:
            self._next()

    # Answering

    @property
    def _out(self) -> asyncio.Transport:
        assert self._transport is not None
        return self._transport

    def _give_up(self, status: bytes) -> None:
        self._out.write(b"HTTP/1.1 " + status + b"\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
        self._out.close()

    def _next(self) -> None:
        if not self._waiting or self._out.is_closing():
            return
        request, keep_alive = self._waiting.popleft()
        self._busy = True
        if request.host not in self._hosts:
            # The client tunnelled to one host and asks for another.
            self._give_up(b"421 Misdirected Request")
            return
        reply, logged = self._handler(request)
        self._open = logged
        if reply.delay > 0:
            self._timer = self._loop.call_later(reply.delay, self._act, reply, request.method, keep_alive)
        else:
            self._act(reply, request.method, keep_alive)

    def _act(self, reply: Reply, method: str, keep_alive: bool) -> None:
        self._timer = None
        if self._out.is_closing() or reply.action == "hang":
            return
        if reply.action == "reset":
            reset(self._out)
            return
        head = _head(reply, keep_alive)
        body = b"" if method == "HEAD" else reply.body
        if reply.action == "cut":
            self._out.write(head + body[: len(body) // 2])
            # Aborted a moment later, so that the half is really on its way.
            self._timer = self._loop.call_later(0.02, self._out.abort)
        elif reply.action == "drip":
            size = max(1, -(-len(body) // _DRIP_PIECES))
            pieces = deque([head, *(body[at : at + size] for at in range(0, len(body), size))])
            self._drip(pieces, reply.drip_seconds / len(pieces), keep_alive)
        else:
            self._finish(head + body, keep_alive)

    def _drip(self, pieces: deque[bytes], pause: float, keep_alive: bool) -> None:
        self._timer = None
        if self._out.is_closing():
            return
        piece = pieces.popleft()
        if pieces:
            self._out.write(piece)
            self._timer = self._loop.call_later(pause, self._drip, pieces, pause, keep_alive)
        else:
            self._finish(piece, keep_alive)

    def _finish(self, data: bytes, keep_alive: bool) -> None:
        # The log is complete before the client can see the end of the answer.
        self._close_log()
        self._out.write(data)
        self._busy = False
        if not keep_alive:
            self._out.close()
        elif self._waiting:
            self._next()

    def _close_log(self) -> None:
        if self._open:
            self._open.seconds = time.time() - self._open.started
            self._open = None


class FrontDoor(asyncio.Protocol):
    """What listens on the proxy port: CONNECT to a host of Zoom becomes TLS on this very connection.

    Every other host is refused with 403; a plain request for a path of this port goes to `plain`.
    """

    def __init__(
        self,
        context: ssl.SSLContext,
        hosts: Collection[str],
        handler: Handler,
        plain: PlainHandler,
        refused: list[str],
        connections: set[asyncio.Transport],
    ) -> None:
        self._context = context
        self._hosts = hosts
        self._handler = handler
        self._plain = plain
        self._refused = refused
        self._connections = connections
        self._buffer = b""
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._connections.add(self._transport)

    def data_received(self, data: bytes) -> None:
        if self._task:
            return
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            if len(self._buffer) > _MAX_HEAD:
                self._transport.close()
            return
        head = self._buffer[:end].decode("latin-1")
        method, _, rest = head.partition("\r\n")[0].partition(" ")
        target = rest.rpartition(" ")[0]
        loop = asyncio.get_running_loop()
        if method == "CONNECT":
            if not self._known(target):
                self._refuse(target)
                return
            self._transport.pause_reading()
            self._transport.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            self._task = loop.create_task(self._encrypt(target.rpartition(":")[0].lower()))
        elif target.startswith("/"):
            body = self._buffer[end + 4 :]
            if len(body) >= _content_length(head):
                self._task = loop.create_task(self._plain(method, target, body, self._transport))
        else:
            self._refuse(target)

    def connection_lost(self, exc: Exception | None) -> None:
        self._connections.discard(self._transport)

    def _known(self, target: str) -> bool:
        host, _, port = target.rpartition(":")
        return port == "443" and host.lower() in self._hosts

    def _refuse(self, target: str) -> None:
        self._refused.append(target)
        body = b"This proxy leads to the simulated Zoom only.\n"
        head = f"HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\nContent-Length: {len(body)}\r\n"
        self._transport.write(head.encode() + b"Connection: close\r\n\r\n" + body)
        self._transport.close()

    async def _encrypt(self, host: str) -> None:
        connection = HttpConnection(self._handler, (host,), self._connections)
        try:
            encrypted = await asyncio.get_running_loop().start_tls(
                self._transport, connection, self._context, server_side=True
            )
        except (OSError, ssl.SSLError, asyncio.TimeoutError):
            # The client does not trust this authority, or went away.
            self._transport.abort()
            return
        finally:
            self._connections.discard(self._transport)
        if encrypted is not None:
            connection.connection_made(encrypted)


def reset(transport: asyncio.Transport) -> None:
    """Ends the connection with a TCP reset instead of an orderly close."""
    plain = transport.get_extra_info("socket")
    if plain is not None:
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def _content_length(head: str) -> int:
    for line in head.split("\r\n"):
        name, _, value = line.partition(":")
        if name.lower() == "content-length" and value.strip().isdigit():
            return int(value)
    return 0


def _head(reply: Reply, keep_alive: bool) -> bytes:
    lines = [
        f"HTTP/1.1 {reply.status} {_REASONS.get(reply.status, '')}",
        f"Content-Type: {reply.content_type}",
        f"Content-Length: {len(reply.body)}",
        *(f"{name}: {value}" for name, value in reply.headers.items()),
        "\r\n" if keep_alive else "Connection: close\r\n\r\n",
    ]
    return "\r\n".join(lines).encode("latin-1")
