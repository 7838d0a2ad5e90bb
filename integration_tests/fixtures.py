"""The files beside this one that the acceptance tests use, made from the simulated account.

Usage: python -m integration_tests.fixtures    (make fixtures; writes them anew)

Times of the simulated account move with the day: a meeting that ended two days ago always ended two days ago. So
`expected_records.jsonl` holds records of one fixed day, and `moved` brings them to another. Only records that this
holds for are taken: not those at the edge of Zoom's retention, which is counted in months, and not those that name a
day of the week.
"""

from __future__ import annotations

import json
import re
from datetime import date, datetime, timedelta, timezone
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from integration_tests.compare import canonical
from integration_tests.connector import server_to_server
from integration_tests.sandbox import TABLES, AccountShape, Sandbox
from source_zoom.streams import TABLES as STREAMS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from source_zoom.streams import ZoomStream

HERE = Path(__file__).parent
FIXED_DAY = date(2026, 11, 24)
# Days on which the records must look the same: the next one, ends of months and years, a leap day.
OTHER_DAYS = (date(2026, 11, 25), date(2026, 12, 31), date(2027, 3, 1), date(2028, 2, 29), date(2031, 8, 31))
RECORDS_A_TABLE = 3
# Their log_id is a hash of the row and its time, so no record of theirs is the same on two days.
WITHOUT_RECORDS = ("report_operation_logs", "report_activities")

_TIME = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?")


def moved(value: Any, days: int) -> Any:
    """A record, or a part of one, with every date in it so many days later."""
    if isinstance(value, dict):
        return {name: moved(item, days) for name, item in value.items()}
    if isinstance(value, list):
        return [moved(item, days) for item in value]
    if isinstance(value, str):
        return _TIME.sub(lambda found: _later(found.group(), days), value)
    return value


def _later(moment: str, days: int) -> str:
    form = "%Y-%m-%dT%H:%M:%SZ" if "T" in moment else "%Y-%m-%d"
    return (datetime.strptime(moment, form).replace(tzinfo=timezone.utc) + timedelta(days=days)).strftime(form)


def expected_records() -> Iterator[dict[str, Any]]:
    """The first records of each table that are the same on every day, as Airbyte's acceptance tests write them."""
    emitted_at = datetime(FIXED_DAY.year, FIXED_DAY.month, FIXED_DAY.day, tzinfo=timezone.utc).timestamp()
    accounts = {day: Sandbox(AccountShape(), today=day) for day in OTHER_DAYS}
    for table in (table for table in TABLES if table not in WITHOUT_RECORDS):
        owed = {day: {canonical(record) for record in account.truth(table)} for day, account in accounts.items()}
        stable = (
            record
            for record in Sandbox(AccountShape(), today=FIXED_DAY).truth(table)
            if all(canonical(moved(record, (day - FIXED_DAY).days)) in owed[day] for day in OTHER_DAYS)
        )
        for record in islice(stable, RECORDS_A_TABLE):
            yield {"stream": table, "data": record, "emitted_at": int(emitted_at * 1000)}


def configured_catalog(*, incremental: bool = False) -> dict[str, Any]:
    """All tables, or the incremental ones. Schemas are left out: a read does not need them, and discover has them."""
    streams = sorted(STREAMS, key=lambda stream: stream.table_name())
    return {
        "streams": [_configured(stream, incremental) for stream in streams if stream.cursor_field or not incremental]
    }


def _configured(stream: type[ZoomStream], incremental: bool) -> dict[str, Any]:
    cursor = {"source_defined_cursor": True, "default_cursor_field": [stream.cursor_field]}
    return {
        "stream": {
            "name": stream.table_name(),
            "json_schema": {},
            "supported_sync_modes": ["full_refresh", *(["incremental"] if stream.cursor_field else [])],
            **(cursor if stream.cursor_field else {}),
            "source_defined_primary_key": [[column] for column in cast("list[str]", stream.primary_key)],
        },
        "sync_mode": "incremental" if incremental else "full_refresh",
        "destination_sync_mode": "append_dedup" if incremental else "overwrite",
    }


def future_state() -> list[dict[str, Any]]:
    """A state of each incremental table that is complete until long after today."""
    return [
        {
            "type": "STREAM",
            "stream": {
                "stream_descriptor": {"name": entry["stream"]["name"]},
                "stream_state": {"version": 1, "complete_until": "2999-01-01"},
            },
        }
        for entry in configured_catalog(incremental=True)["streams"]
    ]


def abnormal_catalog() -> dict[str, Any]:
    """One table that exists, and one that does not."""
    catalog = configured_catalog()
    known = next(entry for entry in catalog["streams"] if entry["stream"]["name"] == "users")
    unknown = {**known, "stream": {**known["stream"], "name": "table_that_does_not_exist"}}
    return {"streams": [known, unknown]}


def files() -> dict[str, str]:
    """Content by file name."""
    # The highest plan, because the simulated account sets no limits of its own.
    config = server_to_server(Sandbox(AccountShape()).credentials, account_plan="business")
    wrong = server_to_server({**config["credentials"], "client_secret": "this-secret-was-regenerated-long-ago"})
    as_json = {
        "configured_catalog.json": configured_catalog(),
        "incremental_catalog.json": configured_catalog(incremental=True),
        "future_state.json": future_state(),
        "abnormal_catalog.json": abnormal_catalog(),
        "sample_config.json": config,
        "invalid_config.json": wrong,
    }
    return {
        **{name: json.dumps(content, indent=2) + "\n" for name, content in as_json.items()},
        "expected_records.jsonl": "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in expected_records()),
    }


def main() -> None:
    for name, content in files().items():
        (HERE / name).write_text(content, encoding="utf-8")


if __name__ == "__main__":
    main()
