"""Table webinar_questions."""

from __future__ import annotations

from unit_tests.integration.request_builder import RequestBuilder
from unit_tests.integration.response_builder import answer, error, sample
from unit_tests.integration.zoom import WEBINAR, Zoom, assert_keyed, records

TABLE = "webinar_questions"
OTHER = 91099999999


def questions(webinar: int = WEBINAR) -> RequestBuilder:
    return RequestBuilder(f"webinars/{webinar}/registrants/questions")


class TestFullRefresh:
    def test_given_two_forms_when_read_then_one_record_each_with_its_webinar(self, zoom: Zoom):
        zoom.lists_webinars(WEBINAR, OTHER)
        zoom.answers(questions(), answer(sample(TABLE)))
        zoom.answers(questions(OTHER), answer({"custom_questions": []}))
        found = sorted(records(zoom.read(TABLE), TABLE), key=lambda one: one["webinar_id"])
        assert found == [{**sample(TABLE), "webinar_id": WEBINAR}, {"custom_questions": [], "webinar_id": OTHER}]
        assert_keyed(found, "webinar_id")

    def test_given_empty_object_when_read_then_record_holds_the_webinar(self, zoom: Zoom):
        zoom.lists_webinars(WEBINAR)
        zoom.answers(questions(), answer({}))
        assert records(zoom.read(TABLE), TABLE) == [{"webinar_id": WEBINAR}]

    def test_given_registration_off_when_read_then_webinar_is_skipped(self, zoom: Zoom):
        zoom.lists_webinars(WEBINAR)
        zoom.answers(questions(), error(400, 3000, f"Registration has not been enabled for this webinar: {WEBINAR}."))
        output = zoom.read(TABLE)
        assert records(output, TABLE) == []
        assert output.is_in_logs("webinar_questions: 1 .*skipped.*registration is off")

    def test_given_deleted_webinar_when_read_then_it_is_skipped(self, zoom: Zoom):
        zoom.lists_webinars(WEBINAR)
        zoom.answers(questions(), error(404, 3001, f"Webinar does not exist: {WEBINAR}."))
        assert records(zoom.read(TABLE), TABLE) == []

    def test_given_webinars_table_knows_registration_is_off_when_read_then_form_is_not_asked(self, zoom: Zoom):
        zoom.lists_webinars(WEBINAR)
        webinar = {"id": WEBINAR, "uuid": "a", "settings": {"approval_type": 2}}
        zoom.answers(RequestBuilder(f"webinars/{WEBINAR}"), answer(webinar))
        zoom.never_answers(questions())
        assert records(zoom.read("webinars", TABLE), TABLE) == []
