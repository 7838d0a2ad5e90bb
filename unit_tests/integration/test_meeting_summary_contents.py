"""Table meeting_summary_contents."""

from __future__ import annotations

from unit_tests.integration.account_contracts import WINDOW
from unit_tests.integration.contracts import ENCODED, ChildTable, Parent, RecordTable, ScopedTable
from unit_tests.integration.request_builder import RequestBuilder
from unit_tests.integration.response_builder import answer, error, page
from unit_tests.integration.zoom import MEETING, PAST, PAST_SLASHED, Record, Zoom, last_error, records

CREATED = "2026-03-10T09:55:04Z"
LISTED = RequestBuilder.list_of("meetings/meeting_summaries", **WINDOW, time_filter_field="summary_created_time")


class TestFullRefresh(RecordTable, ScopedTable, ChildTable):
    table = "meeting_summary_contents"
    refusals = (
        ("the summary is in the trash", error(403, 2305, "The meeting summary has been moved to Trash.")),
        ("expired, was deleted", error(404, 3001, "Meeting does not exist: 1.")),
    )

    def parents(self, zoom: Zoom, count: int = 2) -> list[Parent]:
        uuids = [PAST, PAST_SLASHED, *(f"uuid-{number}" for number in range(2, count))][:count]
        rows = [{"meeting_uuid": uuid, "meeting_id": MEETING, "summary_created_time": CREATED} for uuid in uuids]
        zoom.answers(LISTED, page("summaries", *rows))
        return [{"meeting_uuid": uuid} for uuid in uuids]

    def own(self, parent: Parent) -> Record:
        return parent

    def of_empty(self, parent: Parent) -> Record:
        return {"meeting_id": MEETING, **parent}

    def test_given_two_summaries_of_a_meeting_when_read_then_its_content_is_requested_once(self, zoom: Zoom) -> None:
        rows = [{"meeting_uuid": "a", "summary_created_time": f"2026-03-1{day}T09:00:00Z"} for day in (2, 0)]
        zoom.answers(LISTED, page("summaries", *rows))
        owed = self.answers(zoom, {"meeting_uuid": "a"})
        output = zoom.read(self.table, "meeting_summaries")
        assert records(output, self.table) == owed
        assert len(records(output, "meeting_summaries")) == 2

    def test_given_answer_without_text_when_read_then_it_comes(self, zoom: Zoom) -> None:
        (parent,) = self.parents(zoom, 1)
        row = {"meeting_uuid": PAST, "meeting_id": MEETING, "summary_created_time": CREATED}
        zoom.answers(self.requests(parent)[0], answer(row))
        assert self.read(zoom) == [row]

    def test_given_list_refused_when_read_then_it_is_a_failure(self, zoom: Zoom) -> None:
        words = "Meeting summary disabled. To enable this feature, enable the setting."
        zoom.answers(LISTED, error(400, 3000, words))
        output = zoom.read_failing(self.table)
        assert records(output, self.table) == []
        assert "switched off" in last_error(output).message

    def requests(self, parent: Parent) -> list[RequestBuilder]:
        uuid = parent["meeting_uuid"]
        return [RequestBuilder(f"meetings/{ENCODED.get(uuid, uuid)}/meeting_summary")]
