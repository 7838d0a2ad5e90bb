"""How far a failure reaches: one request, or everything of its kind."""

from __future__ import annotations

from airbyte_cdk.models import FailureType

from source_zoom.base.exceptions import ConnectorError, is_config_error
from source_zoom.zoom.errors import LabelClosed, Meaning, ZoomRequestFailed


def ends_table(error: BaseException) -> bool:
    """Whether every other parent would meet this failure too: somebody has to change something, or to wait."""
    # A firewall may refuse single URLs.
    single = isinstance(error, ZoomRequestFailed) and error.meaning is Meaning.FIREWALL
    return isinstance(error, LabelClosed) or (is_config_error(error) and not single)


def consecutive_limit(error: BaseException) -> int:
    """How many different parents may fail like this in a row before the cause is not the parents.

    An outage costs minutes a parent, a firewall seconds, an odd answer one request.
    """
    meaning = error.meaning if isinstance(error, ZoomRequestFailed) else None
    if meaning is Meaning.FIREWALL:
        return 3
    # Zoom's odd answers are transient errors too where another sync may get better ones.
    is_transient = isinstance(error, ConnectorError) and error.failure_type is FailureType.transient_error
    return 3 if is_transient and meaning is not Meaning.UNEXPECTED else 20
