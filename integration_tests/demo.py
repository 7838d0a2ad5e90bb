"""Show the connector at work on a simulated Zoom account: spec, check, discover, and a read of all tables.

Usage: python -m integration_tests.demo [--users N] [--output DIR]
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

from integration_tests.connector import COMMAND, Output, configured, run, server_to_server, write_json
from integration_tests.sandbox import AccountShape, Sandbox
from unit_tests.resource import facts

FINDING_PARENTS = "finding meetings and webinars"
LOGIN = "login"


def table_of(path: str) -> str:
    """The table that a request was made for; the rest finds the parents of several tables, or logs in."""
    if not path.startswith("/v2/"):
        return LOGIN
    table = facts.table_of(path)
    return table.name if table else FINDING_PARENTS


def seconds_by_table(output: Output) -> dict[str, float]:
    """From STARTED to COMPLETE."""
    begun: dict[str, float] = {}
    taken: dict[str, float] = {}
    for message in output.of_type("TRACE"):
        trace = message["trace"]
        if trace["type"] != "STREAM_STATUS":
            continue
        name, status = trace["stream_status"]["stream_descriptor"]["name"], trace["stream_status"]["status"]
        if status == "STARTED":
            begun[name] = trace["emitted_at"]
        elif status in ("COMPLETE", "INCOMPLETE"):
            taken[name] = (trace["emitted_at"] - begun[name]) / 1000
    return taken


def show(command: str, output: Output, said: str, seconds: float, file: Path) -> None:
    file.write_text("".join(f"{line}\n" for line in output.lines), encoding="utf-8")
    print(f"\n$ source-zoom {command}\n  exit {output.exit_code}, {seconds:.1f} s: {said}")


def demo(users: int, folder: Path) -> int:
    """Exit code 0 when every table brought exactly the records that the account owes."""
    folder.mkdir(parents=True, exist_ok=True)
    print(f"A simulated Zoom account with {users} users, served over TLS on this machine. Command: {COMMAND.name}")
    with Sandbox(AccountShape(users=users)) as zoom:
        config = write_json(folder / "config.json", server_to_server(zoom.credentials, account_plan="business"))

        def command(name: str, *arguments: str) -> tuple[Output, float]:
            begun = time.monotonic()
            return run([name, *arguments], zoom.environment), time.monotonic() - begun

        spec, seconds = command("spec")
        fields = spec.of_type("SPEC")[0]["spec"]["connectionSpecification"]["properties"]
        show("spec", spec, "the form asks for " + ", ".join(fields), seconds, folder / "spec.jsonl")

        check, seconds = command("check", "--config", config)
        status = check.connection_status
        show(
            "check --config …",
            check,
            f"{status['status']} {status.get('message') or ''}",
            seconds,
            folder / "check.jsonl",
        )

        discover, seconds = command("discover", "--config", config)
        catalog = discover.of_type("CATALOG")[0]["catalog"]
        show("discover --config …", discover, f"{len(catalog['streams'])} tables", seconds, folder / "discover.jsonl")

        zoom.clear_requests()
        selected = write_json(folder / "configured_catalog.json", configured(catalog))
        read, seconds = command("read", "--config", config, "--catalog", selected)
        records = {table: len(rows) for table, rows in read.records.items()}
        total = sum(records.values())
        show(
            "read --config … --catalog …",
            read,
            f"{total:,} records in {len(zoom.requests):,} requests",
            seconds,
            folder / "read.jsonl",
        )

        requests = Counter(table_of(request.path) for request in zoom.requests)
        taken = seconds_by_table(read)
        print(f"\n{'table':<32}{'records':>9}{'owed':>9}{'requests':>10}{'seconds':>9}")
        wrong = 0
        for stream in catalog["streams"]:
            name = stream["name"]
            owed = zoom.owed(name)
            mark = "" if owed == records.get(name, 0) else "  <- differs"
            wrong += bool(mark)
            print(
                f"{name:<32}{records.get(name, 0):>9,}{owed:>9,}{requests[name]:>10,}{taken.get(name, 0):>9.1f}{mark}"
            )
        for name in (FINDING_PARENTS, LOGIN):
            print(f"{name:<32}{'':>9}{'':>9}{requests[name]:>10,}")
        print(f"\nThe messages lie in {folder}/: spec.jsonl, check.jsonl, discover.jsonl, read.jsonl")
    return 1 if wrong or read.exit_code else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=12, help="active users of the account (default: 12)")
    parser.add_argument("--output", type=Path, default=Path("demo-output"), help="where the messages go")
    arguments = parser.parse_args()
    return demo(arguments.users, arguments.output)


if __name__ == "__main__":
    sys.exit(main())
