"""Table meeting_questions."""

from __future__ import annotations

from unit_tests.integration.request_builder import RequestBuilder
from unit_tests.integration.response_builder import answer, error, page, sample
from unit_tests.integration.zoom import MEETING, Zoom, assert_keyed, records

TABLE = "meeting_questions"
OTHER = 85099999999


def questions(meeting: int = MEETING) -> RequestBuilder:
    return RequestBuilder(f"meetings/{meeting}/registrants/questions")


class TestFullRefresh:
    def test_given_two_forms_when_read_then_one_record_each_with_its_meeting(self, zoom: Zoom):
        zoom.lists_meetings(MEETING, OTHER)
        zoom.answers(questions(), answer(sample(TABLE)))
        zoom.answers(questions(OTHER), answer({"questions": []}))
        found = sorted(records(zoom.read(TABLE), TABLE), key=lambda one: one["meeting_id"])
        assert found == [{**sample(TABLE), "meeting_id": MEETING}, {"questions": [], "meeting_id": OTHER}]
        assert_keyed(found, "meeting_id")

    def test_given_empty_object_when_read_then_record_holds_the_meeting(self, zoom: Zoom):
        zoom.lists_meetings(MEETING)
        zoom.answers(questions(), answer({}))
        assert records(zoom.read(TABLE), TABLE) == [{"meeting_id": MEETING}]

    def test_given_registration_off_when_read_then_meeting_is_skipped(self, zoom: Zoom):
        zoom.lists_meetings(MEETING)
        zoom.answers(questions(), error(400, 3000, f"Registration has not been enabled for this meeting: {MEETING}."))
        output = zoom.read(TABLE)
        assert records(output, TABLE) == []
        assert output.is_in_logs("meeting_questions: 1 .*skipped.*registration is off")

    def test_given_deleted_meeting_when_read_then_it_is_skipped(self, zoom: Zoom):
        zoom.lists_meetings(MEETING)
        zoom.answers(questions(), error(404, 3001, f"Meeting does not exist: {MEETING}."))
        assert records(zoom.read(TABLE), TABLE) == []

    def test_given_meetings_table_knows_registration_is_off_when_read_then_form_is_not_asked(self, zoom: Zoom):
        zoom.lists_meetings(MEETING, OTHER)
        off = {"id": MEETING, "uuid": "a", "settings": {"approval_type": 2}}
        on = {"id": OTHER, "uuid": "b", "settings": {"approval_type": 0}}
        zoom.answers(RequestBuilder(f"meetings/{MEETING}"), answer(off))
        zoom.answers(RequestBuilder(f"meetings/{OTHER}"), answer(on))
        zoom.never_answers(questions())
        zoom.answers(questions(OTHER), answer(sample(TABLE)))
        assert [one["meeting_id"] for one in records(zoom.read("meetings", TABLE), TABLE)] == [OTHER]

    def test_given_registrants_table_knows_registration_is_off_when_read_then_form_is_not_asked(self, zoom: Zoom):
        zoom.lists_meetings(MEETING, OTHER)
        words = "Registration has not been enabled for this meeting."
        zoom.answers(
            RequestBuilder.list_of(f"meetings/{MEETING}/registrants", status="approved"), error(400, 300, words)
        )
        for status in ("approved", "pending", "denied"):
            request = RequestBuilder.list_of(f"meetings/{OTHER}/registrants", status=status)
            zoom.answers(request, page("registrants"))
        zoom.never_answers(questions())
        zoom.answers(questions(OTHER), answer(sample(TABLE)))
        found = records(zoom.read("meeting_registrants", TABLE), TABLE)
        assert [one["meeting_id"] for one in found] == [OTHER]
