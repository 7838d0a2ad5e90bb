"""config.py: which settings are accepted, and what is filled in. test_form_errors.py has the complaints."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from source_zoom.base.config import DEFAULT_WORKERS, Config, OAuth, ServerToServer
from source_zoom.base.exceptions import ConfigError
from source_zoom.zoom.parsing import as_utc
from unit_tests.forms import SERVER, USER, complaint, parsed
from unit_tests.spec_rules import FILE, FORM


def test_both_logins_are_told_apart() -> None:
    assert isinstance(parsed(SERVER).credentials, ServerToServer)
    assert isinstance(parsed(USER).credentials, OAuth)


def test_the_login_alone_is_enough() -> None:
    config = parsed()
    assert config.start_date is None
    assert (config.environment, config.account_plan, config.rate_limit_share) == ("zoom.us", "auto", 100)
    assert config.lookback_window_days == 2


@pytest.mark.parametrize("plan", ["auto", "free", "pro", "business"])
def test_workers_do_not_depend_on_the_plan(plan: str) -> None:
    assert parsed(account_plan=plan).workers == DEFAULT_WORKERS
    assert parsed(account_plan=plan, num_workers=3).workers == 3


@pytest.mark.parametrize(
    ("name", "plan"),
    [
        ("business", "business"),
        ("Business", "business"),
        ("Enterprise", "business"),
        ("education", "business"),
        ("Partner", "business"),
        ("partners", "business"),
        (" Pro ", "pro"),
        ("FREE", "free"),
        ("Auto", "auto"),
    ],
)
def test_plan_is_known_by_any_of_its_names(name: str, plan: str) -> None:
    assert parsed(account_plan=name).account_plan == plan


@pytest.mark.parametrize("field", ["rate_limit_share", "num_workers", "lookback_window_days"])
def test_whole_number_may_come_with_a_fraction_of_zero(field: str) -> None:
    # JSON Schema calls 5.0 an integer, so the platform lets it through.
    value = getattr(parsed(**{field: 5.0}), field)
    assert value == 5
    assert isinstance(value, int)


@pytest.mark.parametrize("days", [0, 1, 14])
def test_lookback_window(days: int) -> None:
    assert parsed(lookback_window_days=days).lookback_window_days == days


@pytest.mark.parametrize("days", [-1, 15, 1.5, "2", True])
def test_lookback_window_is_0_to_14_days(days: Any) -> None:
    assert "Lookback Window (lookback_window_days) must be" in complaint(lookback_window_days=days)


@pytest.mark.parametrize(("environment", "api"), [("zoom.us", "api.zoom.us"), ("zoomgov.com", "api.zoomgov.com")])
def test_the_environment_sets_both_hosts(environment: str, api: str) -> None:
    config = parsed(environment=environment)
    assert config.api_url == f"https://{api}/v2/"
    assert config.token_url == f"https://{environment}/oauth/token"


def test_ids_and_secrets_are_trimmed() -> None:
    credentials = parsed(
        {**USER, "client_id": " cid\n", "client_secret": "\tsec ", "refresh_token": " ref"}
    ).credentials
    assert isinstance(credentials, OAuth)
    assert (credentials.client_id, credentials.client_secret, credentials.refresh_token) == ("cid", "sec", "ref")


def test_what_was_left_empty_may_come_as_null() -> None:
    config = parsed({**USER, "access_token": None}, start_date=None, num_workers=None, account_plan=None)
    assert config.account_plan == "auto"


def test_a_login_keeps_its_secrets_out_of_its_text() -> None:
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
        ("2026-01-31T10:20:30", datetime(2026, 1, 31, 10, 20, 30, tzinfo=timezone.utc)),
        ("2026-01-31T10:20:30.250000Z", datetime(2026, 1, 31, 10, 20, 30, 250000, tzinfo=timezone.utc)),
        ("2026-01-31T10:20:30.1234567Z", datetime(2026, 1, 31, 10, 20, 30, 123456, tzinfo=timezone.utc)),
        ("0001-01-01", datetime(1, 1, 1, tzinfo=timezone.utc)),
        ("", None),
    ],
)
def test_start_dates(text: str, moment: datetime | None) -> None:
    assert parsed(start_date=text).start_date == moment


def test_a_start_date_of_today_is_no_future() -> None:
    assert parsed(start_date=datetime.now(timezone.utc).date().isoformat()).start_date


def test_a_start_date_in_the_future_is_refused() -> None:
    day = (datetime.now(timezone.utc) + timedelta(days=2)).date().isoformat()
    assert complaint(start_date=day) == (
        f"Start Date (start_date) is {day}, which lies in the future; enter today or an earlier day, or leave it empty."
    )


def test_today_in_the_earliest_time_zone_is_today() -> None:
    there = datetime.now(timezone(timedelta(hours=14))).date()
    config = Config.parse({"credentials": SERVER, "start_date": there.isoformat()})
    assert config.start_date is not None
    assert config.start_date.date() == there


@pytest.mark.parametrize(
    "wrong",
    ["31.01.2026", "2026-02-30", "2026-01-31T25:00:00Z", "13/31/2026", "0000-01-01", "yesterday", " ", 20260131],
)
def test_an_unreadable_start_date_is_refused_with_the_forms_there_are(wrong: Any) -> None:
    assert "YYYY-MM-DD, YYYY-MM-DDTHH:MM:SSZ or MM/DD/YYYY" in complaint(start_date=wrong)


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
def test_what_lies_before_the_start_date(started: str | None, excluded: bool) -> None:
    assert parsed(start_date="2026-03-01").excludes(as_utc(started)) is excluded
    assert parsed().excludes(as_utc(started)) is False


def test_the_form_stays_as_the_platform_gave_it() -> None:
    form: dict[str, Any] = {"credentials": {**USER, "client_id": " cid "}, "unknown": {"kept": True}}
    assert Config.parse(form).form is form
    assert form["credentials"]["client_id"] == " cid "


DATES = st.builds(
    date.strftime,
    st.dates(date(2020, 1, 1), date(2025, 12, 31)),
    st.sampled_from(["%Y-%m-%d", "%m/%d/%Y", "%Y-%m-%dT00:00:00", "%Y-%m-%dT00:00:00Z", "%Y-%m-%dT10:20:30.1234567Z"]),
)
WHOLE = st.integers(-1, 102) | st.integers(-1, 102).map(float)
FORMS = st.fixed_dictionaries(
    {"credentials": st.sampled_from([SERVER, USER, {**SERVER, "client_secret": " sec"}, {**USER, "client_id": "a b"}])},
    optional={
        "start_date": DATES | st.sampled_from(["", "31.01.2026", "2026-01-31 10:00:00", "2026-01-31T00:00:00+01:00"]),
        "environment": st.sampled_from(["zoom.us", "zoomgov.com", "zoom.com"]),
        "account_plan": st.sampled_from(["auto", "free", "pro", "business", "gold"]),
        "rate_limit_share": WHOLE | st.sampled_from([0.5, 50.5]),
        "num_workers": st.integers(-1, 202) | st.sampled_from([3.0, 3.5, "3"]),
        "lookback_window_days": st.integers(-1, 16) | st.sampled_from([2.0, 2.5, True]),
        "another": st.text(),
    },
)


@settings(deadline=None)
@given(FORMS)
def test_the_form_and_the_connector_agree_on_what_is_right(form: dict[str, Any]) -> None:
    try:
        Config.parse(form)
        taken = True
    except ConfigError:
        taken = False
    assert jsonschema.Draft7Validator(FILE[FORM]).is_valid(form) is taken
