"""What all tables share: one slice a parent, the rows of one parent, skips and failures."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

import orjson
from airbyte_cdk.models import FailureType, SyncMode
from airbyte_cdk.sources.streams.http import HttpStream
from airbyte_cdk.sources.utils.casing import camel_to_snake

from source_zoom.streams.failing import FailurePolicy, Verdict
from source_zoom.streams.table_status import TableStatus
from source_zoom.zoom.client import RequestSubject, path_segment
from source_zoom.zoom.errors import Meaning, ParentSkipped, Rule, ZoomRequestFailed
from source_zoom.zoom.pagination import ListRequest, paginate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    import requests
    from airbyte_cdk.sources.streams.checkpoint import Cursor

    from source_zoom.parents.forecast import Forecast
    from source_zoom.parents.sources import ParentSource
    from source_zoom.streams.ledger import Ledger
    from source_zoom.streams.resources import Parent, Plan, Resources
    from source_zoom.zoom.labels import Label
    from source_zoom.zoom.scopes import Scope

# Whoever holds one of these acts as the host of the meeting, and start_url changes with every read.
HOST_SECRETS = ("start_url", "host_key", "dynamic_host_key")


class ZoomStream(HttpStream, ABC):
    """A table of Zoom: the class says as data what is particular to it.

    ``endpoint`` is the path, with ids of the parent as {fields}.
    """

    endpoint: ClassVar[str]
    parent: ClassVar[ParentSource]
    scope: ClassVar[Scope]
    label: ClassVar[Label]
    #: Key of the list of rows, or "" where the answer itself is the one row.
    rows_at: ClassVar[str] = ""
    #: Keys of which a good answer has at least one, where the answer itself is the row.
    proof_keys: ClassVar[tuple[str, ...]] = ("id", "uuid")
    #: Whether Zoom answers in pages.
    paged: ClassVar[bool] = False
    #: Whether a parent costs requests of the table's own.
    sends_requests: ClassVar[bool] = True
    #: Query parameters of every request.
    query: ClassVar[Mapping[str, str]] = {}
    #: Query parameters that are columns of the rows too, which Zoom may leave out.
    query_columns: ClassVar[tuple[str, ...]] = ()
    #: Whether an answer may say that a parent has no rows. Otherwise such an answer is a failure.
    skippable: ClassVar[bool] = True
    #: The column by which destinations find the newest version of a row; [] without incremental sync.
    cursor_field: ClassVar[str | list[str]] = []
    #: Days for which incremental syncs read a row again, None for as long as the form says.
    lookback_days: ClassVar[int | None] = None
    #: What the state of the table is made of; None in tables without incremental sync.
    plan: Plan | None = None
    #: Whether Zoom may have shut the endpoint down, which makes an empty table and no failure.
    retired: ClassVar[bool] = False

    # The CDK's resumable full refresh would store whole parents and page tokens that live 15 minutes as state.
    is_resumable = False

    def __init__(self, resources: Resources) -> None:
        # HttpStream's own constructor is left out: all it does is to build an HttpClient with a session, which nothing
        # here uses, and a resumable cursor.
        self._resources = resources
        self._slots = resources.in_flight.of(self.label)
        self.status = TableStatus(self.name, self.parent.name)
        self._failing = FailurePolicy(
            self.name,
            self.status,
            resources.parents.known,
            on_retired=self.retire if self.retired else None,
            remembers=self.name in resources.ledgers,
            single_urls=self.skippable,
        )

    @classmethod
    def table_name(cls) -> str:
        """The name of the stream."""
        return camel_to_snake(cls.__name__)

    @classmethod
    def reads_from(cls, ledger: Ledger | None, start: datetime | None) -> int | None:
        """Ordinal of the first day that this sync needs of the table's dated list, None for all that Zoom has."""
        return ledger.reads_from if ledger else start.date().toordinal() if start else None

    def get_cursor(self) -> Cursor | None:
        """None: cursors are those of the concurrent engine."""
        return None

    @property
    def is_incremental(self) -> bool:
        """Whether this sync reads only what is due."""
        return self.name in self._resources.ledgers

    @property
    def url_base(self) -> str:
        """Base of all requests, ends with a slash. Logs in if no login has named the region yet."""
        return self._resources.client.base_url()

    def path(self, *, stream_slice: Mapping[str, Any] | None = None, **_: Any) -> str:
        """The path of a parent's request below ``url_base``, encoded."""
        return self.endpoint.format(**{name: path_segment(value) for name, value in (stream_slice or {}).items()})

    def next_page_token(self, response: requests.Response) -> Mapping[str, Any] | None:
        """Query parameters of the next page, None at the end of the list."""
        token = orjson.loads(response.content).get("next_page_token")
        return {"next_page_token": token} if token else None

    def parse_response(
        self, response: requests.Response, *, stream_slice: Mapping[str, Any] | None = None, **_: Any
    ) -> Iterable[Mapping[str, Any]]:
        """The records of one page."""
        body = orjson.loads(response.content)
        found = body.get(self.rows_at) or [] if self.rows_at else [body]
        return [self.record(row, stream_slice or {}) for row in found]

    @abstractmethod
    def parents(self) -> Iterator[Parent]:
        """Every parent of this table, as the lists show them.

        :raises Exception: after the parents, what kept a list from being read to its end
        """

    @abstractmethod
    def parent_of(self, ids: Mapping[str, Any]) -> Parent:
        """The parent of a slice."""

    def stream_slices(self, **_: Any) -> Iterable[Mapping[str, Any]]:
        """Slices as the parents are found, no faster than requests of the table's label can be sent.

        :raises Exception: after all slices have been read, what makes the table incomplete
        """
        known = self._resources.parents.known
        try:
            for parent in self.parents():
                if self._failing.stopped_for_all:
                    return
                if self._failing.stopped:
                    self.status.found()
                    self.status.left_unread()
                    self.status.read(0)
                    continue
                rule = known.rule(self.name, parent.about)
                if rule:
                    self._skip(parent, rule)
                    continue
                self.status.found()
                self._slots.acquire()
                yield parent.ids
            self.status.found_all()
            self.status.wait_until_read()
            self._failing.check_whole_table()
            self.end()
        except Exception as error:
            self.status.failed(error)
            raise

    def read_records(
        self,
        sync_mode: SyncMode,
        cursor_field: list[str] | None = None,
        stream_slice: Mapping[str, Any] | None = None,
        stream_state: Mapping[str, Any] | None = None,
    ) -> Iterable[Mapping[str, Any]]:
        """Records of one parent; none once the table has been stopped.

        :raises Exception: the parent cannot be read
        """
        records = 0
        try:
            for record in self._read_or_judge(self.parent_of(stream_slice or {})):
                records += 1
                yield record
        finally:
            self._slots.release()
            self.status.read(records)

    def _read_or_judge(self, parent: Parent) -> Iterator[Mapping[str, Any]]:
        if self._failing.stopped:
            self.status.left_unread()
            return
        records = 0
        try:
            for record in self.read_parent(parent):
                # An empty record would end the CDK's whole sync without a word.
                if record:
                    records += 1
                    yield record
            self._failing.succeeded()
            self.answered(parent, None, records)
        except ParentSkipped as skip:
            self._failing.succeeded()
            self._skip(parent, skip.rule)
        except Exception as error:
            is_postponed = self.postponed(error, parent)
            if not is_postponed and self._failing.failed(error, parent.series, str(parent)) is Verdict.RAISE:
                raise

    def read_parent(self, parent: Parent) -> Iterator[dict[str, Any]]:
        """Records of one parent: Zoom's rows with the parent's ids.

        :raises ParentSkipped: Zoom says that there are none
        :raises ConnectorError: a failure, with its type and what to do about it
        """
        client, subject = self._resources.client, self.subject(parent)
        path = self.path(stream_slice=parent.ids)
        if not self.rows_at:
            row = client.get(path, self.query, subject, self.label, proof_keys=self.proof_keys)
            yield self.record(row, parent.ids)
            return
        for position, query in enumerate(self.queries(parent)):
            request = ListRequest(path, query, self.rows_at, self.label, self.paged)
            try:
                for row in paginate(client, request, subject):
                    for column in self.query_columns:
                        row.setdefault(column, query[column])
                    yield self.record(row, parent.ids)
            except ParentSkipped as skip:
                if position:
                    raise _contradiction(subject, skip) from None
                raise

    def stop(self) -> None:
        """Request nothing more: parents that are still to be read have no records."""
        self._failing.stop()

    def expected_parents(self, forecast: Forecast) -> float:
        """How many parents this table will have read at its end."""
        return self.status.parents_found

    def queries(self, parent: Parent) -> Iterator[Mapping[str, str]]:
        """Query parameters of the lists to read for one parent, one after the other."""
        yield self.query

    def record(self, row: dict[str, Any], ids: Mapping[str, Any]) -> dict[str, Any]:
        """The row as a record: what Zoom sent, without the host's secrets, and with the parent's ids."""
        for secret in HOST_SECRETS:
            row.pop(secret, None)
        row.update(ids)
        return row

    def subject(self, parent: Parent) -> RequestSubject:
        """What a request for this parent is about."""
        return RequestSubject(self.name, str(parent), self.skippable)

    def _skip(self, parent: Parent, rule: Rule) -> None:
        known = self._resources.parents.known
        known.skipped(self.name, rule, str(parent))
        if rule.meaning is Meaning.HOST_CANNOT and self.shares_refusal(rule):
            known.learn(self.name, parent.about, rule)
        self.answered(parent, rule, 0)

    def answered(self, parent: Parent, rule: Rule | None, records: int) -> None:
        """Zoom has said what there is: this many records, or by which rule there are none."""

    def postponed(self, error: Exception, parent: Parent) -> bool:
        """Whether a later sync reads this parent, so that the failure does not make the table incomplete."""
        return False

    def retire(self) -> None:
        """Zoom no longer serves the endpoint."""

    def end(self) -> None:
        """Called once all parents have been read."""

    def shares_refusal(self, rule: Rule) -> bool:
        """Whether a refusal for the host holds for every parent with the same ``about``."""
        return rule.of_host


def _contradiction(subject: RequestSubject, skip: ParentSkipped) -> ZoomRequestFailed:
    return ZoomRequestFailed(
        Meaning.UNEXPECTED,
        f"Cannot read {subject} to its end: Zoom answered one of its lists, and of another said that there is nothing "
        f"to read ({skip.rule.reason}). Run the sync again; if it happens each time, report it to Zoom Support.",
        FailureType.transient_error,
    )
