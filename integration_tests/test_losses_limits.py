"""Limits that never end, and limits that others use up: a table that cannot be read says so in time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from integration_tests.faulty import PLAIN, assert_true, assert_whole, sync
from integration_tests.losses import assert_told, failure_of, is_complete
from integration_tests.sandbox import Fault, OtherApp, Sandbox

SMALL = replace(PLAIN, users=2, webinar_share=0, meetings_per_user=3)


def test_daily_limit_with_a_moment_in_the_past_closes_its_label(catalog: dict[str, Any]) -> None:
    """The machine's clock is fast, or the header is stale: once the moment has passed, the label is tried once."""
    fault = Fault("daily_429", r"^/v2/report/meetings/", seconds=-180)
    with Sandbox(SMALL, faults=[fault]) as zoom:
        output = sync(zoom, catalog, ["report_meetings", "meetings"])
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
