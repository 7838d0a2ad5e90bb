"""Answers that Zoom documents nowhere, as hypothesis draws them."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from unit_tests.resource.facts import TABLES

# The same examples in every run; a new kind of answer is a change of this file.
FUZZ = settings(
    max_examples=100, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
FEW = settings(FUZZ, max_examples=15)
# Keys that the connector looks at, so that odd things stand where they hurt.
KEYS = st.sampled_from([
    "id", "uuid", "type", "start_time", "code", "message", "errors", "status", "settings", "approval_type",
    "next_page_token", "page_number", "page_count", "total_records", "users", "meetings", "webinars", "registrants",
    "participants", "polls", "questions", "panelists", "in_meeting_files", "history_meetings",
    "meeting_uuid", "meeting_id", "custom_questions", "start_url", "host_key", "email",
])  # fmt: skip
ATOMS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(["No permission.", "does not contain scopes:[a:b].", "2026-03-10T09:00:00Z", "/a//b+=", ".."])
    | st.sampled_from([1, 2, 5, 8, 9, 124, 200, 300, 404, 2300, 3000, 3001, 4400, 4711, 12702])
)
JSON = st.recursive(
    ATOMS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS | st.text(max_size=5), inner, max_size=6),
    max_leaves=12,
)
# What Zoom says when it refuses, in any combination.
REFUSALS = st.fixed_dictionaries(
    {
        "code": st.sampled_from([124, 200, 300, 404, 1001, 2300, 3000, 3001, 3161, 4400, 4711, 12702, 12703, 999]),
        "message": st.sampled_from(
            [
                "No permission.",
                "Webinar plan is missing.",
                "Only available for paid account: 1.",
                "Registration has not been enabled for this meeting: 1.",
                "The next page token is invalid or expired.",
                "Invalid access token, does not contain scopes:[a:read].",
                "Meeting does not exist: 1.",
            ]
        ),
    }
)
# A row whose columns are the ones that the walks look at.
ROWS = st.dictionaries(
    st.sampled_from(["id", "uuid", "meeting_uuid", "meeting_id", "type", "start_time"]), JSON, min_size=3
)
STATUSES = st.sampled_from(
    [200, 200, 200, 200, 201, 204, 301, 400, 400, 400, 401, 403, 404, 404, 409, 410, 422, 500, 502]
)
TABLE = st.sampled_from(sorted(TABLES))
BROKEN = [
    b"<html>",
    b"null",
    b"NaN",
    b'{"a": 1e999}',
    b'{"id": "\\ud83d"}',
    b"[" * 3000,
    b"1" * 400,
]
