"""Handbook: what can be set and what can go wrong, as the command's help lists it, from the classes themselves."""

from __future__ import annotations

import ast
import inspect
import textwrap
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin, get_type_hints

from .faults import MEANINGS, Fault, FaultKind
from .growth import Growth
from .knobs import Knobs
from .other_apps import OtherApp

if TYPE_CHECKING:
    from collections.abc import Iterator

_WIDTH = 116


def described(kind: type[Any]) -> dict[str, str]:
    """The string that follows each field of a class in its source, on one line."""
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    assert isinstance(tree, ast.ClassDef)
    found: dict[str, str] = {}
    for field, words in zip(tree.body, tree.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(words, ast.Expr) and isinstance(words.value, ast.Constant):
            found[ast.unparse(field.target)] = " ".join(str(words.value.value).split())
    return found


def chapters() -> str:
    """Knobs, growth, other apps, and kinds of fault with what narrows them."""
    parts = ["knobs (--knob NAME=VALUE), with their defaults:", *_entries(Knobs)]
    parts += ["", "growth (--growth NAME=VALUE), with its defaults:", *_entries(Growth)]
    parts += ["", "other apps (--other-app JSON):", *_paragraph(inspect.getdoc(OtherApp) or "")]
    parts += ["", "kinds of fault (--fault JSON):"]
    for kind in get_args(FaultKind):
        parts += _entry(kind, MEANINGS[kind])
    return "\n".join([*parts, "", "all fields of a fault:", *_paragraph(inspect.getdoc(Fault) or "")])


def _entries(kind: type[Any]) -> Iterator[str]:
    words, hints = described(kind), get_type_hints(kind)
    for field in fields(kind):
        yield from _entry(f"{field.name}={field.default}{_choices(hints[field.name])}", words.get(field.name, ""))


def _choices(hint: Any) -> str:
    """What a Literal, or a collection of one, allows."""
    inner = next((part for part in get_args(hint) if get_origin(part) is Literal), hint)
    if get_origin(inner) is not Literal:
        return ""
    values = ", ".join(map(str, get_args(inner)))
    return f"    one of {values}" if inner is hint else f"    any of {values}, as a JSON list"


def _entry(head: str, words: str) -> Iterator[str]:
    yield f"  {head}"
    if words:
        yield from textwrap.wrap(words, _WIDTH, initial_indent=" " * 6, subsequent_indent=" " * 6)


def _paragraph(text: str) -> Iterator[str]:
    return (f"  {line}".rstrip() for line in text.splitlines())
