"""exceptions.py: the one base class of errors that a user reads."""

from __future__ import annotations

import pytest
from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_zoom.base.exceptions import ConfigError, ConnectorError, is_config_error, with_note
from source_zoom.zoom.errors import LabelClosed, Meaning, ZoomRequestFailed
from source_zoom.zoom.tokens import LoginError
from unit_tests.failures import config_error, system_error, transient_error


@pytest.mark.parametrize(
    "error",
    [
        ConfigError("Fix it."),
        LabelClosed("Fix it."),
        ZoomRequestFailed(Meaning.RETRY, "Fix it.", FailureType.transient_error),
        LoginError("Fix it.", FailureType.config_error),
    ],
    ids=lambda error: type(error).__name__,
)
def test_every_error_of_the_connector_is_one_with_its_sentence(error: Exception) -> None:
    assert isinstance(error, ConnectorError)
    assert str(error) == error.message == error.internal_message == "Fix it."


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (config_error(), True),
        (AirbyteTracedException(message="x", failure_type=FailureType.config_error), True),
        (transient_error(), False),
        (system_error(), False),
        (ValueError("x"), False),
    ],
)
def test_is_config_error(error: BaseException, expected: bool) -> None:
    assert is_config_error(error) is expected


def test_note_is_added_to_the_sentence() -> None:
    error = with_note(transient_error("Zoom is down."), "The list was stopped.")
    assert str(error) == "Zoom is down. The list was stopped."
    assert isinstance(error, ConnectorError)
    assert error.failure_type is FailureType.transient_error


def test_unforeseen_error_stays_as_it_is() -> None:
    error = ValueError("marta@example.com")
    assert with_note(error, "The list was stopped.") is error
