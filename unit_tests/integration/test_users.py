"""Table users."""

from __future__ import annotations

from airbyte_cdk.models import FailureType

from unit_tests.integration.request_builder import RequestBuilder
from unit_tests.integration.response_builder import error, page, sample_row
from unit_tests.integration.zoom import Zoom, assert_keyed, records

TABLE = "users"
STATUSES = ("active", "inactive", "pending")


def row(identifier: str, status: str) -> dict[str, object]:
    return sample_row(TABLE, "users", id=identifier, email=f"{identifier}@example.com", status=status)


class TestFullRefresh:
    def test_given_users_of_each_status_when_read_then_all_come_as_zoom_sent_them(self, zoom: Zoom):
        for status in STATUSES:
            zoom.answers(RequestBuilder.users(status), page("users", row(f"of-{status}", status)))
        found = records(zoom.read(TABLE), TABLE)
        secrets = {"host_key", "start_url", "dynamic_host_key"}
        expected = [{k: v for k, v in row(f"of-{s}", s).items() if k not in secrets} for s in STATUSES]
        assert sorted(found, key=lambda user: user["status"]) == expected
        assert_keyed(found, "id", "email")

    def test_given_host_keys_when_read_then_they_are_dropped(self, zoom: Zoom):
        zoom.answers(RequestBuilder.users(), page("users", {**row("a", "active"), "host_key": "299438"}))
        zoom.answers(RequestBuilder.users("inactive"), page("users"))
        zoom.answers(RequestBuilder.users("pending"), page("users"))
        (user,) = records(zoom.read(TABLE), TABLE)
        assert user["id"] == "a"
        assert "host_key" not in user

    def test_given_second_page_when_read_then_users_of_both_pages(self, zoom: Zoom):
        first = RequestBuilder.users()
        zoom.answers(first, page("users", row("a", "active"), next_page_token="token+2/="))
        zoom.answers(first.with_page_token("token+2/="), page("users", row("b", "active")))
        zoom.answers(RequestBuilder.users("inactive"), page("users"))
        zoom.answers(RequestBuilder.users("pending"), page("users"))
        assert [user["id"] for user in records(zoom.read(TABLE), TABLE)] == ["a", "b"]

    def test_given_pending_user_without_id_and_status_when_read_then_status_is_the_one_asked_for(self, zoom: Zoom):
        zoom.answers(RequestBuilder.users(), page("users"))
        zoom.answers(RequestBuilder.users("inactive"), page("users"))
        zoom.answers(RequestBuilder.users("pending"), page("users", {"email": "new@example.com"}))
        assert records(zoom.read(TABLE), TABLE) == [{"email": "new@example.com", "status": "pending"}]

    def test_given_no_users_at_all_when_read_then_table_is_empty_and_complete(self, zoom: Zoom):
        for status in STATUSES:
            zoom.answers(RequestBuilder.users(status), page("users"))
        assert records(zoom.read(TABLE), TABLE) == []

    def test_given_missing_scope_when_read_then_config_error_names_it(self, zoom: Zoom):
        words = "Invalid access token, does not contain scopes:[user:read:list_users:admin]."
        for status in STATUSES:
            zoom.may_answer(RequestBuilder.users(status), error(400, 4711, words))
        output = zoom.read_failing(TABLE)
        last = output.errors[-1].trace.error
        assert last.failure_type is FailureType.config_error
        assert "user:read:list_users:admin" in last.message
        assert "Scopes" in last.message
        assert records(output, TABLE) == []

    def test_given_a_skip_of_other_tables_when_read_then_it_is_a_failure_here(self, zoom: Zoom):
        # A user list has no parent that could be skipped: whatever refuses it must not look like an empty account.
        zoom.answers(RequestBuilder.users(), error(404, 1001, "User does not exist."))
        zoom.may_answer(RequestBuilder.users("inactive"), page("users"))
        zoom.may_answer(RequestBuilder.users("pending"), page("users"))
        assert "users" in zoom.read_failing(TABLE).errors[-1].trace.error.message
