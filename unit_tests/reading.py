"""Reading tables of a whole account through the source."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from airbyte_cdk.models import AirbyteErrorTraceMessage, AirbyteStreamStatus, SyncMode
from airbyte_cdk.test.catalog_builder import CatalogBuilder
from airbyte_cdk.test.entrypoint_wrapper import EntrypointOutput, read
from airbyte_cdk.test.models.scenario import ExpectedOutcome

from source_zoom import SourceZoom
from unit_tests.integration.zoom import START

if TYPE_CHECKING:
    from unit_tests.integration.config import ConfigBuilder


def run_read(
    config: ConfigBuilder, *tables: str, fails: bool = False, debug: bool = False, **settings: Any
) -> EntrypointOutput:
    """A read of these tables, which ends as expected."""
    catalog = CatalogBuilder()
    for table in tables:
        catalog.with_stream(table, SyncMode.full_refresh)
    outcome = ExpectedOutcome.EXPECT_EXCEPTION if fails else ExpectedOutcome.EXPECT_SUCCESS
    form = config.with_(**{"start_date": START, **settings}).build()
    output = read(SourceZoom(), form, catalog.build(), expected_outcome=outcome, debug=debug)
    assert bool(output.errors) is fails, output.get_formatted_error_message()
    return output


def counts(output: EntrypointOutput) -> dict[str, int]:
    """Records of each table."""
    return dict(Counter(message.record.stream for message in output.records if message.record))


def last_error(output: EntrypointOutput) -> AirbyteErrorTraceMessage:
    """The error that ends the sync."""
    trace = output.errors[-1].trace
    assert trace
    assert trace.error
    return trace.error


def last_status(output: EntrypointOutput, table: str) -> AirbyteStreamStatus:
    return output.get_stream_statuses(table)[-1]
