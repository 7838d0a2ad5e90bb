"""The ``source-zoom`` command with less patience, for what it waits minutes for.

Usage: python -m integration_tests.impatient SECONDS read --config …

A label without one success ends after SECONDS. A daily limit that is over by its own word is tried again after SECONDS.
A line of progress comes every SECONDS.
"""

from __future__ import annotations

import sys

from source_zoom.run import run
from source_zoom.sync import progress
from source_zoom.zoom import lockout

if __name__ == "__main__":
    lockout.SILENT_SECONDS = lockout.LEAST_DAILY_WAIT = progress.REPORT_SECONDS = float(sys.argv.pop(1))
    run()
