"""Airbyte's rules for forms, each as a function that lists what breaks it.

The rules are those of Airbyte's acceptance tests (`connector_acceptance_test/tests/test_core.py`, class TestSpec).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

FILE = json.loads((Path(__file__).parent.parent / "source_zoom" / "spec.json").read_text("utf-8"))
FORM = "connectionSpecification"
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
        kind = node.get("type")
        kinds: list[Any] = kind if isinstance(kind, list) else [kind]
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
