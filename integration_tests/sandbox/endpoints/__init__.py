"""Endpoints: one method for each API path, from its decoded parameters to its JSON body."""

from .groups import GroupEndpoints
from .history import HistoryEndpoints
from .logs import LogEndpoints
from .past import PastEndpoints
from .recordings import RecordingEndpoints
from .reports import ReportEndpoints
from .scheduled import ScheduledEndpoints
from .summaries import SummaryEndpoints
from .users import UserEndpoints


class Endpoints(
    UserEndpoints,
    ScheduledEndpoints,
    PastEndpoints,
    HistoryEndpoints,
    ReportEndpoints,
    RecordingEndpoints,
    SummaryEndpoints,
    LogEndpoints,
    GroupEndpoints,
):
    """Every method takes (the id segment as it came over the wire, the query) and returns the body or raises."""
