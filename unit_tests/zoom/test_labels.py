"""labels.py: the limits that Zoom documents for each label and plan."""

from __future__ import annotations

from source_zoom.zoom.labels import REQUESTS_PER_DAY, REQUESTS_PER_SECOND, Label


def test_every_plan_has_a_limit_for_every_label() -> None:
    assert {plan: set(limits) for plan, limits in REQUESTS_PER_SECOND.items()} == {
        plan: set(Label) for plan in ("free", "pro", "business")
    }


def test_limits_of_a_day_are_those_that_zoom_documents() -> None:
    assert {plan: set(limits) for plan, limits in REQUESTS_PER_DAY.items()} == {
        "free": set(Label),
        "pro": {Label.HEAVY},
        "business": {Label.HEAVY},
    }
