"""streams/: the 21 tables, the users that are also a walk, and who learns of registration."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
import requests
import requests_mock
from airbyte_cdk.models import SyncMode

from source_zoom.parents import MEETINGS, UNKNOWN_DAY, WEBINARS, Listed, Occurrence, Series
from source_zoom.streams import TABLES, ZoomStream
from source_zoom.streams.meetings import (
    MeetingPollResults,
    MeetingPolls,
    MeetingQuestions,
    MeetingRegistrants,
    Meetings,
)
from source_zoom.streams.users import Users
from source_zoom.streams.webinars import WebinarAbsentees
from unit_tests.integration.request_builder import API
from unit_tests.test_streams_base import DOWN, GONE, NO_SCOPE, MakeAccount, outcome, read
from unit_tests.threads import WAIT, collect, in_thread

# Key and endpoint of every table, as design and Zoom's documents have them.
EXPECTED: dict[str, tuple[list[str], str]] = {
    "users": (["id", "email"], "users"),
    "meetings": (["uuid"], "meetings/1"),
    "meeting_registrants": (["id", "meeting_id"], "meetings/1/registrants"),
    "meeting_polls": (["id", "meeting_id"], "meetings/1/polls"),
    "meeting_poll_results": (["meeting_uuid", "result_index"], "past_meetings/a%2Bb%3D/polls"),
    "meeting_questions": (["meeting_id"], "meetings/1/registrants/questions"),
    "meeting_files": (["meeting_uuid", "file_name", "download_url"], "past_meetings/a%2Bb%3D/files"),
    "report_meetings": (["meeting_id", "uuid"], "report/meetings/a%2Bb%3D"),
    "report_meeting_participants": (
        ["meeting_uuid", "user_id", "join_time", "leave_time"],
        "report/meetings/a%2Bb%3D/participants",
    ),
    "webinars": (["uuid"], "webinars/1"),
    "webinar_panelists": (["id", "webinar_id"], "webinars/1/panelists"),
    "webinar_registrants": (["id", "webinar_id"], "webinars/1/registrants"),
    "webinar_absentees": (["webinar_uuid", "id"], "past_webinars/a%2Bb%3D/absentees"),
    "webinar_polls": (["id", "webinar_id"], "webinars/1/polls"),
    "webinar_poll_results": (["webinar_uuid", "result_index"], "past_webinars/a%2Bb%3D/polls"),
    "webinar_qna_results": (["webinar_uuid", "result_index"], "past_webinars/a%2Bb%3D/qa"),
    "webinar_questions": (["webinar_id"], "webinars/1/registrants/questions"),
    "webinar_files": (["webinar_uuid", "file_name", "download_url"], "past_webinars/a%2Bb%3D/files"),
    "webinar_tracking_sources": (["id", "webinar_id"], "webinars/1/tracking_sources"),
    "report_webinars": (["id", "uuid"], "report/webinars/a%2Bb%3D"),
    "report_webinar_participants": (
        ["webinar_uuid", "user_id", "join_time", "leave_time"],
        "report/webinars/a%2Bb%3D/participants",
    ),
}
PARENT = {"meeting_id": 1, "meeting_uuid": "a+b=", "webinar_id": 1, "webinar_uuid": "a+b="}
ACTIVE = {"status": "active"}
OFF = "Registration has not been enabled for this meeting: 1."


class TestTables:
    def test_there_are_the_21_tables_each_once(self):
        assert sorted(table.table_name() for table in TABLES) == sorted(EXPECTED)

    @pytest.mark.parametrize("table", TABLES, ids=lambda table: table.table_name())
    def test_key_and_path(self, account: MakeAccount, table: type[ZoomStream]):
        key, path = EXPECTED[table.table_name()]
        stream = table(account())
        assert stream.primary_key == key
        assert stream.path(stream_slice=PARENT) == path
        assert stream.name == table.table_name()
        assert stream.url_base == API

    @pytest.mark.parametrize("table", TABLES, ids=lambda table: table.table_name())
    def test_no_table_has_a_cursor_or_state_of_the_cdk(self, account: MakeAccount, table: type[ZoomStream]):
        # Traps T1 to T4: the CDK's resumable full refresh loses records of shared parents and pages.
        stream = table(account())
        assert stream.is_resumable is False
        assert stream.get_cursor() is None
        assert stream.cursor is None
        assert stream.supports_incremental is False

    def test_heavy_tables_come_before_light_ones(self):
        # The longest label decides when a sync ends, so it must not wait for the others to start.
        names = [table.table_name() for table in TABLES]
        heavy = max(names.index(name) for name in names if name.startswith("report_") or name.endswith("absentees"))
        light = min(names.index(name) for name in ("meetings", "webinars", "meeting_polls", "meeting_questions"))
        assert heavy < light

    def test_environment_decides_the_host(self, account: MakeAccount):
        assert Meetings(account(environment="zoomgov.com")).url_base == "https://api.zoomgov.com/v2/"

    def test_parts_of_the_cdks_http_stream_answer_for_a_table(self, account: MakeAccount):
        # Nothing of ours calls them, but whoever uses the stream as an HttpStream may.
        response = requests.Response()
        response._content = json.dumps({"polls": [{"id": "p"}], "next_page_token": "b"}).encode()
        polls = MeetingPolls(account())
        assert polls.parse_response(response, stream_slice={"meeting_id": 1}) == [{"id": "p", "meeting_id": 1}]
        assert polls.next_page_token(response) == {"next_page_token": "b"}
        response._content = b'{"polls": null, "next_page_token": ""}'
        assert polls.parse_response(response) == []
        assert polls.next_page_token(response) is None


class TestRecord:
    def test_what_zoom_sent_and_the_parents_ids(self, account: MakeAccount):
        row = {"id": "p", "unknown": {"field": None}, "title": "Ærø"}
        assert MeetingPolls(account()).record(dict(row), {"meeting_id": 1}) == {**row, "meeting_id": 1}

    def test_host_secrets_are_dropped_whatever_the_table(self, account: MakeAccount):
        row = {"id": "p", "start_url": "s", "host_key": "h", "dynamic_host_key": "d"}
        assert MeetingPolls(account()).record(row, {}) == {"id": "p"}

    def test_empty_row_never_makes_an_empty_record(self, account: MakeAccount):
        # Trap T5: the CDK takes an empty record for the end of everything.
        made = account()
        for table in TABLES:
            parent = {"status": "active"} if table is Users else PARENT
            assert table(made).record({}, parent)


class TestUsers:
    @pytest.fixture
    def users(self, account: MakeAccount) -> Users:
        return Users(account("users", "meetings"))

    def test_active_users_feed_the_walk_as_they_are_read(self, api: requests_mock.Mocker, users: Users):
        api.get(API + "users", [{"json": {"users": [{"id": "a"}], "next_page_token": "b"}}, {"json": {"users": [{}]}}])
        walk = iter(users.account.parents.users)
        records = iter(users.read_records(SyncMode.full_refresh, stream_slice=ACTIVE))
        assert next(records)["id"] == "a"
        assert next(walk) == "a"
        assert list(records) == [{"status": "active"}]
        assert list(walk) == []

    @pytest.mark.parametrize("status", ["inactive", "pending"])
    def test_other_users_do_not(self, api: requests_mock.Mocker, users: Users, status: str):
        api.get(API + "users", json={"users": [{"id": "a"}]})
        assert read(users, {"status": status}) == [{"id": "a", "status": status}]
        users.account.parents.users.finish()
        assert list(users.account.parents.users) == []

    def test_failure_ends_the_walk_for_its_readers(self, api: requests_mock.Mocker, users: Users):
        first = {"json": {"users": [{"id": "a"}], "next_page_token": "b"}}
        api.get(API + "users", [first, NO_SCOPE])
        waiting = in_thread(collect, users.account.parents.users)
        _, error = outcome(users, ACTIVE)
        assert error is not None
        assert waiting.result(WAIT) == (["a"], error)

    def test_walk_ends_even_when_the_table_stopped_before_its_active_users(
        self, api: requests_mock.Mocker, users: Users
    ):
        api.get(API + "users", **NO_SCOPE)
        waiting = in_thread(collect, users.account.parents.users)
        _, error = outcome(users, {"status": "pending"})
        assert error is not None
        assert read(users, ACTIVE) == []
        assert waiting.result(WAIT) == ([], error)


class TestScheduledChild:
    def test_meetings_of_a_refused_host_are_counted_and_not_asked_for(
        self, api: requests_mock.Mocker, account: MakeAccount
    ):
        polls = MeetingPolls(account())
        walk = polls.account.parents.listed[MEETINGS]
        for number in range(6):
            walk.publish(Listed(number, Series("free" if number % 2 else "paid", True)))
            refusal = {"status_code": 400, "json": {"code": 200, "message": "Only available for paid account: 1."}}
            api.get(f"{API}meetings/{number}/polls", **(refusal if number % 2 else {"json": {"polls": []}}))
        api.get(API + "users", json={})
        for parent in polls.parents():
            read(polls, parent)
        asked = [request.path for request in api.request_history if request.path.endswith("/polls")]
        assert asked == [f"/v2/meetings/{number}/polls" for number in (0, 1, 2, 4)]
        (line,) = polls.account.progress.summary()
        assert line == "meeting_polls: 3 skipped: the host is not on a paid plan (one of them: 1)"

    def test_skips_for_other_reasons_say_nothing_of_the_host(self, api: requests_mock.Mocker, account: MakeAccount):
        polls = MeetingPolls(account())
        polls.account.parents.listed[MEETINGS].publish(Listed(1, Series("u1", True)))
        polls.account.parents.listed[MEETINGS].publish(Listed(2, Series("u1", True)))
        api.get(requests_mock.ANY, json={})
        api.get(API + "meetings/1/polls", **GONE)
        api.get(API + "meetings/2/polls", json={"polls": [{"id": "a"}]})
        assert [record for parent in polls.parents() for record in read(polls, parent)] == [
            {"id": "a", "meeting_id": 2}
        ]

    def test_another_occurrence_of_what_the_host_may_not_do_is_not_asked_for(
        self, api: requests_mock.Mocker, account: MakeAccount
    ):
        absentees = WebinarAbsentees(account("webinar_absentees"))
        for uuid, number in (("w1", 1), ("w2", 1), ("w3", 3)):
            absentees.account.parents.past[WEBINARS].publish(Occurrence(uuid, number))
        api.get(requests_mock.ANY, json={})
        missing = {"code": 200, "message": "Webinar plan subscription is missing."}
        api.get(API + "past_webinars/w1/absentees", status_code=400, json=missing)
        api.get(API + "past_webinars/w3/absentees", json={"registrants": [{"id": "3"}]})
        found = [record["id"] for parent in absentees.parents() for record in read(absentees, parent)]
        assert found == ["3"]
        assert "/v2/past_webinars/w2/absentees" not in [request.path for request in api.request_history]
        (line,) = absentees.account.progress.summary()
        assert line.startswith("webinar_absentees: 2 skipped: the host has no webinar licence")


class TestDetails:
    def test_parts_of_a_meeting_that_is_gone_are_not_asked_for(self, api: requests_mock.Mocker, account: MakeAccount):
        made = account("meetings", "meeting_registrants", "meeting_polls")
        for number in (1, 2):
            made.parents.listed[MEETINGS].publish(Listed(number, Series("u1", True)))
        api.get(API + "users", json={})
        api.get(API + "meetings/1", **GONE)
        api.get(API + "meetings/2", json={"id": 2})
        api.get(API + "meetings/2/polls", json={"polls": [{"id": "a"}]})
        api.get(API + "meetings/2/registrants", json={"registrants": []})
        for table in (Meetings, MeetingPolls, MeetingRegistrants):
            stream = table(made)
            for parent in stream.parents():
                read(stream, parent)
        assert [request.path for request in api.request_history if "/meetings/1" in request.path] == ["/v2/meetings/1"]
        told = "skipped: it has expired, was deleted or has not ended (one of them: 1)"
        assert {f"{name}: 1 {told}" for name in ("meetings", "meeting_polls")} <= set(made.progress.summary())


class TestAbsentees:
    def test_webinars_known_to_be_without_registration_are_not_asked_for(
        self, api: requests_mock.Mocker, account: MakeAccount
    ):
        made = account("webinars", "webinar_absentees")
        absentees = WebinarAbsentees(made)
        for number in (1, 2, 3):
            made.parents.past[WEBINARS].publish(Occurrence(f"w{number}", number))
            api.get(f"{API}past_webinars/w{number}/absentees", json={"registrants": [{"id": str(number)}]})
        api.get(API + "users", json={})
        api.get(API + "report/history_meetings", json={})
        made.parents.registration[WEBINARS].tell(1, False)
        made.parents.registration[WEBINARS].tell(2, True)
        # The third one is in no list any more, so nobody will ever tell of it.
        found = [record["id"] for parent in absentees.parents() for record in read(absentees, parent)]
        assert found == ["2", "3"]
        (line,) = made.progress.summary()
        assert line == "webinar_absentees: 1 skipped: registration is off (one of them: 1 w1)"


class TestPastChild:
    def read(
        self, api: requests_mock.Mocker, account: MakeAccount, *starts: str | None
    ) -> tuple[MeetingPollResults, list[str]]:
        """The table after a read of occurrences that started so, and the paths that were asked for."""
        results = MeetingPollResults(account())
        walk = results.account.parents.past[MEETINGS]
        for number, start in enumerate(starts):
            walk.publish(Occurrence(f"p{number}", 1, date.fromisoformat(start).toordinal() if start else UNKNOWN_DAY))
        api.get(API + "users", json={})
        api.get(API + "report/history_meetings", json={})
        for number, start in enumerate(starts):
            old = start is None or start < "2025-03-02"
            refusal = {"status_code": 400, "json": {"code": 12702, "message": "Can not access a meeting a year ago."}}
            api.get(f"{API}past_meetings/p{number}/polls", **(refusal if old else {"json": {"questions": []}}))
        for parent in results.parents():
            read(results, parent)
        asked = [r.path.split("/")[3] for r in api.request_history if "/past_meetings/" in r.path]
        return results, asked

    def test_what_is_older_than_something_too_old_is_not_asked_for(
        self, api: requests_mock.Mocker, account: MakeAccount
    ):
        results, asked = self.read(api, account, "2025-03-01", "2025-02-01", "2025-03-01", "2025-03-02", "2026-03-01")
        # The same day is asked for, because Zoom may draw the line within it.
        assert asked == ["p0", "p2", "p3", "p4"]
        (line,) = results.account.progress.summary()
        assert line.startswith("meeting_poll_results: 3 skipped: Zoom keeps reports for one year (one of them: 1 p0)")

    def test_time_that_is_not_known_draws_no_line(self, api: requests_mock.Mocker, account: MakeAccount):
        _, asked = self.read(api, account, None, "2025-02-01", "2026-03-01")
        assert asked == ["p0", "p1", "p2"]


class TestRegistrants:
    def test_status_is_zooms_own_and_else_the_one_that_was_asked_for(
        self, api: requests_mock.Mocker, account: MakeAccount
    ):
        for status in ("approved", "pending", "denied"):
            rows = [{"id": f"{status}-1"}, {"id": f"{status}-2", "status": "blocked"}]
            api.get(f"{API}meetings/1/registrants?status={status}", json={"registrants": rows})
        found = read(MeetingRegistrants(account()), {"meeting_id": 1})
        assert {record["id"]: record["status"] for record in found} == {
            f"{status}-{number}": status if number == 1 else "blocked"
            for status in ("approved", "pending", "denied")
            for number in (1, 2)
        }


class TestRegistration:
    """Which table learns whether registration is on, and which wait for it."""

    def test_meetings_tell_it_from_their_settings(self, api: requests_mock.Mocker, account: MakeAccount):
        made = account("meetings", "meeting_registrants")
        meetings = Meetings(made)
        # 0 automatic, 1 manual, 2 none; 3 to 5 do not say.
        answers = [{"settings": {"approval_type": number}} for number in (0, 1, 2)]
        answers += [{"settings": {}}, {"settings": None}, {}]
        for number, settings in enumerate(answers):
            api.get(f"{API}meetings/{number}", json={"id": number, **settings})
            read(meetings, {"meeting_id": number})
        registration = made.parents.registration[MEETINGS]
        assert [registration.is_off(number) for number in range(6)] == [False, False, True, False, False, False]

    @pytest.mark.parametrize(
        ("answer", "off"), [(GONE, True), (DOWN, False), ({"status_code": 404, "json": {"code": 404}}, False)]
    )
    def test_meeting_that_could_not_be_read_keeps_nobody_waiting(
        self, api: requests_mock.Mocker, account: MakeAccount, answer: dict[str, Any], off: bool
    ):
        made = account("meetings", "meeting_registrants")
        waiting = in_thread(made.parents.registration[MEETINGS].is_off, 1)
        api.get(API + "meetings/1", **answer)
        outcome(Meetings(made), {"meeting_id": 1})
        # Where the meeting is gone, there is no registration either.
        assert waiting.result(WAIT) is off

    def test_teacher_that_stops_keeps_nobody_waiting(self, api: requests_mock.Mocker, account: MakeAccount):
        made = account("meetings", "meeting_questions")
        waiting = [in_thread(made.parents.registration[MEETINGS].is_off, number) for number in (1, 2, 3)]
        api.get(API + "meetings/1", **NO_SCOPE)
        outcome(Meetings(made), {"meeting_id": 1})
        assert [one.result(WAIT) for one in waiting] == [False, False, False]

    def test_table_that_is_not_the_teacher_tells_nothing(self, api: requests_mock.Mocker, account: MakeAccount):
        made = account("meetings", "meeting_registrants")
        api.get(API + "meetings/1/registrants", status_code=400, json={"code": 300, "message": OFF})
        read(MeetingRegistrants(made), {"meeting_id": 1})
        MeetingRegistrants(made).stop()
        assert not in_thread(made.parents.registration[MEETINGS].is_off, 1).done()
        made.parents.registration[MEETINGS].tell(1, True)
        assert made.parents.registration[MEETINGS].is_off(1) is False

    def test_pupil_leaves_out_what_is_off(self, account: MakeAccount):
        made = account("meeting_registrants", "meeting_questions")
        walk = made.parents.listed[MEETINGS]
        walk._started = True
        for number, on in ((1, False), (2, True), (3, None)):
            walk.publish(Listed(number, Series("u1", True)))
            made.parents.registration[MEETINGS].tell(number, on)
        walk.finish()
        assert list(MeetingQuestions(made).parents()) == [{"meeting_id": 2}, {"meeting_id": 3}]

    def test_teacher_does_not_wait_for_itself(self, account: MakeAccount):
        made = account("meeting_registrants")
        walk = made.parents.listed[MEETINGS]
        walk._started = True
        walk.publish(Listed(1, Series("u1", True)))
        walk.finish()
        assert in_thread(lambda: list(MeetingRegistrants(made).parents())).result(WAIT) == [{"meeting_id": 1}]
