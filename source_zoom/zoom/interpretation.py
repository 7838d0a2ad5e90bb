"""Reads one HTTP response of Zoom: its JSON object, or the rule that its error matches."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from source_zoom.zoom.errors import ErrorResponse, Meaning, Rule, code_and_message, error_in_body, rule_for

if TYPE_CHECKING:
    import requests

_BROKEN_BODY = Rule(Meaning.RETRY, "the answer was no valid JSON")
_NETWORK_FAULT = Rule(Meaning.RETRY, "network fault")


class Interpretation(NamedTuple):
    """``rule`` is None for a good answer, whose object is ``body``. ``cause`` describes a fault in a few words."""

    body: dict[str, Any]
    error: ErrorResponse
    rule: Rule | None
    cause: str

    @classmethod
    def of_network_fault(cls, error: requests.RequestException, path: str) -> Interpretation:
        """The meaning of a request without a response. Only the error's class is kept, for its text may be secret."""
        return cls({}, ErrorResponse(0, None, "", path=path), _NETWORK_FAULT, type(error).__name__)


def interpret(response: requests.Response, path: str, proof_keys: tuple[str, ...]) -> Interpretation:
    """What a response means.

    :param proof_keys: keys of which a good answer has one, unlike an error under HTTP 200
    """
    status = response.status_code
    body = _parse(response.content)
    if isinstance(body, dict):
        if status == 200:
            found = error_in_body(body, proof_keys)
            if found is None:
                return Interpretation(body, ErrorResponse(status, None, "", path=path), None, "")
            error = ErrorResponse(status, *found, path=path)
            return Interpretation({}, error, rule_for(error), f"an error under HTTP {status}")
        error = ErrorResponse(status, *code_and_message(body), path=path)
        return Interpretation({}, error, rule_for(error), f"HTTP {status}")
    is_html = "html" in response.headers.get("Content-Type", "") or response.content.lstrip()[:1] == b"<"
    error = ErrorResponse(status, None, "", is_html=is_html, path=path)
    rule = rule_for(error)
    if status == 200 and rule.meaning is Meaning.UNEXPECTED:
        rule = _BROKEN_BODY
    kind = "an HTML page" if is_html else "a body that is no JSON object"
    return Interpretation({}, error, rule, f"HTTP {status} with {kind}")


def _parse(content: bytes) -> Any:
    """The JSON value of a body, None where it is none.

    Zoom's servers may cut a name in the middle of an emoji, which leaves half a surrogate pair, or write a byte order
    mark or NaN. orjson refuses all three. The standard library reads them, and the halves become U+FFFD, because no
    writer of JSON takes them.
    """
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        pass
    try:
        value = json.loads(content.decode("utf-8-sig", "replace"), parse_constant=lambda _: None)
        text = json.dumps(value, ensure_ascii=False)
        return orjson.loads(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
    except (ValueError, RecursionError):
        # Numbers that no double holds are among these: orjson does not take them from the standard library either.
        return None
