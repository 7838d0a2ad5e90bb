"""What the tests of requests and logins share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from airbyte_cdk.utils.airbyte_secrets_utils import update_secrets


@pytest.fixture(autouse=True)
def _no_secrets_of_other_tests() -> Iterator[None]:
    update_secrets([])
    yield
    update_secrets([])
