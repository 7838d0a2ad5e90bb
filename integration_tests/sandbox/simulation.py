"""Simulation: a simulated account with everything but its sockets, and what can be done to it while it runs."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from .account import Account
from .clock import Clock
from .endpoints import Endpoints
from .faults import Fault, Faults
from .growth import Event, Growth
from .knobs import Knobs
from .limits import Plan, RateLimits, Window
from .oauth import OAuth
from .other_apps import OtherApp, Traffic
from .paging import PageTokens
from .shape import AccountShape
from .site import Site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from .entities import Occurrence
    from .routes import Label


class Simulation:
    """Keyword arguments beyond the named ones are the fields of Knobs.

    `latency` and `latency_jitter` are seconds an answer waits, `plan` and the limits are enforced, `other_apps` use
    them too, `faults` go wrong, `growth` goes on while the clock does.

    The account's clock runs with the machine's. It is set apart by one of: `today`, another date; `now`, another
    moment; `behind_days`, so many days before the machine's. `clock` is one of your own, which a client in the same
    process can share: then moments in headers are that clock's, otherwise they are those of the machine's.
    """

    def __init__(
        self,
        shape: AccountShape | None = None,
        *,
        today: date | None = None,
        now: datetime | None = None,
        behind_days: float = 0,
        clock: Clock | None = None,
        growth: Growth | None = None,
        plan: Plan | None = None,
        per_second: Mapping[Label, int] | None = None,
        per_day: Mapping[Label, int] | None = None,
        limit_window: Window = "fixed",
        other_apps: Iterable[OtherApp] = (),
        latency: float = 0.0,
        latency_jitter: float = 0.0,
        faults: Iterable[Fault] = (),
        **knobs: Any,
    ) -> None:
        self.shape = shape or AccountShape()
        self.knobs = Knobs(**knobs)
        self.clock = _clock(today, now, behind_days, clock)
        self.dawn = self.clock.now
        self.account = Account(self.shape, self.clock.today, self.clock, growth)
        self.faults = Faults(faults, self.shape.seed)
        self.oauth = OAuth(self.knobs, self.clock, self.account.account_id, self.shape.seed)
        self._limits = RateLimits(plan, limit_window, self.clock, lambda: self.knobs.retry_after_shift)
        self._limits.set("same", per_second, per_day)
        for app in other_apps:
            self._limits.share_with(app)
        self._page_tokens = PageTokens(self.knobs, self.clock)
        self._site = Site(
            Endpoints(self.account, self.knobs, self._page_tokens),
            self.oauth,
            self._limits,
            self.faults,
            self.knobs,
            self.clock,
            latency=latency,
            jitter=latency_jitter,
            seed=self.shape.seed,
        )

    @property
    def now(self) -> datetime:
        """The account's moment; `dawn` is the one when it was built."""
        return self.clock.now

    # While it runs

    def set_limits(
        self,
        plan: Plan | Literal["same"] | None = "same",
        per_second: Mapping[Label, int] | None = None,
        per_day: Mapping[Label, int] | None = None,
        scale: float = 1.0,
        window: Window | None = None,
    ) -> None:
        """The limits of the plan (None: no limits; "same": those in force), with single numbers changed.

        `scale` multiplies the per-second numbers: 0.5 halves them. What was counted stays counted.
        """
        self._limits.set(plan, per_second, per_day, scale, window)

    def add_other_app(self, **app: Any) -> Traffic:
        """`OtherApp(...)` at work from now on; the answer counts its requests."""
        return self._limits.share_with(OtherApp(**app))

    def clear_other_apps(self) -> None:
        self._limits.others.clear()

    def advance(self, days: float = 0, hours: float = 0) -> None:
        """Moves the account's clock forward."""
        self.clock.advance(days=days, hours=hours)

    def occur(self, number: int | None = None, **event: Any) -> Occurrence:
        """`Event(...)`: a meeting or webinar takes place that was not planned when the account was built."""
        return self.account.occur(Event(number, **event))

    def clear_requests(self) -> None:
        self._site.log.clear()

    def set_latency(self, seconds: float, jitter: float = 0.0) -> None:
        self._site.latency = seconds
        self._site.jitter = jitter

    def set_knobs(self, **knobs: Any) -> None:
        """Changes fields of Knobs, checked as at the start."""
        checked = Knobs(**{**vars(self.knobs), **knobs})
        for name in knobs:
            setattr(self.knobs, name, getattr(checked, name))

    def expire_tokens(self) -> None:
        """Every access token is dead from now on."""
        self.oauth.expire_tokens()

    def expire_page_tokens(self) -> None:
        """Every next_page_token is dead from now on."""
        self._page_tokens.expire()

    def revoke_refresh_token(self) -> None:
        """The refresh token handed out last is dead, as after the user has authorised the app again."""
        self.oauth.revoke_refresh_token()

    def deactivate_app(self) -> None:
        """No token is issued and none works."""
        self.knobs.app = "deactivated"

    def activate_app(self) -> None:
        self.knobs.app = "active"

    def add_fault(self, **fault: Any) -> None:
        """`faults.add(Fault(...))` for callers that speak JSON."""
        self.faults.add(Fault(**{**fault, "at": tuple(fault.get("at", ()))}))

    def clear_faults(self) -> None:
        self.faults.clear()

    def commands(self) -> dict[str, Callable[..., object]]:
        """What the control pages may call, by name."""
        commands: tuple[Callable[..., object], ...] = (
            *(
                self.advance,
                self.occur,
                self.set_limits,
                self.set_latency,
                self.set_knobs,
                self.add_fault,
                self.clear_faults,
            ),
            *(self.add_other_app, self.clear_other_apps),
            *(self.expire_tokens, self.expire_page_tokens, self.revoke_refresh_token),
            *(self.deactivate_app, self.activate_app, self.clear_requests),
        )
        return {command.__name__: command for command in commands}


def _clock(today: date | None, now: datetime | None, behind_days: float, clock: Clock | None) -> Clock:
    """Raises ValueError where more than one of them says what time it is."""
    if sum((today is not None, now is not None, behind_days != 0, clock is not None)) > 1:
        raise ValueError("today, now, behind_days and clock exclude each other")
    if clock:
        return clock
    if today:
        return Clock.on(today)
    return Clock.starting_at(now) if now else Clock(offset=-timedelta(days=behind_days).total_seconds())
