"""What a seed stands for: an account, its knobs, what goes wrong, and the tables that are read."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from integration_tests.sandbox import TABLES, AccountShape, Fault, FaultKind

# What may go wrong with single requests, with the share of requests that it hits. Each of these repeats quickly.
PASSING: tuple[FaultKind, ...] = ("status_500", "status_503", "reset", "cut", "invalid_json", "empty_body", "html_200")
# Answers that end one parent or list.
LASTING: tuple[FaultKind, ...] = ("vanish", "waf_403", "error_in_200", "answer")
PATHS = (
    r"^/v2/users\?",
    r"^/v2/users/[^/]+/(meetings|webinars)",
    r"^/v2/(meetings|webinars)/",
    r"^/v2/past_(meetings|webinars)/[^/]+/instances",
    r"^/v2/past_",
    r"/(polls|qa|files|absentees|registrants|participants)",
    r"^/v2/report/(meetings|webinars)/",
    r"^/v2/report/history_meetings",
    r"next_page_token=",
    r"^/v2/",
)
# (status, code, message) as Zoom words them, and some that it does not.
ANSWERS = (
    (400, 12702, "Can not access a meeting a year ago."),
    (400, 300, "Registration has not been enabled for this meeting: 80000000000."),
    (404, 404, "Not found."),
    (400, 200, "Only available for paid users."),
    (400, 3161, "Meeting hosting and scheduling capabilities are not allowed for your user account."),
    (404, 1001, "User does not exist."),
    (400, 2300, "This API endpoint is not recognized."),
    (400, 4711, "Invalid access token, does not contain scopes:[some:read:scope:admin]."),
    (403, 1, "No permission."),
    (400, 98765, "Something that no document names."),
    (200, 98765, "Something that no document names."),
    (400, 300, "The next page token is invalid or expired."),
)
KNOBS: dict[str, tuple[Any, ...]] = {
    "page_size_over": ("refuse",),
    "users_page_cap": (2, 5),
    "webinar_list_token": (False,),
    "history": ("refused", "unknown", "paid_only"),
    "history_page_cap": (7, 30),
    "history_numbers": ("text", "spaced"),
    "history_times": ("plain",),
    "one_participant_report": ("served",),
    "meeting_participants_months": (6,),
    "webinar_participants_months": (6,),
    "waiting_room_rows": ("own_user_id", "same_join_time"),
    "odd_users": (1, 3),
    "odd_series": (1, 2),
    "wrongly_too_old": (1, 3),
    "odd_json": (("surrogate",), ("bom", "nan"), ("surrogate", "bom", "nan")),
    "registration_off": ((404, 404), (400, 3000)),
    "webinar_registration_off": ("empty",),
    "files": ("gone", "unrecognized", "bad_request", "forbidden", "html_404", "html_501"),
    "without_scopes": (
        ("report:read:list_history_meetings:admin",),
        ("report:read:list_history_meetings:admin", "report:read:list_users:admin", "report:read:user:admin"),
        ("meeting:read:list_polls:admin", "webinar:read:list_absentees:admin"),
    ),
}


@dataclass(frozen=True)
class Case:
    """One seed's account, misfortunes and read."""

    seed: int
    shape: AccountShape
    knobs: dict[str, Any]
    faults: list[Fault]
    tables: list[str]
    settings: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        faults = ", ".join(f"{f.kind} {f.code or ''} {f.path}".replace("  ", " ") for f in self.faults) or "none"
        return f"{len(self.tables)} tables; knobs {self.knobs}; faults {faults}; {self.settings}"


def case(seed: int) -> Case:
    """The same for the same seed."""
    draw = random.Random(f"fuzz {seed}")
    knobs = {name: draw.choice(KNOBS[name]) for name in draw.sample(sorted(KNOBS), draw.choice((0, 1, 2, 4)))}
    faults = [_fault(draw) for _ in range(draw.choice((0, 1, 1, 2, 3)))]
    tables = sorted(draw.sample(TABLES, draw.choice((1, 2, 4, 8, len(TABLES)))))
    return Case(seed, _shape(draw), knobs, faults, tables, {"num_workers": draw.choice((1, 2, 4, 12))})


def _shape(draw: random.Random) -> AccountShape:
    return AccountShape(
        users=draw.randint(1, 7),
        inactive_users=draw.randint(0, 2),
        pending_users=draw.randint(0, 1),
        seed=draw.randint(1, 10_000),
        basic_share=draw.choice((0, 0.2, 1)),
        webinar_share=draw.choice((0, 0.5, 1)),
        meetings_per_user=draw.randint(0, 6),
        recurring_share=draw.choice((0, 0.5, 1)),
        occurrences_per_recurring=draw.choice((0, 2, 5, 12)),
        unlisted_per_user=draw.randint(0, 3),
        webinars_per_user=draw.randint(0, 4),
        registration_share=draw.choice((0, 0.5, 1)),
        big_lists=draw.choice((0, 0, 0, 1)),
        big_list_size=draw.choice((301, 620)),
        special_cases=draw.random() < 0.4,
        gone_listed=draw.choice((0, 0, 1)),
        registration_changes=draw.choice((0, 0, 2)),
        personal_rooms=draw.choice((0, 0, 1)),
    )


def _fault(draw: random.Random) -> Fault:
    path = draw.choice(PATHS)
    if draw.random() < 0.4:
        # At most three tries of a request, so that the pauses stay short.
        return Fault(draw.choice(PASSING), path, rate=draw.choice((0.02, 0.1)))
    kind = draw.choice((*LASTING, "answer", "answer"))
    status, code, message = draw.choice(ANSWERS)
    said: dict[str, Any] = {"status": status, "code": code, "message": message} if kind == "answer" else {}
    which: dict[str, Any] = draw.choice(({"rate": 0.02}, {"rate": 0.15}, {"rate": 0.6}, {"rate": 1.0}))
    if draw.random() < 0.3:
        return Fault(kind, path, at=tuple(draw.sample(range(30), 3)), **said)
    return Fault(kind, path, lasting=True, **which, **said)
