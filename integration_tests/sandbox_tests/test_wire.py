"""The simulated Zoom: its proxy and its request log."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests

if TYPE_CHECKING:
    from integration_tests.sandbox import Sandbox
    from integration_tests.sandbox_tests.client import Client


@pytest.mark.parametrize("url", ["https://example.com/", "https://api.zoom.us:8443/v2/users", "http://zoom.us/"])
def test_the_proxy_leads_to_zoom_only(zoom: Sandbox, client: Client, url: str) -> None:
    zoom.clear_requests()
    if url.startswith("https:"):
        with pytest.raises(requests.exceptions.ProxyError, match="403"):
            client.session.get(url, timeout=5)
    else:
        assert client.session.get(url, timeout=5).status_code == 403
    assert len(zoom.refused_hosts) == 1
    assert zoom.requests == []


def test_a_tunnel_to_one_host_serves_no_other(client: Client) -> None:
    answer = client.session.get("https://api.zoom.us/v2/users", headers={"Host": "zoom.us"}, timeout=5)
    assert answer.status_code == 421


def test_the_request_log(zoom: Sandbox, client: Client) -> None:
    zoom.clear_requests()
    client.session.get("https://api.zoom.us/v2/users?status=active&page_size=5", timeout=5)
    client.error("meetings/1")
    first, second = zoom.requests
    assert (first.method, first.host, first.path) == ("GET", "api.zoom.us", "/v2/users")
    assert first.query == {"page_size": "5", "status": "active"}
    assert first.url == "/v2/users?page_size=5&status=active"
    assert (first.label, first.status, first.code, first.fault) == ("Medium", 200, None, None)
    assert (second.label, second.status, second.code) == ("Light", 404, 3001)
    assert second.seconds is not None
    assert first.started <= second.started
