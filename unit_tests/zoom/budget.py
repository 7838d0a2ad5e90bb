"""A client of the request budget in few lines, and the two bodies of Zoom's 429."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from requests.structures import CaseInsensitiveDict

from source_zoom.zoom.labels import Label
from source_zoom.zoom.rate_limits import RequestBudget
from unit_tests.conftest import Clock

if TYPE_CHECKING:
    from collections.abc import Mapping

    from source_zoom.base.config import AccountPlan

HEAVY, MEDIUM, LIGHT = Label.HEAVY, Label.MEDIUM, Label.LIGHT
PER_SECOND = b'{"code":429,"message":"You have reached the maximum per-second rate limit for this API."}'
DAILY = b'{"code":429,"message":"You have reached the maximum daily rate limit for this API. Refer to the header."}'


def headers(**named: str) -> Mapping[str, str]:
    return CaseInsensitiveDict({name.replace("_", "-"): value for name, value in named.items()})


class Account:
    """Sends requests through a budget one after the other; each is answered after 0.1 s."""

    def __init__(self, plan: AccountPlan = "pro", share: int = 100) -> None:
        self.clock = Clock()
        self.budget = RequestBudget(plan, share, clock=self.clock.monotonic, sleep=self.clock.sleep)

    def send(self, label: Label, times: int = 1) -> list[float]:
        """Moments at which so many requests leave, without answers."""
        return [self.budget.acquire(label) for _ in range(times)]

    def settle(self, label: Label) -> None:
        """Past the ramp."""
        self.send(label)
        self.clock.sleep(10)
        self.send(label, 2)

    def rate(self, label: Label, times: int = 200) -> float:
        """Requests a second at full pace."""
        self.settle(label)
        moments = self.send(label, times)
        return (times - 1) / (moments[-1] - moments[0])

    def answer(self, label: Label, **named: str) -> None:
        self.budget.answered(label, headers(**named), self.clock.monotonic() - 0.1)

    def refuse(self, label: Label, body: bytes = PER_SECOND, *, sent: float | None = None, **named: Any) -> None:
        self.budget.refused(label, headers(**named), body, self.clock.monotonic() if sent is None else sent)

    def use(self, label: Label, seconds: float, limit: float, **named: str) -> int:
        """Send as fast as the budget allows to a Zoom that counts by the clock's second; how many it refused."""
        until, second, used, refused = self.clock.monotonic() + seconds, 0, 0, 0
        while self.clock.monotonic() < until:
            sent = self.budget.acquire(label)
            if int(sent) != second:
                second, used = int(sent), 0
            used += 1
            if used > limit:
                refused += 1
                self.budget.refused(label, headers(**named), PER_SECOND, sent)
            else:
                self.budget.answered(label, headers(**named), sent)
        return refused
