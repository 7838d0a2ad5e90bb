"""client.py: which requests are sent again, how often, with which pauses, and for whom a limit is reported."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_zoom.base.config import Config
from source_zoom.sync.sync import Sync
from source_zoom.zoom.client import FIREWALL_ATTEMPTS, REQUEST_RETRIES, RequestSubject
from source_zoom.zoom.errors import Meaning, ZoomRequestFailed
from source_zoom.zoom.labels import Label
from source_zoom.zoom.rate_limits import DailyLimitReached, RequestBudget
from source_zoom.zoom.severity import ends_table
from unit_tests.integration.request_builder import API, TOKEN_URL
from unit_tests.integration.response_builder import token

if TYPE_CHECKING:
    import requests_mock

    from unit_tests.conftest import Clock
    from unit_tests.integration.config import ConfigBuilder

URL = API + "meetings/85012345678"
SUBJECT = RequestSubject("meetings", "85012345678", skippable=True)
HTML: dict[str, Any] = {"text": "<html>no</html>", "headers": {"Content-Type": "text/html"}}
LIMITED: dict[str, Any] = {
    "status_code": 429,
    "json": {"code": 429, "message": "You have reached the per-second rate limit."},
}
DAILY: dict[str, Any] = {
    "status_code": 429,
    "headers": {"X-RateLimit-Type": "Daily-limit", "Retry-After": "2099-01-20T00:00:00Z"},
    "json": {"code": 429, "message": "daily rate limit"},
}
FIREWALL: dict[str, Any] = {"status_code": 403, **HTML}

Get = Callable[..., dict[str, Any]]
MakeSync = Callable[..., Sync]


class TestFaults:
    """Faults that pass: the same request again, a little later each time."""

    @pytest.mark.parametrize(
        "fault",
        [
            {"exc": requests.exceptions.ConnectionError("reset by peer")},
            {"exc": requests.exceptions.ConnectTimeout},
            {"exc": requests.exceptions.ReadTimeout},
            {"exc": requests.exceptions.ChunkedEncodingError},
            {"exc": requests.exceptions.ContentDecodingError},
            {"exc": requests.exceptions.SSLError("EOF occurred in violation of protocol")},
            {"exc": requests.exceptions.ProxyError},
            {"status_code": 500, "json": {"code": 500, "message": "Internal error"}},
            {"status_code": 502, **HTML},
            {"status_code": 503, "text": ""},
            {"status_code": 504, "json": []},
            {"status_code": 408, "text": ""},
            {"status_code": 200, **HTML},
            {"status_code": 200, "text": ' {"id": 1, "topic": "cut o'},
            {"status_code": 200, "text": ""},
            {"status_code": 200, "json": [{"id": 1}]},
            {"status_code": 200, "json": None},
            {"status_code": 404, **HTML},
        ],
        ids=str,
    )
    def test_fault_is_retried(self, api: requests_mock.Mocker, get: Get, clock: Clock, fault: dict[str, Any]) -> None:
        sent = api.get(URL, [fault, fault, {"json": {"id": 1}}])
        assert get() == {"id": 1}
        assert sent.call_count == 3
        assert len(clock.slept) >= 2

    def test_a_fault_that_stays_ends_in_a_transient_error(self, api: requests_mock.Mocker, get: Get) -> None:
        sent = api.get(URL, status_code=502, **HTML)
        with pytest.raises(ZoomRequestFailed) as caught:
            get()
        assert caught.value.failure_type is FailureType.transient_error
        assert caught.value.meaning is Meaning.RETRY
        assert "meetings of 85012345678" in str(caught.value)
        assert "HTTP 502 with an HTML page" in str(caught.value)
        assert f"{REQUEST_RETRIES.max_attempts} attempts" in str(caught.value)
        assert sent.call_count == REQUEST_RETRIES.max_attempts
        assert not ends_table(caught.value)

    def test_last_cause_is_its_name_only(self, api: requests_mock.Mocker, get: Get) -> None:
        api.get(URL, exc=requests.exceptions.ReadTimeout("host=api.zoom.us, secret=hidden"))
        with pytest.raises(ZoomRequestFailed, match="ReadTimeout") as caught:
            get()
        assert "hidden" not in str(caught.value)

    def test_total_time_of_failed_attempts_is_bounded(self, api: requests_mock.Mocker, get: Get, clock: Clock) -> None:
        def slow(request: Any, context: Any) -> None:
            clock.sleep(250)
            raise requests.exceptions.ReadTimeout

        sent = api.get(URL, json=slow)
        with pytest.raises(ZoomRequestFailed, match="3 attempts"):
            get()
        assert sent.call_count == 3

    def test_time_spent_waiting_for_the_budget_is_not_failing(
        self, api: requests_mock.Mocker, sync: MakeSync, clock: Clock
    ) -> None:
        # At one percent of one request a second, each turn is 100 s away.
        client = sync(account_plan="free", rate_limit_share=1).client
        sent = api.get(URL, [{"status_code": 503}] * 9 + [{"json": {"id": 1}}])
        assert client.get("meetings/85012345678", {}, SUBJECT, Label.HEAVY) == {"id": 1}
        assert sent.call_count == 10
        assert sum(clock.slept) > REQUEST_RETRIES.max_seconds

    def test_untrusted_certificate_is_a_config_error_at_once(self, api: requests_mock.Mocker, get: Get) -> None:
        fault = requests.exceptions.SSLError("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed certificate")
        sent = api.get(URL, exc=fault)
        with pytest.raises(AirbyteTracedException, match="REQUESTS_CA_BUNDLE") as caught:
            get()
        assert caught.value.failure_type is FailureType.config_error
        assert sent.call_count == 1


class TestRateLimit:
    def test_per_second_limit_is_no_failed_attempt(self, api: requests_mock.Mocker, get: Get, clock: Clock) -> None:
        sent = api.get(URL, [LIMITED] * 20 + [{"json": {"id": 1}}])
        assert get() == {"id": 1}
        assert sent.call_count == 21 > REQUEST_RETRIES.max_attempts
        assert sum(clock.slept) >= 5

    def test_limits_leave_all_attempts_for_faults(self, api: requests_mock.Mocker, get: Get) -> None:
        faults = [{"status_code": 502}] * (REQUEST_RETRIES.max_attempts - 1)
        sent = api.get(URL, [LIMITED] * 15 + faults + [{"json": {"id": 1}}])
        assert get() == {"id": 1}
        assert sent.call_count == 15 + REQUEST_RETRIES.max_attempts

    def test_table_of_each_refused_request_is_reported(self, api: requests_mock.Mocker, config: ConfigBuilder) -> None:
        tables: list[str] = []
        client = Sync(Config.parse(config.build()), on_rate_limit=tables.append).client
        api.get(URL, [LIMITED, {"status_code": 503}, LIMITED, {"json": {"id": 1}}])
        client.get("meetings/85012345678", {}, SUBJECT, Label.LIGHT)
        assert tables == ["meetings", "meetings"]

    def test_daily_limit_raises_at_once(self, api: requests_mock.Mocker, get: Get, clock: Clock) -> None:
        sent = api.get(URL, **DAILY)
        with pytest.raises(DailyLimitReached, match="2099-01-20 00:00 UTC"):
            get()
        assert sent.call_count == 1
        assert clock.slept == []

    def test_each_label_has_the_limit_of_its_own(self, api: requests_mock.Mocker, get: Get) -> None:
        api.get(URL, [DAILY, {"json": {"id": 1}}])
        with pytest.raises(DailyLimitReached):
            get(label=Label.HEAVY)
        assert get(label=Label.LIGHT) == {"id": 1}
        with pytest.raises(DailyLimitReached):
            get(label=Label.HEAVY)


class TestFirewall:
    def test_refusal_is_retried_with_pauses_and_fails(self, api: requests_mock.Mocker, get: Get, clock: Clock) -> None:
        sent = api.get(URL, **FIREWALL)
        with pytest.raises(ZoomRequestFailed, match="allow list") as caught:
            get(subject=SUBJECT)
        assert caught.value.meaning is Meaning.FIREWALL
        assert sent.call_count == FIREWALL_ATTEMPTS == 4
        assert len([pause for pause in clock.slept if pause >= 0.5]) == 3
        assert sum(clock.slept) >= 3.5

    def test_failure_of_one_url_does_not_end_its_table(self, api: requests_mock.Mocker, get: Get) -> None:
        api.get(URL, **FIREWALL)
        with pytest.raises(ZoomRequestFailed) as caught:
            get()
        assert not ends_table(caught.value)

    def test_url_that_passes_after_a_pause_is_read(self, api: requests_mock.Mocker, get: Get) -> None:
        api.get(URL, [FIREWALL] * 3 + [{"json": {"id": 1}}])
        assert get() == {"id": 1}

    def test_refusals_leave_all_attempts_for_faults(self, api: requests_mock.Mocker, get: Get) -> None:
        faults = [{"status_code": 502}] * (REQUEST_RETRIES.max_attempts - 1)
        api.get(URL, [FIREWALL] * 3 + faults + [{"json": {"id": 1}}])
        assert get() == {"id": 1}


class TestToken:
    OLD, NEW = "old-access-token-for-tests", "new-access-token-for-tests"

    def two_tokens(self, api: requests_mock.Mocker) -> Any:
        return api.post(TOKEN_URL, [{"text": str(token(each).body)} for each in (self.OLD, self.NEW)])

    @staticmethod
    def many_tokens(api: requests_mock.Mocker) -> Any:
        return api.post(TOKEN_URL, [{"text": str(token(f"access-token-number-{n}").body)} for n in range(20)])

    @pytest.mark.parametrize(
        "refusal",
        [
            {"status_code": 401, "json": {"code": 124, "message": "Access token is expired."}},
            {"status_code": 400, "json": {"code": 124, "message": "Invalid access token."}},
            {"status_code": 401, "text": ""},
        ],
        ids=["401", "400", "no body"],
    )
    def test_rejected_token_is_replaced(self, api: requests_mock.Mocker, get: Get, refusal: dict[str, Any]) -> None:
        tokens = self.two_tokens(api)
        sent: Any = api.get(URL, [refusal, {"json": {"id": 1}}])
        assert get() == {"id": 1}
        assert tokens.call_count == 2
        assert sent.last_request.headers["Authorization"] == f"Bearer {self.NEW}"

    def test_all_threads_share_one_new_token(
        self, api: requests_mock.Mocker, sync: MakeSync, monkeypatch: pytest.MonkeyPatch, clock: Clock
    ) -> None:
        threads = 8
        signed = threading.Barrier(threads)
        waiting = threading.Semaphore(threads)

        class WaitsForAll(RequestBudget):
            """Releases the first requests only when all of them are signed with the old token."""

            def acquire(self, label: Label) -> Any:
                if waiting.acquire(blocking=False):
                    signed.wait(10)
                return super().acquire(label)

        budget = partial(WaitsForAll, clock=clock.monotonic, sleep=clock.sleep)
        monkeypatch.setattr("source_zoom.sync.sync.RequestBudget", budget)
        tokens = self.two_tokens(api)

        def answer(request: Any, context: Any) -> dict[str, Any]:
            good = self.NEW in request.headers["Authorization"]
            context.status_code = 200 if good else 401
            return {"id": 1} if good else {"code": 124, "message": "Access token is expired."}

        sent = api.get(URL, json=answer)
        client = sync().client
        with ThreadPoolExecutor(threads) as pool:
            jobs = [pool.submit(client.get, "meetings/85012345678", {}, SUBJECT, Label.LIGHT) for _ in range(threads)]
            assert [job.result(10) for job in jobs] == [{"id": 1}] * threads
        assert tokens.call_count == 2
        assert sent.call_count == 2 * threads

    def test_token_that_stays_rejected_is_a_config_error(self, api: requests_mock.Mocker, get: Get) -> None:
        tokens = self.many_tokens(api)
        sent = api.get(URL, status_code=401, json={"code": 124, "message": "Invalid access token."})
        with pytest.raises(ZoomRequestFailed) as caught:
            get()
        assert caught.value.meaning is Meaning.TOKEN_REJECTED
        assert caught.value.failure_type is FailureType.config_error
        assert ends_table(caught.value)
        assert sent.call_count == tokens.call_count == 4

    def test_rejection_without_a_code_costs_one_new_token(self, api: requests_mock.Mocker, get: Get) -> None:
        tokens = self.many_tokens(api)
        api.get(URL, status_code=401, json={"message": "Unauthorized"})
        with pytest.raises(ZoomRequestFailed):
            get()
        assert tokens.call_count == 2

    def test_rejection_of_a_path_for_other_apps_costs_one_new_token(self, api: requests_mock.Mocker, get: Get) -> None:
        # Zoom sends the code of a dead token where the app may not use the path at all.
        tokens = self.many_tokens(api)
        body = {"code": 124, "message": "Invalid access token."}
        sent = api.get(API + "accounts/me/recordings", status_code=401, json=body)
        with pytest.raises(ZoomRequestFailed):
            get("accounts/me/recordings")
        assert tokens.call_count == sent.call_count == 2

    def test_list_that_was_answered_before_outlives_two_dead_tokens(
        self, api: requests_mock.Mocker, sync: MakeSync
    ) -> None:
        tokens = self.many_tokens(api)
        dead = {"status_code": 401, "json": {"code": 124, "message": "Access token is expired."}}
        good: dict[str, Any] = {"json": {"meetings": []}}
        api.get(API + "accounts/me/recordings", [good, dead, dead, good])
        client, subject = sync().client, RequestSubject("recordings")
        for _ in range(2):
            body = client.get("accounts/me/recordings", {}, subject, Label.MEDIUM, proof_keys=("meetings",))
            assert body == {"meetings": []}
        assert tokens.call_count == 3
