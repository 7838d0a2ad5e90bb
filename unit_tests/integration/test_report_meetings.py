"""Table report_meetings."""

from __future__ import annotations

from airbyte_cdk.models import FailureType

from unit_tests.integration.request_builder import RequestBuilder
from unit_tests.integration.response_builder import answer, error, page, sample
from unit_tests.integration.zoom import (
    FIRST_DAY,
    MEETING,
    PAST,
    PAST_ENCODED,
    PAST_SLASHED,
    PAST_SLASHED_ENCODED,
    TODAY,
    USER,
    Zoom,
    assert_keyed,
    records,
)

TABLE = "report_meetings"


def report(uuid: str = PAST_ENCODED) -> RequestBuilder:
    return RequestBuilder(f"report/meetings/{uuid}")


class TestFullRefresh:
    def test_given_two_occurrences_when_read_then_both_come_with_their_ids(self, zoom: Zoom):
        zoom.held_meetings(PAST, PAST_SLASHED)
        zoom.answers(report(), answer(sample(TABLE)))
        zoom.answers(report(PAST_SLASHED_ENCODED), answer({**sample(TABLE), "uuid": PAST_SLASHED}))
        found = {one["uuid"]: one for one in records(zoom.read(TABLE), TABLE)}
        assert found[PAST] == {**sample(TABLE), "meeting_id": MEETING, "meeting_uuid": PAST}
        assert found[PAST_SLASHED]["meeting_uuid"] == PAST_SLASHED
        assert_keyed(list(found.values()), "meeting_id", "uuid")

    def test_given_second_page_of_history_when_read_then_its_occurrences_come_too(self, zoom: Zoom):
        zoom.lists("meetings")
        history = RequestBuilder.history(FIRST_DAY, TODAY)
        rows = [{"meeting_uuid": uuid, "meeting_id": MEETING, "type": "Meeting"} for uuid in ("a", "b")]
        zoom.answers(history, page("history_meetings", rows[0], next_page_token="two"))
        zoom.answers(history.with_page_token("two"), page("history_meetings", rows[1]))
        for uuid in ("a", "b"):
            zoom.answers(report(uuid), answer({"uuid": uuid}))
        assert {one["uuid"] for one in records(zoom.read(TABLE), TABLE)} == {"a", "b"}

    def test_given_occurrence_in_both_sources_when_read_then_it_is_asked_once(self, zoom: Zoom):
        zoom.lists("meetings", {"id": MEETING, "type": 8})
        zoom.answers(
            RequestBuilder(f"past_meetings/{MEETING}/instances"),
            answer({"meetings": [{"uuid": PAST, "start_time": "2026-03-10T09:00:12Z"}, {"uuid": "older"}]}),
        )
        row = {"meeting_uuid": PAST, "meeting_id": MEETING, "type": "Meeting"}
        zoom.answers(RequestBuilder.history(FIRST_DAY, TODAY), page("history_meetings", row))
        zoom.answers(report(), answer({"uuid": PAST}))
        zoom.answers(report("older"), answer({"uuid": "older"}))
        assert {one["uuid"] for one in records(zoom.read(TABLE), TABLE)} == {PAST, "older"}

    def test_given_nothing_held_when_read_then_table_is_empty_and_complete(self, zoom: Zoom):
        zoom.held_meetings()
        assert records(zoom.read(TABLE), TABLE) == []

    def test_given_webinars_in_history_when_read_then_they_are_not_asked_here(self, zoom: Zoom):
        zoom.lists("meetings")
        row = {"meeting_uuid": PAST, "meeting_id": MEETING, "type": "Webinar"}
        zoom.answers(RequestBuilder.history(FIRST_DAY, TODAY), page("history_meetings", row))
        zoom.never_answers(report())
        assert records(zoom.read(TABLE), TABLE) == []

    def test_given_skips_when_read_then_each_reason_is_counted(self, zoom: Zoom):
        zoom.held_meetings("a", "b", "c", "d")
        zoom.answers(report("a"), error(400, 12702, "Can not access meeting a year ago."))
        zoom.answers(report("b"), error(404, 3001, "Meeting b not found or has expired."))
        zoom.answers(report("c"), error(404, 1001, "User does not exist."))
        zoom.answers(report("d"), answer({"uuid": "d"}))
        output = zoom.read(TABLE)
        assert [one["uuid"] for one in records(output, TABLE)] == ["d"]
        for reason in ("one year", "expired", "user left"):
            assert output.is_in_logs(f"report_meetings: 1 .*skipped.*{reason}")

    def test_given_history_refused_when_read_then_reports_of_the_users_are_the_source(self, zoom: Zoom):
        zoom.lists("meetings")
        zoom.answers(
            RequestBuilder.history(FIRST_DAY, TODAY),
            error(
                400, 4711, "Invalid access token, does not contain scopes:[report:read:list_history_meetings:admin]."
            ),
        )
        window = {"from": FIRST_DAY, "to": TODAY}
        zoom.answers(RequestBuilder.list_of("report/users", **window, type="active"), page("users", {"id": USER}))
        of_user = f"report/users/{USER}/meetings"
        zoom.answers(
            RequestBuilder.list_of(of_user, **window, type="past"),
            page("meetings", {"uuid": PAST, "id": MEETING, "type": 2}, {"uuid": "webinar", "id": 5, "type": 9}),
        )
        zoom.answers(
            RequestBuilder.list_of(of_user, **window, type="pastOne"),
            page("meetings", {"uuid": "alone", "id": MEETING, "type": 1}),
        )
        zoom.answers(report(), answer({"uuid": PAST}))
        zoom.answers(report("alone"), answer({"uuid": "alone"}))
        zoom.never_answers(report("webinar"))
        output = zoom.read(TABLE)
        assert {one["uuid"] for one in records(output, TABLE)} == {PAST, "alone"}
        assert output.is_in_logs("reports of each user")

    def test_given_missing_role_when_read_then_config_error_names_the_permission(self, zoom: Zoom):
        zoom.held_meetings(PAST)
        zoom.answers(report(), error(400, 200, "No permission."))
        last = zoom.read_failing(TABLE).errors[-1].trace.error
        assert last.failure_type is FailureType.config_error
        assert "UsageReport:Read" in last.message
        assert "User Management > Roles" in last.message
