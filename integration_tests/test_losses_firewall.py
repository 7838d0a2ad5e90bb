"""A web firewall, and endpoints that Zoom has shut down: what they keep from a table is named."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from integration_tests.faulty import PLAIN, asked, assert_failed, assert_true, assert_whole, met, skips, sync
from integration_tests.losses import assert_nothing_is_lost_in_silence, missing
from integration_tests.sandbox import Fault, Sandbox, path_of

if TYPE_CHECKING:
    from integration_tests.connector import Output

FIREWALL = "a web firewall refused the URL"
REPORTS = r"^/v2/report/meetings/[^/]+$"
# Enough past meetings that one of them is less than 1 %.
MANY = replace(PLAIN, users=5, webinar_share=0, meetings_per_user=10, recurring_share=1, occurrences_per_recurring=3)
SENTENCE = "a firewall in front of Zoom refuses this machine"
FILES = ["meeting_files", "webinar_files"]


@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.95])
def test_firewall_that_refuses_a_share_of_a_table_fails_it(catalog: dict[str, Any], share: float) -> None:
    with Sandbox(MANY, faults=[Fault("waf_403", REPORTS, rate=share, lasting=True)]) as zoom:
        output = sync(zoom, catalog, ["report_meetings", "meetings"])
        assert missing(output, zoom, "report_meetings")
        assert_failed(output, zoom, ["report_meetings"], ["meetings"], "config_error", SENTENCE, "allow list")
        assert_nothing_is_lost_in_silence(output, zoom, ["report_meetings", "meetings"])


def test_firewall_that_refuses_some_lists_of_users_fails_the_tables_below(catalog: dict[str, Any]) -> None:
    with Sandbox(MANY, faults=[Fault("waf_403", r"^/v2/users/[^/]+/meetings", rate=0.4, lasting=True)]) as zoom:
        below = ["meetings", "meeting_polls", "report_meetings"]
        output = sync(zoom, catalog, [*below, "users"])
        assert_failed(output, zoom, below, ["users"], "config_error", SENTENCE)
        # The other lists are read, and what they show.
        assert output.records["meetings"]
        assert_nothing_is_lost_in_silence(output, zoom, [*below, "users"])


@pytest.mark.parametrize("path", ["/history_meetings", r"/past_meetings/\d+/instances"])
def test_firewall_on_a_list_of_past_meetings_fails_the_tables_below(catalog: dict[str, Any], path: str) -> None:
    with Sandbox(MANY, faults=[Fault("waf_403", path, rate=0.2, lasting=True)]) as zoom:
        output = sync(zoom, catalog, ["report_meetings", "meetings"])
        assert met(zoom)
        assert_failed(output, zoom, ["report_meetings"], ["meetings"], "config_error", SENTENCE)


def test_firewall_that_passes_costs_no_row(catalog: dict[str, Any]) -> None:
    with Sandbox(PLAIN, faults=[Fault("waf_403", REPORTS, tries=3)]) as zoom:
        output = sync(zoom, catalog, ["report_meetings"])
        assert_whole(output, zoom, ["report_meetings"])
        assert set(met(zoom).values()) == {3}


def test_single_url_that_a_firewall_refuses_is_a_warning(catalog: dict[str, Any]) -> None:
    with Sandbox(MANY) as zoom:
        victim = zoom.occurrences()[7]
        zoom.faults.add(Fault("waf_403", "^/v2/report/meetings" + path_of(victim.uuid)))
        output = sync(zoom, catalog, ["report_meetings", "meeting_poll_results"])
        assert output.exit_code == 0, output.tail()
        assert zoom.owed("report_meetings") > 100
        (line,) = [line for line in output.logs if FIREWALL in line]
        assert re.fullmatch(
            rf"WARN Skipped 1: .* \(report_meetings 1; for example {victim.meeting.id} {re.escape(victim.uuid)}\)", line
        )
        assert [row["meeting_uuid"] for row in missing(output, zoom, "report_meetings")] == [victim.uuid]
        assert_true(output, zoom, ["meeting_poll_results"])
        # It was sent four times, with a pause before each.
        assert list(met(zoom).values()) == [4]
        assert_nothing_is_lost_in_silence(output, zoom, ["report_meetings"])


# Endpoints that Zoom has shut down


def sees(output: Output, table: str) -> list[str]:
    return [line for line in output.logs if line.startswith(f"WARN {table} stays empty")]


@pytest.mark.parametrize("files", ["html_403", "html_404", "html_410", "html_501", "unrecognized", "forbidden"])
def test_endpoint_that_is_shut_down_is_an_empty_table(catalog: dict[str, Any], files: str) -> None:
    with Sandbox(PLAIN, files=files) as zoom:
        output = sync(zoom, catalog, [*FILES, "meetings"])
        assert_whole(output, zoom, [*FILES, "meetings"])
        for table in FILES:
            assert len(sees(output, table)) == 1
            # At least three meetings must say so.
            assert len(asked(zoom, f"/past_{table.removesuffix('_files')}s/[^/]+/files")) >= 3


DEAD: dict[str, dict[str, Any]] = {
    "forbidden": {"kind": "answer", "status": 403, "code": 403, "message": "Forbidden"},
    "unknown": {"kind": "answer", "status": 404, "code": 2300, "message": "This API endpoint is not recognized."},
    "a scope": {
        "kind": "answer",
        "status": 400,
        "code": 4711,
        "message": "Invalid access token, does not contain scopes.",
    },
    "a web page": {"kind": "answer", "status": 404, "text": "<html></html>"},
}


@pytest.mark.parametrize("name", DEAD)
def test_one_meeting_that_looks_shut_down_does_not_empty_the_table(catalog: dict[str, Any], name: str) -> None:
    with Sandbox(MANY) as zoom:
        victim = zoom.occurrences()[20]
        zoom.faults.add(Fault(path="^/v2/past_meetings" + path_of(victim.uuid) + "/files", **DEAD[name]))
        output = sync(zoom, catalog, ["meeting_files"], num_workers=1)
        assert output.statuses["meeting_files"][-1] == "INCOMPLETE"
        assert sees(output, "meeting_files") == []
        assert output.records["meeting_files"]
        assert_nothing_is_lost_in_silence(output, zoom, ["meeting_files"])


def test_single_files_that_look_shut_down_at_first_are_named(catalog: dict[str, Any]) -> None:
    """Two of the first meetings answer so, then the endpoint turns out to serve."""
    fault = Fault("answer", "/files$", first=2, status=404, code=2300, message="This API endpoint is not recognized.")
    with Sandbox(PLAIN, faults=[fault]) as zoom:
        output = sync(zoom, catalog, ["meeting_files"], num_workers=1)
        assert output.statuses["meeting_files"][-1] == "INCOMPLETE"
        assert skips(output)["meeting_files", "Zoom does not serve the deprecated endpoint"] == 2
        assert_nothing_is_lost_in_silence(output, zoom, ["meeting_files"])
