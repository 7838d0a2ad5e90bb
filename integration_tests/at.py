"""The ``source-zoom`` command on another day.

Usage: python -m integration_tests.at SECONDS STATE_SECONDS read --config …

The calendar of the process is SECONDS ahead, and STATE_SECONDS lie between two states of a table.
"""

from __future__ import annotations

import sys
import time
from datetime import datetime, timedelta
from typing import Any

import source_zoom.base.clock
import source_zoom.streams.cursor
from source_zoom.run import run


def shift_calendar(seconds: float) -> None:
    """Let the connector in this process see a calendar that is so many seconds ahead of the machine's."""
    real_time = time.time

    class ShiftedDatetime(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> ShiftedDatetime:
            return cls.fromtimestamp((datetime.now(tz) + timedelta(seconds=seconds)).timestamp(), tz)

    source_zoom.base.clock.datetime = ShiftedDatetime  # type: ignore[attr-defined]
    # Zoom's X-RateLimit-Reset is compared with it.
    time.time = lambda: real_time() + seconds


if __name__ == "__main__":
    shift_calendar(float(sys.argv.pop(1)))
    source_zoom.streams.cursor.STATE_INTERVAL = float(sys.argv.pop(1))
    run()
