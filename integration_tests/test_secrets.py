"""Nothing that a read prints gives a secret away, and nothing but its records tells of people."""

from __future__ import annotations

import base64
import json
import re
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest

from integration_tests.faulty import at_once, repeated, sync
from integration_tests.sandbox import TABLES, AccountShape, Fault, Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from integration_tests.connector import Output

SHAPE = AccountShape(users=8, big_lists=0)
EMAIL = "someone.private@example.org"
FAULTS = (
    Fault("token_expired_401", "^/v2/", at=(40,)),
    Fault("token_expired_400", "^/v2/", at=(200,)),
    Fault("page_token_expired", r"^/v2/users\?.*next_page_token=", first=1),
    Fault("redirect", "/panelists", first=1, location=f"https://example.com/?email={EMAIL}"),
    Fault("vanish", r"^/v2/webinars/\d+/registrants/questions", first=1, message=f"Webinar does not exist: {EMAIL}."),
    Fault("answer", r"^/v2/webinars/\d+/polls", status=400, code=9999, message=f"Bad host <{EMAIL}>: {EMAIL}"),
    Fault("answer", r"^/v2/report/meetings/[^/]+$", first=1, body={"id": "no number", "user_email": EMAIL, "topic": 7}),
    Fault("answer", r"^/v2/meetings/\d+/polls", body={"polls": [EMAIL]}),
    Fault("daily_429", "/absentees", at=(4, 5, 6, 7)),
    Fault("waf_403", "/qa$", first=1),
    Fault("status_500", "^/v2/", rate=0.01),
    Fault("status_502_html", "^/v2/", rate=0.01),
    Fault("reset", "^/v2/", rate=0.01),
    Fault("cut", "^/v2/", rate=0.01),
    Fault("invalid_json", "^/v2/", rate=0.01),
)
# Columns that tell of a person, or that people have written.
PERSONAL = frozenset(
    {"address", "answer", "city", "comments", "custom_attributes", "display_name", "email", "first_name", "host_email"}
    | {"host_name", "join_url", "last_name", "name", "org", "phone", "presenter_name", "question", "topic"}
    | {"registrants_email", "user_email", "user_name"}
)


def tells(text: str) -> bool:
    """Whether it cannot stand in a message by chance, as short texts and numbers can."""
    return len(text) >= 6 and not text.isdigit()


@dataclass
class Case:
    """One read and everything that it must not tell."""

    login: str
    output: Output
    secrets: set[str]
    people: set[str]
    requests: int


def people_of(zoom: Sandbox) -> set[str]:
    """Every text in a personal column of any record that the account owes."""
    found: set[str] = {EMAIL}

    def collect(value: Any, column: str) -> None:
        if isinstance(value, dict):
            for name, item in value.items():
                collect(item, name)
        elif isinstance(value, list):
            for item in value:
                collect(item, column)
        elif isinstance(value, str) and (column in PERSONAL or "@" in value) and tells(value):
            found.add(value)

    for table in TABLES:
        for record in zoom.truth(table):
            collect(record, "")
    return found


@contextmanager
def tokens_of(zoom: Sandbox) -> Iterator[set[str]]:
    """Every token that Zoom issues meanwhile."""
    issue = zoom.oauth.issue
    found: set[str] = set()

    def remember(host: str, authorization: str, fields: dict[str, str]) -> dict[str, Any]:
        found.update((authorization, authorization.removeprefix("Basic ")))
        body = issue(host, authorization, fields)
        found.update(value for name, value in body.items() if name.endswith("_token"))
        return body

    with patch.object(zoom.oauth, "issue", remember):
        yield found


@pytest.fixture(scope="module")
def cases(catalog: dict[str, Any]) -> dict[str, Case]:
    def read(login: str, debug: bool) -> Case:
        with Sandbox(SHAPE, faults=FAULTS, users_page_cap=3) as zoom, tokens_of(zoom) as secrets:
            app = zoom.credentials if login == "server_to_server" else zoom.oauth_credentials
            secrets.update(app.values())
            form = {"credentials": {"auth_type": login, **app}, "account_plan": "business"}
            output = sync(zoom, catalog, form=form, debug=debug)
            return Case(login, output, secrets, people_of(zoom), sum(repeated(zoom).values()))

    names = {
        f"{login}{' --debug' * debug}": partial(read, login, debug)
        for login in ("server_to_server", "oauth2.0")
        for debug in (False, True)
    }
    return at_once(names)


@pytest.fixture(params=["server_to_server", "server_to_server --debug", "oauth2.0", "oauth2.0 --debug"])
def case(request: pytest.FixtureRequest, cases: dict[str, Case]) -> Case:
    return cases[request.param]


def test_faults_have_happened(case: Case) -> None:
    """Otherwise the other tests would look at messages of a read without trouble."""
    assert case.output.exit_code == 1
    assert case.requests > 10
    assert len(case.secrets) >= 7
    assert len(case.people) > 300
    failed = {table for table, statuses in case.output.statuses.items() if statuses[-1] == "INCOMPLETE"}
    assert failed >= {"webinar_polls", "meeting_polls", "webinar_absentees"}
    assert any("HTTP 502 with an HTML page" in line for line in case.output.logs)


def test_no_secret_anywhere(case: Case) -> None:
    # Records have Zoom's own column account_id; everywhere else the account id is a setting.
    lines = [
        re.sub('"account_id":"[^"]*"', "", line) if line.startswith('{"type":"RECORD"') else line
        for line in case.output.lines
        if '"type":"CONTROL"' not in line
    ]
    assert [line[:300] for line in lines if any(secret in line for secret in case.secrets)] == []
    assert [line[:300] for line in lines if "Authorization" in line or "Bearer " in line] == []


def test_new_tokens_are_told_to_the_platform_only_in_the_settings(case: Case) -> None:
    controls = case.output.of_type("CONTROL")
    # Refresh tokens rotate with each of three logins; a Server-to-Server app has none.
    assert len(controls) == (3 if case.login == "oauth2.0" else 0)
    for message in controls:
        control = message["control"]
        form = control["connectorConfig"].pop("config")
        assert form["credentials"]["refresh_token"] in case.secrets
        assert not any(secret in json.dumps(message) for secret in case.secrets)


def test_no_basic_header_anywhere(case: Case) -> None:
    ids = [secret for secret in case.secrets if len(secret) in (22, 32)]
    assert {len(identifier) for identifier in ids} == {22, 32}
    headers = [base64.b64encode(f"{one}:{other}".encode()).decode() for one in ids for other in ids]
    assert [line[:300] for line in case.output.lines if any(header in line for header in headers)] == []


def test_nobody_is_told_of_outside_of_records(case: Case) -> None:
    lines = [line for line in case.output.lines if '"type":"RECORD"' not in line]
    told = [(text, line[:300]) for line in lines for text in case.people if text in line]
    assert told == []
