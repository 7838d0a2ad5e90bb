"""Command line: starts a simulated Zoom by hand, says how to reach it, and runs until it is interrupted."""

from __future__ import annotations

import json
import shlex
import signal
import sys
import threading
from typing import TYPE_CHECKING, Any

import orjson

from . import TABLES, Sandbox
from .options import parser, sandbox_of

if TYPE_CHECKING:
    from pathlib import Path


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0 after SIGINT or SIGTERM."""
    options = parser().parse_args(arguments)
    try:
        zoom = sandbox_of(options)
    except (TypeError, ValueError, KeyError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        with zoom:
            if options.truth:
                _write_truth(zoom, options.truth)
            print(_greeting(zoom), flush=True)
            if options.ready:
                options.ready.write_text(json.dumps(_contact(zoom)))
            stop.wait()
            if options.log:
                lines = [logged.as_json() for logged in zoom.requests]
                options.log.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    except OSError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def _contact(zoom: Sandbox) -> dict[str, Any]:
    return {
        "environment": zoom.environment,
        "credentials": zoom.credentials,
        "oauth_credentials": zoom.oauth_credentials,
        "control": zoom.proxy_url,
        "tls_port": zoom.tls_port,
    }


def _greeting(zoom: Sandbox) -> str:
    exports = "\n".join(f"export {name}={shlex.quote(value)}" for name, value in zoom.environment.items())
    config = {"credentials": {"auth_type": "server_to_server", **zoom.credentials}}
    login = zoom.credentials
    direct = f" It also speaks TLS on 127.0.0.1:{zoom.tls_port}." if zoom.tls_port is not None else ""
    return f"""The simulated Zoom is up.{direct}
# Environment of the client
{exports}

# A configuration for it
{json.dumps(config, indent=2)}

# A first look
curl -u {login["client_id"]}:{login["client_secret"]} \\
  -d grant_type=account_credentials -d account_id={login["account_id"]} https://zoom.us/oauth/token

# Control pages: {zoom.proxy_url}/ (what is owed, the records owed, the request log)
"""


def _write_truth(zoom: Sandbox, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for table in TABLES:
        with (folder / f"{table}.jsonl").open("wb") as file:
            for record in zoom.truth(table):
                file.write(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE))


if __name__ == "__main__":
    sys.exit(main())
