"""Table meetings."""

from __future__ import annotations

from unit_tests.integration.request_builder import RequestBuilder
from unit_tests.integration.response_builder import answer, error, page, sample
from unit_tests.integration.zoom import MEETING, USER, Zoom, assert_keyed, records

TABLE = "meetings"
OTHER = 85099999999
SECRETS = {"start_url", "host_key", "dynamic_host_key"}


def meeting(identifier: int = MEETING) -> RequestBuilder:
    return RequestBuilder(f"meetings/{identifier}")


class TestFullRefresh:
    def test_given_two_meetings_when_read_then_both_come_as_zoom_sent_them(self, zoom: Zoom):
        zoom.lists_meetings(MEETING, OTHER)
        zoom.answers(meeting(), answer(sample(TABLE)))
        zoom.answers(meeting(OTHER), answer({**sample(TABLE), "id": OTHER, "uuid": "other-uuid=="}))
        found = sorted(records(zoom.read(TABLE), TABLE), key=lambda one: one["id"])
        assert found[0] == {k: v for k, v in sample(TABLE).items() if k not in SECRETS}
        assert_keyed(found, "uuid")

    def test_given_host_secrets_when_read_then_they_are_dropped(self, zoom: Zoom):
        zoom.lists_meetings(MEETING)
        zoom.answers(meeting(), answer({**sample(TABLE), **dict.fromkeys(SECRETS, "secret")}))
        (found,) = records(zoom.read(TABLE), TABLE)
        assert found["id"] == MEETING
        assert not SECRETS & set(found)

    def test_given_second_page_of_the_list_when_read_then_its_meetings_come_too(self, zoom: Zoom):
        zoom.has_users(USER)
        first = RequestBuilder.list_of(f"users/{USER}/meetings")
        zoom.answers(first, page("meetings", {"id": MEETING, "type": 8}, next_page_token="two"))
        zoom.answers(first.with_page_token("two"), page("meetings", {"id": OTHER, "type": 8}))
        for identifier in (MEETING, OTHER):
            zoom.answers(meeting(identifier), answer({"id": identifier, "uuid": f"uuid-{identifier}"}))
        assert {one["id"] for one in records(zoom.read(TABLE), TABLE)} == {MEETING, OTHER}

    def test_given_meeting_listed_twice_when_read_then_it_is_asked_once(self, zoom: Zoom):
        zoom.lists_meetings(MEETING, MEETING)
        zoom.answers(meeting(), answer(sample(TABLE)))
        assert len(records(zoom.read(TABLE), TABLE)) == 1

    def test_given_no_meetings_when_read_then_table_is_empty_and_complete(self, zoom: Zoom):
        zoom.lists_meetings()
        assert records(zoom.read(TABLE), TABLE) == []

    def test_given_one_time_meeting_before_start_date_when_read_then_only_recurring_one_is_asked(self, zoom: Zoom):
        before = "2026-02-28T23:59:59Z"
        zoom.lists(
            "meetings",
            {"id": MEETING, "type": 2, "start_time": before},
            {"id": OTHER, "type": 8, "start_time": before},
        )
        zoom.never_answers(meeting())
        zoom.answers(meeting(OTHER), answer({**sample(TABLE), "id": OTHER}))
        assert [one["id"] for one in records(zoom.read(TABLE), TABLE)] == [OTHER]

    def test_given_deleted_meeting_when_read_then_it_is_skipped_and_counted(self, zoom: Zoom):
        zoom.lists_meetings(MEETING, OTHER)
        zoom.answers(meeting(), error(404, 3001, f"Meeting does not exist: {MEETING}."))
        zoom.answers(meeting(OTHER), answer({**sample(TABLE), "id": OTHER}))
        output = zoom.read(TABLE)
        assert [one["id"] for one in records(output, TABLE)] == [OTHER]
        assert output.is_in_logs(rf"meetings: 1 .*skipped.*expired.*{MEETING}")

    def test_given_webinar_number_when_read_then_it_is_skipped(self, zoom: Zoom):
        zoom.lists_meetings(MEETING)
        zoom.answers(meeting(), error(400, 3000, "Cannot access webinar info."))
        output = zoom.read(TABLE)
        assert records(output, TABLE) == []
        assert output.is_in_logs(r"meetings: 1 .*skipped.*other kind")

    def test_given_user_without_meeting_rights_when_read_then_other_users_are_read(self, zoom: Zoom):
        zoom.has_users(USER, "second/user")
        zoom.answers(
            RequestBuilder.list_of(f"users/{USER}/meetings"),
            error(400, 3161, "Meeting hosting and scheduling capabilities are not allowed for your user account."),
        )
        zoom.answers(RequestBuilder.list_of("users/second%2Fuser/meetings"), page("meetings", {"id": OTHER, "type": 8}))
        zoom.answers(meeting(OTHER), answer({**sample(TABLE), "id": OTHER}))
        output = zoom.read(TABLE)
        assert [one["id"] for one in records(output, TABLE)] == [OTHER]
        assert output.is_in_logs("may not schedule")

    def test_given_empty_object_in_the_middle_when_read_then_nothing_is_lost(self, zoom: Zoom):
        # Trap T5: an empty record would end the whole sync without a word.
        zoom.config.with_(num_workers=1)
        numbers = range(85000000000, 85000000009)
        zoom.lists_meetings(*numbers)
        for index, number in enumerate(numbers):
            zoom.answers(meeting(number), answer({} if index == 4 else {"id": number, "uuid": f"uuid-{number}"}))
        found = records(zoom.read(TABLE), TABLE)
        assert {one["id"] for one in found} >= set(numbers) - {numbers[4]}
