"""Limits that never end, and limits that others use up: a table that cannot be read says so in time."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from integration_tests.faulty import PLAIN, assert_true, assert_whole, sync
from integration_tests.losses import assert_told, failure_of, is_complete
from integration_tests.sandbox import Fault, OtherApp, Sandbox

if TYPE_CHECKING:
    from integration_tests.sandbox import FaultKind

pytestmark = pytest.mark.long

SMALL = replace(PLAIN, users=2, webinar_share=0, meetings_per_user=3)


def test_daily_limit_with_a_moment_in_the_past_closes_its_label(catalog: dict[str, Any]) -> None:
    """The machine's clock is fast, or the header is stale: once the moment has passed, the label is tried once."""
    fault = Fault("daily_429", r"^/v2/report/meetings/", seconds=-180)
    with Sandbox(SMALL, faults=[fault]) as zoom:
        output = sync(zoom, catalog, ["report_meetings", "meetings"], patience=5)
        assert_true(output, zoom, ["meetings"])
        assert_told(output, zoom, ["report_meetings"])
        assert not is_complete(output, "report_meetings")
        assert "Zoom's daily limit for heavy API requests is used up" in failure_of(output, "report_meetings")
        assert sum(request.status == 429 for request in zoom.requests) < 15


def test_daily_limit_that_is_over_by_its_own_word_is_tried_again(catalog: dict[str, Any]) -> None:
    fault = Fault("daily_429", r"^/v2/report/meetings/", first=1, seconds=-180)
    with Sandbox(SMALL, faults=[fault]) as zoom:
        assert_whole(sync(zoom, catalog, ["report_meetings"]), zoom, ["report_meetings"])


def test_gives_way_to_another_app_on_the_same_limits(catalog: dict[str, Any]) -> None:
    shape = replace(PLAIN, users=2, webinar_share=0, meetings_per_user=8, occurrences_per_recurring=12)
    other = OtherApp("Heavy", per_second=6)
    with Sandbox(shape, plan="pro", limit_window="sliding", other_apps=[other]) as zoom:
        output = sync(zoom, catalog, ["report_meetings"], account_plan="pro")
        assert_whole(output, zoom, ["report_meetings"])
        heavy = [request.status for request in zoom.requests if request.label == "Heavy"]
        assert len(heavy) > 50
        assert heavy.count(429) / len(heavy) < 0.35


@pytest.mark.parametrize("retry_after", ["2020-01-01T00:00:00Z", "later", "3600", ""])
def test_daily_limit_whose_end_is_stale_or_unreadable(catalog: dict[str, Any], retry_after: str) -> None:
    fault = Fault("daily_429", r"^/v2/report/meetings/", retry_after=retry_after)
    with Sandbox(SMALL, faults=[fault]) as zoom:
        output = sync(zoom, catalog, ["report_meetings", "meetings"], patience=5)
        assert_true(output, zoom, ["meetings"])
        assert_told(output, zoom, ["report_meetings"])
        assert "Zoom answers again after its daily reset" in failure_of(output, "report_meetings")
        assert sum(request.status == 429 for request in zoom.requests) < 15


def test_end_of_a_daily_limit_is_named_in_utc(catalog: dict[str, Any]) -> None:
    fault = Fault("daily_429", r"^/v2/report/meetings/", retry_after="2999-11-25T02:00:00+02:00")
    with Sandbox(SMALL, faults=[fault]) as zoom:
        output = sync(zoom, catalog, ["report_meetings"])
        assert "Zoom answers again at 2999-11-25 00:00 UTC" in failure_of(output, "report_meetings")


@pytest.mark.parametrize("kind", ["qps_429", "answer"])
def test_limit_of_a_second_without_an_end_ends_its_tables(catalog: dict[str, Any], kind: FaultKind) -> None:
    """Zoom's own 429, and the web page of a server in front of it. Other labels go on."""
    fault = Fault(
        kind, r"^/v2/report/meetings/", status=429, text="<html>error 1015: you are being rate limited</html>"
    )
    with Sandbox(SMALL, faults=[fault]) as zoom:
        output = sync(zoom, catalog, ["report_meetings", "meetings"], patience=5)
        assert_true(output, zoom, ["meetings"])
        assert_told(output, zoom, ["report_meetings"])
        assert "Zoom has refused every heavy API request for " in failure_of(output, "report_meetings")
        assert sum(request.status == 429 for request in zoom.requests) >= 10
