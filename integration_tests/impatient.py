"""The ``source-zoom`` command with less patience, for what it waits a quarter of an hour for.

Usage: python -m integration_tests.impatient SECONDS read --config …

A label without one success ends after SECONDS.
"""

from __future__ import annotations

import sys

from source_zoom.run import run
from source_zoom.zoom import lockout

if __name__ == "__main__":
    lockout.SILENT_SECONDS = float(sys.argv.pop(1))
    run()
