"""Reads of simulated accounts on which something goes wrong, and what the tests of faults look at."""

from __future__ import annotations

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, TypeVar

from integration_tests.compare import differences
from integration_tests.connector import Output, configured, run, server_to_server, write_json
from integration_tests.sandbox import REGULAR, Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

# Whatever goes wrong in it is the test's doing.
PLAIN = replace(REGULAR, users=3, webinar_share=1, webinars_per_user=2)

Result = TypeVar("Result")


def sync(
    zoom: Sandbox,
    catalog: Mapping[str, Any],
    tables: Iterable[str] | None = None,
    *,
    form: Mapping[str, Any] | None = None,
    debug: bool = False,
    patience: float = 0,
    **settings: Any,
) -> Output:
    """A read of some tables or all, with a form of its own or a Server-to-Server app and these settings.

    :param patience: seconds that the command waits where it would wait for a minute or more, see impatient.py
    """
    filled = form or server_to_server(zoom.credentials, **{"account_plan": "business", **settings})
    with TemporaryDirectory() as folder:
        config = write_json(Path(folder) / "config.json", filled)
        selected = write_json(Path(folder) / "catalog.json", configured(catalog, tables))
        arguments = ["read", "--config", config, "--catalog", selected, *(["--debug"] if debug else [])]
        return run(arguments, zoom.environment, timeout=400, patience=patience)


def at_once(works: Mapping[str, Callable[[], Result]]) -> dict[str, Result]:
    """What each of these brings, all run side by side."""
    with ThreadPoolExecutor(len(works)) as pool:
        running = {name: pool.submit(work) for name, work in works.items()}
        return {name: future.result() for name, future in running.items()}


# Records and messages


def assert_true(output: Output, zoom: Sandbox, tables: Iterable[str]) -> None:
    """These tables are whole, each record once."""
    for table in tables:
        assert differences(output.records[table], zoom.truth(table)) == [], table
        assert output.statuses[table][-1] == "COMPLETE", table


def assert_whole(output: Output, zoom: Sandbox, tables: Iterable[str]) -> None:
    """The sync succeeded, and these tables are all that the account owes."""
    assert output.exit_code == 0, output.tail()
    assert output.errors == []
    assert output.strays == []
    assert_true(output, zoom, tables)


def assert_failed(
    output: Output, zoom: Sandbox, tables: Collection[str], others: Collection[str], failure_type: str, *words: str
) -> None:
    """These tables are INCOMPLETE, the others are whole, and the last error says which failed and why."""
    assert output.exit_code == 1, output.tail()
    assert output.strays == []
    assert {table: output.statuses[table][-1] for table in tables} == dict.fromkeys(tables, "INCOMPLETE")
    assert_true(output, zoom, others)
    ending = output.errors[-1]
    assert ending["failure_type"] == failure_type, ending["message"]
    verb = "is" if len(tables) == 1 else "are"
    assert ending["message"].startswith(f"{len(tables)} of {len(tables) + len(others)} tables {verb} incomplete. ")
    assert tables_named(ending["message"]) == set(tables)
    for word in words:
        assert word in ending["message"]


def tables_named(message: str) -> set[str]:
    """Tables that the sentence ending a sync names, which stand in brackets before their reason."""
    return {name for group in re.findall(r"\[([a-z_, ]+)\] ", message) for name in group.split(", ")}


def skips(output: Output) -> dict[tuple[str, str], int]:
    """How many parents were skipped, by table and reason; a second line for the same two would be an error."""
    found: dict[tuple[str, str], int] = {}
    for line in output.logs:
        skipped = re.fullmatch(r"\w+ Skipped [\d,]+: (.+) \((.+); for example .+\)", line)
        for count in skipped[2].split(", ") if skipped else ():
            table, _, number = count.rpartition(" ")
            reason = skipped[1] if skipped else ""
            assert (table, reason) not in found, line
            found[table, reason] = int(number.replace(",", ""))
    return found


def sent_again(output: Output) -> dict[str, int]:
    """How many requests the log says were repeated, by cause."""
    repeated = [re.fullmatch(r"INFO Retried ([\d,]+) requests? after (.+)", line) for line in output.logs]
    return {found[2]: int(found[1].replace(",", "")) for found in repeated if found}


# Requests


def asked(zoom: Sandbox, path: str = r"^/v2/") -> Counter[str]:
    """How often each URL was asked for whose path matches."""
    return Counter(request.url for request in zoom.requests if re.search(path, request.path))


def met(zoom: Sandbox, *kinds: str) -> Counter[str]:
    """How many requests of each URL met a fault of one of these kinds, or any."""
    return Counter(r.url for r in zoom.requests if r.fault and (not kinds or r.fault in kinds))


def repeated(zoom: Sandbox) -> Counter[str]:
    """How often each URL was asked for beyond the first time."""
    return asked(zoom) - Counter(set(asked(zoom)))


def logins(zoom: Sandbox) -> int:
    """Requests for a token."""
    return sum(request.path == "/oauth/token" for request in zoom.requests)
