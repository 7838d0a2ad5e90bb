"""What the tests of requests and logins share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from airbyte_cdk.utils.airbyte_secrets_utils import update_secrets

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _no_secrets_of_other_tests() -> Iterator[None]:
    update_secrets([])
    yield
    update_secrets([])
