"""How a sync used Zoom's limits, from the log of its requests."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from benchmarks.needless import Needless, Request, find, is_answer
from integration_tests.sandbox import HEAVY, LIGHT, MEDIUM

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from benchmarks.scenario import Scenario
    from integration_tests.sandbox.account import Account

LABELS = (LIGHT, MEDIUM, HEAVY)


@dataclass
class Usage:
    """One label's requests. Seconds are whole ones of the clock, by which Zoom counts."""

    label: str
    limit: int
    requests: int = 0
    distinct: int = 0
    repeated: int = 0
    refused: int = 0
    needless: int = 0
    first: float = 0.0
    last: float = 0.0
    answered_per_second: Counter[int] = field(default_factory=Counter)
    refused_per_second: Counter[int] = field(default_factory=Counter)

    @property
    def least_seconds(self) -> float:
        """The time that the limit needs for these requests, 429s left out; never nothing."""
        return max(self.requests - self.refused, 1) / self.limit

    @property
    def share_in_use(self) -> float:
        """Of what the limit allows between the first request and the last."""
        return self.least_seconds / max(self.last - self.first, 1.0)


@dataclass
class Report:
    """What the log of one sync says. `errors` counts what was neither good nor a 429, by endpoint, status and code."""

    usages: dict[str, Usage]
    needless: Needless
    errors: Counter[str]
    logins: int
    first_request: float

    @property
    def requests(self) -> int:
        return sum(usage.requests for usage in self.usages.values())

    @property
    def refused(self) -> int:
        return sum(usage.refused for usage in self.usages.values())

    @property
    def bound(self) -> Usage:
        """The label whose limit no sync with these requests can beat."""
        return max(self.usages.values(), key=lambda usage: usage.least_seconds)


def of_log(log: Sequence[Request], scenario: Scenario, account: Account) -> Report:
    """The log is in the order of arrival."""
    needless = find(log, scenario.tables, account)
    usages: dict[str, Usage] = {label: Usage(label, scenario.limits[label]) for label in LABELS}
    urls: Mapping[str, Counter[str]] = {label: Counter() for label in LABELS}
    errors: Counter[str] = Counter()
    for request in log:
        label = request["label"]
        if label is None:
            continue
        usage = usages[label]
        usage.requests += 1
        usage.first = usage.first or request["started"]
        usage.last = request["started"]
        second = int(request["started"])
        if request["status"] == 429:
            usage.refused += 1
            usage.refused_per_second[second] += 1
            continue
        usage.answered_per_second[second] += 1
        if is_answer(request):
            urls[label][request["url"]] += 1
        if request["status"] != 200 or request["code"] is not None:
            errors[f"{_endpoint(request['url'])} {request['status']}/{request['code']}"] += 1
    for requests in needless.reasons.values():
        for request in requests:
            usages[request["label"]].needless += 1
    for label, counts in urls.items():
        usages[label].distinct = len(counts)
        usages[label].repeated = counts.total() - len(counts)
    logins = sum(request["label"] is None for request in log)
    return Report(usages, needless, errors, logins, log[0]["started"] if log else 0.0)


def _endpoint(url: str) -> str:
    """The path with a star for its id."""
    parts = url.partition("?")[0].removeprefix("/v2/").split("/")
    at = 2 if parts[0] == "report" else 1
    return "/".join([*parts[:at], *("*" for _ in parts[at : at + 1]), *parts[at + 1 :]])
