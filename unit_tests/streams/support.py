"""Reading single parents of a table, and what Zoom answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from airbyte_cdk.models import SyncMode

from source_zoom.streams import ZoomStream
from source_zoom.sync.sync import Sync
from unit_tests.threads import collect

if TYPE_CHECKING:
    from requests_mock.adapter import _Matcher

    from source_zoom.parents.known import SkipCount
    from source_zoom.parents.lists import Parents
    from source_zoom.streams.resources import Resources
    from source_zoom.zoom.labels import Label

Answer = dict[str, Any]
MakeSync = Callable[..., Sync]
# table(name, **settings): the one table of a sync.
MakeTable = Callable[..., ZoomStream]

DOWN: Answer = {"status_code": 500, "json": {"code": 500, "message": "Internal error"}}
NO_SCOPE: Answer = {
    "status_code": 400,
    "json": {"code": 4711, "message": "does not contain scopes:[meeting:read:x:admin]."},
}
DAILY: Answer = {
    "status_code": 429,
    "headers": {"X-RateLimit-Type": "Daily-limit", "Retry-After": "2099-01-20T00:00:00Z"},
}
GONE: Answer = {"status_code": 404, "json": {"code": 3001, "message": "Meeting does not exist."}}
ODD: Answer = {"status_code": 400, "json": {"code": 9999, "message": "Nobody knows."}}
FIREWALL: Answer = {"status_code": 403, "text": "<html>no</html>", "headers": {"Content-Type": "text/html"}}
NO_PLAN: Answer = {"status_code": 400, "json": {"code": 200, "message": "Only available for paid account: 1."}}
RETIRED: Answer = {"status_code": 404, "json": {"code": 2300, "message": "This API endpoint is not recognized."}}


def resources_of(stream: ZoomStream) -> Resources:
    """What the table shares with the others of its sync."""
    found: Resources = attrgetter("_resources")(stream)
    return found


def parents_of(stream: ZoomStream) -> Parents:
    """The lists of the table's sync, to feed them."""
    return resources_of(stream).parents


def take_slot(stream: ZoomStream) -> None:
    """Take the place of one parent that is being read, as stream_slices() does."""
    resources_of(stream).in_flight.acquire(stream.label)


def free_slot(stream: ZoomStream) -> None:
    """Give it back, as read_records() does."""
    resources_of(stream).in_flight.release(stream.label)


def slots_taken(stream: ZoomStream) -> int:
    """Parents of the table's label that are being read."""
    running: Mapping[Label, int] = attrgetter("_running")(resources_of(stream).in_flight)
    return running[stream.label]


def read(stream: ZoomStream, ids: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Records of one parent."""
    return list(stream.read_records(SyncMode.full_refresh, stream_slice=ids))


def outcome(stream: ZoomStream, ids: Mapping[str, Any]) -> tuple[list[Any], BaseException | None]:
    """Records of one parent, and the error that ended them."""
    return collect(stream.read_records(SyncMode.full_refresh, stream_slice=ids))


def read_all(stream: ZoomStream) -> tuple[list[Any], list[BaseException]]:
    """Records of all parents one after the other, and the failures: of single parents, then of the table."""
    found: list[Any] = []
    failures: list[BaseException] = []
    parents = iter(stream.stream_slices())
    while True:
        try:
            ids = next(parents)
        except StopIteration:
            return found, failures
        except Exception as error:
            return found, [*failures, error]
        records, failure = outcome(stream, ids)
        found += records
        failures += [failure] if failure else []


def query_of(requests: _Matcher) -> dict[str, list[str]]:
    """The query of the latest of these requests."""
    assert requests.last_request is not None
    return requests.last_request.qs


def skips(stream: ZoomStream) -> dict[str, SkipCount]:
    """Skipped parents of the table, by reason."""
    counted = parents_of(stream).known.skips()
    return {key.reason: count for key, count in counted.items() if key.table == stream.name}
