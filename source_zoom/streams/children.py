"""The two ways a table hangs on its parents: on what is scheduled, or on what took place."""

from __future__ import annotations

from abc import ABC
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from source_zoom.account import Account
from source_zoom.client import Asked
from source_zoom.errors import REGISTRATION_OFF, Meaning, ParentSkipped
from source_zoom.pages import objects_in
from source_zoom.parents import UNKNOWN_DAY, Kind, Occurrence
from source_zoom.streams.base import ZoomStream
from source_zoom.walks import Registration

# settings.approval_type of a meeting or webinar: 0 automatic, 1 manual, 2 no registration.
NO_REGISTRATION = 2


class ScheduledChild(ZoomStream, ABC):
    """One slice a listed meeting or webinar, by its number.

    Where Zoom refuses one for what its host may not do, the host's others are not asked for, and neither are the parts
    of one that is known to be gone.
    """

    kind: ClassVar[Kind]

    def __init__(self, account: Account) -> None:
        super().__init__(account)
        self._refused_hosts: dict[str, str] = {}

    def parents(self) -> Iterator[dict[str, Any]]:
        for listed in self.account.parents.listed[self.kind]:
            parent = {self.kind.id_column: listed.id}
            reason = self._refused_hosts.get(listed.series.host) or self.account.parents.gone[self.kind].get(listed.id)
            if reason:
                self.account.progress.skipped(self.name, reason, self.parent_id(parent))
                self.parent_done(parent)
            else:
                yield parent

    def parent_skipped(self, parent: Mapping[str, Any], skip: ParentSkipped) -> None:
        listed = self.account.parents.listed[self.kind].find(parent[self.kind.id_column])
        if skip.meaning is Meaning.HOST_CANNOT and listed:
            self._refused_hosts[listed.series.host] = skip.reason


class PastChild(ZoomStream, ABC):
    """One slice a past occurrence, by its UUID: by number Zoom answers for the latest occurrence only.

    What is older than an occurrence that was too old for Zoom is not asked for, nor is another occurrence of what the
    host may not do.
    """

    kind: ClassVar[Kind]

    def __init__(self, account: Account) -> None:
        super().__init__(account)
        self._oldest_day = 0
        self._too_old = ""
        self._refused: dict[int, str] = {}

    def parents(self) -> Iterator[dict[str, Any]]:
        for occurrence in self.account.parents.past[self.kind]:
            parent = {self.kind.id_column: occurrence.id, self.kind.uuid_column: occurrence.uuid}
            reason = self.known_refusal(occurrence)
            if reason:
                self.account.progress.skipped(self.name, reason, self.parent_id(parent))
            else:
                yield parent

    def parent_skipped(self, parent: Mapping[str, Any], skip: ParentSkipped) -> None:
        if skip.meaning is Meaning.HOST_CANNOT:
            self._refused[parent[self.kind.id_column]] = skip.reason
        elif skip.meaning is Meaning.TOO_OLD:
            occurrence = self.account.parents.past[self.kind].find(parent[self.kind.uuid_column])
            if occurrence and occurrence.day != UNKNOWN_DAY:
                self._too_old = skip.reason
                self._oldest_day = max(self._oldest_day, occurrence.day)

    def known_refusal(self, occurrence: Occurrence) -> str | None:
        """Why there is nothing to read of it, as far as other answers tell."""
        if occurrence.day < self._oldest_day:
            return self._too_old
        return self._refused.get(occurrence.id)


class RegistrationChild(ScheduledChild, ABC):
    """Has rows only where registration is on, which another selected table may know already."""

    @property
    def registration(self) -> Registration:
        return self.account.parents.registration[self.kind]

    def parents(self) -> Iterator[dict[str, Any]]:
        for parent in super().parents():
            if self.registration.teacher == self.name or not self.registration.is_off(parent[self.kind.id_column]):
                yield parent


class RegistrationTeacher(ScheduledChild, ABC):
    """Learns of every parent whether registration is on, and tells the tables that depend on it."""

    def tell(self, parent: Mapping[str, Any], on: bool | None) -> None:
        registration = self.account.parents.registration[self.kind]
        if registration.teacher == self.name:
            registration.tell(parent[self.kind.id_column], on)

    def parent_done(self, parent: Mapping[str, Any]) -> None:
        self.tell(parent, None)

    def stop(self) -> None:
        super().stop()
        registration = self.account.parents.registration[self.kind]
        if registration.teacher == self.name:
            registration.close()


class Details(RegistrationTeacher, ABC):
    """The meeting or webinar itself; its settings say whether registration is on."""

    def record(self, row: dict[str, Any], parent: Mapping[str, Any]) -> dict[str, Any]:
        settings = row.get("settings")
        approval = settings.get("approval_type") if isinstance(settings, dict) else None
        self.tell(parent, None if approval is None else approval != NO_REGISTRATION)
        # An empty record would end the CDK's whole sync without a word, and Zoom's own id is never replaced.
        row.setdefault("id", parent[self.kind.id_column])
        return super().record(row, {})

    def parent_skipped(self, parent: Mapping[str, Any], skip: ParentSkipped) -> None:
        super().parent_skipped(parent, skip)
        if skip.gone:
            self.account.parents.gone[self.kind][parent[self.kind.id_column]] = skip.reason
            self.tell(parent, False)


class Registrants(RegistrationTeacher, RegistrationChild, ABC):
    """Registrants of all three statuses: Zoom answers for one at a time, and for ``approved`` when none is named."""

    record_key = "registrants"
    paged = True
    echoed = ("status",)

    def queries(self, parent: Mapping[str, Any]) -> Iterator[dict[str, str]]:
        for status in ("approved", "pending", "denied"):
            yield {"status": status}
            # Reached only after an answer: where registration is off, the first one ends the parent.
            self.tell(parent, True)

    def parent_skipped(self, parent: Mapping[str, Any], skip: ParentSkipped) -> None:
        super().parent_skipped(parent, skip)
        if skip.registration_off:
            self.tell(parent, False)


class Questions(RegistrationChild, ABC):
    """The registration form of a meeting or webinar, one record each."""

    record_keys = ("questions", "custom_questions")


class Absentees(PastChild, ABC):
    """Registrants who did not come, which only webinars with registration have."""

    record_key = "registrants"
    paged = True

    def known_refusal(self, occurrence: Occurrence) -> str | None:
        known = super().known_refusal(occurrence)
        is_off = self.account.parents.registration[self.kind].is_known_off(occurrence.id)
        return known or (REGISTRATION_OFF if is_off else None)


class Answers(PastChild, ABC):
    """One record a participant who answered polls or asked questions, in Zoom's order.

    Guests have no email and anonymous answers no name, so only the position tells two of them apart.
    """

    record_key = "questions"

    def read_parent(self, parent: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        asked = Asked(self.name, self.parent_id(parent))
        body = self.account.client.get(self.path(stream_slice=parent), {}, asked, record_keys=(self.record_key,))
        # The start of the occurrence stands beside the list, once for all its rows.
        shared = {**parent, **({"start_time": body["start_time"]} if "start_time" in body else {})}
        for index, row in enumerate(objects_in(body, self.record_key, asked)):
            yield self.record(row, {**shared, "result_index": index})


class Participants(PastChild, ABC):
    """One record a join: who leaves and comes back has several, each with a user_id of its own."""

    record_key = "participants"
    paged = True

    def queries(self, parent: Mapping[str, Any]) -> Iterator[dict[str, str]]:
        # Without this Zoom leaves the column out.
        yield {"include_fields": "registrant_id"}


class Files(PastChild, ABC):
    """Files sent in the chat. Zoom calls the endpoint deprecated; where it is gone the table is empty."""

    record_key = "in_meeting_files"
    retired = True
