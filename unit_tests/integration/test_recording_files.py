"""Table recording_files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from unit_tests.integration.contracts import PagedTable, Parent
from unit_tests.integration.recordings_contract import RecordingTable
from unit_tests.integration.response_builder import answer, sample

if TYPE_CHECKING:
    from airbyte_cdk.test.mock_http import HttpResponse

    from unit_tests.integration.zoom import Record, Zoom

START = "2026-03-10T09:02:00Z"


class TestFullRefresh(RecordingTable, PagedTable):
    """Here a row of Zoom is a recording, and what becomes of it are its files."""

    table = "recording_files"

    def rows(self, parent: Parent, query: Any) -> list[Record]:
        first = sample(self.table)["meetings"][0]
        return [{**first, "uuid": f"row-{number}"} for number in (1, 2)]

    def of_day(self, day: str) -> Record:
        return {**self.rows({}, {})[0], "uuid": day, "start_time": f"{day}T12:00:00Z"}

    def response(self, rows: list[Record], next_page_token: str = "") -> HttpResponse:
        return answer({**sample(self.table), "next_page_token": next_page_token, "meetings": rows})

    def records(self, parent: Parent, rows: list[Record]) -> list[Record]:
        return [
            {
                **file,
                "file_id": file.get("id") or f"{file['file_type']}:{file['recording_start']}",
                "host_id": row["host_id"],
                "meeting_number": row["id"],
                "meeting_start_time": row["start_time"],
                "meeting_uuid": row["uuid"],
            }
            for row in rows
            for file in row["recording_files"]
        ]

    def files_of(self, zoom: Zoom, *files: Record) -> list[Record]:
        recording = {**self.rows({}, {})[0], "recording_files": list(files)}
        zoom.answers(self.requests({})[0], self.response([recording]))
        return self.read(zoom)

    def test_given_files_without_id_when_read_then_type_and_start_are_their_id(self, zoom: Zoom) -> None:
        files = [{"file_type": kind, "recording_start": START} for kind in ("CC", "TIMELINE", "CC", "CC")]
        found = self.files_of(zoom, *files)
        ids = sorted(file["file_id"] for file in found)
        assert ids == [f"CC:{START}", f"CC:{START}:2", f"CC:{START}:3", f"TIMELINE:{START}"]

    def test_given_placeholder_when_read_then_it_comes(self, zoom: Zoom) -> None:
        (found,) = self.files_of(zoom, {"id": "a", "file_type": "", "status": "processing", "recording_start": START})
        assert (found["file_id"], found["status"]) == ("a", "processing")
