"""What all tables have in common: slices from a walk, one parent's rows, and when to stop."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

import orjson
import requests
from airbyte_cdk.models import SyncMode
from airbyte_cdk.sources.streams.checkpoint import Cursor
from airbyte_cdk.sources.streams.http import HttpStream
from airbyte_cdk.sources.utils.casing import camel_to_snake

from source_zoom.account import Account
from source_zoom.client import Asked, path_segment
from source_zoom.errors import Meaning, ParentSkipped, ZoomRefused, concerns_all
from source_zoom.pages import rows
from source_zoom.rate_limits import label_of
from source_zoom.walks import MAX_FAILURES_IN_A_ROW

logger = logging.getLogger("airbyte")

# Whoever holds one of these acts as the host of the meeting, and start_url changes with every read.
HOST_SECRETS = ("start_url", "host_key", "dynamic_host_key")
# What a retired endpoint may answer. No granular scope exists for it, so no user could add the one that is missing.
# Where access is denied to everything, the tables that are served tell it.
ENDPOINT_RETIRED = frozenset({Meaning.ENDPOINT_GONE, Meaning.SCOPE_MISSING, Meaning.ACCESS_DENIED})


class ZoomStream(HttpStream, ABC):
    """A table of Zoom, read in full.

    A slice holds the ids of one parent, which become columns of its records. Subclasses name the endpoint in
    ``endpoint`` (the slice's values as {fields}), and in ``record_key`` where the rows are in the answer.
    """

    endpoint: ClassVar[str]
    #: Key of the list of rows, or "" where the answer itself is the one record.
    record_key: ClassVar[str] = ""
    #: Keys of which a good answer has at least one, where the answer itself is the record.
    record_keys: ClassVar[tuple[str, ...]] = ("id", "uuid")
    #: Whether Zoom answers in pages.
    paged: ClassVar[bool] = False
    #: Query parameters that are columns of the rows too, which Zoom may leave out.
    echoed: ClassVar[tuple[str, ...]] = ()
    #: Whether Zoom may have shut the endpoint down, which makes an empty table and no failure.
    retired: ClassVar[bool] = False

    # The CDK's resumable full refresh would store whole parents and page tokens that live 15 minutes as state.
    is_resumable = False

    def __init__(self, account: Account) -> None:
        self.account = account
        self._stopped = False
        self._failures_in_a_row = 0
        self._slots = account.slots[label_of("/v2/" + self.endpoint)]
        super().__init__()

    @classmethod
    def table_name(cls) -> str:
        return camel_to_snake(cls.__name__)

    def get_cursor(self) -> Cursor | None:
        return None

    @property
    def url_base(self) -> str:
        return self.account.config.api_url

    def path(self, *, stream_slice: Mapping[str, Any] | None = None, **_: Any) -> str:
        return self.endpoint.format(**{name: path_segment(value) for name, value in (stream_slice or {}).items()})

    def next_page_token(self, response: requests.Response) -> Mapping[str, Any] | None:
        token = orjson.loads(response.content).get("next_page_token")
        return {"next_page_token": token} if token else None

    def parse_response(
        self, response: requests.Response, *, stream_slice: Mapping[str, Any] | None = None, **_: Any
    ) -> Iterable[Mapping[str, Any]]:
        body = orjson.loads(response.content)
        found = body.get(self.record_key) or [] if self.record_key else [body]
        return [self.record(row, stream_slice or {}) for row in found]

    @abstractmethod
    def parents(self) -> Iterator[dict[str, Any]]:
        """The slices of this table."""

    def stream_slices(self, **_: Any) -> Iterable[Mapping[str, Any]]:
        """Slices as the walk finds them, no faster than the table's label is worked off."""
        try:
            for parent in self.parents():
                if self._stopped:
                    return
                self.account.progress.parent_known(self.name)
                self._slots.acquire()
                yield parent
        except Exception as error:
            # The parents could not be listed to their end; what was found of them is read all the same.
            self.account.failures.note(self.name, error)
            raise
        self.account.progress.all_parents_known(self.name)

    def read_records(
        self,
        sync_mode: SyncMode,
        cursor_field: list[str] | None = None,
        stream_slice: Mapping[str, Any] | None = None,
        stream_state: Mapping[str, Any] | None = None,
    ) -> Iterable[Mapping[str, Any]]:
        """Records of one parent. After a failure that every parent would meet, nothing more is asked."""
        parent = stream_slice or {}
        count = 0
        try:
            if self._stopped:
                return
            for record in self.read_parent(parent):
                count += 1
                yield record
            self._failures_in_a_row = 0
        except ParentSkipped as skip:
            self._failures_in_a_row = 0
            self.account.progress.skipped(self.name, skip.reason, self.parent_id(parent))
            self.parent_skipped(parent, skip)
        except Exception as error:
            if self._is_retired(error):
                return
            if self._stopped:
                # Another parent has met and told the same; this one was under way meanwhile.
                return
            self._count_failure(error)
            raise
        finally:
            self._slots.release()
            self.parent_done(parent)
            self.account.progress.parent_done(self.name, count)

    def read_parent(self, parent: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """Records of one parent, as Zoom sends them and with the parent's ids."""
        asked = Asked(self.name, self.parent_id(parent))
        path = self.path(stream_slice=parent)
        if not self.record_key:
            yield self.record(self.account.client.get(path, {}, asked, record_keys=self.record_keys), parent)
            return
        for query in self.queries(parent):
            for row in rows(self.account.client, path, query if self.paged else None, asked, self.record_key):
                for column in self.echoed:
                    row.setdefault(column, query[column])
                yield self.record(row, parent)

    def queries(self, parent: Mapping[str, Any]) -> Iterator[dict[str, str]]:
        """Query parameters of the lists to read for one parent, one after the other."""
        yield {}

    def record(self, row: dict[str, Any], parent: Mapping[str, Any]) -> dict[str, Any]:
        """The row as a record: what Zoom sent less the host's secrets, and the parent's ids."""
        for secret in HOST_SECRETS:
            row.pop(secret, None)
        row.update(parent)
        return row

    def parent_id(self, parent: Mapping[str, Any]) -> str:
        """The parent in words for logs and errors, by ids only."""
        return " ".join(str(value) for value in parent.values())

    def parent_skipped(self, parent: Mapping[str, Any], skip: ParentSkipped) -> None:
        """Called for a parent that has nothing to read."""

    def parent_done(self, parent: Mapping[str, Any]) -> None:
        """Called once a parent, whatever came of it."""

    def stop(self) -> None:
        """Ask Zoom nothing more for this table."""
        self._stopped = True

    def _is_retired(self, error: Exception) -> bool:
        if not (self.retired and isinstance(error, ZoomRefused) and error.meaning in ENDPOINT_RETIRED):
            return False
        if not self._stopped:
            self.stop()
            logger.warning("%s stays empty: Zoom does not serve its deprecated endpoint any more. %s", self.name, error)
        return True

    def _count_failure(self, error: Exception) -> None:
        """After a failure that every parent would meet, or after several in a row, the table stops."""
        self.account.failures.note(self.name, error)
        self._failures_in_a_row += 1
        if concerns_all(error) or self._failures_in_a_row >= MAX_FAILURES_IN_A_ROW:
            self.stop()
