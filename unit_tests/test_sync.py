"""sync.py: the parts of one sync are put together once, and know each other."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import pytest

from source_zoom.base.config import Config
from source_zoom.streams import TABLES
from source_zoom.streams.ledger import Ledger
from source_zoom.sync.sync import Sync
from source_zoom.zoom.labels import Label
from unit_tests.failures import config_error
from unit_tests.integration.request_builder import API
from unit_tests.streams.support import GONE, read, resources_of

if TYPE_CHECKING:
    from collections.abc import Callable

    import requests_mock

    from unit_tests.integration.config import ConfigBuilder

ALL = [table.table_name() for table in TABLES]


def test_tables_share_one_client_and_one_set_of_lists(sync: Callable[..., Sync]) -> None:
    made = sync(*ALL)
    assert [table.name for table in made.tables] == ALL
    for table in made.tables:
        assert resources_of(table).client is made.client
        assert resources_of(table).parents is made.parents


def test_building_it_sends_no_request(api: requests_mock.Mocker, sync: Callable[..., Sync]) -> None:
    sync(*ALL)
    assert not api.called


@pytest.mark.parametrize(("tables", "is_fed"), [(("meetings",), False), (("users", "meetings"), True)])
def test_users_are_read_once_by_their_table_or_else_by_the_list(
    api: requests_mock.Mocker, sync: Callable[..., Sync], tables: tuple[str, ...], is_fed: bool
) -> None:
    requested = api.get(API + "users", json={"users": [{"id": "a"}]})
    made = sync(*tables)
    if is_fed:
        made.parents.users.finish()
    assert [user.id for user in made.parents.users] == ([] if is_fed else ["a"])
    assert requested.called is not is_fed


def test_progress_and_failures_are_those_of_the_tables(api: requests_mock.Mocker, sync: Callable[..., Sync]) -> None:
    api.get(API + "meetings/1/polls", **GONE)
    made = sync("meeting_polls", "users")
    (users, polls) = made.tables
    polls.status.found()
    assert read(polls, {"meeting_id": 1}) == []
    assert made.progress.totals() == "Done in 0 s: 2 of 2 tables complete, 0 records, 1 request, 0 of them repeated."
    ((_, line),) = made.progress.summary()
    assert line.endswith("(meeting_polls 1; for example 1)")
    assert made.failures.ending() is None
    users.status.failed(config_error("Broken."))
    assert str(made.failures.ending()) == "1 of 2 tables is incomplete. [users] Broken."


def test_rate_limits_are_reported_with_the_table(
    api: requests_mock.Mocker, sync: Callable[..., Sync], config: ConfigBuilder
) -> None:
    too_many: dict[str, Any] = {"status_code": 429, "json": {"code": 429, "message": "Too many."}}
    api.get(API + "meetings/1/polls", [too_many, {"json": {"polls": []}}])
    limited: list[str] = []
    polls = next(table for table in TABLES if table.table_name() == "meeting_polls")
    made = Sync(Config.parse(config.build()), [polls], on_rate_limit=limited.append)
    assert read(made.tables[0], {"meeting_id": 1}) == []
    assert limited == ["meeting_polls"]
    assert made.traffic.requests() == {Label.LIGHT: 2}


@pytest.mark.usefixtures("today")
class TestFirstDay:
    """The history is read as far back as the neediest table wants it."""

    @staticmethod
    def first_window(api: requests_mock.Mocker, sync: Sync) -> str:
        """The first day of the oldest window that is requested."""
        api.get(API + "users", json={"users": []})
        history = api.get(API + "report/history_meetings", json={"history_meetings": []})
        for kind in sync.parents.past:
            list(sync.parents.past[kind])
        return min(request.qs["from"][0] for request in history.request_history)

    def test_full_refresh_goes_back_to_the_start_date(
        self, api: requests_mock.Mocker, sync: Callable[..., Sync]
    ) -> None:
        assert self.first_window(api, sync("report_meetings", start_date="2026-03-10")) == "2026-03-09"

    def test_full_refresh_without_a_start_date_goes_back_as_far_as_zoom_reports(
        self, api: requests_mock.Mocker, sync: Callable[..., Sync]
    ) -> None:
        assert self.first_window(api, sync("report_meetings")) == "2025-09-20"

    def test_full_refresh_of_one_table_decides_for_incremental_ones(
        self, api: requests_mock.Mocker, config: ConfigBuilder
    ) -> None:
        names = ("report_meetings", "report_webinars")
        tables = [table for table in TABLES if table.table_name() in names]
        now = datetime(2026, 3, 20, tzinfo=timezone.utc)
        ledger = Ledger.resume(None, start=datetime(2026, 3, 15, tzinfo=timezone.utc), lookback_days=2, now=now)
        both = dict.fromkeys(names, ledger)
        form = Config.parse(config.with_(start_date="2026-03-15").build())
        assert self.first_window(api, Sync(form, tables, both)) == "2026-03-14"
        form = Config.parse(config.with_(start_date=None).build())
        assert self.first_window(api, Sync(form, tables, {names[0]: ledger})) == "2025-09-20"
