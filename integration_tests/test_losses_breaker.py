"""Answers that nobody knows: they cost what they are about, and no neighbours."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from integration_tests.faulty import PLAIN, assert_true, sync
from integration_tests.losses import assert_only_missing, assert_told, failure_of, missing
from integration_tests.sandbox import Fault, Sandbox

pytestmark = pytest.mark.long

SERIES = replace(PLAIN, users=2, webinar_share=0, meetings_per_user=8, occurrences_per_recurring=34)


@pytest.mark.parametrize("workers", [1, 12])
def test_odd_series_of_many_occurrences_is_all_that_is_missing(catalog: dict[str, Any], workers: int) -> None:
    with Sandbox(SERIES, odd_series=1) as clear, Sandbox(SERIES) as whole:
        longest = max(clear.account.listed_meetings(), key=lambda meeting: len(meeting.occurrences))
        output = sync(clear, catalog, ["report_meetings"], num_workers=workers)
        lost = [row for row in whole.truth("report_meetings") if row["meeting_id"] == longest.id]
        assert len(lost) > 20
        assert_only_missing(output, whole, "report_meetings", lost)
        assert "was stopped" not in failure_of(output, "report_meetings")
        assert str(longest.id) in failure_of(output, "report_meetings")


def test_odd_neighbours_among_the_users_hide_nobody_else(catalog: dict[str, Any]) -> None:
    shape = replace(PLAIN, users=14, meetings_per_user=2, webinar_share=0)
    with Sandbox(shape, odd_users=6) as zoom, Sandbox(shape) as whole:
        odd = {user.id for user in zoom.account.users[1:7]}
        output = sync(zoom, catalog, ["meetings", "users"])
        assert_true(output, whole, ["users"])
        lost = [row for row in whole.truth("meetings") if row["host_id"] in odd]
        assert lost
        assert_only_missing(output, whole, "meetings", lost)


def test_table_that_is_stopped_says_what_it_left_unread(catalog: dict[str, Any]) -> None:
    shape = replace(PLAIN, users=4, webinar_share=0, meetings_per_user=12)
    fault = Fault("answer", r"^/v2/meetings/\d+/polls", status=400, code=98765, message="Something new.")
    with Sandbox(shape, faults=[fault]) as zoom:
        output = sync(zoom, catalog, ["meeting_polls", "meetings"], num_workers=1)
        assert_true(output, zoom, ["meetings"])
        assert_told(output, zoom, ["meeting_polls"])
        found = zoom.owed("meetings")
        asked = sum(request.path.endswith("/polls") for request in zoom.requests)
        assert 20 <= asked < found
        stopped = f"stopped after 20 failures in a row: {found - asked} of {found} scheduled meetings were not read"
        assert stopped in failure_of(output, "meeting_polls")
        assert missing(output, zoom, "meeting_polls")
