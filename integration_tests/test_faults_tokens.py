"""Access tokens that end in the middle of a sync: one new token for all threads, and no record lost."""

from __future__ import annotations

import threading
import time
from itertools import pairwise
from typing import Any

import pytest

from integration_tests.faulty import PLAIN, asked, assert_failed, assert_whole, logins, met, repeated, sync
from integration_tests.sandbox import TABLES, Fault, FaultKind, Sandbox

pytestmark = pytest.mark.long


def rejected(zoom: Sandbox) -> int:
    """Requests that Zoom answered with code 124."""
    return sum(request.code == 124 for request in zoom.requests)


@pytest.mark.parametrize("kind", ["token_expired_401", "token_expired_400"])
def test_token_that_dies_three_times_is_replaced_three_times(catalog: dict[str, Any], kind: FaultKind) -> None:
    status = int(kind[-3:])
    # The request that kills the token, each time far enough from the last one that the new token is in use.
    with Sandbox(PLAIN, faults=[Fault(kind, "^/v2/", at=(5, 300, 600))], invalid_token_status=status) as zoom:
        output = sync(zoom, catalog)
        assert_whole(output, zoom, TABLES)
        assert logins(zoom) == 4
        # Requests that were under way meanwhile have met the dead token too, and were sent again as well.
        assert sum(repeated(zoom).values()) == rejected(zoom) >= 3
        assert {request.status for request in zoom.requests if request.code == 124} == {status}
        # One that was under way each time has met all three.
        assert max(asked(zoom).values()) <= 1 + 3
        assert [line for line in output.logs if "124" in line or "oken" in line] == []


def test_token_that_dies_under_all_threads_at_once_is_replaced_once(catalog: dict[str, Any]) -> None:
    with Sandbox(PLAIN, latency=0.4) as zoom:

        def expire() -> None:
            while len(asked(zoom)) < 80:
                time.sleep(0.01)
            zoom.expire_tokens()

        killer = threading.Thread(target=expire)
        killer.start()
        output = sync(zoom, catalog)
        killer.join(60)
        assert_whole(output, zoom, TABLES)
        assert rejected(zoom) > 5
        assert logins(zoom) == 2
        assert sum(repeated(zoom).values()) == rejected(zoom)


def test_token_that_lives_shorter_than_zoom_says(catalog: dict[str, Any]) -> None:
    with Sandbox(PLAIN, token_seconds=0.8, expires_in=3600, latency=0.05) as zoom:
        assert_whole(sync(zoom, catalog), zoom, TABLES)
        moments = [request.started for request in zoom.requests if request.path == "/oauth/token"]
        assert len(moments) >= 3
        # None is asked for while the one before lives.
        assert all(later - earlier > 0.8 for earlier, later in pairwise(moments))
        assert sum(repeated(zoom).values()) == rejected(zoom) > 0


def test_token_is_renewed_before_its_end(catalog: dict[str, Any]) -> None:
    # It is used until a minute before the end that Zoom tells.
    with Sandbox(PLAIN, token_seconds=61.5, expires_in=61, latency=0.05) as zoom:
        assert_whole(sync(zoom, catalog), zoom, TABLES)
        assert logins(zoom) >= 3
        assert rejected(zoom) == 0
        assert not repeated(zoom)


def test_new_token_voids_the_old_one(catalog: dict[str, Any]) -> None:
    with Sandbox(PLAIN, faults=[Fault("token_expired_401", "^/v2/", at=(30, 200))], one_token=True) as zoom:
        assert_whole(sync(zoom, catalog), zoom, TABLES)
        assert logins(zoom) == 3


def test_endpoint_that_rejects_every_token_fails_its_table(catalog: dict[str, Any]) -> None:
    fault = Fault("answer", "/panelists", status=401, code=124, message="Invalid access token.")
    with Sandbox(PLAIN, faults=[fault]) as zoom:
        output = sync(zoom, catalog, ["webinar_panelists", "webinars"])
        words = ("Zoom rejects even a fresh access token", "Marketplace", "code 124, 'Invalid access token.'")
        assert_failed(output, zoom, ["webinar_panelists"], ["webinars"], "config_error", *words)
        # Each of its webinars gets three new tokens, those of the others not counted, and then no more.
        webinars = len(zoom.account.listed_webinars())
        assert len(met(zoom)) <= webinars
        assert logins(zoom) <= 1 + 3 * webinars
        assert max(met(zoom).values()) <= 1 + 3 * webinars


def test_app_that_is_switched_off_during_a_sync(catalog: dict[str, Any]) -> None:
    with Sandbox(PLAIN, faults=[Fault("slow", "/qa$", seconds=0.2)]) as zoom:

        def deactivate() -> None:
            while len(asked(zoom)) < 60:
                time.sleep(0.01)
            zoom.deactivate_app()

        killer = threading.Thread(target=deactivate)
        killer.start()
        output = sync(zoom, catalog)
        killer.join(60)
        assert output.exit_code == 1
        ending = output.errors[-1]
        assert ending["failure_type"] == "config_error"
        assert "The Zoom app is not active." in ending["message"]
        assert ending["message"].count("not active") == 1
        # A refused login is final: it is asked for once, by whichever thread comes first.
        assert logins(zoom) == 2
        assert output.strays == []
