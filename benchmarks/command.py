"""Runs one command and measures it: time, CPU, peak memory, and how many records of each table it prints.

    python -m benchmarks.command RESULT_FILE TIMEOUT COMMAND [ARGUMENT...]

This is a program of its own, because Linux counts the memory of whoever starts a process towards that process's peak:
so whoever starts it must be small.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time
from collections import Counter, deque
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO

CHUNK = 1 << 20
_RECORD = re.compile(rb'\{"type":"RECORD","record":\{"stream":"(\w+)"')
_STATE = b'{"type":"STATE"'


@dataclass
class Measurement:
    """Of one command; times are Unix seconds, the peak is the largest resident size in bytes.

    `states` are the last ones, JSON by table, and `last_lines` are of those that are neither.
    """

    started: float
    ended: float = 0.0
    exit_code: int = 0
    first_record: float | None = None
    cpu_seconds: float = 0.0
    peak_memory: int = 0
    printed_bytes: int = 0
    records: dict[str, int] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    last_lines: list[str] = field(default_factory=list)

    @property
    def wall_seconds(self) -> float:
        return self.ended - self.started

    @property
    def record_count(self) -> int:
        return sum(self.records.values())


def run(command: list[str], timeout: float) -> Measurement:
    """Run it to its end. Its output is only searched for where records begin, to take no CPU from the command."""
    measured = Measurement(started=time.time())
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, bufsize=0)
    guard = threading.Timer(timeout, process.kill)
    guard.start()
    assert process.stdout is not None
    with process.stdout as output:
        _count(output, measured)
    _, status, usage = os.wait4(process.pid, 0)
    guard.cancel()
    measured.ended = time.time()
    process.returncode = measured.exit_code = os.waitstatus_to_exitcode(status)
    measured.cpu_seconds = usage.ru_utime + usage.ru_stime
    # Linux counts kilobytes, macOS bytes.
    measured.peak_memory = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return measured


def _count(output: IO[bytes], measured: Measurement) -> None:
    records: Counter[bytes] = Counter()
    others: deque[bytes] = deque(maxlen=40)
    rest = b""
    while chunk := output.read(CHUNK):
        measured.printed_bytes += len(chunk)
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            begins = _RECORD.match(line)
            if begins:
                records[begins[1]] += 1
            elif line.startswith(_STATE):
                stream = json.loads(line)["state"]["stream"]
                measured.states[stream["stream_descriptor"]["name"]] = json.dumps(stream["stream_state"])
            else:
                others.append(line)
        if records and measured.first_record is None:
            measured.first_record = time.time()
    others.append(rest)
    measured.records = {table.decode(): count for table, count in sorted(records.items())}
    measured.last_lines = [line[:2000].decode(errors="replace") for line in others if line]


def main() -> int:
    """Exit code 0 whatever becomes of the command, whose own is in the result."""
    file, timeout, *command = sys.argv[1:]
    Path(file).write_text(json.dumps(asdict(run(command, float(timeout)))), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
