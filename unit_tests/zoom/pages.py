"""Pages of a list, and what Zoom says instead of one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from source_zoom.zoom.client import RequestSubject
from unit_tests.integration.request_builder import API

URL = API + "things"
SUBJECT = RequestSubject("some_table", "the parent", skippable=True)
MESSAGE = "The next page token is invalid or expired."
EXPIRED: dict[str, Any] = {"status_code": 400, "json": {"code": 300, "message": MESSAGE}}
GONE: dict[str, Any] = {"status_code": 404, "json": {"code": 3001, "message": "Meeting does not exist: 1."}}
TOO_OLD: dict[str, Any] = {"status_code": 400, "json": {"code": 12702, "message": "Can not access."}}
NO_PLAN: dict[str, Any] = {"json": {"code": 200, "message": "Webinar plan subscription is missing."}}
SKIPS = pytest.mark.parametrize("skip", [GONE, TOO_OLD, NO_PLAN], ids=["3001", "12702", "plan"])
Rows = Callable[..., Iterator[dict[str, Any]]]
STATUS = {"status": "active"}


def page(*identifiers: Any, then: str = "", **more: Any) -> dict[str, Any]:
    return {"json": {"things": [{"id": one} for one in identifiers], "next_page_token": then, **more}}


def rows(*given: dict[str, Any], then: str = "") -> dict[str, Any]:
    return {"json": {"things": list(given), "next_page_token": then}}


def ids(found: Iterator[dict[str, Any]]) -> list[Any]:
    return [row["id"] for row in found]
