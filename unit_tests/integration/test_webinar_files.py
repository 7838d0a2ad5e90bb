"""Table webinar_files."""

from __future__ import annotations

import pytest

from unit_tests.integration.request_builder import RequestBuilder
from unit_tests.integration.response_builder import answer, error, page, sample, sample_row
from unit_tests.integration.zoom import (
    PAST,
    PAST_ENCODED,
    PAST_SLASHED,
    PAST_SLASHED_ENCODED,
    WEBINAR,
    Zoom,
    assert_keyed,
    records,
)

TABLE = "webinar_files"


def files(uuid: str = PAST_ENCODED) -> RequestBuilder:
    return RequestBuilder(f"past_webinars/{uuid}/files")


class TestFullRefresh:
    def test_given_files_when_read_then_they_come_with_their_occurrence(self, zoom: Zoom):
        zoom.held_webinars(PAST, PAST_SLASHED)
        second = sample_row(TABLE, "in_meeting_files", download_url="https://example.com/file/b")
        zoom.answers(files(), page("in_meeting_files", *sample(TABLE)["in_meeting_files"], second))
        zoom.answers(files(PAST_SLASHED_ENCODED), page("in_meeting_files", second))
        found = records(zoom.read(TABLE), TABLE)
        added = {"webinar_id": WEBINAR, "webinar_uuid": PAST}
        rows = [{**row, **added} for row in (*sample(TABLE)["in_meeting_files"], second)]
        assert [one for one in found if one["webinar_uuid"] == PAST] == rows
        assert [one for one in found if one["webinar_uuid"] == PAST_SLASHED] == [
            {**rows[1], "webinar_uuid": PAST_SLASHED}
        ]
        assert_keyed(found, "webinar_uuid", "file_name", "download_url")

    def test_given_no_files_when_read_then_occurrence_has_no_rows(self, zoom: Zoom):
        zoom.held_webinars(PAST)
        zoom.answers(files(), page("in_meeting_files"))
        assert records(zoom.read(TABLE), TABLE) == []

    def test_given_webinar_not_ended_when_read_then_it_is_skipped(self, zoom: Zoom):
        zoom.held_webinars(PAST, PAST_SLASHED)
        zoom.answers(files(), error(404, 3001, "Webinar ID is invalid or not end."))
        zoom.answers(files(PAST_SLASHED_ENCODED), page("in_meeting_files", *sample(TABLE)["in_meeting_files"]))
        output = zoom.read(TABLE)
        assert [one["webinar_uuid"] for one in records(output, TABLE)] == [PAST_SLASHED]
        assert output.is_in_logs("webinar_files: 1 .*skipped")

    @pytest.mark.parametrize(
        "refusal",
        [
            error(400, 2300, "This API endpoint is not recognized."),
            error(410, None, "Gone"),
            error(400, 4711, "Invalid access token, does not contain scopes:[webinar:read:list_files:admin]."),
            error(403, 403, "Forbidden"),
        ],
        ids=["unknown", "gone", "scope that no app can have", "forbidden"],
    )
    def test_given_retired_endpoint_when_read_then_table_is_empty_and_said_once(self, zoom: Zoom, refusal: object):
        zoom.config.with_(num_workers=1)
        uuids = [f"uuid-{number}" for number in range(20)]
        zoom.held_webinars(*uuids)
        for uuid in uuids:
            zoom.may_answer(files(uuid), refusal)
        output = zoom.read(TABLE)
        assert records(output, TABLE) == []
        assert len([m for m in output.logs if "webinar_files stays empty" in m.log.message]) == 1

    def test_given_one_answer_of_nothing_when_read_then_the_others_are_read(self, zoom: Zoom):
        zoom.held_webinars("a", "b", "c")
        zoom.answers(files("a"), error(404, 404, "No files"))
        zoom.answers(files("b"), error(404, None, "Not Found"))
        zoom.answers(files("c"), answer({"in_meeting_files": [{"file_name": "f"}]}))
        output = zoom.read(TABLE)
        assert [one["webinar_uuid"] for one in records(output, TABLE)] == ["c"]
        assert output.is_in_logs("webinar_files: 2 skipped: Zoom has nothing under this id")

    def test_given_missing_role_when_read_then_it_is_a_failure(self, zoom: Zoom):
        zoom.held_webinars(PAST)
        zoom.answers(files(), error(400, 200, "No permission."))
        assert "role" in zoom.read_failing(TABLE).errors[-1].trace.error.message
