"""Cloud recordings, their files and transcripts: https://developers.zoom.us/docs/api/meetings/#tag/cloud-recording."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from airbyte_cdk.models import FailureType

from source_zoom.base.exceptions import ConnectorError
from source_zoom.parents.sources import PAST_MEETINGS, RECORDING_LIST, RECORDING_WINDOWS
from source_zoom.streams.base import ZoomStream
from source_zoom.streams.occurrences import OccurrenceTable
from source_zoom.streams.plan import Outcome
from source_zoom.streams.windows import SharedWindowTable
from source_zoom.zoom.errors import Meaning, Rule
from source_zoom.zoom.labels import Label
from source_zoom.zoom.parsing import as_int, as_text
from source_zoom.zoom.scopes import granular

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from source_zoom.parents.windows import Window
    from source_zoom.streams.resources import Parent, Resources

# So many refusals and nothing else say that the app may view no transcript at all.
REFUSED_WITNESSES = 3


class Recordings(SharedWindowTable):
    """GET /accounts/me/recordings (operation ``getAccountCloudRecording``), or of each user (``recordingsList``)."""

    parent = RECORDING_WINDOWS
    primary_key = ["uuid"]
    endpoint = "accounts/me/recordings"
    scope = RECORDING_LIST
    label = Label.MEDIUM
    rows_at = "meetings"

    def record(self, row: dict[str, Any], ids: Mapping[str, Any]) -> dict[str, Any]:
        # A number in the list of the account, and a text in that of a user.
        kind = as_int(row.get("type"))
        return super().record(row if kind is None else {**row, "type": kind}, ids)


class RecordingFiles(SharedWindowTable):
    """The files in the answers of ``recordings``: GET /accounts/me/recordings, or of each user."""

    parent = RECORDING_WINDOWS
    primary_key = ["meeting_uuid", "file_id"]
    endpoint = "accounts/me/recordings"
    scope = RECORDING_LIST
    label = Label.MEDIUM
    rows_at = "meetings[].recording_files"
    cursor_field = "meeting_start_time"

    def rows(self, window: Window, parent: Parent) -> Iterator[dict[str, Any]]:
        for recording in super().rows(window, parent):
            shared = {
                "host_id": recording.get("host_id"),
                "meeting_number": as_int(recording.get("id")),
                "meeting_start_time": recording.get("start_time"),
                "meeting_uuid": recording.get("uuid"),
            }
            listed = recording.get("recording_files")
            files = [file for file in listed if isinstance(file, dict)] if isinstance(listed, list) else []
            for file, file_id in zip(files, _file_ids(files), strict=True):
                yield {**file, **shared, "file_id": file_id}


def _file_ids(files: list[dict[str, Any]]) -> Iterator[str]:
    """Zoom's ids. Captions and timelines have none: their type and start, and a number from the second equal one on."""
    seen: Counter[str] = Counter()
    for file in files:
        name = as_text(file.get("id")) or f"{file.get('file_type', '')}:{file.get('recording_start', '')}"
        seen[name] += 1
        yield name if seen[name] == 1 else f"{name}:{seen[name]}"


class MeetingTranscripts(OccurrenceTable):
    """GET /meetings/{meetingId}/transcript (operation ``GetMeetingTranscript``).

    The ``meeting_id`` of Zoom's answer is the UUID, and stays what it is.
    """

    parent = PAST_MEETINGS
    primary_key = ["meeting_uuid"]
    endpoint = "meetings/{meeting_uuid}/transcript"
    scope = granular("cloud_recording:read:meeting_transcript:admin")
    label = Label.MEDIUM
    proof_keys = ("meeting_id", "can_download")
    cursor_field = "transcript_created_time"

    def __init__(self, resources: Resources) -> None:
        super().__init__(resources)
        self._unfinished: set[str] = set()
        self._refused: set[str] = set()

    def record(self, row: dict[str, Any], ids: Mapping[str, Any]) -> dict[str, Any]:
        uuid = ids[self.kind.uuid_column]
        if row.get("download_restriction_reason") == "NOT_READY":
            self._unfinished.add(uuid)
        return ZoomStream.record(self, row, {"meeting_number": ids.get(self.kind.id_column), "meeting_uuid": uuid})

    def outcome(self, uuid: str, rule: Rule | None, records: int) -> Outcome:
        if rule is not None and rule.meaning is Meaning.HOST_CANNOT:
            self._refused.add(uuid)
            return Outcome.UNFINISHED
        return Outcome.UNFINISHED if uuid in self._unfinished else super().outcome(uuid, rule, records)

    def end(self) -> None:
        # Of few new meetings, those of one host may be all.
        enough = REFUSED_WITNESSES if self.is_incremental else 1
        refused = len(self._refused)
        if refused >= enough and refused == self.plan.answers:
            raise ConnectorError(
                f"Cannot read {self.name}: Zoom lets the app view none of the {refused} requested transcripts. "
                "Let the app's owner view the recordings of others, or deselect the table.",
                FailureType.config_error,
            )
        super().end()

    def shares_refusal(self, rule: Rule) -> bool:
        # Who may view the transcript of one meeting says nothing of the others.
        return rule.of_host
