"""A full read of the simulated account, compared with what the account owes, record by record."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import jsonschema
import pytest

from integration_tests.compare import differences, key_of
from integration_tests.connector import Output
from integration_tests.sandbox import TABLES, Sandbox

# The lists that have to be read before a table can be asked for, by the URLs they are read at.
USERS = r"^/v2/users$"
SCHEDULED_MEETINGS = [USERS, r"^/v2/users/[^/]+/meetings$"]
SCHEDULED_WEBINARS = [USERS, r"^/v2/users/[^/]+/webinars$"]
HISTORY = r"^/v2/report/history_meetings$"
PAST_MEETINGS = [*SCHEDULED_MEETINGS, HISTORY, r"^/v2/past_meetings/[^/]+/instances$"]
PAST_WEBINARS = [*SCHEDULED_WEBINARS, HISTORY, r"^/v2/past_webinars/[^/]+/instances$"]
REQUESTS_OF = {
    "users": [USERS],
    "meetings": [*SCHEDULED_MEETINGS, r"^/v2/meetings/\d+$"],
    "meeting_registrants": [*SCHEDULED_MEETINGS, r"^/v2/meetings/\d+/registrants$"],
    "meeting_polls": [*SCHEDULED_MEETINGS, r"^/v2/meetings/\d+/polls$"],
    "meeting_questions": [*SCHEDULED_MEETINGS, r"^/v2/meetings/\d+/registrants/questions$"],
    "meeting_poll_results": [*PAST_MEETINGS, r"^/v2/past_meetings/[^/]+/polls$"],
    "meeting_files": [*PAST_MEETINGS, r"^/v2/past_meetings/[^/]+/files$"],
    "report_meetings": [*PAST_MEETINGS, r"^/v2/report/meetings/[^/]+$"],
    "report_meeting_participants": [*PAST_MEETINGS, r"^/v2/report/meetings/[^/]+/participants$"],
    "webinars": [*SCHEDULED_WEBINARS, r"^/v2/webinars/\d+$"],
    "webinar_panelists": [*SCHEDULED_WEBINARS, r"^/v2/webinars/\d+/panelists$"],
    "webinar_registrants": [*SCHEDULED_WEBINARS, r"^/v2/webinars/\d+/registrants$"],
    "webinar_polls": [*SCHEDULED_WEBINARS, r"^/v2/webinars/\d+/polls$"],
    "webinar_questions": [*SCHEDULED_WEBINARS, r"^/v2/webinars/\d+/registrants/questions$"],
    "webinar_tracking_sources": [*SCHEDULED_WEBINARS, r"^/v2/webinars/\d+/tracking_sources$"],
    "webinar_absentees": [*PAST_WEBINARS, r"^/v2/past_webinars/[^/]+/absentees$"],
    "webinar_poll_results": [*PAST_WEBINARS, r"^/v2/past_webinars/[^/]+/polls$"],
    "webinar_qna_results": [*PAST_WEBINARS, r"^/v2/past_webinars/[^/]+/qa$"],
    "webinar_files": [*PAST_WEBINARS, r"^/v2/past_webinars/[^/]+/files$"],
    "report_webinars": [*PAST_WEBINARS, r"^/v2/report/webinars/[^/]+$"],
    "report_webinar_participants": [*PAST_WEBINARS, r"^/v2/report/webinars/[^/]+/participants$"],
}


def repeated(zoom: Sandbox) -> list[str]:
    """URLs that were asked for more than once; the login counts."""
    return [url for url, count in Counter(f"{r.method} {r.host}{r.url}" for r in zoom.requests).items() if count > 1]


def test_all_tables_are_known_here() -> None:
    assert set(REQUESTS_OF) == set(TABLES)
    assert len(TABLES) == 21


def test_full_read_succeeds_and_repeats_no_request(full_read: Output, zoom: Sandbox) -> None:
    assert full_read.exit_code == 0, full_read.tail()
    assert not full_read.errors
    assert not full_read.strays
    assert repeated(zoom) == []
    needed = [re.compile(pattern) for patterns in REQUESTS_OF.values() for pattern in patterns]
    assert [
        r.url for r in zoom.requests if r.path.startswith("/v2/") and not any(n.match(r.path) for n in needed)
    ] == []
    assert len([r for r in zoom.requests if r.path == "/oauth/token"]) == 1


@pytest.mark.parametrize("table", TABLES)
def test_full_read_brings_exactly_what_the_account_owes(full_read: Output, zoom: Sandbox, table: str) -> None:
    assert zoom.owed(table) > 0
    assert differences(full_read.records[table], zoom.truth(table)) == []


@pytest.mark.parametrize("table", TABLES)
def test_declared_keys_are_unique_and_filled(full_read: Output, catalog: dict[str, Any], table: str) -> None:
    (stream,) = (stream for stream in catalog["streams"] if stream["name"] == table)
    key = stream["source_defined_primary_key"]
    keys = [key_of(record, key) for record in full_read.records[table]]
    assert [found for found, count in Counter(keys).items() if count > 1] == []
    # Pending users have no id; their email, the other half of the key, is always there.
    filled = [found[1:] if table == "users" else found for found in keys]
    assert [found for found in filled if None in found] == []


@pytest.mark.parametrize("table", TABLES)
def test_messages_of_each_table(full_read: Output, table: str) -> None:
    assert full_read.statuses[table] == ["STARTED", "RUNNING", "COMPLETE"]
    assert full_read.states[table] == 1


@pytest.mark.parametrize("table", TABLES)
def test_records_fit_their_schema(full_read: Output, catalog: dict[str, Any], table: str) -> None:
    (stream,) = (stream for stream in catalog["streams"] if stream["name"] == table)
    validator = jsonschema.Draft7Validator(stream["json_schema"])
    assert [error.message for record in full_read.records[table] for error in validator.iter_errors(record)] == []


def test_host_secrets_never_come_out(full_read: Output) -> None:
    found = {
        (table, secret)
        for table, records in full_read.records.items()
        for record in records
        for secret in ("start_url", "host_key", "dynamic_host_key")
        if secret in record
    }
    assert found == set()


@pytest.mark.parametrize("table", TABLES)
def test_one_table_alone(zoom: Sandbox, read: Any, table: str) -> None:
    zoom.clear_requests()
    output = read(zoom, [table])
    assert output.exit_code == 0, output.tail()
    assert differences(output.records[table], zoom.truth(table)) == []
    assert set(output.records) == {table}
    assert repeated(zoom) == []
    needed = [re.compile(pattern) for pattern in REQUESTS_OF[table]]
    asked = [request for request in zoom.requests if request.path.startswith("/v2/")]
    assert [request.url for request in asked if not any(pattern.match(request.path) for pattern in needed)] == []
