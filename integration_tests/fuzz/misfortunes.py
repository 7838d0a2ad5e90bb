"""Misfortunes: what may go wrong on the way, drawn at random for any endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from integration_tests.sandbox import HEAVY, LIGHT, MEDIUM, Fault
from unit_tests.resource.facts import LISTS
from unit_tests.resource.facts import TABLES as FACTS

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from integration_tests.sandbox import FaultKind

# Faults that pass, and that a try or two gets over.
PASSING: tuple[FaultKind, ...] = (
    "status_500", "status_502_html", "status_503", "status_504", "reset", "lost_answer", "cut", "invalid_json",
    "empty_body", "html_200", "redirect", "qps_429",
)  # fmt: skip
LATER_PAGE = ".*(next_page_token|page_number)="
# What skips a parent as the first answer about it: status, code, message.
SKIPS = (
    (404, 3001, "Meeting does not exist: 1."),
    (404, 1001, "User does not exist: x."),
    (400, 4400, "Meeting polls disabled."),
    (404, 404, "Not Found"),
)
# Codes of those, by which the log of requests shows that Zoom itself has said that there is nothing.
SKIP_CODES = frozenset(code for _, code, _ in SKIPS)
LIST_PATHS = tuple(endpoint.pattern.pattern[:-1] + r"(\?|$)" for endpoint in LISTS.values())
TABLE_PATHS = tuple(table.pattern.pattern[:-1] + r"(\?|$)" for name, table in FACTS.items() if name != "users")
USERS = r"^/v2/users\?"
EVERY_PATH = (*LIST_PATHS, *TABLE_PATHS, USERS)


def misfortunes(random: Random) -> list[Fault]:
    """Up to four of them."""
    count = random.choice((0, 1, 1, 2, 2, 3, 4))
    return [random.choices(tuple(_DRAWS), tuple(_DRAWS.values()))[0](random) for _ in range(count)]


def _passing_everywhere(random: Random) -> Fault:
    return Fault(random.choice(PASSING), "^/v2/", rate=random.choice((0.01, 0.05)))


def _passing(random: Random) -> Fault:
    return Fault(random.choice(PASSING), random.choice(EVERY_PATH), tries=random.choice((1, 2)))


def _lasting(random: Random) -> Fault:
    return Fault("status_500", random.choice(TABLE_PATHS), rate=0.02, lasting=True)


def _page_token(random: Random) -> Fault:
    return Fault("page_token_expired", random.choice(EVERY_PATH) + LATER_PAGE, at=(random.randint(0, 2),))


def _page_loop(random: Random) -> Fault:
    return Fault("page_token_loop", random.choice(EVERY_PATH), at=(random.randint(0, 3),))


def _later_page_skips(random: Random) -> Fault:
    status, code, message = random.choice(SKIPS)
    return _answer(random.choice(EVERY_PATH) + LATER_PAGE, status, code, message, first=random.choice((1, 0)))


def _skip(random: Random) -> Fault:
    status, code, message = random.choice(SKIPS)
    return _answer(random.choice(TABLE_PATHS), status, code, message, rate=random.choice((0.02, 0.3)), lasting=True)


def _too_old(random: Random) -> Fault:
    """Of two meetings at most: three that are old enough would be believed."""
    path = random.choice(("^/v2/report/meetings/", "^/v2/report/webinars/", "^/v2/past_meetings/.*/polls"))
    return _answer(path, 400, 12702, "Can not access meeting a year ago.", first=2)


def _no_licence(random: Random) -> Fault:
    return Fault("error_in_200", random.choice(TABLE_PATHS), first=random.choice((1, 3)))


def _odd(random: Random) -> Fault:
    share = random.choice((0.02, 0.3, 1.0))
    return _answer(random.choice(EVERY_PATH), 400, 9310, "Something new.", rate=share, lasting=True)


def _odd_body(random: Random) -> Fault:
    body = random.choice(({}, [], {"code": 9999, "message": "Something new."}, {"participants": "none", "polls": [1]}))
    # An empty object is a good answer of a list without rows, and of a record without columns.
    path = random.choice(("/polls$", "/participants", "/files$")) if body else "/panelists$"
    return Fault("answer", path, first=random.choice((1, 5)), body=body)


def _firewall(random: Random) -> Fault:
    share = random.choice((0.005, 0.05, 0.5))
    return Fault("waf_403", random.choice((*EVERY_PATH, "^/v2/")), rate=share, lasting=True)


def _passing_firewall(random: Random) -> Fault:
    return Fault("waf_403", random.choice(EVERY_PATH), tries=random.choice((1, 3)))


def _retired(random: Random) -> Fault:
    return Fault("answer", "/files$", first=random.randint(1, 4), status=404, code=2300, message="not recognized")


def _token(random: Random) -> Fault:
    kind: FaultKind = random.choice(("token_expired_401", "token_expired_400"))
    return Fault(kind, "^/v2/", at=tuple(sorted(random.sample(range(200), random.randint(1, 3)))))


def _denied(random: Random) -> Fault:
    status, code, message = random.choice(
        ((401, 124, "Invalid access token."), (403, 403, "Forbidden"), (400, 200, "No permission."))
    )
    return _answer(random.choice(EVERY_PATH), status, code, message)


def _daily(random: Random) -> Fault:
    label = random.choice((LIGHT, MEDIUM, HEAVY))
    return Fault("daily_429", label=label, at=tuple(range(random.randint(0, 60), 100_000)))


def _daily_that_ends(random: Random) -> Fault:
    return Fault("daily_429", label=random.choice((LIGHT, MEDIUM, HEAVY)), at=(random.randint(0, 30),), seconds=3)


def _answer(path: str, status: int, code: int, message: str, **which: Any) -> Fault:
    return Fault("answer", path, status=status, code=code, message=message, **which)


# With their weights. What waits for minutes is rare.
_DRAWS: dict[Callable[[Random], Fault], float] = {
    _passing_everywhere: 2,
    _passing: 4,
    _lasting: 0.3,
    _page_token: 3,
    _page_loop: 1,
    _later_page_skips: 4,
    _skip: 4,
    _too_old: 2,
    _no_licence: 3,
    _odd: 4,
    _odd_body: 3,
    _firewall: 4,
    _passing_firewall: 2,
    _retired: 2,
    _token: 2,
    _denied: 1,
    _daily: 2,
    _daily_that_ends: 1,
}
