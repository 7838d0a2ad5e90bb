"""The one base class of all errors that a user reads."""

from __future__ import annotations

from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException


class ConnectorError(AirbyteTracedException):
    """A failure whose message says what is wrong and what to do about it."""

    def __init__(self, message: str, failure_type: FailureType) -> None:
        super().__init__(internal_message=message, message=message, failure_type=failure_type)


class ConfigError(ConnectorError):
    """A setting or a file that the user must correct before a request can be sent."""

    def __init__(self, message: str) -> None:
        super().__init__(message, FailureType.config_error)


def is_config_error(error: BaseException) -> bool:
    """Whether the user has to change something before another try can succeed."""
    return isinstance(error, AirbyteTracedException) and error.failure_type is FailureType.config_error


def with_note(error: BaseException, note: str) -> BaseException:
    """The same failure, with one more sentence for the user. An error that nobody foresaw stays as it is."""
    if not isinstance(error, AirbyteTracedException) or error.failure_type is None:
        return error
    return ConnectorError(f"{error.message} {note}", error.failure_type)
