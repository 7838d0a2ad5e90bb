"""Answers of Zoom: the documented samples of unit_tests/resource, and parts of them."""

from __future__ import annotations

import json
from typing import Any

from airbyte_cdk.test.mock_http import HttpResponse
from airbyte_cdk.test.mock_http.response_builder import find_template

from unit_tests.integration.config import ACCESS_TOKEN


def answer(body: Any, status: int = 200) -> HttpResponse:
    return HttpResponse(json.dumps(body), status)


def error(status: int, code: int | None, message: str) -> HttpResponse:
    return answer({"message": message} if code is None else {"code": code, "message": message}, status)


def token(value: str = ACCESS_TOKEN) -> HttpResponse:
    return answer({"access_token": value, "token_type": "bearer", "expires_in": 3599, "scope": "all of them"})


def sample(table: str) -> dict[str, Any]:
    """The documented answer for a table, a new copy each time."""
    return find_template(table, __file__)


def sample_row(table: str, key: str, **changes: Any) -> dict[str, Any]:
    """The first row of a documented list, with some fields changed."""
    return {**sample(table)[key][0], **changes}


def page(key: str, *rows: dict[str, Any], next_page_token: str = "") -> HttpResponse:
    """One page of a list."""
    return answer({"page_size": 300, "next_page_token": next_page_token, key: list(rows)})
