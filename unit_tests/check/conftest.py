"""What the tests of the check share: a healthy account, and what was warned about."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest
import requests_mock

from unit_tests.check.account import ALL, API, FOUND, USER_TYPES, Log, Patch, Warnings, log_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from requests_mock.mocker import Mocker


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: Patch) -> None:
    monkeypatch.setattr("source_zoom.zoom.client.time.sleep", lambda seconds: None)


@pytest.fixture
def zoom() -> Iterator[Mocker]:
    """A healthy account whose app has all scopes."""
    with requests_mock.Mocker(case_sensitive=True) as mocker:
        log_in(mocker, ALL)
        mocker.get(f"{API}/users", json={"users": FOUND})
        for user in USER_TYPES:
            mocker.get(f"{API}/users/{user}/meetings", json={"meetings": []})
            mocker.get(f"{API}/users/{user}/webinars", json={"webinars": []})
        mocker.get(f"{API}/report/history_meetings", json={"history_meetings": []})
        mocker.get(f"{API}/report/users", json={"users": []})
        yield mocker


@pytest.fixture
def warned(caplog: Log) -> Warnings:
    """What was logged as a warning."""
    return lambda: [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
