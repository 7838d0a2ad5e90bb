"""Settings: what is accepted, what is filled in, and errors that name the field without repeating its value."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from airbyte_cdk.models import FailureType
from hypothesis import given, settings
from hypothesis import strategies as st

from source_zoom.config import Config, ConfigError, OAuth, ServerToServer, months_back
from source_zoom.values import moment

SERVER = {"auth_type": "server_to_server", "account_id": "acc", "client_id": "cid", "client_secret": "sec"}
USER = {"auth_type": "oauth2.0", "client_id": "cid", "client_secret": "sec", "refresh_token": "ref"}
SPEC = json.loads((Path(__file__).parent.parent / "source_zoom" / "spec.json").read_text("utf-8"))


def parsed(credentials: Any = SERVER, **settings: Any) -> Config:
    return Config.parse({"credentials": credentials, **settings})


def complaint(form: dict[str, Any]) -> str:
    with pytest.raises(ConfigError) as raised:
        Config.parse(form)
    assert raised.value.failure_type is FailureType.config_error
    assert raised.value.message
    prefix = "Check the source's settings: "
    assert raised.value.message.startswith(prefix)
    return raised.value.message.removeprefix(prefix)


def test_both_logins_are_told_apart():
    assert isinstance(parsed(SERVER).credentials, ServerToServer)
    assert isinstance(parsed(USER).credentials, OAuth)


def test_the_login_alone_is_enough():
    config = parsed()
    assert config.start_date is None
    assert (config.environment, config.account_plan, config.rate_limit_share) == ("zoom.us", "pro", 100)


@pytest.mark.parametrize(("plan", "workers"), [("free", 6), ("pro", 18), ("business", 40)])
def test_workers_come_from_the_plan_unless_they_are_given(plan, workers):
    assert parsed(account_plan=plan).workers == workers
    assert parsed(account_plan=plan, num_workers=3).workers == 3


@pytest.mark.parametrize(("environment", "api"), [("zoom.us", "api.zoom.us"), ("zoomgov.com", "api.zoomgov.com")])
def test_the_environment_sets_both_hosts(environment, api):
    config = parsed(environment=environment)
    assert config.api_url == f"https://{api}/v2/"
    assert config.token_url == f"https://{environment}/oauth/token"


def test_ids_and_secrets_are_trimmed():
    credentials = parsed(
        {**USER, "client_id": " cid\n", "client_secret": "\tsec ", "refresh_token": " ref"}
    ).credentials
    assert isinstance(credentials, OAuth)
    assert (credentials.client_id, credentials.client_secret, credentials.refresh_token) == ("cid", "sec", "ref")


def test_what_was_left_empty_may_come_as_null():
    config = parsed({**USER, "access_token": None}, start_date=None, num_workers=None, account_plan=None)
    assert config.account_plan == "pro"


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({}, "credentials is missing: choose OAuth or Server-to-Server OAuth and fill in its fields."),
        (
            {"credentials": None},
            "credentials is missing: choose OAuth or Server-to-Server OAuth and fill in its fields.",
        ),
        ({"credentials": "text"}, "credentials must be an object with the fields of one login."),
        ({"credentials": {}}, "credentials.auth_type must be oauth2.0 or server_to_server."),
        (
            {"credentials": {**SERVER, "auth_type": "jwt"}},
            "credentials.auth_type must be oauth2.0 or server_to_server.",
        ),
        ({"credentials": {**SERVER, "client_secret": " "}}, "credentials.client_secret is empty."),
        ({"credentials": {**SERVER, "account_id": None}}, "credentials.account_id is missing."),
        ({"credentials": {**USER, "refresh_token": 5}}, "credentials.refresh_token must be text."),
        (
            {"credentials": {**SERVER, "client_id": "two words"}},
            "credentials.client_id has spaces or line breaks in it; copy it again.",
        ),
        ({"credentials": SERVER, "account_plan": "gold"}, "account_plan must be 'free', 'pro' or 'business'."),
        ({"credentials": SERVER, "environment": "example.com"}, "environment must be 'zoom.us' or 'zoomgov.com'."),
        ({"credentials": SERVER, "num_workers": "5"}, "num_workers must be a whole number."),
        ({"credentials": SERVER, "num_workers": True}, "num_workers must be a whole number."),
        ({"credentials": SERVER, "rate_limit_share": 0}, "rate_limit_share: should be greater than or equal to 1."),
        ({"credentials": SERVER, "rate_limit_share": 101}, "rate_limit_share: should be less than or equal to 100."),
        (
            {"credentials": {**SERVER, "client_id": ""}, "account_plan": 1},
            "credentials.client_id is empty; account_plan must be 'free', 'pro' or 'business'.",
        ),
    ],
)
def test_errors_name_the_field_and_the_fix(form, sentence):
    assert complaint(form) == sentence


@pytest.mark.parametrize("field", ["client_id", "client_secret", "refresh_token", "access_token"])
@pytest.mark.parametrize("wrong", ["hunter2 hunter2", ["hunter2"], {"hunter2": "hunter2"}])
def test_errors_never_repeat_what_may_be_a_secret(field, wrong):
    form = {"credentials": {**USER, field: wrong}, "account_plan": "none"}
    assert "hunter2" not in complaint(form)


def test_a_login_keeps_its_secrets_out_of_its_text():
    credentials = {**USER, "client_secret": "hunter2", "refresh_token": "hunter2", "access_token": "hunter2"}
    config = parsed(credentials)
    assert "hunter2" not in f"{config} {config!r}"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-31", datetime(2026, 1, 31, tzinfo=timezone.utc)),
        (" 2026-01-31 ", datetime(2026, 1, 31, tzinfo=timezone.utc)),
        ("01/31/2026", datetime(2026, 1, 31, tzinfo=timezone.utc)),
        ("2026-01-31T10:20:30Z", datetime(2026, 1, 31, 10, 20, 30, tzinfo=timezone.utc)),
        ("2026-01-31T10:20:30.250000Z", datetime(2026, 1, 31, 10, 20, 30, 250000, tzinfo=timezone.utc)),
        ("", None),
    ],
)
def test_start_dates(text, moment):
    assert parsed(start_date=text).start_date == moment


def test_a_start_date_of_today_is_no_future():
    assert parsed(start_date=datetime.now(timezone.utc).date().isoformat()).start_date


def test_a_start_date_in_the_future_is_refused():
    day = (datetime.now(timezone.utc) + timedelta(days=2)).date().isoformat()
    assert complaint({"credentials": SERVER, "start_date": day}) == (
        f"start_date: {day} lies in the future; enter today or an earlier day, or leave it empty."
    )


def test_today_in_the_earliest_time_zone_is_today():
    there = datetime.now(timezone(timedelta(hours=14))).date()
    config = Config.parse({"credentials": SERVER, "start_date": there.isoformat()})
    assert config.start_date is not None
    assert config.start_date.date() == there


@pytest.mark.parametrize("wrong", ["31.01.2026", "2026-02-30", "yesterday", 20260131])
def test_an_unreadable_start_date_is_refused_with_the_forms_there_are(wrong):
    assert "YYYY-MM-DD, YYYY-MM-DDTHH:MM:SSZ or MM/DD/YYYY" in complaint({"credentials": SERVER, "start_date": wrong})


@pytest.mark.parametrize(
    ("started", "excluded"),
    [
        ("2026-03-01T00:00:00Z", False),
        ("2026-02-28T23:59:59Z", True),
        ("2026-02-28T23:59:59", True),
        ("no time", False),
        (None, False),
    ],
)
def test_what_lies_before_the_start_date(started, excluded):
    assert parsed(start_date="2026-03-01").excludes(moment(started)) is excluded
    assert parsed().excludes(moment(started)) is False


def test_the_form_stays_as_the_platform_gave_it():
    form = {"credentials": {**USER, "client_id": " cid "}, "unknown": {"kept": True}}
    assert Config.parse(form).form is form
    assert form["credentials"]["client_id"] == " cid "


@settings(deadline=None)
@given(day=st.dates(date(2000, 1, 1), date(2100, 1, 1)), months=st.integers(0, 30))
def test_months_back(day, months):
    earlier = months_back(day, months)
    assert (day.year * 12 + day.month) - (earlier.year * 12 + earlier.month) == months
    assert earlier.day == day.day or (earlier.day < day.day and (earlier + timedelta(days=1)).day == 1)


DATES = st.builds(
    lambda day, form: day.strftime(form),
    st.dates(date(2020, 1, 1), date(2025, 12, 31)),
    st.sampled_from(["%Y-%m-%d", "%m/%d/%Y", "%Y-%m-%dT00:00:00Z", "%Y-%m-%dT10:20:30.250Z"]),
)
FORMS = st.fixed_dictionaries(
    {"credentials": st.sampled_from([SERVER, USER, {**SERVER, "client_secret": " sec"}, {**USER, "client_id": "a b"}])},
    optional={
        "start_date": DATES | st.sampled_from(["", "31.01.2026", "2026-01-31 10:00:00", "2026-01-31T00:00:00+01:00"]),
        "environment": st.sampled_from(["zoom.us", "zoomgov.com", "zoom.com"]),
        "account_plan": st.sampled_from(["free", "pro", "business", "Pro"]),
        "rate_limit_share": st.integers(-1, 102),
        "num_workers": st.integers(-1, 42),
        "another": st.text(),
    },
)


@settings(deadline=None)
@given(FORMS)
def test_the_form_and_the_connector_agree_on_what_is_right(form):
    try:
        Config.parse(form)
        taken = True
    except ConfigError:
        taken = False
    assert jsonschema.Draft7Validator(SPEC["connectionSpecification"]).is_valid(form) is taken
