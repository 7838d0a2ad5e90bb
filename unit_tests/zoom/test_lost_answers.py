"""tokens.py and auth.py: what is known of a grant after faults, and who tries again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from unit_tests.integration.request_builder import TOKEN_URL
from unit_tests.zoom.login import LOST, NEVER_SENT, REFUSED_GRANT, USER, failure, login, token

if TYPE_CHECKING:
    import requests_mock

    from unit_tests.conftest import Clock

REFUSAL: dict[str, Any] = {"status_code": 400, "json": REFUSED_GRANT}
NOT_SERVED: list[dict[str, Any]] = [*({"exc": fault} for fault in NEVER_SENT), {"status_code": 503}]


@pytest.mark.parametrize("fault", NOT_SERVED, ids=repr)
def test_a_request_that_zoom_never_had_costs_no_grant(api: requests_mock.Mocker, fault: dict[str, Any]) -> None:
    api.post(TOKEN_URL, [fault, REFUSAL])
    error = failure(login(USER))
    assert "used elsewhere, revoked, or has expired" in str(error)
    assert "lost" not in str(error)


@pytest.mark.parametrize("fault", NOT_SERVED, ids=repr)
def test_an_answer_that_was_lost_stays_lost_whatever_follows(api: requests_mock.Mocker, fault: dict[str, Any]) -> None:
    api.post(TOKEN_URL, [{"exc": LOST[0]}, fault, REFUSAL])
    assert "lost on the way" in str(failure(login(USER)))


@pytest.mark.parametrize("fault", LOST, ids=repr)
def test_a_server_login_has_no_grant_that_could_be_lost(api: requests_mock.Mocker, fault: Exception) -> None:
    api.post(TOKEN_URL, exc=fault)
    error = failure(login())
    assert "refresh token" not in str(error)
    assert type(fault).__name__ in str(error)


def test_a_refusal_is_final_however_late_somebody_tries_again(api: requests_mock.Mocker, clock: Clock) -> None:
    api.post(TOKEN_URL, [REFUSAL, token()])
    authenticator = login(USER)
    first = failure(authenticator)
    clock.sleep(3600)
    assert failure(authenticator) is first
    assert api.call_count == 1


def test_a_shared_failure_does_not_grow_with_each_thread_that_gets_it(api: requests_mock.Mocker) -> None:
    # Each raise of the same exception would add its frames to the traceback, for hundreds of parents.
    api.post(TOKEN_URL, [REFUSAL])
    authenticator = login(USER)
    depths = []
    for _ in range(5):
        trace, depth = failure(authenticator).__traceback__, 0
        while trace:
            trace, depth = trace.tb_next, depth + 1
        depths.append(depth)
    assert len(set(depths[1:])) == 1


def test_a_login_that_names_no_region_any_more_leads_back_to_the_usual_host(api: requests_mock.Mocker) -> None:
    api.post(TOKEN_URL, [token(1, api_url="https://api-eu.zoom.us"), token(2)])
    authenticator = login()
    assert authenticator.api_url() == "https://api-eu.zoom.us/v2/"
    authenticator.refresh_and_set_access_token()
    assert authenticator.api_url() == "https://api.zoom.us/v2/"
