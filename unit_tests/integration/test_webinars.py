"""Table webinars."""

from __future__ import annotations

from unit_tests.integration.request_builder import RequestBuilder
from unit_tests.integration.response_builder import answer, error, page, sample
from unit_tests.integration.zoom import USER, WEBINAR, Zoom, assert_keyed, records

TABLE = "webinars"
OTHER = 91099999999
SECRETS = {"start_url", "host_key", "dynamic_host_key"}
NO_LICENCE = error(
    400,
    200,
    "Webinar plan is missing. You must subscribe to the webinar plan and enable webinars for this user in order to "
    "perform this action.",
)


def webinar(identifier: int = WEBINAR) -> RequestBuilder:
    return RequestBuilder(f"webinars/{identifier}")


def webinars_of(user: str = USER) -> RequestBuilder:
    return RequestBuilder.list_of(f"users/{user}/webinars")


class TestFullRefresh:
    def test_given_two_webinars_when_read_then_both_come_as_zoom_sent_them(self, zoom: Zoom):
        zoom.lists_webinars(WEBINAR, OTHER)
        zoom.answers(webinar(), answer(sample(TABLE)))
        zoom.answers(webinar(OTHER), answer({**sample(TABLE), "id": OTHER, "uuid": "other-uuid=="}))
        found = sorted(records(zoom.read(TABLE), TABLE), key=lambda one: one["id"])
        assert found[0] == {k: v for k, v in sample(TABLE).items() if k not in SECRETS}
        assert_keyed(found, "uuid")

    def test_given_host_secrets_when_read_then_they_are_dropped(self, zoom: Zoom):
        zoom.lists_webinars(WEBINAR)
        zoom.answers(webinar(), answer({**sample(TABLE), **dict.fromkeys(SECRETS, "secret")}))
        (found,) = records(zoom.read(TABLE), TABLE)
        assert found["id"] == WEBINAR
        assert not SECRETS & set(found)

    def test_given_second_page_by_token_when_read_then_its_webinars_come_too(self, zoom: Zoom):
        zoom.has_users(USER)
        zoom.answers(webinars_of(), page("webinars", {"id": WEBINAR, "type": 5}, next_page_token="two"))
        zoom.answers(webinars_of().with_page_token("two"), page("webinars", {"id": OTHER, "type": 5}))
        for identifier in (WEBINAR, OTHER):
            zoom.answers(webinar(identifier), answer({"id": identifier, "uuid": f"uuid-{identifier}"}))
        assert {one["id"] for one in records(zoom.read(TABLE), TABLE)} == {WEBINAR, OTHER}

    def test_given_second_page_by_number_when_read_then_its_webinars_come_too(self, zoom: Zoom):
        # The endpoint documents page_number and no token.
        zoom.has_users(USER)
        first, second = ({"page_number": n, "page_count": 2, "page_size": 300} for n in (1, 2))
        zoom.answers(webinars_of(), answer({**first, "webinars": [{"id": WEBINAR, "type": 5}]}))
        numbered = RequestBuilder.list_of(f"users/{USER}/webinars", page_number="2")
        zoom.answers(numbered, answer({**second, "webinars": [{"id": OTHER, "type": 5}]}))
        for identifier in (WEBINAR, OTHER):
            zoom.answers(webinar(identifier), answer({"id": identifier, "uuid": f"uuid-{identifier}"}))
        assert {one["id"] for one in records(zoom.read(TABLE), TABLE)} == {WEBINAR, OTHER}

    def test_given_no_webinars_when_read_then_table_is_empty_and_complete(self, zoom: Zoom):
        zoom.lists_webinars()
        assert records(zoom.read(TABLE), TABLE) == []

    def test_given_user_without_licence_when_read_then_other_users_are_read(self, zoom: Zoom):
        zoom.has_users(USER, "second")
        zoom.answers(webinars_of(), NO_LICENCE)
        zoom.answers(webinars_of("second"), page("webinars", {"id": WEBINAR, "type": 5}))
        zoom.answers(webinar(), answer(sample(TABLE)))
        output = zoom.read(TABLE)
        assert [one["id"] for one in records(output, TABLE)] == [WEBINAR]
        assert output.is_in_logs(f"1 .*skipped.*no webinar licence.*{USER}")

    def test_given_licence_lost_since_the_list_when_read_then_webinar_is_skipped(self, zoom: Zoom):
        zoom.lists_webinars(WEBINAR)
        zoom.answers(webinar(), NO_LICENCE)
        output = zoom.read(TABLE)
        assert records(output, TABLE) == []
        assert output.is_in_logs("webinars: 1 .*skipped.*no webinar licence")

    def test_given_empty_object_when_read_then_sync_goes_on(self, zoom: Zoom):
        zoom.lists_webinars(WEBINAR, OTHER)
        zoom.answers(webinar(), answer({}))
        zoom.answers(webinar(OTHER), answer({"id": OTHER, "uuid": "b"}))
        assert {one["id"] for one in records(zoom.read(TABLE), TABLE)} >= {OTHER}
