"""The simulated Zoom from the command line: what it prints, its control pages, its files, and its end."""

from __future__ import annotations

import json
import re
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from dataclasses import fields
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import pytest

from integration_tests.sandbox import EVER, TABLES, AccountShape, Fault, FaultKind, Growth, Knobs, Sandbox
from integration_tests.sandbox.__main__ import main
from integration_tests.sandbox.faults import MEANINGS
from integration_tests.sandbox.options import parser, sandbox_of

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
# What leads to a process, its folder, and the process.
Running = tuple[dict[str, Any], Path, subprocess.Popen[str]]
# Two hours later is the same day, so that no report grows too old on the way.
NOON = datetime(2026, 5, 20, 12, tzinfo=timezone.utc)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """A sandbox process with everything switched on: its contact, its folder and the process."""
    ready = tmp_path / "ready.json"
    command = [sys.executable, "-m", "integration_tests.sandbox", "--users=4", "--seed=9", "--tls-port=0"]
    command += ["--now", NOON.isoformat()]
    command += ["--plan=business", "--knob", "page_token_seconds=60", "--fault", '{"kind":"status_503","at":[1]}']
    command += ["--truth", str(tmp_path / "truth"), "--log", str(tmp_path / "log.jsonl"), "--ready", str(ready)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 20
        while not ready.exists() or not ready.read_text():
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.02)
        yield json.loads(ready.read_text()), tmp_path, process
        process.kill()


def _page(contact: dict[str, Any], path: str, body: bytes | None = None) -> str:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(contact["control"] + path, data=body, timeout=10) as answer:
        return str(answer.read(), "utf-8")


def test_a_process_from_start_to_end(running: Running) -> None:
    contact, folder, process = running
    owed = json.loads(_page(contact, "/owed"))
    same = Sandbox(AccountShape(users=4, seed=9), now=NOON)
    assert owed == {table: same.owed(table) for table in TABLES}
    for table in TABLES:
        lines = (folder / "truth" / f"{table}.jsonl").read_text(encoding="utf-8").splitlines()
        assert len(lines) == owed[table]
        assert _page(contact, f"/truth/{table}").splitlines() == lines
    assert "/truth/TABLE" in _page(contact, "/")
    assert json.loads(_page(contact, "/owed?start=2026-01-01"))["users"] == owed["users"]
    _page(contact, "/do/set_limits", b'{"scale": 0.5}')
    before = datetime.fromisoformat(_page(contact, "/now").strip())
    _page(contact, "/do/occur", json.dumps({"start": before.isoformat(), "minutes": 60}).encode())
    assert json.loads(_page(contact, "/owed")) == owed
    assert json.loads(_page(contact, "/owed?at=ever"))["report_meetings"] == owed["report_meetings"] + 1
    _page(contact, "/do/advance", b'{"hours": 2}')
    now = datetime.fromisoformat(_page(contact, "/now").strip())
    assert timedelta(hours=2) <= now - before < timedelta(hours=2, minutes=1)
    assert json.loads(_page(contact, "/owed"))["report_meetings"] == owed["report_meetings"] + 1
    assert len(_page(contact, f"/truth/users?at={before.date()}").splitlines()) == owed["users"]
    for path in ("/nothing", "/do/nothing"):
        with pytest.raises(urllib.error.HTTPError):
            _page(contact, path)
    with pytest.raises(urllib.error.HTTPError, match="400"):
        _page(contact, "/do/set_knobs", b'{"history": "sometimes"}')

    context = ssl.create_default_context(cafile=contact["environment"]["SSL_CERT_FILE"])
    plain = socket.create_connection(("127.0.0.1", contact["tls_port"]), timeout=10)
    with context.wrap_socket(plain, server_hostname="api.zoom.us") as wire:
        wire.sendall(b"GET /v2/users HTTP/1.1\r\nHost: api.zoom.us\r\nConnection: close\r\n\r\n")
        answer = b"".join(iter(lambda: wire.recv(4096), b""))
    assert answer.startswith(b"HTTP/1.1 401")
    assert json.loads(_page(contact, "/requests"))["url"] == "/v2/users"

    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=10)
    assert process.returncode == 0
    assert f"export HTTPS_PROXY={contact['environment']['HTTPS_PROXY']}" in output
    assert "curl -u" in output
    logged = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
    assert [(line["url"], line["status"], line["code"]) for line in logged] == [("/v2/users", 401, 124)]
    assert not Path(contact["environment"]["SSL_CERT_FILE"]).exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--knob", "gravity=1"], "no such knob: gravity"),
        (["--fault", '{"kind":"gremlin"}'], "no kind of fault"),
        (["--webinar-share", "7"], "share between 0 and 1"),
        (["--parents", "50", "--users", "3"], "not with --users"),
        (["--fault", "nonsense"], "error:"),
        (["--growth", "height=3"], "no such part of the growth: height"),
        (["--other-app", '{"label":"Feather","per_second":1}'], "label is one of"),
        (["--now", "2026-05-20T12:00:00Z", "--behind-days", "3"], "exclude each other"),
    ],
)
def test_wrong_options_end_with_one_sentence(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert words in capsys.readouterr().err


def test_help_lists_every_knob_and_every_kind_of_fault(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    page = capsys.readouterr().out
    for settings in (Knobs, Growth, AccountShape):
        for field in fields(settings):
            assert re.search(rf"^  (--)?{field.name.replace('_', '[_-]')}\b", page, re.MULTILINE), field.name
    assert set(MEANINGS) == set(get_args(FaultKind))
    for kind, meaning in MEANINGS.items():
        assert f"\n  {kind}\n      {meaning[:20]}" in page
    for field in fields(Fault):
        assert field.name == "kind" or f"`{field.name}`" in page, field.name
    assert "one of served, refused, unknown, paid_only" in page
    assert "any of surrogate, bom, nan, as a JSON list" in page


def test_options_make_the_account_they_describe() -> None:
    options = ["--users=3", "--now=2026-05-20T12:00:00", "--growth=per_day=9"]
    options += ["--other-app", '{"label":"Heavy","per_second":7}', "--knob", 'odd_json=["bom"]']
    zoom = sandbox_of(parser().parse_args(options))
    assert (zoom.account.today, zoom.knobs.odd_json) == (date(2026, 5, 20), ("bom",))
    assert zoom.owed("report_meetings", at=EVER) > zoom.owed("report_meetings") + 400


def test_a_taken_port_is_said_so(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert main(["--proxy-port", str(taken.getsockname()[1])]) == 1
    assert "error:" in capsys.readouterr().err


def test_nothing_is_left_after_the_block() -> None:
    with Sandbox(AccountShape(users=2)) as zoom:
        port = int(zoom.proxy_url.rpartition(":")[2])
        folder = zoom.ca_file.parent
    assert not folder.exists()
    with pytest.raises(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):  # noqa: PT011
        pass
