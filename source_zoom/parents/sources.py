"""The sources of parents, as data: which columns each adds to the rows of its tables, and which scopes it needs."""

from __future__ import annotations

from dataclasses import dataclass

from source_zoom.parents.kinds import MEETINGS, WEBINARS, Kind
from source_zoom.zoom.scopes import SUMMARY, Scope, granular


@dataclass(frozen=True)
class ParentSource:
    """One list of parents. ``kind`` says of what, None where it is of neither meetings nor webinars.

    ``dated`` names the dated list that is read for it, from the first day that any of its tables needs. ``shared``
    names the list whose rows its tables are made of.
    """

    name: str
    columns: tuple[str, ...]
    scopes: tuple[Scope, ...]
    kind: Kind | None = None
    dated: str = ""
    shared: str = ""


USER_LIST = granular("user:read:list_users:admin")
MEETING_LIST = granular("meeting:read:list_meetings:admin")
WEBINAR_LIST = granular("webinar:read:list_webinars:admin")
MEETING_INSTANCES = granular("meeting:read:list_past_instances:admin")
WEBINAR_INSTANCES = granular("webinar:read:list_past_instances:admin")
# Where the history cannot be used, the reports of each user list what it lists, but for users without a report.
REPORT_USERS = granular("report:read:list_users:admin")
REPORT_USER = granular("report:read:user:admin")
HISTORY = granular("report:read:list_history_meetings:admin", fallback=(REPORT_USERS, REPORT_USER))

GROUP_LIST = granular("group:read:list_groups:admin")
SUMMARY_LIST = granular("meeting:read:list_summaries:admin", SUMMARY)
# Apps that users log in to have no right to the list of the account, but to the lists of the users.
RECORDING_LIST = granular(
    "cloud_recording:read:list_account_recordings:admin",
    fallback=(granular("cloud_recording:read:list_user_recordings:admin"), USER_LIST),
    consents_to_fallback=True,
)

# The account itself: tables that need no other list.
ACCOUNT = ParentSource("lists of the account", (), ())
GROUP_ROWS = ParentSource("lists of the account", (), (), shared="groups")
GROUPS = ParentSource("groups", ("group_id",), (GROUP_LIST,))
LOG_WINDOWS = ParentSource("windows", (), ())
HISTORY_WINDOWS = ParentSource("windows", (), (), dated="past", shared="history")
RECORDING_WINDOWS = ParentSource("windows", (), (), dated="recordings", shared="recordings")
SUMMARY_WINDOWS = ParentSource("windows", (), (), dated="summaries", shared="summaries")
SUMMARIES = ParentSource("summaries", (), (SUMMARY_LIST,), MEETINGS, dated="summaries")
SCHEDULED_MEETINGS = ParentSource("scheduled meetings", (MEETINGS.id_column,), (USER_LIST, MEETING_LIST), MEETINGS)
SCHEDULED_WEBINARS = ParentSource("scheduled webinars", (WEBINARS.id_column,), (USER_LIST, WEBINAR_LIST), WEBINARS)
PAST_MEETINGS = ParentSource(
    "past meetings",
    (MEETINGS.id_column, MEETINGS.uuid_column),
    (USER_LIST, MEETING_LIST, MEETING_INSTANCES, HISTORY),
    MEETINGS,
    dated="past",
)
PAST_WEBINARS = ParentSource(
    "past webinars",
    (WEBINARS.id_column, WEBINARS.uuid_column),
    (USER_LIST, WEBINAR_LIST, WEBINAR_INSTANCES, HISTORY),
    WEBINARS,
    dated="past",
)
