"""Windows: from and to of a request, as dates or moments, held against what Zoom allows."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from ..draw import DAY, midnight, months_back
from ..errors import ZoomError, invalid_parameter

if TYPE_CHECKING:
    from .finding import Query


def day_window(query: Query, today: date, *, months_kept: int | None = None, needed: bool = False) -> tuple[date, date]:
    """The first and last day asked for: a month at most. Without `from`, unless that is needed, only today."""
    if "from" not in query and not needed:
        return today, today
    first = _day(query, "from")
    last = _day(query, "to") if "to" in query or needed else today
    _check_length(first, last)
    if months_kept is not None and first < months_back(today, months_kept):
        raise ZoomError(400, 300, f"Invalid parameter: from. You can query only the last {months_kept} months.")
    return first, last


def moment_window(query: Query, today: date) -> tuple[float, float]:
    """Unix seconds from and to before which; plain dates mean whole days. Without `from` only today."""
    if "from" not in query:
        return midnight(today), midnight(today) + DAY
    low = _moment(query, "from", end=False)
    high = _moment(query, "to", end=True) if "to" in query else float(midnight(today) + DAY)
    _check_length(_date_of(low), _date_of(high - 1))
    return low, high


def _check_length(first: date, last: date) -> None:
    if not first <= last <= months_back(first, -1):
        invalid_parameter("to")


def _day(query: Query, name: str) -> date:
    try:
        return date.fromisoformat(query.get(name, ""))
    except ValueError:
        invalid_parameter(name)


def _moment(query: Query, name: str, *, end: bool) -> float:
    text = query[name]
    if len(text) == 10:
        return float(midnight(_day(query, name) + timedelta(days=end)))
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        invalid_parameter(name)
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()


def _date_of(seconds: float) -> date:
    return datetime.fromtimestamp(seconds, timezone.utc).date()
