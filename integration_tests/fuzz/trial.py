"""One trial: the account of a seed, read over the real command line, and what the read lost or made up."""

from __future__ import annotations

import subprocess
import time
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from integration_tests.connector import Output, configured, run, server_to_server, write_json
from integration_tests.fuzz.draws import Draw, draw
from integration_tests.fuzz.misfortunes import SKIP_CODES
from integration_tests.losses import LOSSES, is_named, parent_of, without
from integration_tests.sandbox import LoggedRequest, Sandbox
from unit_tests.resource import facts

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from integration_tests.losses import Record

# A read of such an account takes seconds, or minutes where a fault lasts.
HANGS_AFTER = 400.0
NO_LICENCE = "the host has no webinar licence"
PARTLY = "has past occurrences of scheduled meetings and webinars only"


@dataclass
class Trial:
    """A seed, what it stands for, and what came of it."""

    draw: Draw
    rows: int = 0
    missing: int = 0
    incomplete: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def __str__(self) -> str:
        verdict = "FINDING" if self.findings else "ok"
        ended = f"{len(self.incomplete)} of {len(self.draw.tables)} tables INCOMPLETE"
        counts = (
            f"{self.rows:,} rows, {self.missing:,} missing and named" if not self.findings else f"{self.rows:,} rows"
        )
        lines = [f"seed {self.draw.seed}: {verdict}; {counts}; {ended}; {self.seconds:.0f} s; {self.draw}"]
        return "\n".join([*lines, *(f"    {finding}" for finding in self.findings)])


def attempt(seed: int, catalog: Mapping[str, Any]) -> Trial:
    """Read the account of a seed and judge what came."""
    drawn = draw(seed)
    trial = Trial(drawn)
    started = time.monotonic()
    with Sandbox(drawn.shape, faults=drawn.faults, latency=drawn.latency, **drawn.knobs) as zoom:
        try:
            output = _read(zoom, drawn, catalog)
        except subprocess.TimeoutExpired:
            trial.findings.append(f"the read did not end in {HANGS_AFTER:.0f} seconds")
        else:
            _judge(trial, zoom, output)
    trial.seconds = time.monotonic() - started
    return trial


def _read(zoom: Sandbox, drawn: Draw, catalog: Mapping[str, Any]) -> Output:
    selected = configured(catalog, drawn.tables)
    for entry in selected["streams"]:
        if entry["stream"]["name"] in drawn.incremental:
            entry.update(sync_mode="incremental", destination_sync_mode="append_dedup")
    with TemporaryDirectory() as folder:
        config = write_json(Path(folder) / "config.json", server_to_server(zoom.credentials, **drawn.settings))
        arguments = ["read", "--config", config, "--catalog", write_json(Path(folder) / "catalog.json", selected)]
        return run(arguments, zoom.environment, timeout=HANGS_AFTER)


def _judge(trial: Trial, zoom: Sandbox, output: Output) -> None:
    drawn = trial.draw
    reasons = [*LOSSES, *([NO_LICENCE] if any(fault.kind == "error_in_200" for fault in drawn.faults) else [])]
    denied = {request.path for request in zoom.requests if request.fault and request.path.startswith("/v2/report/")}
    partly = {line.split()[1] for line in output.logs if denied and PARTLY in line}
    trial.incomplete = [table for table in drawn.tables if output.statuses[table][-1:] == ["INCOMPLETE"]]
    trial.findings += _broken_messages(drawn, output)
    for table in drawn.tables:
        as_read = partial(_as_read, table, drawn.knobs)
        owed = [as_read(record) for record in zoom.truth(table, drawn.start)]
        read = [as_read(record) for record in output.records[table]]
        trial.rows += len(read)
        excused = _said_to_be_empty(zoom.requests, table)
        lost = [record for record in without(read, owed) if str(parent_of(table, record)) not in excused]
        trial.missing += len(lost)
        if lost and table not in partly and not is_named(output, table, lost, reasons):
            trial.findings.append(f"{table}: {len(lost)} of {len(owed)} rows are lost in silence, such as {lost[0]}")
        made_up = without(owed, read)
        if made_up and not _has_odd_rows(zoom.requests, table):
            trial.findings.append(f"{table}: {len(made_up)} rows too many, such as {made_up[0]}")


def _broken_messages(drawn: Draw, output: Output) -> list[str]:
    """What is wrong whatever goes wrong: lines that are no message, tables without an end, an exit code that lies."""
    found = [f"stray line: {line[:200]}" for line in output.strays]
    ends = {table: output.statuses[table][-1:] for table in drawn.tables}
    found += [f"{table}: no end, {end}" for table, end in ends.items() if end not in (["COMPLETE"], ["INCOMPLETE"])]
    if output.exit_code != (1 if ["INCOMPLETE"] in ends.values() else 0):
        found.append(f"exit code {output.exit_code} with {ends}")
    unforeseen = [error["message"] for error in output.errors if "unforeseen" in error["message"].lower()]
    return found + [f"unforeseen: {message[:400]}" for message in unforeseen]


def _as_read(table: str, knobs: Mapping[str, Any], record: Record) -> Record:
    """Where the history sends no numbers, those of past meetings are null unless another list shows them."""
    if knobs.get("history_numbers") == "missing" and facts.TABLES[table].is_past:
        return {**record, f"{facts.TABLES[table].kind}_id": None}
    return record


def _said_to_be_empty(requests: Collection[LoggedRequest], table: str) -> set[str]:
    """Parents of the table of which Zoom itself has said, on the first page, that there is nothing."""
    found: set[str] = set()
    for request in requests:
        is_first = not {"next_page_token", "page_number"} & request.query.keys()
        says_so = request.code in SKIP_CODES | {12702} or (request.status == 200 and request.code is None)
        if request.fault == "answer" and is_first and says_so and facts.TABLES[table].pattern.match(request.path):
            place = next(i for i, part in enumerate(facts.TABLES[table].path.split("/")) if "{" in part)
            once = unquote(request.path.removeprefix("/v2/").split("/")[place])
            found |= {once, unquote(once)}
    return found


def _has_odd_rows(requests: Collection[LoggedRequest], table: str) -> bool:
    """Whether a fault has sent rows of its own."""
    return any(
        request.fault == "answer" and request.status == 200 and facts.TABLES[table].pattern.match(request.path)
        for request in requests
    )
