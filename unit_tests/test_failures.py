"""failures.py: the sentence that ends a sync in which tables failed."""

from __future__ import annotations

import pytest
from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_zoom.failures import Failures

CONFIG, TRANSIENT, SYSTEM = FailureType.config_error, FailureType.transient_error, FailureType.system_error


def failure(sentence: str, kind: FailureType = CONFIG) -> AirbyteTracedException:
    return AirbyteTracedException(internal_message=sentence, message=sentence, failure_type=kind)


def ending(*noted: tuple[str, Exception]) -> AirbyteTracedException:
    failures = Failures()
    for table, error in noted:
        failures.note(table, error)
    end = failures.ending(21)
    assert end is not None
    return end


def test_no_failure_has_no_ending():
    assert Failures().ending(21) is None


def test_failed_tables_are_named_with_their_reasons():
    end = ending(("meetings", failure("Scope a is missing.")), ("webinars", failure("Scope b is missing.")))
    assert end.message == (
        "2 of 21 tables did not come through in full. [meetings] Scope a is missing. [webinars] Scope b is missing."
    )
    assert end.internal_message == end.message


def test_tables_with_the_same_reason_share_it():
    end = ending(("meetings", failure("Zoom is down.")), ("webinars", failure("Zoom is down.")))
    assert end.message.count("Zoom is down.") == 1
    assert "[meetings, webinars] Zoom is down." in end.message


def test_first_failure_of_a_table_counts():
    end = ending(("meetings", failure("First.")), ("meetings", failure("Second.", TRANSIENT)))
    assert "First." in end.message
    assert "Second." not in end.message
    assert end.failure_type is CONFIG


@pytest.mark.parametrize(
    ("kinds", "worst"),
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
def test_sync_is_worth_another_run_unless_the_user_must_mend_everything(kinds: list[FailureType], worst: FailureType):
    assert ending(*((f"table {i}", failure(f"{i}", kind)) for i, kind in enumerate(kinds))).failure_type is worst


def test_error_that_nobody_foresaw_is_the_systems_and_its_text_stays_out():
    end = ending(("meetings", ValueError("marta.olsen@example.com")))
    assert end.failure_type is SYSTEM
    assert "[meetings] An unforeseen ValueError" in end.message
    assert "marta" not in end.message
