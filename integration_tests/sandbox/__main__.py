"""Command line: starts a simulated Zoom by hand, says how to reach it, and runs until it is interrupted."""

from __future__ import annotations

import argparse
import json
import shlex
import signal
import sys
import threading
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from . import TABLES, AccountShape, Fault, Knobs, Sandbox
from .limits import PLANS


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0 after SIGINT or SIGTERM."""
    options = _parser().parse_args(arguments)
    try:
        zoom = _sandbox(options)
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


def _sandbox(options: argparse.Namespace) -> Sandbox:
    given = {f.name: getattr(options, f.name) for f in fields(AccountShape) if getattr(options, f.name) is not None}
    if options.parents:
        seed = {"seed": given.pop("seed")} if "seed" in given else {}
        if given:
            raise ValueError(f"--parents decides the whole account, so not with --{'/--'.join(given)}")
        shape = AccountShape.of_parents(options.parents, records_per_parent=options.records_per_parent, **seed)
    else:
        shape = AccountShape(**given)
    knobs = dict(_knob(text) for text in options.knob)
    faults = [_fault(text) for text in options.fault]
    return Sandbox(
        shape,
        today=options.today,
        plan=options.plan,
        limit_window=options.limit_window,
        latency=options.latency,
        latency_jitter=options.latency_jitter,
        faults=faults,
        proxy_port=options.proxy_port,
        tls_port=options.tls_port,
        **knobs,
    )


def _knob(text: str) -> tuple[str, Any]:
    """NAME=VALUE, the value as JSON or else as it stands."""
    name, _, value = text.partition("=")
    if name not in {knob.name for knob in fields(Knobs)}:
        raise ValueError(f"no such knob: {name}")
    try:
        parsed = json.loads(value)
    except ValueError:
        parsed = value
    return name, tuple(parsed) if isinstance(parsed, list) else parsed


def _fault(text: str) -> Fault:
    given = json.loads(text)
    return Fault(**{**given, "at": tuple(given.get("at", ()))})


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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m integration_tests.sandbox", description=__doc__)
    account = parser.add_argument_group("account", "the fields of AccountShape; the defaults are its own")
    for field in fields(AccountShape):
        kind = _flag if isinstance(field.default, bool) else float if isinstance(field.default, float) else int
        if field.name.endswith("_per_user") or field.name == "occurrences_per_recurring":
            kind = float
        option = f"--{field.name.replace('_', '-')}"
        account.add_argument(option, type=kind, metavar="N", help=f"default {field.default}")
    account.add_argument("--parents", type=int, help="instead: an account of about so many parents")
    account.add_argument("--records-per-parent", type=float, default=10)
    account.add_argument("--today", type=date.fromisoformat, help="the account's date, default the current one in UTC")
    zoom = parser.add_argument_group("behaviour")
    zoom.add_argument("--plan", choices=sorted(PLANS), help="enforce the rate limits of this plan")
    zoom.add_argument("--limit-window", choices=("fixed", "sliding"), default="fixed")
    zoom.add_argument("--latency", type=float, default=0.0, metavar="SECONDS")
    zoom.add_argument("--latency-jitter", type=float, default=0.0, metavar="SECONDS")
    zoom.add_argument("--knob", action="append", default=[], metavar="NAME=VALUE", help="a field of Knobs")
    zoom.add_argument(
        "--fault", action="append", default=[], metavar="JSON", help='such as {"kind":"hang","rate":0.01}'
    )
    ports = parser.add_argument_group("ports and files")
    ports.add_argument("--proxy-port", type=int, default=0, help="default: a free one")
    ports.add_argument("--tls-port", type=int, help="also speak TLS directly on this port of 127.0.0.1")
    ports.add_argument("--truth", type=Path, metavar="DIR", help="write what is owed, one JSONL file a table")
    ports.add_argument("--log", type=Path, metavar="FILE", help="write the request log, JSONL, at the end")
    ports.add_argument("--ready", type=Path, metavar="FILE", help="write environment and credentials, JSON, when up")
    return parser


def _flag(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise argparse.ArgumentTypeError("true or false")
    return text.lower() == "true"


if __name__ == "__main__":
    sys.exit(main())
