"""errors.py: answers that differ in one point from one that a rule knows."""

from __future__ import annotations

import pytest

from source_zoom.zoom.errors import ErrorResponse, Meaning, rule_for
from unit_tests.zoom.answers import HISTORY, name, response


@pytest.mark.parametrize(
    ("given", "meaning"),
    [
        (response(400, 4700, "Access denied."), Meaning.SCOPE_MISSING),
        (response(404, 300, "The next page token is invalid or expired."), Meaning.UNEXPECTED),
        (response(404, 300, "Only the last six months.", path=HISTORY), Meaning.ENDPOINT_GONE),
        (response(400, 3000, "Only the last six months.", path=HISTORY), Meaning.UNEXPECTED),
        (response(400, 300, "Something else.", path=HISTORY), Meaning.UNEXPECTED),
        (response(400, 9999, "The summary has been moved to trash."), Meaning.UNEXPECTED),
        (response(400, 9999, "It is restricted by account settings."), Meaning.UNEXPECTED),
        (response(400, 9999, "It is limited to IP address ranges."), Meaning.UNEXPECTED),
        (response(400, 2305, "Something else."), Meaning.UNEXPECTED),
        (response(400, 9999, "Meeting summary disabled."), Meaning.UNEXPECTED),
        (response(400, 9999, "Webinar plan is missing."), Meaning.UNEXPECTED),
        (response(400, 9999, "Only available for Paid account: 1."), Meaning.UNEXPECTED),
        (response(400, 9999, "Only available for Paid account: 1.", path="/v2/groups"), Meaning.UNEXPECTED),
        (response(400, 2306, "Something else.", path="/v2/groups/a/members"), Meaning.UNEXPECTED),
        (response(409, 3001, "Not found.", path="/v2/report/meetings/a/participants"), Meaning.UNEXPECTED),
        (response(404, 9999, "Not found.", path="/v2/report/meetings/a/participants"), Meaning.UNEXPECTED),
        (response(409, 3001, "Not found.", path="/v2/past_meetings/a/files"), Meaning.UNEXPECTED),
        (response(404, 9999, "Not found.", path="/v2/past_meetings/a/files"), Meaning.UNEXPECTED),
        (response(409, 3001, "Not found."), Meaning.UNEXPECTED),
        (response(400, 404, "Not found.", path="/v2/meetings/1/polls"), Meaning.UNEXPECTED),
        (response(404, 9999, "Not found.", path="/v2/meetings/1/polls"), Meaning.UNEXPECTED),
        (response(400, 3301, "Something else."), Meaning.UNEXPECTED),
        (response(400, 3322, "Something else."), Meaning.UNEXPECTED),
        (response(400, 4130, "Something else.", path="/v2/groups/a/members"), Meaning.UNEXPECTED),
        (response(404, 3000, "Invalid webinar ID."), Meaning.UNEXPECTED),
        (response(403, 12703, "Something else."), Meaning.ROLE_MISSING),
        (response(400, 12703, "Something else."), Meaning.UNEXPECTED),
        (response(400, None, "No permission."), Meaning.UNEXPECTED),
        (response(400, None, "No permission.", path="/v2/meetings/a/transcript"), Meaning.UNEXPECTED),
        (response(404, 9999, "Not found.", path="/v2/groups/a/members"), Meaning.UNEXPECTED),
        (response(400, path="/v2/past_meetings/a/files"), Meaning.UNEXPECTED),
        (response(400, 9999, "Invalid webinar ID."), Meaning.UNEXPECTED),
    ],
    ids=name,
)
def test_error_has_meaning(given: ErrorResponse, meaning: Meaning) -> None:
    assert rule_for(given).meaning is meaning
