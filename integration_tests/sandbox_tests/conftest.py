"""One simulated account a module, and a client that leaves it as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from integration_tests.sandbox import AccountShape, Sandbox
from integration_tests.sandbox_tests.client import TODAY, Client

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def zoom() -> Iterator[Sandbox]:
    with Sandbox(AccountShape(seed=7), today=TODAY) as sandbox:
        yield sandbox


@pytest.fixture
def client(zoom: Sandbox) -> Iterator[Client]:
    with Client(zoom) as connected:
        zoom.clear_requests()
        yield connected
    zoom.set_knobs(**vars(type(zoom.knobs)()))
    zoom.clear_faults()
