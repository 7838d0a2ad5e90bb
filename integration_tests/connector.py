"""The connector as its users run it: the ``source-zoom`` command in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

COMMAND = Path(sys.executable).parent / "source-zoom"
Message = dict[str, Any]


@dataclass
class Output:
    """Everything one command printed, sorted by what it is."""

    exit_code: int
    lines: list[str]
    messages: list[Message] = field(default_factory=list)
    #: Lines that are no Airbyte message; a correct command prints none.
    strays: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        for line in self.lines:
            try:
                message = json.loads(line)
            except json.JSONDecodeError:
                self.strays.append(line)
                continue
            if isinstance(message, dict) and "type" in message:
                self.messages.append(message)
            else:
                self.strays.append(line)

    def of_type(self, kind: str) -> list[Message]:
        return [message for message in self.messages if message["type"] == kind]

    @property
    def records(self) -> dict[str, list[dict[str, Any]]]:
        """Records by table, in the order they came."""
        found: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for message in self.of_type("RECORD"):
            found[message["record"]["stream"]].append(message["record"]["data"])
        return found

    @property
    def statuses(self) -> dict[str, list[str]]:
        """Stream statuses by table, in the order they came."""
        found: dict[str, list[str]] = defaultdict(list)
        for message in self.of_type("TRACE"):
            if message["trace"]["type"] == "STREAM_STATUS":
                status = message["trace"]["stream_status"]
                found[status["stream_descriptor"]["name"]].append(status["status"])
        return found

    @property
    def errors(self) -> list[dict[str, Any]]:
        """Error traces, in the order they came; the last one ends the command."""
        return [m["trace"]["error"] for m in self.of_type("TRACE") if m["trace"]["type"] == "ERROR"]

    @property
    def logs(self) -> list[str]:
        return [f"{message['log']['level']} {message['log']['message']}" for message in self.of_type("LOG")]

    @property
    def states(self) -> Counter[str]:
        """Number of states by table."""
        return Counter(m["state"]["stream"]["stream_descriptor"]["name"] for m in self.of_type("STATE"))

    @property
    def connection_status(self) -> dict[str, Any]:
        (message,) = self.of_type("CONNECTION_STATUS")
        status: dict[str, Any] = message["connectionStatus"]
        return status

    def tail(self, count: int = 30) -> str:
        """The last lines without records, for the message of a failing assertion."""
        return "\n".join([line[:600] for line in self.lines if '"type":"RECORD"' not in line][-count:])


# The fixture `read`: the read command on some tables of a sandbox, or all.
Read = Callable[..., Output]


def run(
    arguments: Iterable[str],
    environment: Mapping[str, str] | None = None,
    *,
    timeout: float = 300.0,
    seconds_ahead: float = 0,
    patience: float = 0,
) -> Output:
    """Run ``source-zoom`` with these arguments; stderr counts as output, as it does for Airbyte.

    :param seconds_ahead: how far the calendar of the command is ahead of the machine's
    :param patience: seconds that the command waits where it would wait for a minute or more, see impatient.py
    """
    command = [str(COMMAND)]
    if seconds_ahead:
        command = [sys.executable, "-m", "integration_tests.at", str(seconds_ahead), "60"]
    elif patience:
        command = [sys.executable, "-m", "integration_tests.impatient", str(patience)]
    finished = subprocess.run(
        [*command, *arguments],
        env={**os.environ, **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=timeout,
        check=False,
    )
    return Output(finished.returncode, finished.stdout.decode("utf-8").splitlines())


def write_json(path: Path, content: Any) -> str:
    path.write_text(json.dumps(content, indent=2), encoding="utf-8")
    return str(path)


def server_to_server(credentials: Mapping[str, str], **settings: Any) -> dict[str, Any]:
    """The form filled in for a Server-to-Server OAuth app."""
    return {"credentials": {"auth_type": "server_to_server", **credentials}, **settings}


def configured(catalog: Mapping[str, Any], tables: Iterable[str] | None = None) -> dict[str, Any]:
    """A configured catalog of the discovered one, for all tables or some."""
    wanted = None if tables is None else set(tables)
    return {
        "streams": [
            {"stream": stream, "sync_mode": "full_refresh", "destination_sync_mode": "overwrite"}
            for stream in catalog["streams"]
            if wanted is None or stream["name"] in wanted
        ]
    }
