"""spec.json: what the Authenticate button of the form requests from Zoom, and where the answers go."""

from __future__ import annotations

import jinja2
import pytest

from source_zoom.streams.scopes import consent_scopes
from unit_tests.spec_rules import FILE, FORM

CONSENT = FILE["advanced_auth"]["oauth_config_specification"]["oauth_connector_input_specification"]


def rendered(template: str, environment: str | None) -> str:
    """As Airbyte's platform fills it in: values as they are, parameters in the form name=value."""
    values = {
        "client_id_value": "CID",
        "client_secret_value": "SEC",
        "auth_code_value": "CODE",
        "redirect_uri_value": "https://airbyte.example/auth_flow",
        "client_id_param": "client_id=CID",
        "redirect_uri_param": "redirect_uri=REDIRECT",
        "scope_param": "scope=SCOPES",
        "state_param": "state=STATE",
    }
    world = jinja2.Environment(undefined=jinja2.Undefined, autoescape=False)
    world.filters["b64encode"] = lambda text: f"b64({text})"
    return world.from_string(template).render(values, **({"environment": environment} if environment else {}))


@pytest.mark.parametrize(
    ("environment", "host"),
    [(None, "zoom.us"), ("zoom.us", "zoom.us"), ("zoomgov.com", "zoomgov.com"), ("example.com", "zoom.us")],
)
def test_consent_is_given_at_the_host_of_the_environment(environment: str | None, host: str) -> None:
    assert rendered(CONSENT["consent_url"], environment) == (
        f"https://{host}/oauth/authorize?response_type=code&client_id=CID&redirect_uri=REDIRECT&scope=SCOPES&state=STATE"
    )
    assert rendered(CONSENT["access_token_url"], environment) == f"https://{host}/oauth/token"


def test_consent_names_the_scopes_of_all_tables() -> None:
    assert sorted(CONSENT["scope"].split(" ")) == sorted(consent_scopes())


def test_the_code_is_exchanged_as_zoom_takes_it() -> None:
    assert rendered(CONSENT["access_token_headers"]["Authorization"], None) == "Basic b64(CID:SEC)"
    assert {name: rendered(value, None) for name, value in CONSENT["access_token_params"].items()} == {
        "grant_type": "authorization_code",
        "code": "CODE",
        "redirect_uri": "https://airbyte.example/auth_flow",
    }
    assert CONSENT["access_token_headers"]["Content-Type"] == "application/x-www-form-urlencoded"


def test_all_tokens_of_the_exchange_get_into_the_form() -> None:
    output = FILE["advanced_auth"]["oauth_config_specification"]["complete_oauth_output_specification"]["properties"]
    assert [field["path_in_oauth_response"] for field in output.values()] == [
        [name] for name in CONSENT["extract_output"]
    ]
    variant = FILE[FORM]["properties"]["credentials"]["oneOf"][0]["properties"]
    for name, field in output.items():
        assert field["path_in_connector_config"] == ["credentials", name]
        assert variant[name]["type"] == field["type"]
