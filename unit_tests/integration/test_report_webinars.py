"""Table report_webinars."""

from __future__ import annotations

from unit_tests.integration.request_builder import RequestBuilder
from unit_tests.integration.response_builder import answer, error
from unit_tests.integration.twins import ReportTable
from unit_tests.integration.zoom import PAST, USER, WEBINAR, Record, Zoom


class TestFullRefresh(ReportTable):
    table = "report_webinars"
    refusals = (("one year", error(400, 12702, "Can not access a webinar a year ago.")),)

    def instances(self, zoom: Zoom, *rows: Record) -> None:
        """A recurring webinar with these occurrences, and one that takes place once; the history is empty."""
        zoom.has_users(USER)
        zoom.lists("webinar", {"id": WEBINAR, "type": 9}, {"id": WEBINAR + 1, "type": 5})
        zoom.answers(RequestBuilder(f"past_webinars/{WEBINAR}/instances"), answer({"webinars": list(rows)}))
        zoom.history()

    def test_given_recurring_webinar_when_read_then_its_older_occurrences_come_from_the_instances(
        self, zoom: Zoom
    ) -> None:
        self.instances(zoom, {"uuid": PAST, "start_time": "2026-03-10T09:00:12Z"})
        owed = self.answers(zoom, {"webinar_id": WEBINAR, "webinar_uuid": PAST})
        assert self.read(zoom) == owed

    def test_given_occurrence_before_start_date_when_read_then_it_is_left_out(self, zoom: Zoom) -> None:
        self.instances(zoom, {"uuid": "old", "start_time": "2026-02-27T09:00:00Z"}, {"uuid": PAST})
        zoom.never_answers(RequestBuilder("report/webinars/old"))
        # The start of the other one is not known.
        owed = self.answers(zoom, {"webinar_id": WEBINAR, "webinar_uuid": PAST})
        assert self.read(zoom) == owed
