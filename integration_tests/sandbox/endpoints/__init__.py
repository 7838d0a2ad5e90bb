"""Endpoints: one method for each API path, from its decoded parameters to its JSON body."""

from .history import HistoryEndpoints
from .past import PastEndpoints
from .reports import ReportEndpoints
from .scheduled import ScheduledEndpoints
from .users import UserEndpoints


class Endpoints(UserEndpoints, ScheduledEndpoints, PastEndpoints, HistoryEndpoints, ReportEndpoints):
    """Every method takes (the id segment as it came over the wire, the query) and returns the body or raises."""
