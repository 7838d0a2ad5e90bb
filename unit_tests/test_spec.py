"""The form keeps Airbyte's rules for forms, each of which is shown to find what it forbids.

The rules are those of Airbyte's acceptance tests (`connector_acceptance_test/tests/test_core.py`, class TestSpec).
"""

from __future__ import annotations

import copy
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from airbyte_cdk.models import ConnectorSpecificationSerializer

from source_zoom.config import START_DATE_FORMATS, Config
from source_zoom.source import SourceZoom

ROOT = Path(__file__).parent.parent
FILE = json.loads((ROOT / "source_zoom" / "spec.json").read_text("utf-8"))
Spec = dict[str, Any]
Rule = Callable[[Spec], list[str]]

SECRETS = {
    "client_token", "access_token", "api_token", "token", "secret", "client_secret", "password", "key",
    "service_account_info", "service_account", "tenant_id", "certificate", "jwt", "credentials", "app_id", "appid",
    "refresh_token",
}  # fmt: skip
FORBIDDEN = {
    "not", "anyOf", "patternProperties", "prefixItems", "allOf", "if", "then", "else", "dependentSchemas",
    "dependentRequired",
}  # fmt: skip
DATE_PATTERNS = {
    "^[0-9]{2}-[0-9]{2}-[0-9]{4}$",
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2})?$",
}


def nodes(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """Every object of a specification that is a schema, with its path; what stands in properties is one each."""
    yield path, node
    for name, schema in node.get("properties", {}).items():
        yield from nodes(schema, (*path, name))
    for index, variant in enumerate(node.get("oneOf", [])):
        yield from nodes(variant, (*path, f"oneOf[{index}]"))
    if isinstance(node.get("items"), dict):
        yield from nodes(node["items"], (*path, "items"))


def schemas(spec: Spec) -> list[tuple[tuple[str, ...], dict[str, Any]]]:
    return list(nodes(spec["connectionSpecification"]))


def everything(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from everything(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from everything(inner)


def is_leaf(path: tuple[str, ...]) -> bool:
    return bool(path) and not path[-1].startswith("oneOf[")


# The rules, each a list of what breaks it


def enums_are_distinct(spec: Spec) -> list[str]:
    return [str(path) for path, node in schemas(spec) if len(set(node.get("enum", []))) != len(node.get("enum", []))]


def one_of_has_one_discriminator(spec: Spec) -> list[str]:
    wrong = []
    for path, node in schemas(spec):
        if "oneOf" not in node:
            continue
        if node.get("type") != "object" or not all("properties" in variant for variant in node["oneOf"]):
            wrong.append(f"{path} has variants that are no objects")
            continue
        common = set.intersection(*({*variant["properties"]} for variant in node["oneOf"]))
        constants = {
            name: [variant["properties"][name].get("const") for variant in node["oneOf"]]
            for name in common
            if all("const" in variant["properties"][name] for variant in node["oneOf"])
        }
        if len(constants) != 1 or any(len(set(values)) != len(values) for values in constants.values()):
            wrong.append(f"{path} has no single discriminator")
        for variant in node["oneOf"]:
            for name in constants:
                field = variant["properties"][name]
                if field.get("default", field["const"]) != field["const"]:
                    wrong.append(f"{path} {name} has a default other than its value")
                if field.get("enum", [field["const"]]) != [field["const"]]:
                    wrong.append(f"{path} {name} has an enum other than its value")
    return wrong


def secrets_are_marked(spec: Spec) -> list[str]:
    wrong = []
    for path, node in schemas(spec):
        if not is_leaf(path):
            continue
        kinds = node.get("type") if isinstance(node.get("type"), list) else [node.get("type")]
        holds_secret = "const" not in node and bool({"string", "integer", "number"} & set(kinds))
        if path[-1] in SECRETS and holds_secret and node.get("airbyte_secret") is not True:
            wrong.append(f"{path} is not marked")
        if not holds_secret and "airbyte_secret" in node:
            wrong.append(f"{path} cannot hold a secret")
    return wrong


def types_are_single_or_nullable(spec: Spec) -> list[str]:
    return [
        str(path)
        for path, node in schemas(spec)
        if isinstance(node.get("type"), list) and not (len(node["type"]) == 2 and node["type"][1] == "null")
    ]


def objects_have_content(spec: Spec) -> list[str]:
    return [
        str(path)
        for path, node in schemas(spec)
        if node.get("type") == "object" and not (node.get("properties") or node.get("oneOf"))
    ]


def arrays_have_simple_items(spec: Spec) -> list[str]:
    return [
        str(path)
        for path, node in schemas(spec)
        if node.get("type") == "array"
        and not (
            isinstance(node.get("items"), dict)
            and (node["items"].get("type") in ("object", "string", "number", "integer") or "enum" in node["items"])
        )
    ]


def no_forbidden_keyword(spec: Spec) -> list[str]:
    return [keyword for node in everything(spec["connectionSpecification"]) for keyword in FORBIDDEN & set(node)]


def dates_have_format_and_pattern(spec: Spec) -> list[str]:
    return [
        str(path)
        for path, node in schemas(spec)
        if (node.get("format") in ("date", "date-time") and "pattern" not in node)
        or (node.get("pattern") in DATE_PATTERNS and "format" not in node)
    ]


def orders_are_unique(spec: Spec) -> list[str]:
    wrong = []
    for path, node in schemas(spec):
        orders = Counter(
            (field.get("group"), field["order"]) for field in node.get("properties", {}).values() if "order" in field
        )
        wrong += [f"{path} {order}" for order, count in orders.items() if count > 1]
    return wrong


def groups_are_at_the_top_and_known(spec: Spec) -> list[str]:
    known = {group["id"] for group in spec["connectionSpecification"].get("groups", [])}
    return [
        str(path) for path, node in schemas(spec) if "group" in node and (len(path) != 1 or node["group"] not in known)
    ]


def display_types_belong_to_one_of(spec: Spec) -> list[str]:
    return [
        str(path)
        for path, node in schemas(spec)
        if "display_type" in node and not ("oneOf" in node and node["display_type"] in ("dropdown", "radio"))
    ]


def no_reference(spec: Spec) -> list[str]:
    return ["$ref" for node in everything(spec) if "$ref" in node]


def oauth_leads_into_the_form(spec: Spec) -> list[str]:
    auth = spec["advanced_auth"]
    paths = [path for path, _ in schemas(spec)]

    def exists(path: list[str]) -> bool:
        return tuple(path) in [tuple(part for part in found if not part.startswith("oneOf[")) for found in paths]

    wanted = [
        field["path_in_connector_config"]
        for part in auth["oauth_config_specification"].values()
        for field in part.get("properties", {}).values()
        if "path_in_connector_config" in field
    ]
    wrong = [str(path) for path in [*wanted, auth["predicate_key"]] if not exists(path)]
    parent = spec["connectionSpecification"]["properties"][auth["predicate_key"][0]]
    if parent["oneOf"][0]["properties"].get(auth["predicate_key"][1], {}).get("const") != auth["predicate_value"]:
        wrong.append("OAuth is not the first choice")
    return wrong


def more_properties_are_allowed(spec: Spec) -> list[str]:
    return [
        str(node)[:40]
        for node in everything(spec["connectionSpecification"])
        if node.get("additionalProperties", True) is not True
    ]


def everything_is_explained(spec: Spec) -> list[str]:
    """Not a rule of Airbyte's, but of this form: hidden fields and constants need less."""
    wrong = []
    for path, node in schemas(spec):
        if not is_leaf(path) or "const" in node:
            continue
        needed = {"title", "description", "order", "type"}
        if not (node.get("airbyte_hidden") or "oneOf" in node):
            needed.add("examples")
        if "pattern" in node:
            needed.add("pattern_descriptor")
        if len(path) == 1:
            needed.add("group")
        wrong += [f"{path} lacks {name}" for name in needed - set(node)]
    return wrong


RULES: list[Rule] = [
    enums_are_distinct,
    one_of_has_one_discriminator,
    secrets_are_marked,
    types_are_single_or_nullable,
    objects_have_content,
    arrays_have_simple_items,
    no_forbidden_keyword,
    dates_have_format_and_pattern,
    orders_are_unique,
    groups_are_at_the_top_and_known,
    display_types_belong_to_one_of,
    no_reference,
    oauth_leads_into_the_form,
    more_properties_are_allowed,
    everything_is_explained,
]


def change(path: str, value: Any) -> Callable[[Spec], None]:
    """Set one value of the specification; a number is the position in a list."""

    def apply(spec: Spec) -> None:
        *parents, last = [int(part) if part.isdigit() else part for part in path.split(".")]
        node: Any = spec
        for part in parents:
            node = node[part]
        node[last] = value

    return apply


FORM = "connectionSpecification"
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
def test_the_form_keeps_the_rule(rule):
    assert rule(FILE) == []


@pytest.mark.parametrize(("rule", "apply"), BREAKS)
def test_the_rule_finds_what_it_forbids(rule, apply):
    broken = copy.deepcopy(FILE)
    apply(broken)
    assert rule(broken) != []


def test_every_rule_was_shown_to_work():
    assert {rule for rule, _ in BREAKS} == set(RULES)


def test_spec_prints_the_file():
    printed = ConnectorSpecificationSerializer.dump(SourceZoom().spec(None))  # type: ignore[arg-type]
    assert {name: printed[name] for name in FILE} == FILE


def test_the_form_is_a_valid_schema():
    jsonschema.Draft7Validator.check_schema(FILE[FORM])


@pytest.mark.parametrize("name", ["sample_config.json", "invalid_config.json"])
def test_the_configs_of_the_acceptance_tests_fit_the_form(name):
    jsonschema.validate(json.loads((ROOT / "integration_tests" / name).read_text("utf-8")), FILE[FORM])


# What the form says is what the model does


def test_fields_and_defaults_are_those_of_the_model():
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


def test_examples_fit_their_fields():
    for path, node in schemas(FILE):
        for example in node.get("examples", []):
            jsonschema.validate(example, node)
            if path == ("start_date",):
                assert Config.model_validate(
                    {"credentials": {"auth_type": "server_to_server", "account_id": "a", "client_id": "b",
                                     "client_secret": "c"}, "start_date": example}
                ).start_date  # fmt: skip


def test_forms_of_a_date_read_the_same_in_form_and_errors():
    assert FILE[FORM]["properties"]["start_date"]["pattern_descriptor"] == START_DATE_FORMATS


def test_workers_of_each_plan_are_those_that_the_form_tells():
    told = re.findall(r"(\d+) for (\w+)", FILE[FORM]["properties"]["num_workers"]["description"])
    login = {"auth_type": "server_to_server", "account_id": "a", "client_id": "b", "client_secret": "c"}
    for number, plan in told:
        assert Config.parse({"credentials": login, "account_plan": plan}).workers == int(number)
    assert {plan for _, plan in told} == set(FILE[FORM]["properties"]["account_plan"]["enum"])
