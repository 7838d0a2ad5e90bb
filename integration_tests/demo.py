"""Show the connector at work on a simulated Zoom account: spec, check, discover, a read, and a read a day later.

Usage: python -m integration_tests.demo [--users N] [--output DIR]
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from integration_tests.compare import differences
from integration_tests.connector import COMMAND, Output, run, server_to_server, write_json
from integration_tests.fixtures import configured_catalog
from integration_tests.night_rules import by_key
from integration_tests.sandbox import AccountShape, Fault, Growth, Sandbox
from unit_tests.resource import facts

if TYPE_CHECKING:
    from collections.abc import Iterator

FINDING_PARENTS = "finding meetings and webinars"
LOGIN = "login"
SECONDS_A_DAY = 86_400
# Tables of which a record is shown, and the columns that fit on a line.
SHOWN = {
    "meetings": ("id", "topic", "type", "start_time", "duration"),
    "report_meeting_participants": ("meeting_id", "name", "join_time", "leave_time", "duration"),
    "webinar_qna_results": ("webinar_id", "email", "question_details"),
}
# One request in a hundred meets an overloaded server.
OVERLOAD = Fault("status_503", r"^/v2/", rate=0.01)


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


@contextmanager
def dots() -> Iterator[None]:
    """A dot a second, so that nobody takes the wait for a standstill."""
    done = threading.Event()

    def print_dots() -> None:
        while not done.wait(1.0):
            print(".", end="", flush=True)

    thread = threading.Thread(target=print_dots, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


class Demo:
    """The commands, one after the other, on one account. ``wrong`` counts what is not as it must be."""

    def __init__(self, zoom: Sandbox, folder: Path) -> None:
        self._zoom = zoom
        self._folder = folder
        self._config = write_json(folder / "config.json", server_to_server(zoom.credentials, account_plan="business"))
        self.wrong = 0

    def command(self, name: str, *arguments: str, days_later: int = 0, file: str = "") -> Output:
        """Run one command and keep what it prints."""
        shown = " ".join([name, *(argument for argument in arguments if argument.startswith("--"))])
        later = f" ({days_later} day later)" if days_later else ""
        print(f"\n$ source-zoom {shown}{later} ", end="", flush=True)
        begun = time.monotonic()
        with dots():
            output = run(
                [name, *arguments], self._zoom.environment, seconds_ahead=days_later * SECONDS_A_DAY, timeout=600
            )
        print(f"\n  exit {output.exit_code} after {time.monotonic() - begun:.1f} s")
        lines = "".join(f"{line}\n" for line in output.lines)
        (self._folder / f"{file or name}.jsonl").write_text(lines, encoding="utf-8")
        self.wrong += output.exit_code != 0
        return output

    def before_reading(self) -> None:
        """spec, check and discover."""
        fields = self.command("spec").of_type("SPEC")[0]["spec"]["connectionSpecification"]["properties"]
        print(f"  The form has: {', '.join(fields)}")
        check = self.command("check", "--config", self._config)
        print(f"  {check.connection_status['status']}: logged in, read the users, and looked at scopes and permissions")
        for line in [line for line in check.logs if line.startswith("WARN")][:3]:
            print(f"  {line[:150]}")
        catalog = self.command("discover", "--config", self._config).of_type("CATALOG")[0]["catalog"]
        incremental = sum("incremental" in stream["supported_sync_modes"] for stream in catalog["streams"])
        print(f"  {len(catalog['streams'])} tables, {incremental} of them incremental")

    def first_read(self) -> Output:
        """All tables of an account whose server is overloaded now and then."""
        self._zoom.clear_requests()
        self._zoom.faults.add(OVERLOAD)
        output = self.command("read", "--config", self._config, "--catalog", self._catalog())
        self._zoom.clear_faults()
        self._compare(output)
        print("\nThree records, shortened:")
        for table, columns in SHOWN.items():
            record = {column: output.records[table][0].get(column) for column in columns}
            print(f"  {table}: {json.dumps(record, ensure_ascii=False)[:170]}")
        print("\nThe last lines of the log:")
        for line in [line for line in output.logs if "Skipped" in line or "Retried" in line or "Done in" in line][-8:]:
            print(f"  {line[:170]}")
        return output

    def second_read(self, first: Output) -> None:
        """A day later: new meetings have taken place, and only they are read."""
        self._zoom.advance(days=1)
        states = [{"type": "STREAM", "stream": message["state"]["stream"]} for message in first.of_type("STATE")]
        last = {state["stream"]["stream_descriptor"]["name"]: state for state in states}
        state = write_json(self._folder / "state.json", [last[table] for table in self._incremental])
        before = len(self._zoom.requests)
        self._zoom.clear_requests()
        selected = write_json(self._folder / "incremental_catalog.json", configured_catalog(incremental=True))
        arguments = ["--config", self._config, "--catalog", selected, "--state", state]
        second = self.command("read", *arguments, days_later=1, file="second_read")
        news = sum(len(rows) for rows in second.records.values())
        cost = len(self._zoom.requests)
        print(f"  {news:,} records of new meetings and webinars, and of those that Zoom may have completed since.")
        print(f"  {cost:,} requests, where the first read took {before:,}.")
        for table in self._incremental:
            rows = by_key(table, [*first.records[table], *second.records[table]])
            expected = by_key(table, self._zoom.truth(table, since=self._zoom.dawn))
            if rows.keys() != expected.keys():
                self.wrong += 1
                print(f"  {table}: both reads together differ from the account")

    @property
    def _incremental(self) -> list[str]:
        return [entry["stream"]["name"] for entry in configured_catalog(incremental=True)["streams"]]

    def _catalog(self) -> str:
        """All tables: incremental where they can be, in full where not."""
        incremental = configured_catalog(incremental=True)["streams"]
        names = {entry["stream"]["name"] for entry in incremental}
        others = [entry for entry in configured_catalog()["streams"] if entry["stream"]["name"] not in names]
        return write_json(self._folder / "configured_catalog.json", {"streams": [*incremental, *others]})

    def _compare(self, output: Output) -> None:
        requests = Counter(table_of(request.path) for request in self._zoom.requests)
        taken = seconds_by_table(output)
        print(f"\n{'table':<32}{'records':>9}{'in Zoom':>9}{'requests':>10}{'seconds':>9}")
        for name in sorted(output.statuses):
            expected: list[Any] = list(self._zoom.truth(name))
            differs = differences(output.records[name], expected)
            self.wrong += bool(differs)
            print(
                f"{name:<32}{len(output.records[name]):>9,}{len(expected):>9,}{requests[name]:>10,}"
                f"{taken.get(name, 0):>9.1f}{f'  <- {len(differs)} records differ' if differs else ''}"
            )
        for name in (FINDING_PARENTS, LOGIN):
            print(f"{name:<32}{'':>18}{requests[name]:>10,}")


def demo(users: int, folder: Path) -> int:
    """Exit code 0 when every table has exactly the records of the account, on both days."""
    folder.mkdir(parents=True, exist_ok=True)
    print(f"A simulated Zoom account with {users} users, served over TLS on this machine. Command: {COMMAND.name}")
    with Sandbox(AccountShape(users=users), growth=Growth(per_day=6, webinars_per_day=2, days=2)) as zoom:
        shown = Demo(zoom, folder)
        shown.before_reading()
        shown.second_read(shown.first_read())
    verdict = "Every table has exactly the records of the account, on both days."
    print(f"\n{verdict if not shown.wrong else f'{shown.wrong} of the above is wrong.'}")
    print(f"The messages are in {folder}/: spec, check, discover, read and second_read, each with .jsonl")
    return 1 if shown.wrong else 0


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=12, help="active users of the account (default: 12)")
    parser.add_argument("--output", type=Path, default=Path("demo-output"), help="where the messages go")
    arguments = parser.parse_args()
    return demo(arguments.users, arguments.output)


if __name__ == "__main__":
    sys.exit(main())
