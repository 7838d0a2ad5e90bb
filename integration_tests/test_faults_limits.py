"""Zoom's rate limits: those of a second never fail a sync, those of a day stop what they must and say until when."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest

from integration_tests.faulty import PLAIN, asked, assert_failed, assert_whole, met, repeated, sent_again, sync
from integration_tests.sandbox import HEAVY, LIGHT, MEDIUM, TABLES, Fault, Sandbox

if TYPE_CHECKING:
    from integration_tests.sandbox.routes import Label

pytestmark = pytest.mark.long

REPORTS = ["report_meetings", "report_meeting_participants", "report_webinars", "report_webinar_participants"]
HEAVY_TABLES = [*REPORTS, "webinar_absentees"]
# Heavy requests too, which may be over or not when the others meet the limit.
LOGS = ["report_operation_logs", "report_activities", "report_history_meetings"]
REPORT = r"^/v2/(report/(meetings|webinars)/|past_webinars/[^/]+/absentees)"


def refused(zoom: Sandbox) -> Counter[str | None]:
    """Requests that Zoom answered with 429, by label."""
    return Counter(request.label for request in zoom.requests if request.status == 429)


def test_limit_of_a_second_on_every_label(catalog: dict[str, Any]) -> None:
    with Sandbox(PLAIN, faults=[Fault("qps_429", "^/v2/", rate=0.05)]) as zoom:
        output = sync(zoom, catalog)
        assert_whole(output, zoom, TABLES)
        assert set(refused(zoom)) == {LIGHT, MEDIUM, HEAVY}
        assert repeated(zoom) == met(zoom)
        assert sent_again(output) == {"HTTP 429": refused(zoom).total()}


def test_storm_of_429s(catalog: dict[str, Any]) -> None:
    """Another app of the account has used up every second for a while."""
    with Sandbox(PLAIN, faults=[Fault("qps_429", "^/v2/", first=12)]) as zoom:
        tables = ["meetings", "meeting_registrants", "report_meetings"]
        assert_whole(sync(zoom, catalog, tables), zoom, tables)
        assert sum(refused(zoom).values()) == 12
        assert repeated(zoom) == met(zoom)


def test_account_with_lower_limits_than_its_plan(catalog: dict[str, Any]) -> None:
    """Zoom's headers name the limits; the form says business, and the account has less than pro."""
    limits = {LIGHT: 20, MEDIUM: 20, HEAVY: 10}
    tables = ["meetings", "meeting_polls", "meeting_registrants", "report_meetings"]
    with Sandbox(PLAIN, per_second=limits) as zoom:
        output = sync(zoom, catalog, tables)
        assert_whole(output, zoom, tables)
        told = [line for line in output.logs if "Zoom lets this account make" in line]
        assert sorted(re.findall(r"make (\d+) (\w+) requests a second", " ".join(told))) == [
            ("10", "heavy"), ("20", "light"), ("20", "medium"),
        ]  # fmt: skip
        assert sum(refused(zoom).values()) == sum(repeated(zoom).values())
        # What is under way before the first answer has come may go too fast, and nothing after it.
        assert sum(refused(zoom).values()) < 60


def test_daily_limit_stops_its_label_and_says_until_when(catalog: dict[str, Any]) -> None:
    """One slice of a label at a time, so that nothing else is under way when the limit is told."""
    with Sandbox(PLAIN, faults=[Fault("daily_429", REPORT, at=tuple(range(30, 10_000)))]) as zoom:
        others = [table for table in TABLES if table not in (*HEAVY_TABLES, *LOGS)]
        output = sync(zoom, catalog, [*HEAVY_TABLES, *others], num_workers=5)
        midnight = datetime.now(timezone.utc) + timedelta(days=1)
        words = (
            f"daily limit for heavy API requests is used up; Zoom answers again at {midnight:%Y-%m-%d} 00:00 UTC",
            "Run the sync again after that time",
            "shared by all apps",
        )
        assert_failed(output, zoom, HEAVY_TABLES, others, "transient_error", *words)
        assert refused(zoom) == {HEAVY: 1}
        assert not repeated(zoom)
        assert len([r for r in zoom.requests if re.search(REPORT, r.target)]) == 31
        # What was read before the limit is kept.
        assert sum(len(output.records[table]) for table in HEAVY_TABLES) > 0


def test_daily_limit_under_many_workers_is_not_asked_again(catalog: dict[str, Any]) -> None:
    with Sandbox(PLAIN, faults=[Fault("daily_429", REPORT, at=tuple(range(20, 10_000)))], latency=0.1) as zoom:
        others = [table for table in TABLES if table not in (*HEAVY_TABLES, *LOGS)]
        output = sync(zoom, catalog, [*HEAVY_TABLES, *others])
        assert_failed(output, zoom, HEAVY_TABLES, others, "transient_error", "daily limit for heavy API requests")
        assert not repeated(zoom)
        # Those that were under way already: a third of the forty workers at most.
        assert refused(zoom)[HEAVY] <= 13


def test_daily_limit_that_was_used_up_before_the_sync(catalog: dict[str, Any]) -> None:
    """The history of the account is a heavy request too, so the tables that need it cannot be complete."""
    with Sandbox(PLAIN, per_day={HEAVY: 0}) as zoom:
        output = sync(zoom, catalog)
        past = [*HEAVY_TABLES, "meeting_poll_results", "meeting_files"]
        past += ["webinar_poll_results", "webinar_qna_results", "webinar_files", "meeting_transcripts"]
        past += ["past_meeting_participants", "past_webinar_participants"]
        past += LOGS
        others = [table for table in TABLES if table not in past]
        assert_failed(output, zoom, past, others, "transient_error", "daily limit for heavy API requests is used up")
        assert not repeated(zoom)
        assert not asked(zoom, "^/v2/report/users")


def test_daily_limit_that_ends_soon_is_waited_for(catalog: dict[str, Any]) -> None:
    with Sandbox(PLAIN, faults=[Fault("daily_429", REPORT, at=(10,), seconds=4)]) as zoom:
        tables = [*REPORTS, "meetings"]
        assert_whole(sync(zoom, catalog, tables), zoom, tables)
        ((url, times),) = repeated(zoom).items()
        assert times == 1
        first, second = [request.started for request in zoom.requests if request.url == url]
        assert 2 < second - first < 60


@pytest.mark.parametrize("label", [LIGHT, MEDIUM])
def test_daily_limit_of_a_free_account(catalog: dict[str, Any], label: Label) -> None:
    with Sandbox(PLAIN, per_day={label: 8}) as zoom:
        output = sync(zoom, catalog, ["users", "meetings", "meeting_registrants"])
        stopped = ["meetings"] if label == LIGHT else ["meeting_registrants"]
        others = ["users", "meeting_registrants"] if label == LIGHT else ["users", "meetings"]
        assert_failed(output, zoom, stopped, others, "transient_error", f"daily limit for {label.lower()} API requests")
        assert not repeated(zoom)
