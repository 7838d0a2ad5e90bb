"""Routes: which path is which endpoint, with its rate limit label, scopes and role permission."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .account_routes import ACCOUNT_ROUTES
from .scopes import Needed, accepted

Label = Literal["Light", "Medium", "Heavy"]
LIGHT: Label = "Light"
MEDIUM: Label = "Medium"
HEAVY: Label = "Heavy"


@dataclass(frozen=True)
class Route:
    """One endpoint: `handler` names the method of Endpoints, `id_at` is where in the path its id stands."""

    handler: str
    label: Label
    scopes: Needed | None
    role: str | None
    id_at: int


def _route(handler: str, label: Label, product: str, scope: str | None, id_at: int = 1) -> Route:
    # Meeting and webinar scopes exist for one user and, ending in :admin, for the account; reports for the account.
    needed = None
    if scope:
        name = f"{product}:read:{scope}"
        per_user = product in ("meeting", "webinar") or scope == "user"
        needed = accepted(product, *([name, f"{name}:admin"] if per_user else [f"{name}:admin"]))
    return Route(handler, label, needed, "UsageReport:Read" if product == "report" else "User:Read", id_at)


ROUTES: dict[tuple[str, ...], Route] = {
    ("users",): _route("users", MEDIUM, "user", "list_users"),
    ("users", "*"): _route("user", LIGHT, "user", "user"),
    ("users", "*", "meetings"): _route("user_meetings", MEDIUM, "meeting", "list_meetings"),
    ("users", "*", "webinars"): _route("user_webinars", MEDIUM, "webinar", "list_webinars"),
    ("meetings", "*"): _route("meeting", LIGHT, "meeting", "meeting"),
    ("meetings", "*", "registrants"): _route("meeting_registrants", MEDIUM, "meeting", "list_registrants"),
    ("meetings", "*", "polls"): _route("meeting_polls", LIGHT, "meeting", "list_polls"),
    ("meetings", "*", "registrants", "questions"): _route(
        "meeting_questions", LIGHT, "meeting", "list_registration_questions"
    ),
    ("webinars", "*"): _route("webinar", LIGHT, "webinar", "webinar"),
    ("webinars", "*", "panelists"): _route("panelists", MEDIUM, "webinar", "list_panelists"),
    ("webinars", "*", "registrants"): _route("webinar_registrants", MEDIUM, "webinar", "list_registrants"),
    ("webinars", "*", "polls"): _route("webinar_polls", LIGHT, "webinar", "list_polls"),
    ("webinars", "*", "registrants", "questions"): _route(
        "webinar_questions", LIGHT, "webinar", "list_registration_questions"
    ),
    ("webinars", "*", "tracking_sources"): _route("tracking_sources", MEDIUM, "webinar", "list_tracking_sources"),
    ("past_meetings", "*"): _route("past_meeting", LIGHT, "meeting", "past_meeting"),
    ("past_meetings", "*", "instances"): _route("meeting_instances", MEDIUM, "meeting", "list_past_instances"),
    ("past_meetings", "*", "polls"): _route("meeting_poll_results", MEDIUM, "meeting", "list_poll_results"),
    # No granular scope exists for the files endpoints, so a token is asked for none.
    ("past_meetings", "*", "files"): _route("meeting_files", MEDIUM, "meeting", None),
    ("past_webinars", "*", "instances"): _route("webinar_instances", LIGHT, "webinar", "list_past_instances"),
    ("past_webinars", "*", "absentees"): _route("absentees", HEAVY, "webinar", "list_absentees"),
    ("past_webinars", "*", "polls"): _route("webinar_poll_results", MEDIUM, "webinar", "list_past_polls"),
    ("past_webinars", "*", "qa"): _route("qna_results", MEDIUM, "webinar", "past_qa"),
    ("past_webinars", "*", "files"): _route("webinar_files", MEDIUM, "webinar", None),
    ("report", "meetings", "*"): _route("meeting_report", HEAVY, "report", "meeting", 2),
    ("report", "meetings", "*", "participants"): _route(
        "meeting_participants", HEAVY, "report", "list_meeting_participants", 2
    ),
    ("report", "webinars", "*"): _route("webinar_report", HEAVY, "report", "webinar", 2),
    ("report", "webinars", "*", "participants"): _route(
        "webinar_participants", HEAVY, "report", "list_webinar_participants", 2
    ),
    ("report", "users"): _route("report_users", HEAVY, "report", "list_users", 2),
    ("report", "users", "*", "meetings"): _route("report_user_meetings", HEAVY, "report", "user", 2),
    ("report", "history_meetings"): _route("history", HEAVY, "report", "list_history_meetings", 2),
    **{path: Route(*row) for path, row in ACCOUNT_ROUTES.items()},
}


def find(path: str) -> tuple[Route | None, str]:
    """The route of a path under /v2 as it came over the wire, still percent-encoded, and its id segment."""
    segments = path.split("/")[2:]
    named = ROUTES.get(tuple(segments))
    if named:
        return named, ""
    at = 2 if segments and segments[0] == "report" else 1
    if len(segments) <= at:
        return None, ""
    key = segments[at]
    segments[at] = "*"
    return ROUTES.get(tuple(segments)) if key else None, key


# All that an app can have which reads the whole account.
GRANULAR_SCOPES = tuple(
    sorted({name for route in ROUTES.values() if route.scopes for name in route.scopes[0] if name.endswith(":admin")})
)
