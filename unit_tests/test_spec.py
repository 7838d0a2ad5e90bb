"""spec.json: the form keeps Airbyte's rules, each of which finds what it forbids, and agrees with the model."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from airbyte_cdk.models import ConnectorSpecificationSerializer

from source_zoom.base.config import START_DATE_FORMATS, Config
from source_zoom.source import SourceZoom
from unit_tests.spec_rules import (
    DATE_PATTERNS,
    FILE,
    FORM,
    RULES,
    Rule,
    Spec,
    arrays_have_simple_items,
    dates_have_format_and_pattern,
    display_types_belong_to_one_of,
    enums_are_distinct,
    everything_is_explained,
    groups_are_at_the_top_and_known,
    more_properties_are_allowed,
    no_forbidden_keyword,
    no_reference,
    oauth_leads_into_the_form,
    objects_have_content,
    one_of_has_one_discriminator,
    orders_are_unique,
    schemas,
    secrets_are_marked,
    types_are_single_or_nullable,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parent.parent


def change(path: str, value: Any) -> Callable[[Spec], None]:
    """Set one value of the specification; a number is the position in a list."""

    def apply(spec: Spec) -> None:
        *parents, last = [int(part) if part.isdigit() else part for part in path.split(".")]
        node: Any = spec
        for part in parents:
            node = node[part]
        node[last] = value

    return apply


LOGIN = f"{FORM}.properties.credentials"
FIRST = f"{LOGIN}.oneOf.0.properties"
BREAKS: list[tuple[Rule, Callable[[Spec], None]]] = [
    (enums_are_distinct, change(f"{FORM}.properties.account_plan.enum", ["pro", "pro"])),
    (one_of_has_one_discriminator, change(f"{LOGIN}.type", "string")),
    (one_of_has_one_discriminator, change(f"{FIRST}.auth_type", {"type": "string"})),
    (one_of_has_one_discriminator, change(f"{FIRST}.auth_type.const", "server_to_server")),
    (one_of_has_one_discriminator, change(f"{FIRST}.auth_type.default", "server_to_server")),
    (one_of_has_one_discriminator, change(f"{FIRST}.auth_type.enum", ["oauth2.0", "other"])),
    (secrets_are_marked, change(f"{FIRST}.refresh_token.airbyte_secret", False)),
    (secrets_are_marked, change(f"{FIRST}.access_token", {"type": "string"})),
    (secrets_are_marked, change(f"{LOGIN}.airbyte_secret", True)),
    (types_are_single_or_nullable, change(f"{FORM}.properties.start_date.type", ["null", "string"])),
    (types_are_single_or_nullable, change(f"{FORM}.properties.start_date.type", ["string", "integer"])),
    (objects_have_content, change(f"{FORM}.properties.empty", {"type": "object"})),
    (arrays_have_simple_items, change(f"{FORM}.properties.many", {"type": "array", "items": {"type": "array"}})),
    (no_forbidden_keyword, change(f"{FORM}.properties.start_date.anyOf", [])),
    (no_forbidden_keyword, change(f"{LOGIN}.oneOf.1.if", {})),
    (dates_have_format_and_pattern, change(f"{FIRST}.token_expiry_date.format", "date-time")),
    (dates_have_format_and_pattern, change(f"{FORM}.properties.start_date.pattern", min(DATE_PATTERNS))),
    (orders_are_unique, change(f"{FIRST}.client_id.order", 0)),
    (orders_are_unique, change(f"{FORM}.properties.environment.order", 0)),
    (groups_are_at_the_top_and_known, change(f"{FIRST}.client_id.group", "auth")),
    (groups_are_at_the_top_and_known, change(f"{FORM}.properties.start_date.group", "other")),
    (display_types_belong_to_one_of, change(f"{FORM}.properties.start_date.display_type", "radio")),
    (display_types_belong_to_one_of, change(f"{LOGIN}.display_type", "tabs")),
    (no_reference, change(f"{FORM}.properties.start_date.$ref", "#/definitions/date")),
    (oauth_leads_into_the_form, change("advanced_auth.predicate_value", "server_to_server")),
    (oauth_leads_into_the_form, change("advanced_auth.predicate_key", ["credentials", "kind"])),
    (more_properties_are_allowed, change(f"{LOGIN}.oneOf.0.additionalProperties", False)),
    (everything_is_explained, change(f"{FORM}.properties.more", {"type": "string"})),
]
BREAKS += [
    (
        oauth_leads_into_the_form,
        change(f"advanced_auth.oauth_config_specification.{part}.properties.{name}.path_in_connector_config", ["x"]),
    )
    for part, name in (
        ("oauth_user_input_from_connector_config_specification", "environment"),
        ("complete_oauth_output_specification", "refresh_token"),
        ("complete_oauth_server_output_specification", "client_id"),
    )
]


@pytest.mark.parametrize("rule", RULES)
def test_the_form_keeps_the_rule(rule: Rule) -> None:
    assert rule(FILE) == []


@pytest.mark.parametrize(("rule", "apply"), BREAKS)
def test_the_rule_finds_what_it_forbids(rule: Rule, apply: Callable[[Spec], None]) -> None:
    broken = copy.deepcopy(FILE)
    apply(broken)
    assert rule(broken) != []


def test_every_rule_was_shown_to_work() -> None:
    assert {rule for rule, _ in BREAKS} == set(RULES)


def test_spec_prints_the_file() -> None:
    printed = ConnectorSpecificationSerializer.dump(SourceZoom().spec(None))  # type: ignore[arg-type]
    assert {name: printed[name] for name in FILE} == FILE


def test_the_form_is_a_valid_schema() -> None:
    jsonschema.Draft7Validator.check_schema(FILE[FORM])


@pytest.mark.parametrize("name", ["sample_config.json", "invalid_config.json"])
def test_the_configs_of_the_acceptance_tests_fit_the_form(name: str) -> None:
    jsonschema.validate(json.loads((ROOT / "integration_tests" / name).read_text("utf-8")), FILE[FORM])


# What the form says is what the model does


def test_fields_and_defaults_are_those_of_the_model() -> None:
    fields = FILE[FORM]["properties"]
    assert set(fields) == set(Config.model_fields)
    assert FILE[FORM]["required"] == [name for name, field in Config.model_fields.items() if field.is_required()]
    for name, field in Config.model_fields.items():
        assert fields[name].get("default") == (None if field.is_required() else field.default)
    for variant in fields["credentials"]["oneOf"]:
        example = {
            name: field["const"] if "const" in field else field["examples"][0] for name, field in required(variant)
        }
        credentials = Config.parse({"credentials": example}).credentials
        assert set(variant["properties"]) == set(type(credentials).model_fields)
        for left_out in example:
            rest = {name: value for name, value in example.items() if name != left_out}
            with pytest.raises(Exception, match=f"credentials.{left_out}"):
                Config.parse({"credentials": rest})


def required(variant: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name in variant["required"]:
        yield name, variant["properties"][name]


def test_examples_fit_their_fields() -> None:
    for path, node in schemas(FILE):
        for example in node.get("examples", []):
            jsonschema.validate(example, node)
            if path == ("start_date",):
                assert Config.model_validate(
                    {"credentials": {"auth_type": "server_to_server", "account_id": "a", "client_id": "b",
                                     "client_secret": "c"}, "start_date": example}
                ).start_date  # fmt: skip


def test_forms_of_a_date_read_the_same_in_form_and_errors() -> None:
    assert FILE[FORM]["properties"]["start_date"]["pattern_descriptor"] == START_DATE_FORMATS


def test_workers_without_a_number_are_those_that_the_form_names() -> None:
    named = re.findall(r"Leave it empty for (\d+)\.", FILE[FORM]["properties"]["num_workers"]["description"])
    login = {"auth_type": "server_to_server", "account_id": "a", "client_id": "b", "client_secret": "c"}
    assert [int(number) for number in named] == [Config.parse({"credentials": login}).workers]
