"""Users and the lists of what they have scheduled."""

from __future__ import annotations

from ..errors import invalid_parameter
from ..rows import Rows
from ..users import user_detail, user_row
from .finding import Body, Finder, Query


class UserEndpoints(Finder):
    """GET /users and what hangs below one user."""

    def users(self, _: str, query: Query) -> Body:
        status = query.get("status", "active")
        if status not in ("active", "inactive", "pending"):
            invalid_parameter("status")
        users = [user for user in self.account.users if user.status == status]
        fields = query.get("include_fields", "")
        rows = Rows(len(users), lambda i: user_row(self.account, users[i], fields))
        return self.page("/users", query, "users", rows, cap=self.knobs.users_page_cap, by_number=True)

    def user(self, key: str, query: Query) -> Body:
        return user_detail(self.account, self.user_of(key))

    def user_meetings(self, key: str, query: Query) -> Body:
        user = self.user_of(key)
        rows = self.answers.meeting_list(user)
        return self.page(f"/users/{user.email}/meetings", query, "meetings", rows, by_number=True)

    def user_webinars(self, key: str, query: Query) -> Body:
        user = self.user_of(key)
        rows = self.answers.webinar_list(user)
        token = self.knobs.webinar_list_token
        body = self.page(f"/users/{user.email}/webinars", query, "webinars", rows, by_number=True, with_token=token)
        if not self.knobs.webinar_list_counts:
            del body["page_count"], body["page_number"]
        return body
