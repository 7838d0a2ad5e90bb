"""Cloud recordings and transcripts."""

from __future__ import annotations

from urllib.parse import unquote

from ..account import resolve
from ..errors import ZoomError, invalid_parameter
from ..scopes import MASTER_RECORDINGS, require
from .finding import Body, Finder, Query
from .windows import day_window


class RecordingEndpoints(Finder):
    """GET /accounts/me/recordings, /users/{id}/recordings and /meetings/{id}/transcript."""

    def account_recordings(self, key: str, query: Query) -> Body:
        if unquote(key) == self.account.account_id:
            # Only a master account may name accounts, its own included.
            require((), MASTER_RECORDINGS, self.knobs.scope_error_code)
        if key != "me":
            raise ZoomError(404, 2001, f"Account does not exist: {unquote(key)}.")
        self.answers.check_account_recordings()
        first, last = day_window(query, self.account.today)
        rows = self.answers.recordings().of_account(first, last, self.account.now)
        body = self.page("/accounts/me/recordings", query, "meetings", rows)
        del body["page_count"]
        return body | {"from": first.isoformat(), "to": last.isoformat()}

    def user_recordings(self, key: str, query: Query) -> Body:
        user = self.user_of(key)
        self.answers.check_user_recordings(user)
        recordings = self.answers.recordings()
        first, last = day_window(query, self.account.today)
        if query.get("trash") == "true":
            if "from" in query or "to" in query:
                invalid_parameter("trash")
            rows = recordings.trash_of(user, self.account.now)
        else:
            cloud_only = query.get("recording_source_type") == "cloud_recording_only"
            rows = recordings.of_user(user, first, last, self.account.now, cloud_only=cloud_only)
        body = self.page(f"/users/{user.email}/recordings", query, "meetings", rows)
        return body | {"from": first.isoformat(), "to": last.isoformat()}

    def transcript(self, key: str, query: Query) -> Body:
        occurrence = resolve(self.account, key, unquote)
        if occurrence is None:
            raise ZoomError(404, 3322, "This meeting transcript does not exist.")
        return self.answers.transcript(occurrence)
