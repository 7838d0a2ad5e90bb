"""Failures that tests raise in the place of Zoom's."""

from __future__ import annotations

from airbyte_cdk.models import FailureType

from source_zoom.base.exceptions import ConnectorError


def config_error(message: str = "A scope is missing.") -> ConnectorError:
    return ConnectorError(message, FailureType.config_error)


def transient_error(message: str = "Zoom is down.") -> ConnectorError:
    return ConnectorError(message, FailureType.transient_error)


def system_error(message: str = "Zoom gave an odd answer.") -> ConnectorError:
    return ConnectorError(message, FailureType.system_error)
