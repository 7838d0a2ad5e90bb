"""failures.py: the sentence that ends a sync with incomplete tables."""

from __future__ import annotations

import pytest
from airbyte_cdk.models import FailureType

from source_zoom.base.exceptions import ConnectorError
from source_zoom.streams.table_status import TableStatus
from source_zoom.sync.failures import Failures

CONFIG, TRANSIENT, SYSTEM = FailureType.config_error, FailureType.transient_error, FailureType.system_error


def failed(table: str, sentence: str, kind: FailureType = CONFIG) -> TableStatus:
    return status(table, ConnectorError(sentence, kind))


def status(table: str, *errors: Exception) -> TableStatus:
    made = TableStatus(table, "past meetings")
    for error in errors:
        made.failed(error)
    return made


def ending(*statuses: TableStatus) -> ConnectorError:
    end = Failures([*statuses, status("users")]).ending()
    assert end is not None
    return end


def test_no_failure_has_no_ending() -> None:
    assert Failures([status("users")]).ending() is None


def test_incomplete_tables_are_named_with_their_reasons() -> None:
    end = ending(failed("meetings", "Scope a is missing."), failed("webinars", "Scope b is missing."))
    assert end.message == (
        "2 of 3 tables are incomplete. [meetings] Scope a is missing. [webinars] Scope b is missing."
    )
    assert end.internal_message == end.message


def test_one_incomplete_table() -> None:
    assert (
        ending(failed("meetings", "Zoom is down.")).message == "1 of 2 tables is incomplete. [meetings] Zoom is down."
    )


def test_tables_with_the_same_reason_share_it() -> None:
    end = ending(failed("meetings", "Zoom is down."), failed("webinars", "Zoom is down."))
    assert end.message == "2 of 3 tables are incomplete. [meetings, webinars] Zoom is down."


def test_first_failure_of_a_table_counts() -> None:
    end = ending(status("meetings", ConnectorError("First.", CONFIG), ConnectorError("Second.", TRANSIENT)))
    assert "First." in str(end.message)
    assert "Second." not in str(end.message)
    assert end.failure_type is CONFIG


def test_stopped_table_says_after_how_many_and_what_was_not_read() -> None:
    stopped = failed("report_meetings", "Nobody knows.", SYSTEM)
    for number in range(4150):
        stopped.found()
        if number >= 92:
            stopped.left_unread()
        stopped.read(0)
    stopped.stopped_after = 20
    assert str(ending(stopped).message).endswith(
        "[report_meetings] Nobody knows. The table was stopped after 20 failures in a row: "
        "4,058 of 4,150 past meetings were not read."
    )


@pytest.mark.parametrize(
    ("kinds", "of_the_sync"),
    [
        ([CONFIG], CONFIG),
        ([TRANSIENT], TRANSIENT),
        ([SYSTEM], SYSTEM),
        ([CONFIG, CONFIG], CONFIG),
        ([CONFIG, TRANSIENT], TRANSIENT),
        ([CONFIG, SYSTEM], SYSTEM),
        ([SYSTEM, TRANSIENT, CONFIG], TRANSIENT),
    ],
)
def test_sync_is_worth_another_run_unless_the_user_must_fix_everything(
    kinds: list[FailureType], of_the_sync: FailureType
) -> None:
    assert ending(*(failed(f"table {i}", f"{i}", kind) for i, kind in enumerate(kinds))).failure_type is of_the_sync


def test_unforeseen_error_is_the_systems_and_its_text_stays_out() -> None:
    end = ending(status("meetings", ValueError("marta.olsen@example.com")))
    assert end.failure_type is SYSTEM
    assert "[meetings] An unforeseen ValueError" in str(end.message)
    assert "marta" not in str(end.message)
