"""Faults of the network and of Zoom's servers that pass: each costs one more request and no record."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from integration_tests.faulty import PLAIN, asked, assert_whole, met, repeated, sent_again, sync
from integration_tests.sandbox import TABLES, Fault, FaultKind, Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from integration_tests.connector import Output

# Behind a proxy, urllib3 gives every connection that breaks this name.
BROKEN = "ProxyError"
# Kind of fault: (a request of such a path meets it, what the log calls the cause).
PASSING: dict[FaultKind, tuple[str, str]] = {
    "reset": (r"^/v2/users\?", BROKEN),
    "lost_answer": (r"^/v2/users/[^/]+/meetings", BROKEN),
    "cut": (r"^/v2/report/history_meetings", "ChunkedEncodingError"),
    "invalid_json": (r"^/v2/meetings/\d+\?", "HTTP 200 with a body that is no JSON object"),
    "empty_body": (r"^/v2/meetings/\d+/polls", "HTTP 200 with a body that is no JSON object"),
    "answer": (r"^/v2/webinars/\d+\?", "HTTP 200 with a body that is no JSON object"),
    "html_200": (r"^/v2/report/webinars/[^/]+$", "HTTP 200 with an HTML page"),
    "status_500": (r"^/v2/past_meetings/[^/]+/instances", "HTTP 500"),
    "status_502_html": (r"^/v2/meetings/\d+/registrants\?", "HTTP 502 with an HTML page"),
    "status_503": (r"/qa$", "HTTP 503"),
    "status_504": (r"/panelists$", "HTTP 504 with a body that is no JSON object"),
}
# Kinds that only take their time.
LATE: dict[FaultKind, str] = {"slow": r"^/v2/users/[^/]+/webinars", "drip": r"^/v2/report/meetings/[^/]+/participants"}


def granted(zoom: Sandbox) -> set[str]:
    """URLs that Zoom has answered well. How many it refuses depends on which refusal tells of the others first."""
    return {request.url for request in zoom.requests if request.status == 200 and request.path.startswith("/v2/")}


@pytest.fixture(scope="module")
def undisturbed(catalog: dict[str, Any]) -> set[str]:
    """URLs that were answered well in a read on which nothing goes wrong."""
    with Sandbox(PLAIN) as zoom:
        assert_whole(sync(zoom, catalog), zoom, TABLES)
        assert not repeated(zoom)
        return granted(zoom)


def one_of(urls: set[str], pattern: str) -> str:
    """A pattern of one path that Zoom answers well: which request of several is first differs from read to read."""
    path, _, query = min(url for url in urls if re.search(pattern, url)).partition("?")
    return f"^{re.escape(path)}" + (r"\?" if query else "$")


@pytest.fixture(scope="module")
def disturbed(catalog: dict[str, Any], undisturbed: set[str]) -> Iterator[tuple[Sandbox, Output]]:
    """One read of all tables, on which each kind of fault happens once."""
    faults = [
        Fault(kind, one_of(undisturbed, path), first=1, body=["no object"]) for kind, (path, _) in PASSING.items()
    ]
    faults += [Fault(kind, one_of(undisturbed, path), first=1, seconds=1.5) for kind, path in LATE.items()]
    with Sandbox(PLAIN, faults=faults) as zoom:
        yield zoom, sync(zoom, catalog)


@pytest.mark.parametrize("kind", PASSING)
def test_request_is_sent_once_more(disturbed: tuple[Sandbox, Output], kind: str) -> None:
    zoom, _ = disturbed
    (url,) = met(zoom, kind)
    tries = [request for request in zoom.requests if request.url == url]
    assert [request.fault for request in tries] == [kind, None]
    assert tries[-1].status == 200


@pytest.mark.parametrize("kind", LATE)
def test_late_answer_is_waited_for(disturbed: tuple[Sandbox, Output], kind: str) -> None:
    zoom, _ = disturbed
    (url,) = met(zoom, kind)
    assert [(request.fault, request.status) for request in zoom.requests if request.url == url] == [(kind, 200)]


def test_records_are_the_truth_and_nothing_else_is_asked(
    disturbed: tuple[Sandbox, Output], undisturbed: set[str]
) -> None:
    zoom, output = disturbed
    assert_whole(output, zoom, TABLES)
    assert granted(zoom) == undisturbed
    assert repeated(zoom) == met(zoom, *PASSING)


def test_log_tells_each_cause_with_its_count(disturbed: tuple[Sandbox, Output]) -> None:
    _, output = disturbed
    assert sent_again(output) == Counter(cause for _, cause in PASSING.values())
    assert [line for line in output.logs if line.startswith(("WARN", "ERROR", "FATAL"))] == []


def test_token_endpoint_that_recovers(catalog: dict[str, Any]) -> None:
    with Sandbox(PLAIN, faults=[Fault("status_503", "^/oauth/token", first=2)]) as zoom:
        assert_whole(sync(zoom, catalog, ["users"]), zoom, ["users"])
        assert [request.status for request in zoom.requests if request.path == "/oauth/token"] == [503, 503, 200]


def test_fault_on_every_page_of_a_list(catalog: dict[str, Any]) -> None:
    faults = [Fault("cut", r"^/v2/users\?", tries=1), Fault("status_500", "/registrants", tries=1)]
    with Sandbox(PLAIN, faults=faults, users_page_cap=2) as zoom:
        tables = ["users", "webinar_registrants"]
        assert_whole(sync(zoom, catalog, tables), zoom, tables)
        assert len(asked(zoom, "^/v2/users$")) == 4
        assert repeated(zoom) == met(zoom)
