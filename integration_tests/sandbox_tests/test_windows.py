"""The simulated Zoom: report windows and how far back each endpoint reaches."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from integration_tests.sandbox_tests.client import TODAY, Client

if TYPE_CHECKING:
    from integration_tests.sandbox import Sandbox


@pytest.mark.parametrize("path", ["report/history_meetings", "report/users", "report/users/{}/meetings"])
def test_report_windows_are_checked(zoom: Sandbox, client: Client, path: str) -> None:
    path = path.format(zoom.account.users[0].id)
    assert client.error(path)[:2] == (400, 300)
    assert client.error(path, from_="2026-05-01")[:2] == (400, 300)
    assert client.error(path, from_="05/01/2026", to="2026-05-02")[:2] == (400, 300)
    assert client.error(path, from_="2026-05-10", to="2026-05-09")[:2] == (400, 300)
    assert client.error(path, from_="2026-04-01", to="2026-05-02")[:2] == (400, 300)
    assert client.get(path, from_="2026-04-01", to="2026-05-01").status_code == 200
    assert client.get(path, from_="2025-11-20", to="2025-12-01").status_code == 200
    status, code, message = client.error(path, from_="2025-11-19", to="2025-12-01")
    assert (status, code) == (400, 300)
    assert "only the last six months" in message


def test_history_can_be_asked_by_kind_and_by_end(zoom: Sandbox, client: Client) -> None:
    window = {"from_": "2026-05-01", "to": "2026-05-20", "page_size": 300}
    rows = client.get("report/history_meetings", **window).json()["history_meetings"]
    kinds = {
        kind: client.get("report/history_meetings", meeting_type=kind, **window).json()["history_meetings"]
        for kind in ("meeting", "webinar")
    }
    assert len(kinds["meeting"]) + len(kinds["webinar"]) == len(rows)
    assert {row["type"] for row in kinds["webinar"]} == {"Webinar"}
    ended = client.get("report/history_meetings", date_type="end_time", **window).json()["history_meetings"]
    assert {row["meeting_uuid"] for row in ended} == {row["meeting_uuid"] for row in rows}


def test_the_user_reports_reach_what_the_history_reaches(zoom: Sandbox, client: Client) -> None:
    found = set()
    first = date(2025, 11, 20)
    while first <= TODAY:
        window = {"from_": first.isoformat(), "to": min(first + timedelta(days=27), TODAY).isoformat()}
        for user in client.get("report/users", page_size=300, **window).json()["users"]:
            for kind in ("past", "pastOne"):
                path = f"report/users/{user['id']}/meetings"
                rows = client.get(path, type=kind, page_size=300, **window).json()["meetings"]
                assert all((row["participants_count"] == 1) == (kind == "pastOne") for row in rows)
                found |= {row["uuid"] for row in rows}
        first += timedelta(days=28)
    assert found == {o.uuid for o in zoom.account.history}


def test_instances_reach_fifteen_months(zoom: Sandbox, client: Client) -> None:
    series = next(m for m in zoom.account.listed_meetings() if len(m.occurrences) == 7)
    starts = [row["start_time"] for row in client.get(f"past_meetings/{series.id}/instances").json()["meetings"]]
    assert len(starts) == 6
    assert min(starts) == "2025-02-20T00:00:30Z"
    assert max(starts) == "2026-05-20T00:00:05Z"
