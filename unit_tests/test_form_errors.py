"""form_errors.py: complaints that name a field by title and key but never its value, and unknown settings."""

from __future__ import annotations

from typing import Any

import pytest

from source_zoom.base.form_errors import field_name, unknown_settings
from unit_tests.forms import SERVER, USER, complaint, complaint_of
from unit_tests.spec_rules import FILE, FORM

NO_LOGIN = "Authentication (credentials) is missing: choose OAuth or Server-to-Server OAuth and fill in its fields."
NO_OBJECT = "Authentication (credentials) must be an object with the fields of one login."
NO_TYPE = "credentials.auth_type must be oauth2.0 or server_to_server."
NO_REFRESH_TOKEN = (
    "Refresh Token (credentials.refresh_token) is missing; if the app is a Server-to-Server OAuth app, choose that "
    "under Authentication."
)


class TestComplaint:
    @pytest.mark.parametrize(
        ("form", "sentence"),
        [
            ({}, NO_LOGIN),
            ({"credentials": None}, NO_LOGIN),
            ({"credentials": "text"}, NO_OBJECT),
            ({"credentials": ["text"]}, NO_OBJECT),
            ({"credentials": {}}, NO_TYPE),
            ({"credentials": {**SERVER, "auth_type": "jwt"}}, NO_TYPE),
            (
                {"credentials": {**SERVER, "client_secret": " "}},
                "Client Secret (credentials.client_secret) is empty.",
            ),
            ({"credentials": {**SERVER, "account_id": None}}, "Account ID (credentials.account_id) is missing."),
            ({"credentials": {**USER, "refresh_token": 5}}, "Refresh Token (credentials.refresh_token) must be text."),
            ({"credentials": {**USER, "refresh_token": None}}, NO_REFRESH_TOKEN),
            (
                {"credentials": {**SERVER, "client_id": "two words"}},
                "Client ID (credentials.client_id) has spaces or line breaks in it; copy it again.",
            ),
        ],
    )
    def test_of_the_login(self, form: dict[str, Any], sentence: str) -> None:
        assert complaint_of(form) == sentence

    @pytest.mark.parametrize(
        ("settings", "sentence"),
        [
            (
                {"account_plan": "gold"},
                "Account Plan (account_plan) must be 'auto', 'free', 'pro' or 'business'.",
            ),
            ({"environment": "example.com"}, "Environment (environment) must be 'zoom.us' or 'zoomgov.com'."),
            *(
                ({"num_workers": wrong}, "Number of Workers (num_workers) must be a whole number.")
                for wrong in ("5", True, 5.5, float("nan"), float("inf"))
            ),
            ({"rate_limit_share": 0}, "Share of the Rate Limits (rate_limit_share) must be at least 1."),
            ({"rate_limit_share": 101}, "Share of the Rate Limits (rate_limit_share) must be at most 100."),
            ({"lookback_window_days": 15}, "Lookback Window (lookback_window_days) must be at most 14."),
            (
                {"start_date": "soon"},
                "Start Date (start_date) is 'soon', which is no date of the form "
                "YYYY-MM-DD, YYYY-MM-DDTHH:MM:SSZ or MM/DD/YYYY.",
            ),
        ],
    )
    def test_of_other_settings(self, settings: dict[str, Any], sentence: str) -> None:
        assert complaint(**settings) == sentence

    def test_of_several_fields_at_once(self) -> None:
        assert complaint({**SERVER, "client_id": ""}, rate_limit_share=0) == (
            "Client ID (credentials.client_id) is empty; "
            "Share of the Rate Limits (rate_limit_share) must be at least 1."
        )

    @pytest.mark.parametrize("field", ["client_id", "client_secret", "refresh_token", "access_token"])
    @pytest.mark.parametrize("wrong", ["hunter2 hunter2", ["hunter2"], {"hunter2": "hunter2"}])
    def test_never_repeats_what_may_be_a_secret(self, field: str, wrong: Any) -> None:
        assert "hunter2" not in complaint({**USER, field: wrong}, environment="none")


class TestFieldName:
    @pytest.mark.parametrize("name", FILE[FORM]["properties"])
    def test_has_the_title_that_the_form_shows(self, name: str) -> None:
        assert field_name((name,)) == f"{FILE[FORM]['properties'][name]['title']} ({name})"

    @pytest.mark.parametrize(
        "login", FILE[FORM]["properties"]["credentials"]["oneOf"], ids=lambda login: login["title"]
    )
    def test_fields_of_a_login_too(self, login: dict[str, Any]) -> None:
        for name, field in login["properties"].items():
            if name != "auth_type":
                assert field_name(("credentials", name)) == f"{field['title']} (credentials.{name})"

    def test_key_alone_where_the_form_has_no_such_field(self) -> None:
        assert field_name(("credentials", "auth_type")) == "credentials.auth_type"
        assert field_name(("other",)) == "other"


class TestUnknownSettings:
    @pytest.mark.parametrize(
        ("name", "hint"),
        [
            ("startdate", "Did you mean Start Date (start_date)?"),
            ("start_dat", "Did you mean Start Date (start_date)?"),
            ("workers", "Did you mean Number of Workers (num_workers)?"),
            ("lookback_window", "Did you mean Lookback Window (lookback_window_days)?"),
            ("client_id", "Did you mean Client ID (credentials.client_id)?"),
        ],
    )
    def test_nearest_one_is_named(self, name: str, hint: str) -> None:
        (sentence,) = unknown_settings({"credentials": SERVER, name: "hunter2"})
        assert sentence == f"The setting {name} is unknown and has no effect. {hint}"

    def test_field_of_a_login(self) -> None:
        (sentence,) = unknown_settings({"credentials": {**USER, "refreshtoken": "hunter2"}})
        assert sentence == (
            "The setting credentials.refreshtoken is unknown and has no effect. "
            "Did you mean Refresh Token (credentials.refresh_token)?"
        )

    def test_nothing_is_named_that_is_not_near(self) -> None:
        assert unknown_settings({"credentials": SERVER, "xyz": 1}) == ["The setting xyz is unknown and has no effect."]

    def test_jwt_app_of_the_singer_tap_is_named(self) -> None:
        (sentence,) = unknown_settings({"jwt": "hunter2", "start_date": "2026-01-01"})
        assert "Zoom ended JWT apps in 2023" in sentence

    def test_every_known_setting_is_silent(self) -> None:
        known = dict.fromkeys(FILE[FORM]["properties"], 1)
        for login in FILE[FORM]["properties"]["credentials"]["oneOf"]:
            assert unknown_settings({**known, "credentials": dict.fromkeys(login["properties"], 1)}) == []

    @pytest.mark.parametrize("form", [{}, {"credentials": "text"}, {"credentials": None}, {"__injected": 1}], ids=str)
    def test_forms_of_another_shape(self, form: dict[str, Any]) -> None:
        # What the platform adds for the CDK begins with two underscores.
        assert unknown_settings(form) == []
