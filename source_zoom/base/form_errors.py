"""What is wrong in the form, in words that name the field as the form and as the JSON have it."""

from __future__ import annotations

import json
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_WORDS = {
    "missing": "is missing",
    "string_too_short": "is empty",
    "string_pattern_mismatch": "has spaces or line breaks in it; copy it again",
    "string_type": "must be text",
    "int_type": "must be a whole number",
    "model_type": "must be an object with the fields of one login",
    "model_attributes_type": "must be an object with the fields of one login",
}
_LIMITS = {"greater_than_equal": ("at least", "ge"), "less_than_equal": ("at most", "le")}


def complaint(problem: ErrorDetails) -> str:
    """What is wrong with one field, in a few words that begin with its name. Never quotes a value of the login."""
    path = tuple(str(part) for part in problem["loc"] if part not in ("server_to_server", "oauth2.0"))
    kind, context = problem["type"], problem.get("ctx", {})
    name = field_name(path)
    if kind == "missing" and path == ("credentials",):
        return f"{name} is missing: choose OAuth or Server-to-Server OAuth and fill in its fields"
    if kind.startswith("union_tag"):
        return f"{field_name(('credentials', 'auth_type'))} must be oauth2.0 or server_to_server"
    if kind == "missing" and path == ("credentials", "refresh_token"):
        return f"{name} is missing; if the app is a Server-to-Server OAuth app, choose that under Authentication"
    if kind == "literal_error":
        return f"{name} must be {context.get('expected')}"
    if kind in _LIMITS:
        words, bound = _LIMITS[kind]
        return f"{name} must be {words} {context[bound]}"
    message = problem["msg"].removeprefix("Value error, ").removeprefix("Input ")
    return f"{name} {_WORDS.get(kind) or message[:1].lower() + message[1:]}"


def field_name(path: tuple[str, ...]) -> str:
    """``Title (key)``, or the key alone for a field that the form does not have."""
    key = ".".join(path)
    title = _titles().get(path)
    return f"{title} ({key})" if title else key


def unknown_settings(form: Mapping[str, Any]) -> list[str]:
    """A sentence for each setting that has no meaning here, with the nearest one that has."""
    return [_unknown(path) for path in _paths(form) if path not in _titles() and path != ("credentials", "auth_type")]


def _unknown(path: tuple[str, ...]) -> str:
    if path[-1] == "jwt":
        return "The setting jwt has no effect: Zoom ended JWT apps in 2023. Create a Server-to-Server OAuth app."
    # Settings come in the spelling of other connectors, or with a letter too few, on either level of the form.
    by_last = {known[-1]: known for known in _titles()}
    nearest = get_close_matches(path[-1], by_last, n=1, cutoff=0.75)
    hint = f" Did you mean {field_name(by_last[nearest[0]])}?" if nearest else ""
    return f"The setting {'.'.join(path)} is unknown and has no effect.{hint}"


def _paths(form: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    for name, value in form.items():
        if name == "credentials" and isinstance(value, Mapping):
            yield from ((name, field) for field in value)
        elif not name.startswith("__"):
            yield (name,)


@lru_cache(maxsize=1)
def _titles() -> Mapping[tuple[str, ...], str]:
    """Title of every field of the form, by its path."""
    spec = json.loads(pkgutil.get_data("source_zoom", "spec.json") or b"{}")
    properties = spec["connectionSpecification"]["properties"]
    logins: Iterable[Mapping[str, Any]] = properties["credentials"]["oneOf"]
    titles: dict[tuple[str, ...], str] = {(name,): field["title"] for name, field in properties.items()}
    titles |= {
        ("credentials", name): field["title"]
        for login in logins
        for name, field in login["properties"].items()
        if "title" in field
    }
    return titles
