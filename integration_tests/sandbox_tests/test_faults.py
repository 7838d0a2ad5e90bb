"""The simulated Zoom: every kind of fault is a real one on the wire, and its schedule is the same for the same seed."""

from __future__ import annotations

import contextlib
import socket
import ssl
import time
from typing import TYPE_CHECKING, get_args

import pytest
import requests

from integration_tests.sandbox import AccountShape, Fault, FaultKind, Sandbox

if TYPE_CHECKING:
    from integration_tests.sandbox_tests.client import Client


def test_statuses(client: Client) -> None:
    answer = client.answer_of("status_500")
    assert (answer.status_code, answer.json()["code"]) == (500, 500)
    answer = client.answer_of("status_502_html")
    assert (answer.status_code, answer.headers["Content-Type"]) == (502, "text/html;charset=utf-8")
    assert client.answer_of("status_503").status_code == 503
    assert client.answer_of("status_504").status_code == 504
    assert client.get("users").status_code == 200
    assert [r.fault for r in client.zoom.requests] == [
        "status_500", "status_502_html", "status_503", "status_504", None,
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["reset", "lost_answer"])
def test_resets(client: Client, kind: FaultKind) -> None:
    client.get("users")
    with pytest.raises(requests.exceptions.ConnectionError):
        client.answer_of(kind)
    logged = client.zoom.requests[-1]
    assert (logged.fault, logged.status) == (kind, None)
    assert client.get("users").status_code == 200


def test_a_reset_is_one_of_tcp() -> None:
    with Sandbox(AccountShape(seed=7), faults=[Fault("reset")], tls_port=0) as zoom:
        # TLS over the bare socket by hand: Python's own wrapper shows a TCP reset as a plain end of file.
        context = ssl.create_default_context(cafile=str(zoom.ca_file))
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = context.wrap_bio(incoming, outgoing, server_hostname="api.zoom.us")
        assert zoom.tls_port is not None
        with socket.create_connection(("127.0.0.1", zoom.tls_port), timeout=5) as wire:
            while True:
                try:
                    tls.do_handshake()
                    break
                except ssl.SSLWantReadError:
                    wire.sendall(outgoing.read())
                    incoming.write(wire.recv(65_536))
            tls.write(b"GET /v2/users HTTP/1.1\r\nHost: api.zoom.us\r\n\r\n")
            wire.sendall(outgoing.read())
            with pytest.raises(ConnectionResetError):
                # Before the reset there may be TLS session tickets to read.
                list(iter(lambda: wire.recv(65_536), b""))


def test_a_lost_answer_was_acted_upon_and_a_reset_was_not(client: Client) -> None:
    zoom = client.zoom
    token = zoom.oauth_credentials["refresh_token"]

    def refresh() -> None:
        app = zoom.oauth_credentials
        with pytest.raises(requests.exceptions.ConnectionError):
            client.session.post(
                "https://zoom.us/oauth/token",
                data={"grant_type": "refresh_token", "refresh_token": token},
                auth=(app["client_id"], app["client_secret"]),
                timeout=5,
            )

    zoom.faults.add(Fault("reset", path="^/oauth/token", first=1))
    refresh()
    assert zoom.oauth_credentials["refresh_token"] == token
    zoom.faults.add(Fault("lost_answer", path="^/oauth/token", first=1))
    refresh()
    assert zoom.oauth_credentials["refresh_token"] != token


def test_a_cut_body(client: Client) -> None:
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
        client.answer_of("cut")
    assert client.get("users").status_code == 200


def test_a_hang_lasts_until_the_client_gives_up(client: Client) -> None:
    client.zoom.faults.add(Fault("hang", path="^/v2/users", first=1))
    with pytest.raises(requests.exceptions.ReadTimeout):
        client.session.get("https://api.zoom.us/v2/users", timeout=0.3)
    deadline = time.monotonic() + 5
    while client.zoom.requests[-1].seconds is None and time.monotonic() < deadline:
        time.sleep(0.01)
    logged = client.zoom.requests[-1]
    assert logged.seconds is not None
    assert 0.25 < logged.seconds < 2
    assert logged.status is None
    assert client.get("users").status_code == 200


def test_slow_and_dripping_answers(client: Client) -> None:
    plain = client.get("users").content
    started = time.monotonic()
    assert client.answer_of("slow", seconds=0.3).content == plain
    assert time.monotonic() - started > 0.3
    started = time.monotonic()
    assert client.answer_of("drip", seconds=0.4).content == plain
    assert 0.3 < time.monotonic() - started < 2


def test_broken_bodies_with_status_200(client: Client) -> None:
    with pytest.raises(ValueError, match="Expecting"):
        client.answer_of("invalid_json").json()
    assert client.answer_of("empty_body").content == b""
    assert client.answer_of("html_200").text.startswith("<!DOCTYPE html>")
    answer = client.answer_of("error_in_200")
    assert (answer.status_code, answer.json()["code"]) == (200, 200)
    answer = client.answer_of("error_in_200", code=300, message="Invalid parameter: x.")
    assert answer.json() == {"code": 300, "message": "Invalid parameter: x."}


def test_firewall_and_redirect(client: Client) -> None:
    answer = client.answer_of("waf_403")
    assert answer.status_code == 403
    assert b"<h1>" in answer.content
    client.zoom.faults.add(Fault("redirect", path="^/v2/users", first=1))
    answer = client.session.get("https://api.zoom.us/v2/users", allow_redirects=False, timeout=5)
    assert (answer.status_code, answer.headers["Location"]) == (302, "https://example.com/v2/users")


def test_limits_by_fault(client: Client) -> None:
    answer = client.answer_of("qps_429")
    assert (answer.status_code, answer.headers["X-RateLimit-Type"]) == (429, "QPS")
    answer = client.answer_of("daily_429")
    assert answer.headers["Retry-After"].endswith("T00:00:00Z")
    answer = client.answer_of("daily_429", seconds=5)
    assert answer.headers["X-RateLimit-Type"] == "Daily-limit"


@pytest.mark.parametrize("status", [400, 401])
def test_a_token_that_expires_is_really_dead(client: Client, status: int) -> None:
    answer = client.answer_of("token_expired_400" if status == 400 else "token_expired_401")
    assert (answer.status_code, answer.json()["code"]) == (status, 124)
    assert client.error("users")[:2] == (401, 124)
    client.login()
    assert client.get("users").status_code == 200


def test_page_tokens_that_expire_or_lead_to_themselves(client: Client) -> None:
    token = client.get("users", page_size=5).json()["next_page_token"]
    client.zoom.faults.add(Fault("page_token_expired", path="next_page_token=", first=1))
    assert client.error("users", page_size=5, next_page_token=token)[:2] == (400, 300)
    client.zoom.faults.add(Fault("page_token_loop", path="^/v2/users"))
    assert client.get("users", page_size=5).json()["next_page_token"] == token
    assert client.get("users", page_size=5, next_page_token=token).json()["next_page_token"] == token


def test_a_given_answer(client: Client) -> None:
    assert client.answer_of("vanish").status_code == 404
    answer = client.answer_of("answer", status=403, code=2306, message="Not allowed.")
    assert (answer.status_code, answer.json()) == (403, {"code": 2306, "message": "Not allowed."})
    assert client.answer_of("answer", status=200, body=[1, None, "x"]).json() == [1, None, "x"]


def test_every_kind_is_made(client: Client) -> None:
    for kind in get_args(FaultKind):
        client.zoom.clear_faults()
        client.login()
        client.zoom.faults.add(Fault(kind, path="page_size=5", first=1, seconds=0.1))
        with contextlib.suppress(requests.exceptions.RequestException):
            client.session.get("https://api.zoom.us/v2/users?page_size=5", timeout=0.5, allow_redirects=False)
        assert client.zoom.requests[-1].fault == kind
