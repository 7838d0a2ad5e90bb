"""What tests of the login share: pauses that take no time, no masks of other tests, and a token endpoint."""

from __future__ import annotations

import pytest
import requests_mock
from airbyte_cdk.utils.airbyte_secrets_utils import update_secrets

from source_zoom import tokens


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Pauses between tries, which take no time here."""
    slept: list[float] = []
    monkeypatch.setattr(tokens.time, "sleep", slept.append)
    return slept


@pytest.fixture(autouse=True)
def _no_secrets_of_other_tests():
    update_secrets([])
    yield
    update_secrets([])


@pytest.fixture
def zoom():
    with requests_mock.Mocker(case_sensitive=True) as mocker:
        yield mocker
