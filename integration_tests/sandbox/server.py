"""Server: the sockets of a sandbox, on an event loop in a thread of its own. Loopback only."""

from __future__ import annotations

import asyncio
import importlib
import threading
from typing import TYPE_CHECKING, Any

from .wire import FrontDoor, Handler, HttpConnection, PlainHandler

if TYPE_CHECKING:
    import ssl
    from collections.abc import Collection

LOOPBACK = "127.0.0.1"
_START_SECONDS = 30


class Server:
    """Listens from `start` to `stop`: the proxy on `proxy_port` and, where asked for, TLS itself on `tls_port`."""

    def __init__(
        self,
        handler: Handler,
        plain: PlainHandler,
        context: ssl.SSLContext,
        hosts: Collection[str],
        *,
        proxy_port: int = 0,
        tls_port: int | None = None,
    ) -> None:
        self.proxy_port = proxy_port
        self.tls_port = tls_port
        self.refused: list[str] = []
        self._handler = handler
        self._plain = plain
        self._context = context
        self._hosts = hosts
        self._connections: set[asyncio.Transport] = set()
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="simulated-zoom", daemon=True)

    def start(self) -> None:
        """Returns when the ports are open; raises what kept them from opening."""
        self._thread.start()
        if not self._ready.wait(_START_SECONDS):
            raise TimeoutError("the simulated Zoom did not start")
        if self._failure:
            raise self._failure

    def stop(self) -> None:
        """Closes the ports and every connection."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join(_START_SECONDS)

    def _run(self) -> None:
        try:
            self._loop = _new_loop()
            self._loop.run_until_complete(self._serve())
        except BaseException as error:
            self._failure = error
        finally:
            self._ready.set()
            self._loop.close()

    async def _serve(self) -> None:
        self._stopping = asyncio.Event()
        loop = asyncio.get_running_loop()
        servers = [await loop.create_server(self._front_door, LOOPBACK, self.proxy_port, backlog=512)]
        self.proxy_port = servers[0].sockets[0].getsockname()[1]
        if self.tls_port is not None:
            direct = await loop.create_server(self._direct, LOOPBACK, self.tls_port, ssl=self._context, backlog=512)
            self.tls_port = direct.sockets[0].getsockname()[1]
            servers.append(direct)
        self._ready.set()
        await self._stopping.wait()
        for server in servers:
            server.close()
        for transport in list(self._connections):
            transport.abort()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        # One more turn, in which the aborted transports report that they are lost.
        await asyncio.sleep(0)

    def _front_door(self) -> asyncio.Protocol:
        return FrontDoor(self._context, self._hosts, self._handler, self._plain, self.refused, self._connections)

    def _direct(self) -> asyncio.Protocol:
        return HttpConnection(self._handler, self._hosts, self._connections)


def _new_loop() -> asyncio.AbstractEventLoop:
    """uvloop's where it is installed: it halves the cost of a small request."""
    try:
        uvloop: Any = importlib.import_module("uvloop")
    except ImportError:
        return asyncio.new_event_loop()
    loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    return loop
