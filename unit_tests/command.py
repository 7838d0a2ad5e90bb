"""The source-zoom command over an account of many records, for tests that need a process of their own.

Run as ``python -m unit_tests.command read --config … --catalog …``.
"""

from __future__ import annotations

import requests_mock

from source_zoom.run import run
from unit_tests.whole_account import WholeAccount


def main() -> None:
    # The records of one answer fill every queue before the reader has had its first lines.
    with requests_mock.Mocker(case_sensitive=True) as mocker:
        WholeAccount(users=1, each=3, polls=12_000, occurrences=0).install(mocker)
        run()


if __name__ == "__main__":
    main()
