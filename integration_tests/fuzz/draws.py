"""What a seed stands for: an account, how its Zoom behaves, what goes wrong, and what is read of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from random import Random
from typing import TYPE_CHECKING, Any, get_args

from integration_tests.fuzz.misfortunes import misfortunes
from integration_tests.sandbox import GRANULAR_SCOPES, AccountShape, Knobs
from integration_tests.sandbox.knobs import FilesState
from unit_tests.resource.facts import TABLES as FACTS

if TYPE_CHECKING:
    from integration_tests.sandbox import Fault

# Knobs with the values that a seed may draw; most seeds leave most of them as they are.
KNOBS: dict[str, tuple[Any, ...]] = {
    "history": ("refused", "unknown", "paid_only"),
    "history_lacks": (("instant",), ("one_participant",), ("instant", "one_participant")),
    "history_page_cap": (1, 2, 7),
    "history_numbers": ("text", "spaced", "missing"),
    "history_times": ("plain",),
    "report_zone_hours": (-11, 9, 14),
    "report_window_days": (28,),
    "one_participant_report": ("served",),
    "webinar_participants_months": (6,),
    "waiting_room_rows": ("own_user_id", "same_join_time"),
    "odd_users": (1, 3, 30),
    "odd_series": (1, 2),
    "wrongly_too_old": (1, 5, 30),
    "odd_json": (("surrogate",), ("bom",), ("nan",), ("surrogate", "bom", "nan")),
    "registration_off": ((404, 404), (400, 3000)),
    "webinar_registration_off": ("empty",),
    "files": get_args(FilesState),
    "unknown_path_status": (400,),
    "users_page_cap": (1, 2),
    "webinar_list_token": (False,),
    "webinar_list_counts": (False,),
    "scope_error_code": (4700,),
    "one_token": (True,),
    "token_seconds": (3.0,),
    "role_permissions": (("User:Read",), ("UsageReport:Read",)),
}


@dataclass(frozen=True)
class Draw:
    """All that a seed decides."""

    seed: int
    shape: AccountShape
    knobs: dict[str, Any]
    faults: list[Fault]
    tables: list[str]
    #: Those of them that are read incrementally.
    incremental: frozenset[str]
    settings: dict[str, Any]
    start: datetime | None = None
    latency: float = 0.0
    words: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return ", ".join(self.words) or "nothing unusual"


def draw(seed: int) -> Draw:
    """The same for the same seed, but for the day on which it is read."""
    random = Random(seed)
    knobs = _knobs(random)
    faults = misfortunes(random)
    tables = list(FACTS) if random.random() < 0.5 else random.sample(list(FACTS), random.randint(1, 8))
    past = [table for table in tables if FACTS[table].is_past]
    incremental = frozenset(past) if random.random() < 0.3 else frozenset()
    settings: dict[str, Any] = {"account_plan": "business"}
    if random.random() < 0.5:
        settings["num_workers"] = random.choice((1, 2, 6, 40))
    start = _start(random) if random.random() < 0.2 else None
    if start:
        settings["start_date"] = start.strftime("%Y-%m-%dT%H:%M:%SZ")
    latency = random.choice((0.0, 0.0, 0.02))
    words = [f"{name}={value}" for name, value in knobs.items()]
    words += [_words(fault) for fault in faults]
    words += ["incremental"] if incremental else []
    words += [f"{name} {settings[name]}" for name in ("num_workers", "start_date") if name in settings]
    return Draw(seed, _shape(random), knobs, faults, tables, incremental, settings, start, latency, words)


def _shape(random: Random) -> AccountShape:
    return AccountShape(
        users=random.randint(1, 8),
        inactive_users=random.randint(0, 2),
        pending_users=random.randint(0, 2),
        seed=random.randrange(1_000_000),
        basic_share=random.choice((0, 0, 0.3)),
        webinar_share=random.choice((0, 0.5, 1)),
        meetings_per_user=random.randint(0, 6),
        recurring_share=random.random(),
        occurrences_per_recurring=random.choice((0, 1, 3, 10)),
        unlisted_per_user=random.randint(0, 3),
        webinars_per_user=random.randint(0, 4),
        unlisted_webinars_per_user=random.randint(0, 2),
        registration_share=random.random(),
        registrants=random.randint(0, 4),
        participants=random.randint(1, 6),
        absentees=random.randint(0, 4),
        big_lists=random.choice((0, 0, 1)),
        big_list_size=random.choice((300, 301, 700)),
        special_cases=random.random() < 0.5,
        gone_listed=random.choice((0, 0, 2)),
        registration_changes=random.choice((0, 0, 3)),
        personal_rooms=random.choice((0, 0, 2)),
    )


def _knobs(random: Random) -> dict[str, Any]:
    drawn = {name: random.choice(values) for name, values in KNOBS.items() if random.random() < 0.06}
    if random.random() < 0.15:
        drawn["without_scopes"] = tuple(random.sample(sorted(GRANULAR_SCOPES), random.randint(1, 4)))
    Knobs(**drawn)
    return drawn


def _start(random: Random) -> datetime:
    moment = datetime.now(timezone.utc) - timedelta(days=random.choice((0, 3, 20, 100, 300, 800)))
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _words(fault: Fault) -> str:
    which = {"rate": fault.rate, "at": fault.at, "first": fault.first, "tries": fault.tries, "page": fault.page}
    said = " ".join(f"{name} {value}" for name, value in which.items() if value not in (None, 0, (), 1.0))
    code = f" {fault.status}/{fault.code}" if fault.kind == "answer" and fault.code is not None else ""
    return f"{fault.kind}{code} on {fault.path or fault.label or 'everything'} {said}".strip()
