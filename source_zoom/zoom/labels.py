"""Zoom's rate limit labels: https://developers.zoom.us/docs/api/rate-limits/."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from source_zoom.base.config import KnownPlan


class Label(str, Enum):
    """Zoom's name for the weight of an endpoint."""

    LIGHT = "light"
    MEDIUM = "medium"
    HEAVY = "heavy"


# The plans by their limits, lowest first.
PLANS: tuple[KnownPlan, ...] = ("free", "pro", "business")

# Requests a second that Zoom grants an account, over all apps together.
REQUESTS_PER_SECOND: Mapping[KnownPlan, Mapping[Label, float]] = {
    "free": {Label.LIGHT: 4, Label.MEDIUM: 2, Label.HEAVY: 1},
    "pro": {Label.LIGHT: 30, Label.MEDIUM: 20, Label.HEAVY: 10},
    "business": {Label.LIGHT: 80, Label.MEDIUM: 60, Label.HEAVY: 40},
}
# Requests a day: Free limits every label, the paid plans only the heavy one.
REQUESTS_PER_DAY: Mapping[KnownPlan, Mapping[Label, int]] = {
    "free": {Label.LIGHT: 6000, Label.MEDIUM: 2000, Label.HEAVY: 1000},
    "pro": {Label.HEAVY: 30_000},
    "business": {Label.HEAVY: 60_000},
}
