"""interpretation.py: what one HTTP response is: a good answer, Zoom's error, an HTML page, or broken."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests
import requests_mock

from source_zoom.zoom.errors import Meaning
from source_zoom.zoom.interpretation import Interpretation, interpret

PATH = "/v2/meetings/85012345678"
KEYS = ("id", "registrants")


def read(status: int, body: Any, kind: str = "application/json;charset=UTF-8") -> Interpretation:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = requests.Request("GET", f"https://api.zoom.us{PATH}").prepare()
    headers = {"Content-Type": kind}
    response = requests_mock.create_response(request, status_code=status, content=content, headers=headers)
    return interpret(response, PATH, KEYS)


def meaning(found: Interpretation) -> Meaning:
    assert found.rule is not None
    assert found.body == {}
    return found.rule.meaning


class TestGoodAnswer:
    def test_json_object(self) -> None:
        body = {"id": 1, "topic": "Ærø"}
        found = read(200, body)
        assert found.rule is None
        assert found.body == body

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"registrants": []},
            {"code": 200, "message": "fine", "registrants": []},
            {"code": 200, "message": "fine", "registrants": None},
            {"code": 200},
        ],
        ids=str,
    )
    def test_object_that_is_no_error(self, body: dict[str, Any]) -> None:
        found = read(200, body)
        assert found.rule is None
        assert found.body == body


class TestJsonThatOrjsonRefuses:
    """Each of these made a page unreadable in every sync."""

    @pytest.mark.parametrize(
        ("content", "body"),
        [
            (b'{"id": "cut \\ud83d"}', {"id": "cut \ufffd"}),
            (b'{"id": "\\ude00 cut"}', {"id": "\ufffd cut"}),
            (b'{"id": "\\ud83dx", "b": "whole \\ud83d\\ude00"}', {"id": "\ufffdx", "b": "whole \U0001f600"}),
            (b'{"id": 1, "\\ud83d": [{"\\ud83d": "\\ud83d"}]}', {"id": 1, "\ufffd": [{"\ufffd": "\ufffd"}]}),
            (b'\xef\xbb\xbf{"id": 1}', {"id": 1}),
            (b'{"id": 1, "a": NaN, "b": -Infinity}', {"id": 1, "a": None, "b": None}),
            ('{"id": "Ærø '.encode() + b'\xc3"}', {"id": "Ærø \ufffd"}),
        ],
        ids=["high half", "low half", "half and whole", "keys", "byte order mark", "NaN", "cut UTF-8"],
    )
    def test_is_read(self, content: bytes, body: dict[str, Any]) -> None:
        found = read(200, content)
        assert found.rule is None
        assert found.body == body
        # The CDK must be able to write the record.
        json.dumps(found.body, ensure_ascii=False).encode()

    def test_error_in_such_a_body_keeps_its_code(self) -> None:
        found = read(404, b'{"code": 3001, "message": "Meeting \\ud83d does not exist."}')
        assert meaning(found) is Meaning.NOTHING_THERE
        assert found.error.message == "Meeting \ufffd does not exist."


class TestBrokenBody:
    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b' {"id": 1, "topic": "cut o',
            b"[1]",
            b"null",
            b'"text"',
            b"NaN",
            b'{"id": 1} {"id": 2}',
            b"[" * 3000,
            b'{"id": 1e999}',
            b'{"id": ' + b"1" * 400 + b"}",
            b'{"id": ' + b"1" * 5000 + b"}",
        ],
        ids=lambda content: str(content[:30]),
    )
    def test_is_a_fault_that_may_pass(self, content: bytes) -> None:
        found = read(200, content)
        assert meaning(found) is Meaning.RETRY
        assert found.cause == "HTTP 200 with a body that is no JSON object"

    @pytest.mark.parametrize("kind", ["text/html", "text/html; charset=utf-8", "", "application/json"])
    def test_html_is_told_by_its_type_or_its_first_letter(self, kind: str) -> None:
        found = read(200, b"\n <!DOCTYPE html>", kind)
        assert found.error.is_html
        assert meaning(found) is Meaning.RETRY
        assert found.cause == "HTTP 200 with an HTML page"

    def test_html_by_its_type_alone(self) -> None:
        assert read(403, b"blocked", "text/html").error.is_html
        assert meaning(read(403, b"blocked", "text/html")) is Meaning.FIREWALL

    def test_json_is_never_html_whatever_its_type(self) -> None:
        assert meaning(read(403, {"code": 12703, "message": "No permission."}, "text/html")) is Meaning.ROLE_MISSING

    @pytest.mark.parametrize(("status", "found"), [(302, Meaning.UNEXPECTED), (204, Meaning.UNEXPECTED)])
    def test_other_status_without_a_body(self, status: int, found: Meaning) -> None:
        assert meaning(read(status, b"")) is found


class TestError:
    def test_code_message_status_and_path_are_kept(self) -> None:
        found = read(404, {"code": "3001", "message": "Meeting does not exist: 1."})
        assert meaning(found) is Meaning.NOTHING_THERE
        assert found.error == (404, 3001, "Meeting does not exist: 1.", False, PATH)
        assert found.cause == "HTTP 404"

    def test_error_under_200(self) -> None:
        found = read(200, {"code": 200, "message": "Webinar plan subscription is missing."})
        assert meaning(found) is Meaning.HOST_CANNOT
        assert found.error.status == 200
        assert found.cause == "an error under HTTP 200"

    def test_unknown_error_under_200_is_not_taken_for_a_broken_body(self) -> None:
        assert meaning(read(200, {"code": 999, "message": "Nobody knows."})) is Meaning.UNEXPECTED

    def test_network_fault_is_named_by_its_class_only(self) -> None:
        found = Interpretation.of_network_fault(requests.exceptions.ReadTimeout("host=api.zoom.us, secret"), PATH)
        assert meaning(found) is Meaning.RETRY
        assert found.cause == "ReadTimeout"
        assert found.error.path == PATH
