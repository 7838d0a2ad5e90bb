"""Options of the command line, and the sandbox that they describe."""

from __future__ import annotations

import argparse
import json
from dataclasses import fields
from datetime import date, datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .clock import Clock
from .draw import DAY
from .faults import Fault
from .growth import Growth
from .handbook import chapters, described
from .knobs import Knobs
from .limits import PLANS
from .other_apps import OtherApp
from .sandbox import Sandbox
from .shape import AccountShape

if TYPE_CHECKING:
    from collections.abc import Iterable


def parser() -> argparse.ArgumentParser:
    """Its help lists the knobs and the kinds of fault."""
    made = argparse.ArgumentParser(
        prog="python -m integration_tests.sandbox",
        usage="%(prog)s [options]",
        description="Starts a simulated Zoom by hand, says how to reach it, and runs until it is interrupted.",
        epilog=chapters(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _account_options(made)
    _clock_options(made)
    _behaviour_options(made)
    ports = made.add_argument_group("ports and files")
    ports.add_argument("--proxy-port", type=int, default=0, help="default: a free one")
    ports.add_argument("--tls-port", type=int, help="also speak TLS directly on this port of 127.0.0.1")
    ports.add_argument("--truth", type=Path, metavar="DIR", help="write what is owed, one JSONL file a table")
    ports.add_argument("--log", type=Path, metavar="FILE", help="write the request log, JSONL, at the end")
    ports.add_argument("--ready", type=Path, metavar="FILE", help="write environment and credentials, JSON, when up")
    return made


def _account_options(made: argparse.ArgumentParser) -> None:
    account = made.add_argument_group("account")
    words = described(AccountShape)
    for field in fields(AccountShape):
        kind = _flag if isinstance(field.default, bool) else float if isinstance(field.default, float) else int
        if field.name.endswith("_per_user") or field.name == "occurrences_per_recurring":
            kind = float
        said = f"{words.get(field.name, '')} Default: {field.default}.".strip().replace("%", "%%")
        account.add_argument(f"--{field.name.replace('_', '-')}", type=kind, metavar="N", help=said)
    account.add_argument("--parents", type=int, metavar="N", help="instead: an account of about so many parents")
    account.add_argument("--records-per-parent", type=float, metavar="N", default=10)


def _clock_options(made: argparse.ArgumentParser) -> None:
    clock = made.add_argument_group("clock", "the machine's, unless one of these sets it apart")
    clock.add_argument("--today", type=date.fromisoformat, metavar="DATE", help="another date")
    clock.add_argument("--now", type=_moment, metavar="MOMENT", help="another moment, such as 2026-05-20T12:00:00Z")
    clock.add_argument("--behind-days", type=float, default=0, metavar="N", help="so many days before the machine's")
    clock.add_argument("--shared", action="store_true", help="the client's calendar is as many days behind")
    clock.add_argument("--growth", action="append", default=[], metavar="NAME=VALUE", help="grow; a field of Growth")


def _behaviour_options(made: argparse.ArgumentParser) -> None:
    zoom = made.add_argument_group("behaviour")
    zoom.add_argument("--plan", choices=sorted(PLANS), help="enforce the rate limits of this plan")
    zoom.add_argument("--limit-window", choices=("fixed", "sliding"), default="fixed")
    zoom.add_argument("--latency", type=float, default=0.0, metavar="SECONDS")
    zoom.add_argument("--latency-jitter", type=float, default=0.0, metavar="SECONDS")
    zoom.add_argument("--knob", action="append", default=[], metavar="NAME=VALUE", help="a knob, as below")
    zoom.add_argument(
        "--fault", action="append", default=[], metavar="JSON", help='such as {"kind":"hang","rate":0.01}'
    )
    zoom.add_argument(
        "--other-app", action="append", default=[], metavar="JSON", help='{"label":"Heavy","per_second":7}'
    )


def sandbox_of(options: argparse.Namespace) -> Sandbox:
    """Raises TypeError, ValueError or KeyError for options that make none."""
    return Sandbox(
        _shape(options),
        today=options.today,
        now=options.now,
        behind_days=0 if options.shared else options.behind_days,
        clock=Clock(offset=-options.behind_days * DAY, shared=True) if options.shared else None,
        growth=Growth(**_values(Growth, options.growth)) if options.growth else None,
        plan=options.plan,
        limit_window=options.limit_window,
        other_apps=[OtherApp(**json.loads(text)) for text in options.other_app],
        latency=options.latency,
        latency_jitter=options.latency_jitter,
        faults=[_fault(text) for text in options.fault],
        proxy_port=options.proxy_port,
        tls_port=options.tls_port,
        **_values(Knobs, options.knob),
    )


def _shape(options: argparse.Namespace) -> AccountShape:
    given = {f.name: getattr(options, f.name) for f in fields(AccountShape) if getattr(options, f.name) is not None}
    if not options.parents:
        return AccountShape(**given)
    seed = {"seed": given.pop("seed")} if "seed" in given else {}
    if given:
        raise ValueError(f"--parents decides the whole account, so not with --{'/--'.join(given)}")
    return AccountShape.of_parents(options.parents, records_per_parent=options.records_per_parent, **seed)


def _values(kind: type[Knobs] | type[Growth], texts: Iterable[str]) -> dict[str, Any]:
    """NAME=VALUE, the value as JSON or else as it stands."""
    found: dict[str, Any] = {}
    for text in texts:
        name, _, value = text.partition("=")
        if name not in {field.name for field in fields(kind)}:
            raise ValueError(f"no such {'knob' if kind is Knobs else 'part of the growth'}: {name}")
        found[name] = _json(value)
    return found


def _json(text: str) -> Any:
    try:
        parsed = json.loads(text)
    except ValueError:
        return text
    return tuple(parsed) if isinstance(parsed, list) else parsed


def _fault(text: str) -> Fault:
    given = json.loads(text)
    return Fault(**{**given, "at": tuple(given.get("at", ()))})


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def _flag(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise argparse.ArgumentTypeError("true or false")
    return text.lower() == "true"
