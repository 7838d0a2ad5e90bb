"""How long Zoom is waited for."""

from __future__ import annotations

from typing import NamedTuple


class Patience(NamedTuple):
    """Bounds on one thing that is asked of Zoom: tries of it, seconds in all, and the time-outs of one try in seconds.

    Waiting for rate limits does not count towards the seconds.
    """

    tries: int
    seconds: float
    connect: float
    read: float

    @property
    def timeout(self) -> tuple[float, float]:
        """As requests takes it. The read time-out is of each piece of an answer, not of the whole."""
        return self.connect, self.read


# Of a check: a person waits for it, and Airbyte gives it up after a while.
CHECK_PATIENCE = Patience(tries=2, seconds=12.0, connect=4.0, read=6.0)
# A refresh token is spent by the request and lost with its answer, so a login is waited for as long as a check can.
CHECK_LOGIN_PATIENCE = Patience(tries=2, seconds=12.0, connect=4.0, read=12.0)
