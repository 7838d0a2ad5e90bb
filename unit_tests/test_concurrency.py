"""More parents than any queue of the CDK holds: its queue takes 10,000 items, its thread pool 10,000 tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airbyte_cdk.models import SyncMode
from airbyte_cdk.test.catalog_builder import CatalogBuilder
from airbyte_cdk.test.entrypoint_wrapper import read

from source_zoom import SourceZoom
from unit_tests.whole_account import WholeAccount

if TYPE_CHECKING:
    import pytest
    import requests_mock

    from unit_tests.conftest import Clock
    from unit_tests.integration.config import ConfigBuilder

PARENTS = 10_001


def test_all_parents_come_through(
    api: requests_mock.Mocker, config: ConfigBuilder, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("unit_tests.whole_account.PAGE", 300)
    zoom = WholeAccount(users=1, each=PARENTS, polls=1, occurrences=0).install(api)
    catalog = CatalogBuilder().with_stream("meeting_polls", SyncMode.full_refresh).build()
    output = read(SourceZoom(), config.with_(num_workers=1).build(), catalog)
    output.raise_if_errors()
    meetings = [message.record.data["meeting_id"] for message in output.records if message.record]
    assert len(meetings) == len(set(meetings)) == zoom.owed["meeting_polls"] == PARENTS
    assert max(zoom.urls.values()) == 1
