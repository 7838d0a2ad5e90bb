"""Oddities: what Zoom's servers can do to a JSON body, and what a reader that copes with it makes of that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .draw import digest

if TYPE_CHECKING:
    from collections.abc import Collection

# A reader puts this where a lone surrogate stands; on the wire it is written back as one.
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_TEXTS = frozenset({
    "topic", "name", "first_name", "last_name", "display_name", "user_name", "host_display_name", "source_name",
})  # fmt: skip
_NUMBERS = frozenset({"beta_carbon_kg", "score"})
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def as_read(value: Any, oddities: Collection[str]) -> Any:
    """The value as a reader has it: some texts end in U+FFFD for a surrogate, and null stands for NaN."""
    return _changed(value, "", oddities) if "surrogate" in oddities or "nan" in oddities else value


def on_the_wire(body: bytes, oddities: Collection[str]) -> bytes:
    """The JSON of a value `as_read`, as it is sent."""
    if "surrogate" in oddities:
        body = body.replace(REPLACEMENT.encode(), rb"\ud83d")
    if "nan" in oddities:
        for name in _NUMBERS:
            body = body.replace(f'"{name}":null'.encode(), f'"{name}":NaN'.encode())
    return _BYTE_ORDER_MARK + body if "bom" in oddities else body


def _changed(value: Any, name: str, oddities: Collection[str]) -> Any:
    if isinstance(value, dict):
        return {key: _changed(item, key, oddities) for key, item in value.items()}
    if isinstance(value, list):
        return [_changed(item, name, oddities) for item in value]
    if isinstance(value, str) and "surrogate" in oddities and name in _TEXTS and digest(value)[0] % 4 == 0:
        # Cut in the middle of an emoji.
        return f"{value} {REPLACEMENT}"
    return None if "nan" in oddities and name in _NUMBERS else value
