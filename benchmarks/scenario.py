"""What is measured: an account, how its Zoom behaves, and how the connector is set."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from integration_tests.sandbox import TABLES, AccountShape
from integration_tests.sandbox.limits import PLANS, Plan, Window

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


# Seconds after the connector's start at which another app begins and ends, where there is one.
OTHER_APP_BEGINS, OTHER_APP_ENDS = 12, 32


@dataclass(frozen=True)
class Scenario:
    """One sync to measure. `latency` and `jitter` are seconds that Zoom takes for an answer, and its spread."""

    name: str
    shape: Mapping[str, float | bool] = field(default_factory=dict)
    """Fields of AccountShape that differ from its defaults."""
    plan: Plan = "business"
    latency: float = 0.125
    jitter: float = 0.025
    tables: tuple[str, ...] = TABLES
    workers: int | None = None
    """num_workers of the form; None leaves the choice to the connector."""
    window: Window = "fixed"
    """How Zoom counts: by the clock's second, or in any second's span."""
    setting: str = ""
    """account_plan of the form; empty for the account's plan."""
    other_app: float = 0.0
    """Share of every limit that another app takes for a while."""
    package: Path | None = None
    """A folder with another version of source_zoom to measure; None for this one."""

    @property
    def other_apps(self) -> list[dict[str, object]]:
        """As the simulated Zoom wants them: one a label."""
        if not self.other_app:
            return []
        times = {"since": OTHER_APP_BEGINS, "until": OTHER_APP_ENDS}
        return [{"label": label, "per_second": self.other_app * limit, **times} for label, limit in self.limits.items()]

    @property
    def limits(self) -> Mapping[str, int]:
        """Requests a second that the account's plan allows, by label."""
        return {str(label): limit for label, limit in PLANS[self.plan].per_second.items()}

    def account(self) -> AccountShape:
        return AccountShape(**self.shape)  # type: ignore[arg-type]

    def __str__(self) -> str:
        account = self.account()
        tables = "all tables" if self.tables == TABLES else _count(len(self.tables), "table")
        workers = "" if self.workers is None else f", {_count(self.workers, 'worker')}"
        answers = f"answers after {self.latency * 1000:.0f} ± {self.jitter * 1000:.0f} ms"
        if not self.latency:
            answers = "answers at once"
        parts = [_count(account.users, "user"), f"plan {self.plan}", answers, tables]
        if self.setting:
            parts.append(f"set to {self.setting}")
        if self.window == "sliding":
            parts.append("limits on any second's span")
        if self.other_app:
            parts.append(f"another app takes {self.other_app:.0%} for {OTHER_APP_ENDS - OTHER_APP_BEGINS} s")
        if self.package:
            parts.append("the other version")
        return ", ".join(parts) + workers


def of_users(users: int, base: Scenario) -> Scenario:
    """The account that the simulation takes for ordinary, in this size."""
    parts = [base.plan, _count(users, "user")]
    if base.tables != TABLES:
        parts.append(_count(len(base.tables), "table"))
    if base.workers is not None:
        parts.append(_count(base.workers, "worker"))
    if (base.latency, base.jitter) != (Scenario.latency, Scenario.jitter):
        parts.append(f"{base.latency * 1000:.0f}ms")
    parts += [base.setting] if base.setting else []
    parts += ["sliding"] if base.window == "sliding" else []
    parts += ["other-app"] if base.other_app else []
    parts += ["other-version"] if base.package else []
    name = "-".join(parts).replace(" ", "-").replace(",", "")
    return replace(base, name=name, shape={**base.shape, "users": users})


def of_many_parents(parents: int) -> Scenario:
    """About so many meetings, webinars and occurrences known at once, ten records each, in as little time as may be.

    Every parent is asked for once, and the three tables share them out over the three labels in the proportion of
    their limits, so that 100,000 parents take 13 minutes and not an hour: meetings (light), panelists of webinars
    (medium), and participants of the meetings that took place (heavy). All meetings and webinars are listed 300 a
    page; none recurs, because the occurrences of a recurring one would cost a request of their own to be found.
    """
    users = max(1, parents // 1000)
    return Scenario(
        f"memory-{parents}-parents",
        shape={
            "users": users,
            "inactive_users": 0,
            "pending_users": 0,
            "basic_share": 0.0,
            "webinar_share": 1.0,
            "recurring_share": 0.0,
            "occurrences_per_recurring": 0.0,
            # A meeting that takes place once has one occurrence on average, so these are 286 parents twice.
            "meetings_per_user": parents * 0.286 / users,
            "unlisted_per_user": 0.0,
            "webinars_per_user": parents * 0.428 / users,
            "unlisted_webinars_per_user": 0.0,
            "participants": 30,
            "panelists": 3,
            "big_lists": 0,
            "special_cases": False,
        },
        latency=0.0,
        jitter=0.0,
        tables=("meetings", "report_meeting_participants", "webinar_panelists"),
    )


def of_large_pages(base: Scenario) -> Scenario:
    """Few requests with many records: lists of 600 people on average, 300 a page, so that records are what costs."""
    shape = {"users": 20, "registrants": 600, "participants": 600, "big_lists": 0, "special_cases": False}
    tables = ("meeting_registrants", "report_meeting_participants")
    return replace(base, name=f"{base.plan}-large-pages", shape=shape, tables=tables)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
