"""Which scopes of a Zoom app each table needs, by their granular and their classic names.

Source: the scope lists of https://developers.zoom.us/docs/api/.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from source_zoom.parents import MEETINGS, WEBINARS, Kind
from source_zoom.streams import TABLES
from source_zoom.streams.children import PastChild, ScheduledChild

# Classic scopes by the word that a scope begins with; any of them opens every endpoint of that word.
CLASSIC: Mapping[str, tuple[str, ...]] = {
    "user": ("user:read:admin", "user:read", "user:write:admin", "user:write"),
    "meeting": ("meeting:read:admin", "meeting:read"),
    "webinar": ("webinar:read:admin", "webinar:read"),
    "report": ("report:read:admin",),
}
# Granular scopes of these exist without :admin too, for apps that users manage for themselves.
_ALSO_OF_USERS = frozenset({"meeting", "webinar"})


class Scope(NamedTuple):
    """What opens one endpoint. ``granular`` is "" where Zoom's newer apps have no scope for it."""

    product: str
    granular: str

    @property
    def classic(self) -> str:
        """The classic scope to ask for."""
        return CLASSIC[self.product][0]

    def is_in(self, granted: Collection[str]) -> bool:
        """Whether one of these scopes opens the endpoint. Scopes of a master account do what admin ones do."""
        names = {*CLASSIC[self.product], self.granular}
        if self.product in _ALSO_OF_USERS:
            names.add(self.granular.removesuffix(":admin"))
        names |= {name.removesuffix(":admin") + ":master" for name in names if name.endswith(":admin")}
        return not names.isdisjoint(granted)


def _scope(granular: str) -> Scope:
    return Scope(granular.partition(":")[0], granular)


# The endpoint of each table.
OWN: Mapping[str, Scope] = {
    "users": _scope("user:read:list_users:admin"),
    "meetings": _scope("meeting:read:meeting:admin"),
    "meeting_registrants": _scope("meeting:read:list_registrants:admin"),
    "meeting_polls": _scope("meeting:read:list_polls:admin"),
    "meeting_poll_results": _scope("meeting:read:list_poll_results:admin"),
    "meeting_questions": _scope("meeting:read:list_registration_questions:admin"),
    "meeting_files": Scope("meeting", ""),
    "report_meetings": _scope("report:read:meeting:admin"),
    "report_meeting_participants": _scope("report:read:list_meeting_participants:admin"),
    "webinars": _scope("webinar:read:webinar:admin"),
    "webinar_panelists": _scope("webinar:read:list_panelists:admin"),
    "webinar_registrants": _scope("webinar:read:list_registrants:admin"),
    "webinar_absentees": _scope("webinar:read:list_absentees:admin"),
    "webinar_polls": _scope("webinar:read:list_polls:admin"),
    "webinar_poll_results": _scope("webinar:read:list_past_polls:admin"),
    "webinar_qna_results": _scope("webinar:read:past_qa:admin"),
    "webinar_questions": _scope("webinar:read:list_registration_questions:admin"),
    "webinar_tracking_sources": _scope("webinar:read:list_tracking_sources:admin"),
    "webinar_files": Scope("webinar", ""),
    "report_webinars": _scope("report:read:webinar:admin"),
    "report_webinar_participants": _scope("report:read:list_webinar_participants:admin"),
}
# The endpoints of the walks.
USERS = OWN["users"]
LISTED: Mapping[Kind, Scope] = {
    MEETINGS: _scope("meeting:read:list_meetings:admin"),
    WEBINARS: _scope("webinar:read:list_webinars:admin"),
}
INSTANCES: Mapping[Kind, Scope] = {
    MEETINGS: _scope("meeting:read:list_past_instances:admin"),
    WEBINARS: _scope("webinar:read:list_past_instances:admin"),
}
HISTORY = _scope("report:read:list_history_meetings:admin")
# What stands in for the history where that is out of reach.
USER_REPORTS = (_scope("report:read:list_users:admin"), _scope("report:read:user:admin"))

_CLASSES = {table.table_name(): table for table in TABLES}


def past_tables() -> list[str]:
    """Tables of what took place, which Zoom's reports lead to."""
    return [name for name, table in _CLASSES.items() if issubclass(table, PastChild)]


def needed(table: str) -> Iterator[Scope]:
    """Scopes of a table and of the walks that it hangs on, in the order in which a sync needs them."""
    yield USERS
    found = _CLASSES[table]
    if issubclass(found, (ScheduledChild, PastChild)):
        yield LISTED[found.kind]
        if issubclass(found, PastChild):
            yield INSTANCES[found.kind]
            yield HISTORY
        yield OWN[table]


def missing(table: str, granted: Collection[str]) -> list[Scope]:
    """Scopes that the table needs and the app lacks; one that others stand in for is not missing."""
    return [
        scope
        for scope in needed(table)
        if not scope.is_in(granted) and not (scope == HISTORY and all(report.is_in(granted) for report in USER_REPORTS))
    ]


def consent_scopes() -> list[str]:
    """Granular scopes that a consent asks for, so that all tables can be read."""
    return list(dict.fromkeys(scope.granular for table in OWN for scope in needed(table) if scope.granular))
