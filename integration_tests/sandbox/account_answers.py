"""Answers about recordings, summaries, transcripts, past participants and groups: rows, or the documented error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .account import REPORT_MONTHS, Account
from .derived import Derived
from .entities import BASIC, UNASSIGNED, Occurrence, User
from .errors import NO_PERMISSION, NOT_RECOGNIZED, ZoomError
from .groups import Group, groups, members
from .past_answers import PastAnswers
from .past_participants import past_participants
from .recordings import Recordings
from .rows import NO_ROWS, Record, Rows
from .scopes import ACCOUNT_RECORDINGS, require
from .summaries import Summaries
from .transcripts import has_transcript, transcript

if TYPE_CHECKING:
    from collections.abc import Callable

    from .clock import Span
    from .knobs import Knobs

SUMMARIES_OFF = (
    "Meeting summary disabled. To enable this feature, enable the **Meeting Summary with AI Companion** setting in the "
    "Zoom web portal's **Settings** interface."
)
BY_EMAIL_ONLY = (
    "Access to meeting summaries is restricted by account settings. To use this feature, disable the **Only share "
    "meeting summaries by email** setting in the **Account Settings** page of the Zoom web portal."
)
IP_RANGES = (
    "Access to meeting summaries is restricted to specific IP address ranges. To allow access, go to the **Settings** "
    "page in the Zoom web portal and update the **IP address access control** setting."
)
IN_TRASH = "The meeting summary has been moved to Trash and cannot be accessed."


class AccountAnswers(PastAnswers):
    """Rows or a record for one parent, and checks of whole lists."""

    def __init__(self, account: Account, knobs: Knobs, span: Callable[[], Span] | None = None) -> None:
        super().__init__(account, knobs, span)
        self.recordings = Derived(account, Recordings)
        self.summaries = Derived(account, Summaries)
        self.groups = Derived(account, groups)

    def check_account_recordings(self) -> None:
        """Raises where the account-wide list of recordings is closed to this app."""
        state = self.knobs.account_recordings
        if state == "scope":
            require((), ACCOUNT_RECORDINGS, self.knobs.scope_error_code)
        if state == "no_permission":
            raise ZoomError(400, 200, NO_PERMISSION)
        if state == "unauthorized":
            raise ZoomError(401, 124, "Invalid access token.")
        if state == "unknown":
            raise ZoomError(self.knobs.unknown_path_status, 2300, NOT_RECOGNIZED)

    def check_user_recordings(self, user: User) -> None:
        """Raises for a user who cannot record."""
        if user.type == UNASSIGNED:
            raise ZoomError(404, 3301, "There is no recording for this session.")

    def past_participants(self, occurrence: Occurrence) -> Rows:
        webinar = occurrence.meeting.is_webinar
        if not webinar and occurrence.meeting.host.type == BASIC:
            raise ZoomError(400, 200, f"Only available for paid account: {self.account.account_id}")
        unknown = "Webinar does not exist." if webinar else f"Meeting does not exist: {occurrence.uuid}."
        ready = self.check(occurrence, unknown, None if webinar else REPORT_MONTHS)
        return past_participants(self.account, self.knobs, occurrence) if ready else NO_ROWS

    def check_summaries(self, *, listing: bool) -> None:
        """Raises where the account's settings or plan keep summaries from the API."""
        state = self.knobs.summaries
        if state == "disabled" and listing:
            raise ZoomError(400, 3000, SUMMARIES_OFF)
        if state == "paid_only":
            raise ZoomError(400, 200, "Only available for Paid account.")
        if state in ("by_email_only", "ip_ranges"):
            raise ZoomError(403, 2305, BY_EMAIL_ONLY if state == "by_email_only" else IP_RANGES)

    def summary_content(self, occurrence: Occurrence) -> Record:
        self.check_summaries(listing=False)
        summaries = self.summaries()
        summary = summaries.latest(occurrence, self.span)
        if summary is None:
            raise ZoomError(404, 3001, f"Meeting does not exist: {occurrence.uuid}.")
        if summary.trashed and self.account.shape.special_cases:
            raise ZoomError(403, 2305, IN_TRASH)
        return summaries.content(summary)

    def transcript(self, occurrence: Occurrence) -> Record:
        if self.knobs.transcripts == "forbidden":
            raise ZoomError(403, 403, "Forbidden No permission")
        if not has_transcript(self.account, occurrence, self.span):
            raise ZoomError(404, 3322, "This meeting transcript does not exist.")
        return transcript(self.account, occurrence, self.span)

    def check_groups(self, *, listing: bool) -> None:
        """Raises, for the list perhaps under HTTP 200, where the plan has no groups."""
        if self.knobs.groups == "error_in_200" and listing:
            raise ZoomError(200, 200, "Only available for paid accounts.")
        if self.knobs.groups != "served":
            raise ZoomError(400, 200, "Only available for Paid account.")

    def group_members(self, group: Group) -> Rows:
        self.check_groups(listing=False)
        if group.gone:
            raise ZoomError(404, 4130, f"A group with this {group.id} does not exist.")
        return members(self.account, group)
