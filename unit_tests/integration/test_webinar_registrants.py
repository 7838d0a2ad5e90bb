"""Table webinar_registrants."""

from __future__ import annotations

from unit_tests.integration.request_builder import RequestBuilder
from unit_tests.integration.response_builder import error, page, sample_row
from unit_tests.integration.zoom import WEBINAR, Zoom, assert_keyed, records

TABLE = "webinar_registrants"
OTHER = 91099999999
STATUSES = ("approved", "pending", "denied")


def registrants(status: str, webinar: int = WEBINAR) -> RequestBuilder:
    return RequestBuilder.list_of(f"webinars/{webinar}/registrants", status=status)


def row(identifier: str) -> dict[str, object]:
    return sample_row(TABLE, "registrants", id=identifier)


class TestFullRefresh:
    def test_given_registrants_of_each_status_when_read_then_all_come_with_their_webinar(self, zoom: Zoom):
        zoom.lists_webinars(WEBINAR)
        for status in STATUSES:
            zoom.answers(registrants(status), page("registrants", row(status)))
        found = records(zoom.read(TABLE), TABLE)
        assert found == [{**row(status), "webinar_id": WEBINAR} for status in STATUSES]
        assert_keyed(found, "id", "webinar_id")

    def test_given_second_page_of_a_status_when_read_then_registrants_of_both_pages(self, zoom: Zoom):
        zoom.lists_webinars(WEBINAR)
        zoom.answers(registrants("approved"), page("registrants"))
        zoom.answers(registrants("pending"), page("registrants"))
        zoom.answers(registrants("denied"), page("registrants", row("a"), next_page_token="two"))
        zoom.answers(registrants("denied").with_page_token("two"), page("registrants", row("b")))
        assert [one["id"] for one in records(zoom.read(TABLE), TABLE)] == ["a", "b"]

    def test_given_nobody_registered_when_read_then_webinar_has_no_rows(self, zoom: Zoom):
        zoom.lists_webinars(WEBINAR)
        for status in STATUSES:
            zoom.answers(registrants(status), page("registrants"))
        assert records(zoom.read(TABLE), TABLE) == []

    def test_given_registration_off_when_read_then_the_other_statuses_are_not_asked(self, zoom: Zoom):
        zoom.lists_webinars(WEBINAR)
        words = f"Registration has not been enabled for this webinar: {WEBINAR}."
        zoom.answers(registrants("approved"), error(400, 3000, words))
        zoom.never_answers(registrants("pending"))
        zoom.never_answers(registrants("denied"))
        output = zoom.read(TABLE)
        assert records(output, TABLE) == []
        assert output.is_in_logs("webinar_registrants: 1 .*skipped.*registration is off")

    def test_given_missing_plan_under_http_200_when_read_then_it_is_a_skip_and_no_record(self, zoom: Zoom):
        zoom.lists_webinars(WEBINAR, OTHER)
        words = "Webinar plan subscription is missing. Enable webinar for this user once the subscription is added:u."
        zoom.answers(registrants("approved"), error(200, 200, words))
        for status in STATUSES:
            zoom.answers(registrants(status, OTHER), page("registrants", row(status)))
        output = zoom.read(TABLE)
        assert [one["webinar_id"] for one in records(output, TABLE)] == [OTHER] * 3
        assert output.is_in_logs("webinar_registrants: 1 .*skipped.*no webinar licence")
