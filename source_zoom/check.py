"""The check of a connection: the login, one user, and which tables the app cannot read."""

from __future__ import annotations

import logging
import threading
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_zoom.base.clock import utc_today
from source_zoom.base.config import OAuth
from source_zoom.base.exceptions import ConfigError
from source_zoom.parents.kinds import MEETINGS, WEBINARS, Kind
from source_zoom.parents.sources import HISTORY, REPORT_USERS, USER_LIST, WEBINAR_LIST
from source_zoom.streams import TABLES
from source_zoom.streams.scopes import missing, needed, without_reports
from source_zoom.zoom.client import RequestSubject, path_segment
from source_zoom.zoom.errors import Meaning, PageTokenExpired, ParentSkipped, ZoomRequestFailed
from source_zoom.zoom.labels import Label
from source_zoom.zoom.pagination import objects_in

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from source_zoom.sync.sync import Sync
    from source_zoom.zoom.scopes import Scope

logger = logging.getLogger("airbyte")

# From the first request to the answer. The start of the process comes on top, and takes long on a busy machine.
CHECK_SECONDS = 15.0
# Users whose webinar lists are read, until one of them has the add-on.
WEBINAR_PROBES = 3
# The type column of a user who has a paid licence.
LICENSED = 2

SPENT_TOKEN = (
    "This check has used up the refresh token, and Zoom has issued the next one. Airbyte keeps that one for a source "
    "that is saved already. For a new source it is lost: get another refresh token, and enter the access token that "
    "comes with it as well, so that the check need not use the refresh token. Or use the Authenticate button. Outside "
    "Airbyte, save the settings of the CONTROL message."
)

T = TypeVar("T")


def check(sync: Sync) -> None:
    """Prove that the account can be read, and warn of tables that cannot be.

    :raises AirbyteTracedException: what is wrong, and what to do about it
    """
    deadline = time.monotonic() + CHECK_SECONDS
    typed_in = isinstance(sync.config.credentials, OAuth) and not sync.config.credentials.access_token
    users = _Deadline(lambda: _read_users(sync)).result(deadline)
    if typed_in and sync.authenticator.has_renewed:
        logger.warning(SPENT_TOKEN)
    try:
        _Deadline(lambda: _warn(sync, users)).result(deadline)
    except AirbyteTracedException as error:
        # The connection is proven; only the advice is missing.
        logger.info("Could not check all permissions. %s", error.message)


class _Deadline(Generic[T]):
    """Work in a thread of its own, because a server that sends one byte now and then outlasts every time-out."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._results: list[T] = []
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="check", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._results.append(self._work())
        except BaseException as error:
            self._error = error

    def result(self, deadline: float) -> T:
        """What the work returned or raised, or a transient failure once the deadline has passed."""
        self._thread.join(max(0.0, deadline - time.monotonic()))
        if self._error is not None:
            raise self._error
        if not self._results:
            raise ZoomRequestFailed(
                Meaning.RETRY,
                f"Zoom did not answer within {CHECK_SECONDS:.0f} seconds. Try again later; "
                "see https://status.zoom.us for outages.",
                FailureType.transient_error,
            )
        return self._results[0]


def _read_users(sync: Sync) -> list[Mapping[str, Any]]:
    """A few active users, licensed ones first. Most tables need the users, so a check fails without them.

    :raises ConnectorError: they cannot be read
    """
    params = {"status": "active", "page_size": "30"}
    try:
        answer = sync.client.get("users", params, RequestSubject("users"), Label.MEDIUM, proof_keys=("users",))
    except ZoomRequestFailed as refusal:
        if refusal.meaning is not Meaning.SCOPE_MISSING:
            raise
        granted = sync.authenticator.granted_scopes
        _log_scopes(granted)
        raise ConfigError(_no_user_can_be_read(granted)) from None
    users = [user for user in objects_in(answer, "users", RequestSubject("users")) if user.get("id")]
    # Licensed users first: only they can have the add-on for webinars.
    return sorted(users, key=lambda user: user.get("type") != LICENSED)


def _no_user_can_be_read(granted: Collection[str]) -> str:
    lacking = list(dict.fromkeys(scope for table in TABLES for scope in missing(table, granted)))
    others = [scope.granular for scope in lacking if scope.granular and scope != USER_LIST]
    needing = sum(USER_LIST in needed(table) for table in TABLES)
    return (
        f"No user can be read: the Zoom app lacks the scope {_name(USER_LIST)}, which {needing} of {len(TABLES)} "
        "tables need. Add it in the Zoom App Marketplace under Manage > your app > Scopes and save; a general app must "
        "be authenticated again after that."
        + (f" These are missing too: {', '.join(others)}." if granted and others else "")
    )


def _warn(sync: Sync, users: list[Mapping[str, Any]]) -> None:
    granted = sync.authenticator.granted_scopes
    _log_scopes(granted)
    if not granted:
        # A token that came with the form: Zoom named its scopes when it was issued, so requests must show them.
        _log_finding(lambda: _probe_listed(sync, MEETINGS, users[:1]))
    if not granted or WEBINAR_LIST.is_in(granted):
        _log_finding(lambda: _probe_listed(sync, WEBINARS, users[:WEBINAR_PROBES]))
    _log_finding(lambda: _probe_reports(sync, granted))


def _log_scopes(granted: Collection[str]) -> None:
    for level, line in scope_lines(granted) if granted else ():
        logger.log(level, line)


def _log_finding(probe: Callable[[], str | None]) -> None:
    """Log what a probe found missing."""
    try:
        found = probe()
    except PageTokenExpired:
        return
    except AirbyteTracedException as error:
        if error.failure_type is not FailureType.config_error:
            logger.info("Could not check all permissions. %s", error.message)
            return
        found = error.message
    if found:
        logger.warning(found)


def scope_lines(granted: Collection[str]) -> list[tuple[int, str]]:
    """(log level, line) of a table of what cannot be read with these scopes, and what to add for it."""
    lacking = {table.table_name(): missing(table, granted) for table in TABLES}
    rows = {table: [scope for scope in scopes if scope.granular] for table, scopes in lacking.items()}
    rows = {table: scopes for table, scopes in rows.items() if scopes}
    withdrawn = {
        table.table_name(): table.scope
        for table in TABLES
        if table.scope in lacking[table.table_name()] and table.table_name() not in rows
    }
    lines = []
    if rows:
        width = max(len(table) for table in rows)
        lines = [
            f"{len(rows)} of {len(TABLES)} tables cannot be read in full with the scopes of the Zoom app. Add the "
            "scopes in the Zoom App Marketplace under Manage > your app > Scopes, or deselect the tables.",
            f"{'Table':<{width}}  Scopes to add",
            *(f"{table:<{width}}  {', '.join(map(_name, scopes))}" for table, scopes in rows.items()),
        ]
    if HISTORY.is_missing(granted):
        partly = [table for table in without_reports()[1] if rows[table] == [HISTORY]]
        lines += [f"Without {HISTORY.granular}, only the tables of reports fail. {_partly(partly)}"] if partly else []
    report = [(logging.WARNING, line) for line in lines]
    if withdrawn:
        scopes = ", ".join(dict.fromkeys(scope.classic for scope in withdrawn.values()))
        report.append(
            (
                logging.INFO,
                f"{', '.join(withdrawn)}: Zoom has withdrawn the requests behind these tables, and its newer apps have "
                f"no scopes for them (classic apps: {scopes}). They stay empty where Zoom no longer answers.",
            )
        )
    return report


def _name(scope: Scope) -> str:
    return f"{scope.granular} (classic apps: {scope.classic})"


def _probe_listed(sync: Sync, kind: Kind, users: list[Mapping[str, Any]]) -> str | None:
    """Why no user has webinars, None if one may. The webinar add-on is in the licences, not in the scopes."""
    for user in users:
        path = f"users/{path_segment(user['id'])}/{kind.plural}"
        try:
            subject = RequestSubject(kind.plural, "one user", skippable=True)
            sync.client.get(path, {"page_size": "1"}, subject, Label.MEDIUM, proof_keys=(kind.plural,))
        except ParentSkipped as skip:
            if skip.rule.meaning is Meaning.HOST_CANNOT:
                continue
        return None
    if not users or kind is not WEBINARS:
        return None
    return (
        f"Webinar add-on missing: none of the {len(users)} users looked at has Zoom's webinar add-on. The webinar "
        "tables stay empty unless other users have it."
    )


def _probe_reports(sync: Sync, granted: Collection[str]) -> str | None:
    """Why reports cannot be read, None if they can. Their permission is in the owner's role, not in the scopes."""
    today = utc_today()
    params = {"from": (today - timedelta(days=1)).isoformat(), "to": today.isoformat(), "page_size": "1"}
    refusals = []
    # As in a sync: where the history is refused, the reports of the users replace it.
    for scope, path, key in (
        (HISTORY, "report/history_meetings", "history_meetings"),
        (REPORT_USERS, "report/users", "users"),
    ):
        if granted and not scope.is_in(granted):
            continue
        try:
            sync.client.get(path, params, RequestSubject("reports"), Label.HEAVY, proof_keys=(key,))
        except ZoomRequestFailed as refusal:
            if refusal.failure_type is FailureType.transient_error:
                raise
            refusals.append(refusal)
        else:
            return None
    if not refusals:
        return None
    reports, others = without_reports()
    return f"{refusals[0]} These tables cannot be read in full: {', '.join(reports)}. {_partly(others)}"


def _partly(tables: Iterable[str]) -> str:
    return f"These have past occurrences of scheduled meetings and webinars only: {', '.join(tables)}."
