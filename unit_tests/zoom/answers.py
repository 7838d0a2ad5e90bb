"""Zoom's refusals as the rules see them, and their names in parametrized tests."""

from __future__ import annotations

from typing import Any

from source_zoom.zoom.errors import ErrorResponse, Meaning

HISTORY = "/v2/report/history_meetings"


def response(status: int, code: int | None = None, words: str = "", **more: Any) -> ErrorResponse:
    return ErrorResponse(status, code, words, path=more.pop("path", "/v2/meetings/85012345678"), **more)


def name(value: ErrorResponse | Meaning) -> str:
    """The name of one parameter."""
    return value.name if isinstance(value, Meaning) else f"{value.status}-{value.code}-{value.message[:30]}"
