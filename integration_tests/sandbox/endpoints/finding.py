"""Finding: the context of all endpoints, which finds what a path names and pages what it found."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import unquote

from .. import reports
from ..account import Account, resolve
from ..answers import Answers
from ..errors import NOT_RECOGNIZED, ZoomError, meeting_unknown, user_unknown, webinar_unknown
from ..paging import MAX_PAGE_SIZE, PageTokens, page

if TYPE_CHECKING:
    from ..entities import Meeting, Occurrence, User
    from ..knobs import Knobs
    from ..rows import Rows

Query = dict[str, str]
Body = dict[str, Any]


class Finder:
    """What every group of endpoints works with: the account, the knobs, and the page tokens handed out."""

    def __init__(self, account: Account, knobs: Knobs, tokens: PageTokens) -> None:
        self.account = account
        self.knobs = knobs
        self.tokens = tokens
        self.answers = Answers(account, knobs)

    def unrecognized(self) -> NoReturn:
        """The answer for a path that this Zoom does not know."""
        raise ZoomError(self.knobs.unknown_path_status, 2300, NOT_RECOGNIZED)

    def page(self, listing: str, query: Query, key: str, rows: Rows, **options: Any) -> Body:
        return page(self.tokens, self.knobs, listing, query, key, rows, **{"cap": MAX_PAGE_SIZE, **options})

    def user_of(self, key: str) -> User:
        name = unquote(key)
        # A Server-to-Server token has no user of its own, so `me` is nobody.
        user = self.account.users_by_key.get(name)
        return user if user is not None else user_unknown(name)

    def meeting_of(self, key: str, code: int = 3000) -> Meeting:
        number = unquote(key)
        meeting = self.account.meetings.get(int(number)) if number.isdigit() else None
        if meeting is None:
            meeting_unknown(number)
        if meeting.is_webinar:
            raise ZoomError(400, code, "Cannot access webinar info.")
        return meeting

    def webinar_of(self, key: str) -> Meeting:
        number = unquote(key)
        webinar = self.account.meetings.get(int(number)) if number.isdigit() else None
        if webinar is None and number.isdigit():
            webinar_unknown(number)
        if webinar is None or not webinar.is_webinar:
            raise ZoomError(400, 300, "Invalid webinar ID.")
        return webinar

    def occurrence_of(self, key: str, *, webinar: bool, unknown: str) -> Occurrence:
        occurrence = resolve(self.account, key, unquote)
        if occurrence is None or occurrence.meeting.is_webinar != webinar:
            raise ZoomError(404, 3001, unknown.format(unquote(key)))
        return occurrence

    def check_occurrence(self, meeting: Meeting, query: Query) -> None:
        wanted = query.get("occurrence_id")
        if wanted and all(reports.instance(o).get("occurrence_id") != wanted for o in meeting.occurrences):
            message = "The request could not be completed because you have provided an invalid occurrence ID"
            raise ZoomError(400, 300, f"{message}: {wanted}.")

    @cached_property
    def webinars_by_uuid(self) -> dict[str, Meeting]:
        return {m.uuid: m for m in self.account.meetings.values() if m.is_webinar}


def whole(key: str, rows: Rows) -> Body:
    """The envelope of a list that has no pages."""
    return {key: list(rows), "total_records": len(rows)}
