"""What check finds out over the real command line, and that a read suffers exactly what check foretold."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from airbyte_cdk.models import AirbyteStreamStatus, ConfiguredAirbyteCatalogSerializer
from airbyte_cdk.test.entrypoint_wrapper import read

from integration_tests.connector import Output, configured, run, server_to_server, write_json
from integration_tests.sandbox import CLASSIC_SCOPES, GRANULAR_SCOPES, TABLES, AccountShape, Knobs, Sandbox
from source_zoom.source import SourceZoom
from unit_tests.resource.facts import LISTS
from unit_tests.resource.facts import TABLES as FACTS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.long

# Small, yet with something to read for every table.
SMALL = AccountShape(
    users=2, meetings_per_user=2, webinars_per_user=2, unlisted_per_user=0, occurrences_per_recurring=1, webinar_share=1
)
FILES = [table for table, facts in FACTS.items() if not facts.scope]
PAST_TABLES = [table for table, facts in FACTS.items() if facts.is_past]
REPORTS = [table for table in TABLES if table.startswith("report_")]
PAST_REPORTS = [table for table in PAST_TABLES if table in REPORTS]
PARTLY = "These have past occurrences of scheduled meetings and webinars only: "
USERS_SCOPE = FACTS["users"].scope


@pytest.fixture(scope="module")
def small() -> Iterator[Sandbox]:
    with Sandbox(SMALL) as sandbox:
        yield sandbox


@pytest.fixture(autouse=True)
def _unchanged(small: Sandbox) -> Iterator[None]:
    yield
    small.set_knobs(scopes=None, without_scopes=(), role_permissions=Knobs().role_permissions, files="served")
    small.clear_requests()


def needing(*scopes: str) -> list[str]:
    """Tables that need one of the scopes for themselves or for their lists."""
    return sorted(
        name
        for name, facts in FACTS.items()
        if not {endpoint.scope for endpoint in (*facts.lists, facts)}.isdisjoint(scopes)
    )


def check(zoom: Sandbox, folder: Path, **settings: Any) -> Output:
    config = write_json(folder / "config.json", server_to_server(zoom.credentials, **settings))
    return run(["check", "--config", config], zoom.environment)


def warnings(output: Output) -> list[str]:
    return [line.removeprefix("WARN ") for line in output.logs if line.startswith("WARN ")]


def foretold(output: Output) -> dict[str, list[str]]:
    """Scopes to add by table, from the table in the log."""
    rows = [line.split() for line in warnings(output)]
    return {row[0]: [word for word in row if word in GRANULAR_SCOPES] for row in rows if row[0] in TABLES}


def partly(output: Output) -> list[str]:
    """Tables of which a warning says that they have past occurrences of scheduled meetings and webinars only."""
    found = [line.split(PARTLY)[1] for line in warnings(output) if PARTLY in line]
    return found[0].rstrip(".").split(", ") if found else []


def statuses(zoom: Sandbox, catalog: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The last status of each table after a read in this process, which spares the start of one."""
    for name, value in zoom.environment.items():
        monkeypatch.setenv(name, value)
    # This account has no limits, so none are kept.
    for name in ("HEADROOM", "HEADROOM_MOST"):
        monkeypatch.setattr(f"source_zoom.zoom.pace.{name}", 100.0)
    config = server_to_server(zoom.credentials, account_plan="business")
    selected = ConfiguredAirbyteCatalogSerializer.load(configured(catalog))
    output = read(SourceZoom(), config, selected, expecting_exception=True)
    return {table: output.get_stream_statuses(table)[-1] for table in TABLES}


def incomplete(read_with: dict[str, str]) -> list[str]:
    return sorted(table for table, status in read_with.items() if status is AirbyteStreamStatus.INCOMPLETE)


# The scopes of each table


@pytest.mark.parametrize("table", [table for table in TABLES if table not in (*FILES, "users")])
def test_a_missing_scope_is_foretold_and_fails_the_tables_that_need_it(
    small: Sandbox, catalog: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: str
) -> None:
    scope = FACTS[table].scope
    small.set_knobs(without_scopes=(scope, LISTS["user_recordings"].scope))
    checked = check(small, tmp_path)
    assert checked.connection_status["status"] == "SUCCEEDED"
    # The reports of the users are as good as the history, but not for the table of the history itself.
    lacking = [table] if scope == LISTS["history"].scope else needing(scope)
    assert foretold(checked) == {name: [scope] for name in lacking}
    assert incomplete(statuses(small, catalog, monkeypatch)) == lacking


def test_without_the_scope_of_users_the_check_fails(
    small: Sandbox, catalog: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.set_knobs(without_scopes=(USERS_SCOPE,))
    checked = check(small, tmp_path)
    assert checked.connection_status["status"] == "FAILED"
    assert "No user can be read" in checked.connection_status["message"]
    assert USERS_SCOPE in checked.connection_status["message"]
    assert foretold(checked) == {table: [USERS_SCOPE] for table in needing(USERS_SCOPE)}
    assert incomplete(statuses(small, catalog, monkeypatch)) == needing(USERS_SCOPE)


@pytest.mark.parametrize("table", FILES)
def test_files_have_no_scope_to_add_and_are_empty_without(
    small: Sandbox, catalog: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: str
) -> None:
    small.set_knobs(files="scope")
    checked = check(small, tmp_path)
    assert foretold(checked) == {}
    (line,) = [line for line in checked.logs if table in line]
    assert FACTS[table].classic in line
    assert set(statuses(small, catalog, monkeypatch).values()) == {AirbyteStreamStatus.COMPLETE}


@pytest.mark.parametrize(
    ("lists", "lacking", "failing"),
    [
        (
            ["history", "report_users", "report_user_meetings"],
            [*PAST_TABLES, "report_history_meetings"],
            [*PAST_REPORTS, "report_history_meetings"],
        ),
        (["user_meetings", "user_webinars"], *[[name for name, facts in FACTS.items() if facts.kind]] * 2),
        (["meeting_instances", "webinar_instances"], PAST_TABLES, PAST_TABLES),
    ],
    ids=["history", "lists", "instances"],
)
def test_scopes_of_the_walks_are_foretold_for_all_that_hang_on_them(
    small: Sandbox,
    catalog: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    lists: list[str],
    lacking: list[str],
    failing: list[str],
) -> None:
    small.set_knobs(without_scopes=[LISTS[name].scope for name in lists])
    checked = check(small, tmp_path)
    assert sorted(foretold(checked)) == sorted(lacking)
    assert sorted(partly(checked)) == sorted(set(lacking) - set(failing))
    assert incomplete(statuses(small, catalog, monkeypatch)) == sorted(failing)


@pytest.mark.parametrize("scopes", [CLASSIC_SCOPES, None])
def test_nothing_is_missing_with_either_kind_of_scopes(
    small: Sandbox, tmp_path: Path, scopes: frozenset[str] | None
) -> None:
    small.set_knobs(scopes=scopes)
    checked = check(small, tmp_path)
    assert checked.connection_status["status"] == "SUCCEEDED"
    assert warnings(checked) == []
    # The login, one page of users, and one row each of what is not in the scopes.
    assert len(small.requests) == 4


# What is not in the scopes


def test_a_role_without_reports_is_foretold(
    small: Sandbox, catalog: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.set_knobs(role_permissions=[name for name in Knobs().role_permissions if name != "UsageReport:Read"])
    checked = check(small, tmp_path)
    assert checked.connection_status["status"] == "SUCCEEDED"
    (warning,) = warnings(checked)
    assert "role of the app's owner lacks the permission UsageReport:Read" in warning
    failing = set(incomplete(statuses(small, catalog, monkeypatch)))
    named = warning.split("These tables cannot be read in full: ")[1].split(PARTLY)[0]
    assert failing == set(named.strip(" .").split(", ")) == set(REPORTS)
    assert set(partly(checked)) == set(PAST_TABLES) - failing


def test_a_role_without_users_fails(small: Sandbox, tmp_path: Path) -> None:
    small.set_knobs(role_permissions=())
    checked = check(small, tmp_path)
    assert checked.connection_status["status"] == "FAILED"
    assert "User:Read" in checked.connection_status["message"]


def test_an_account_without_webinars_is_told_so(tmp_path: Path) -> None:
    with Sandbox(AccountShape(users=4, webinar_share=0)) as zoom:
        checked = check(zoom, tmp_path)
        assert checked.connection_status["status"] == "SUCCEEDED"
        (warning,) = warnings(checked)
        assert warning.startswith("Webinar add-on missing")
        assert len(zoom.requests) <= 7


# Half a minute, whatever Zoom does

TROUBLES: list[dict[str, Any]] = [
    {"kind": "hang", "path": "^/oauth/token"},
    {"kind": "hang", "path": "^/v2/users"},
    {"kind": "drip", "path": "^/v2/users", "seconds": 120},
    {"kind": "slow", "path": "^/v2/users", "seconds": 120},
    {"kind": "qps_429", "path": "^/v2/users"},
    {"kind": "status_503", "path": "."},
    {"kind": "daily_429", "path": "^/v2/users"},
]
AFTERWARDS: list[dict[str, Any]] = [
    {"kind": "hang", "path": "^/v2/(report|users/)"},
    {"kind": "drip", "path": "^/v2/(report|users/)", "seconds": 120},
    {"kind": "qps_429", "path": "^/v2/(report|users/)"},
]


def timed_check(trouble: dict[str, Any], folder: Path) -> tuple[float, Output]:
    folder.mkdir()
    with Sandbox(SMALL) as zoom:
        zoom.add_fault(**trouble)
        started = time.monotonic()
        output = check(zoom, folder)
        return time.monotonic() - started, output


def test_an_answer_comes_within_half_a_minute(tmp_path: Path) -> None:
    """Some troubles at a time, because each takes its time."""
    troubles = [*TROUBLES, *AFTERWARDS]
    with ThreadPoolExecutor(5) as pool:
        folders = [tmp_path / str(number) for number in range(len(troubles))]
        results = list(pool.map(timed_check, troubles, folders))
    assert [(trouble, seconds) for trouble, (seconds, _) in zip(troubles, results, strict=True) if seconds > 30] == []
    for trouble, (_, output) in zip(troubles, results, strict=True):
        if trouble in TROUBLES:
            # No verdict on the settings: the platform tries again.
            assert output.exit_code == 1, trouble
            assert output.of_type("CONNECTION_STATUS") == []
            assert output.errors[-1]["failure_type"] == "transient_error", json.dumps(output.errors[-1])[:500]
        else:
            assert output.connection_status["status"] == "SUCCEEDED", trouble
