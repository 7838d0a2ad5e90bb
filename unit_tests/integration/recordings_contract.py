"""Contract of the two tables that are made of the lists of recordings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from airbyte_cdk.models import FailureType

from unit_tests.integration.account_contracts import WINDOW, WindowTable
from unit_tests.integration.request_builder import RequestBuilder
from unit_tests.integration.response_builder import answer, error, page
from unit_tests.integration.zoom import Zoom, last_error, records

if TYPE_CHECKING:
    from airbyte_cdk.test.mock_http import HttpResponse

SECRETS = ("recording_play_passcode", "password", "download_access_token", "host_key")
QUERY = {**WINDOW, "recording_source_type": "cloud_recording_only"}
NO_SCOPE = error(400, 4711, "does not contain scopes:[cloud_recording:read:list_account_recordings:admin].")


def of_user(user: str) -> RequestBuilder:
    return RequestBuilder.list_of(f"users/{user}/recordings", **QUERY)


class RecordingTable(WindowTable):
    """The list of the account, or where that is refused those of the users."""

    queries = (QUERY,)

    def has_two_users(self, zoom: Zoom) -> None:
        zoom.has_users("u1")
        zoom.answers(RequestBuilder.users("inactive"), page("users", {"id": "u/2"}))

    def refuse(self, zoom: Zoom, status: int, code: int | None, message: str) -> None:
        super().refuse(zoom, status, code, message)
        zoom.may_answer(RequestBuilder.users(), page("users", {"id": "u1"}))
        zoom.may_answer(RequestBuilder.users("inactive"), page("users"))
        zoom.may_answer(of_user("u1"), error(status, code, message))

    def test_given_missing_scope_when_read_then_config_error_names_it(self, zoom: Zoom) -> None:
        self.refuse(zoom, 400, 4711, f"Invalid access token, does not contain scopes:[{self.facts.scope}].")
        last = last_error(zoom.read_failing(self.table))
        assert last.failure_type is FailureType.config_error
        assert self.facts.scope in last.message

    @pytest.mark.parametrize(
        "refusal",
        [
            NO_SCOPE,
            error(400, 200, "No permission."),
            error(401, None, "Unauthorized"),
            error(404, 2001, "Account does not exist: me."),
            error(403, None, "Forbidden"),
        ],
        ids=["scope", "role", "unauthorized", "unknown", "forbidden"],
    )
    def test_given_list_of_the_account_refused_when_read_then_lists_of_active_and_inactive_users_are_read(
        self, zoom: Zoom, refusal: HttpResponse
    ) -> None:
        zoom.config.with_(num_workers=1)
        is_login = refusal.status_code == 401
        zoom.answers(self.requests({})[0], *([refusal] * (2 if is_login else 1)))
        self.has_two_users(zoom)
        one, two = self.rows({}, {})
        zoom.answers(of_user("u1"), self.response([{**one, "type": "8"}]))
        zoom.answers(of_user("u%2F2"), self.response([two]))
        output = zoom.read(self.table)
        assert sorted(records(output, self.table), key=str) == sorted(self.records({}, [one, two]), key=str)
        assert output.is_in_logs("recordings of users who left|Recordings of users who left")
        zoom.logins = 2 if is_login else 1

    def test_given_users_without_recordings_when_read_then_they_are_skipped(self, zoom: Zoom) -> None:
        zoom.answers(self.requests({})[0], NO_SCOPE)
        self.has_two_users(zoom)
        zoom.answers(of_user("u1"), error(404, 3301, "There is no recording for this session."))
        zoom.answers(of_user("u%2F2"), error(404, 1001, "User u does not exist, or does not belong to this account."))
        assert self.read(zoom) == []

    def test_given_failure_of_one_user_when_read_then_rows_of_others_come_and_the_table_fails(self, zoom: Zoom) -> None:
        zoom.answers(self.requests({})[0], NO_SCOPE)
        self.has_two_users(zoom)
        rows = self.rows({}, {})
        zoom.answers(of_user("u1"), self.response(rows))
        zoom.answers(of_user("u%2F2"), error(400, 9999, "Nobody knows."))
        output = zoom.read_failing(self.table)
        assert sorted(records(output, self.table), key=str) == sorted(self.records({}, rows), key=str)

    def test_given_both_tables_when_read_then_one_request_feeds_both(self, zoom: Zoom) -> None:
        rows = self.rows({}, {})
        zoom.answers(self.requests({})[0], self.response(rows))
        output = zoom.read("recordings", "recording_files")
        assert sorted(records(output, self.table), key=str) == sorted(self.records({}, rows), key=str)
        assert records(output, "recordings")
        assert records(output, "recording_files")

    def test_given_secrets_when_read_then_they_are_dropped_everywhere(self, zoom: Zoom) -> None:
        (row, _) = self.rows({}, {})
        secrets: dict[str, Any] = dict.fromkeys(SECRETS, "opens-it")
        files = [{**file, **secrets} for file in row["recording_files"]]
        link = "https://example.com/rec/share/harvest"
        body = {"meetings": [{**row, **secrets, "share_url": link, "recording_files": files}]}
        zoom.answers(self.requests({})[0], answer(body))
        output = zoom.read("recordings", "recording_files")
        assert [record["share_url"] for record in records(output, "recordings")] == [link]
        assert "opens-it" not in str(output.records)
        assert not any(secret in str(output.records) for secret in SECRETS)
