"""Requests to Zoom as the connector must send them, for the CDK's HttpMocker."""

from __future__ import annotations

from airbyte_cdk.test.mock_http import HttpRequest

API = "https://api.zoom.us/v2/"
TOKEN_URL = "https://zoom.us/oauth/token"


class RequestBuilder:
    """A GET request to a path of the API; segments are given as they must be encoded."""

    def __init__(self, path: str, **params: str) -> None:
        self._path = path
        self._params = params

    @classmethod
    def list_of(cls, path: str, **params: str) -> RequestBuilder:
        """A list that Zoom answers in pages, with Zoom's largest page size."""
        return cls(path, **params, page_size="300")

    @classmethod
    def users(cls, status: str = "active") -> RequestBuilder:
        return cls.list_of("users", status=status, include_fields="custom_attributes")

    @classmethod
    def details(cls, kind: str, number: int) -> RequestBuilder:
        """The record of a scheduled meeting or webinar."""
        return cls(f"{kind}s/{number}", show_previous_occurrences="true")

    @classmethod
    def history(cls, first: str, last: str) -> RequestBuilder:
        params = {"from": first, "to": last, "date_type": "start_time", "meeting_type": "all"}
        return cls.list_of("report/history_meetings", **params)

    def with_page_token(self, token: str) -> RequestBuilder:
        return RequestBuilder(self._path, **self._params, next_page_token=token)

    def build(self) -> HttpRequest:
        return HttpRequest(API + self._path, query_params=self._params or None)
