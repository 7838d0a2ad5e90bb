"""client.py: refusals of a web firewall, of single URLs and of everything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests_mock
from airbyte_cdk.models import FailureType

from source_zoom.client import FIREWALL_LIMIT, Asked
from source_zoom.errors import ParentSkipped, ZoomRefused
from unit_tests.integration.request_builder import API

URL = API + "meetings/85012345678"
HTML = {"text": "<html>no</html>", "headers": {"Content-Type": "text/html"}}
Get = Callable[..., dict[str, Any]]


class TestFirewall:
    def test_single_url_is_skipped(self, api: requests_mock.Mocker, get: Get):
        asked = api.get(URL, status_code=403, **HTML)
        with pytest.raises(ParentSkipped, match="firewall"):
            get()
        assert asked.call_count == 1

    def test_refusal_of_everything_is_a_failure(self, api: requests_mock.Mocker, get: Get):
        api.get(URL, status_code=403, **HTML)
        for _ in range(FIREWALL_LIMIT - 1):
            with pytest.raises(ParentSkipped):
                get()
        with pytest.raises(ZoomRefused, match="allow list") as caught:
            get()
        assert caught.value.failure_type is FailureType.config_error

    def test_good_answer_in_between_starts_the_count_anew(self, api: requests_mock.Mocker, get: Get):
        refused = {"status_code": 403, **HTML}
        api.get(URL, [refused] * (FIREWALL_LIMIT - 1) + [{"json": {"id": 1}}] + [refused] * (FIREWALL_LIMIT - 1))
        for number in range(2 * FIREWALL_LIMIT - 1):
            if number == FIREWALL_LIMIT - 1:
                assert get() == {"id": 1}
            else:
                with pytest.raises(ParentSkipped):
                    get()

    def test_any_answer_of_zoom_in_between_starts_the_count_anew(self, api: requests_mock.Mocker, get: Get):
        gone = {"status_code": 404, "json": {"code": 3001, "message": "Meeting does not exist: 1."}}
        api.get(URL, [{"status_code": 403, **HTML}, gone] * (2 * FIREWALL_LIMIT))
        for _ in range(4 * FIREWALL_LIMIT):
            with pytest.raises(ParentSkipped):
                get()

    def test_refusal_of_a_whole_table_is_a_failure_though_others_answer(self, api: requests_mock.Mocker, get: Get):
        api.get(URL, status_code=403, **HTML)
        api.get(API + "users", json={"id": 1})
        for _ in range(FIREWALL_LIMIT - 1):
            with pytest.raises(ParentSkipped):
                get()
            get("users", asked=Asked("users"))
        with pytest.raises(ZoomRefused, match="allow list"):
            get()

    def test_list_without_a_parent_cannot_be_skipped(self, api: requests_mock.Mocker, get: Get):
        api.get(API + "users", status_code=403, **HTML)
        with pytest.raises(ZoomRefused, match="allow list"):
            get("users", asked=Asked("users"))
