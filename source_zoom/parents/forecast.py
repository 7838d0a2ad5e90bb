"""How many parents and list requests a sync will have, from those that it has had so far."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from source_zoom.parents.history import PAST
from source_zoom.parents.instances import instance_lists
from source_zoom.parents.kinds import KINDS, MEETINGS, Kind
from source_zoom.parents.recordings import RECORDINGS
from source_zoom.parents.scheduled import scheduled_list
from source_zoom.parents.summaries import SUMMARIES
from source_zoom.zoom.labels import Label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from source_zoom.parents.lists import Parents
    from source_zoom.zoom.traffic import Traffic

# A list of which less than this has been read says little about the rest.
LEAST_SHARE = 0.02
# Lists that are read by windows of dates, by the name under which tables share their rows.
_BY_DATES = {
    "history": (Label.HEAVY, PAST),
    "recordings": (Label.MEDIUM, RECORDINGS),
    "summaries": (Label.MEDIUM, SUMMARIES),
}


class Work(NamedTuple):
    """Requests of one label: sent so far, and expected in all."""

    label: Label
    sent: float
    expected: float


class Forecast:
    """What the lists of parents will hold once they are complete."""

    def __init__(self, parents: Parents, traffic: Traffic) -> None:
        self._parents = parents
        self._traffic = traffic

    def scheduled(self, kind: Kind) -> float:
        """Scheduled meetings or webinars."""
        walk = self._parents.scheduled[kind]
        return len(walk) if walk.has_ended else len(walk) / self._share_of_lists(kind)

    def past(self, kind: Kind) -> float:
        """Past occurrences. The reports show theirs within seconds, instances theirs one meeting at a time."""
        walk, reported = self._parents.past[kind], self._parents.reported[kind]
        if walk.has_ended:
            return len(walk)
        read = self._traffic.of(instance_lists(kind)) / max(1.0, self._instances(kind))
        return reported + max(0, len(walk) - reported) / min(1.0, max(LEAST_SHARE, read))

    def lists(self) -> Iterator[Work]:
        """The requests of the lists themselves."""
        for kind in KINDS:
            if self._parents.scheduled[kind].has_started:
                yield self._work(Label.MEDIUM, scheduled_list(kind), len(self._parents.users))
            if self._parents.past[kind].has_started:
                label = Label.MEDIUM if kind is MEETINGS else Label.LIGHT
                yield self._work(label, instance_lists(kind), self._instances(kind))
        for shared, (label, name) in _BY_DATES.items():
            if self._traffic.of(name):
                yield self._work(label, name, len(self._parents.windows[shared]))

    def _work(self, label: Label, name: str, expected: float) -> Work:
        sent = self._traffic.of(name)
        return Work(label, sent, max(sent, expected))

    def _share_of_lists(self, kind: Kind) -> float:
        """The part of the users' lists that has been read, at most 1."""
        read = self._traffic.of(scheduled_list(kind)) / max(1, len(self._parents.users))
        return min(1.0, max(LEAST_SHARE, read))

    def _instances(self, kind: Kind) -> float:
        walk = self._parents.scheduled[kind]
        repeating = sum(listed.series.repeats for listed in walk.so_far())
        rooms = sum(bool(user.personal_meeting_id) for user in self._parents.users.so_far()) if kind is MEETINGS else 0
        return (repeating if walk.has_ended else repeating / self._share_of_lists(kind)) + rooms
